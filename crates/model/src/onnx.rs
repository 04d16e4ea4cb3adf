//! Networks from and to ONNX, the format that PyTorch and others export.
//!
//! An import walks along the graph from the picture to the logits, operator by operator. What
//! stands between two activations becomes one layer: matrices, biases and normalisation are folded
//! into each other. Softmax at the end is left out, for it changes no class. The input of a file is
//! taken for pixels from 0 to 1, the usual convention, unless its property `blindsight.pixels` is
//! `0..255`; labels come from its property `blindsight.labels`.
//!
//! Files come from outside: nothing in them can cause a panic, and what they announce is compared
//! with what is there, and with limits, before memory is asked for.
//!
//! ```
//! use blindsight_model::{network::{FullyConnected, InputShape, Layer, Network}, onnx};
//! use ndarray::{Array1, Array2};
//!
//! let network = Network {
//!     name: "zeros".into(),
//!     input: InputShape::MNIST,
//!     labels: vec!["even".into(), "odd".into()],
//!     layers: vec![Layer::FullyConnected(FullyConnected {
//!         weights: Array2::zeros((2, 784)),
//!         bias: Array1::zeros(2),
//!     })],
//! };
//! assert_eq!(onnx::import(&onnx::export(&network), "zeros")?, network);
//! # Ok::<(), onnx::OnnxError>(())
//! ```

mod error;
mod export;
mod flow;
mod graph;
mod input;
mod node;
mod operators;
mod properties;
mod proto;
mod tensor;
mod walk;
mod wire;

pub use self::error::{NodeName, OnnxError};
pub use self::export::export;
pub use self::wire::MAX_ENTRIES;

use ndarray::Array1;
use prost::Message;

use self::{
    flow::Flow,
    proto::{GraphProto, ModelProto},
    tensor::Constants,
    walk::Walk,
};
use crate::network::Network;

/// The longest file that is taken, in bytes.
pub const MAX_FILE: usize = 256 << 20;

/// The most weights that a file may have, all layers together, before and after folding.
pub const MAX_WEIGHTS: usize = 64 << 20;

/// The most pixels that a picture may have, all channels together.
pub const MAX_INPUT: usize = 4 << 20;

/// The most classes that a network may tell apart.
pub const MAX_CLASSES: usize = 1 << 16;

/// The oldest operators that are understood: from this version on constants are broadcast.
const OLDEST_OPSET: i64 = 7;

/// Reads a network from the bytes of an ONNX file, and calls it `name`.
///
/// The first layer of the result takes pixels from 0 to 255.
///
/// # Errors
///
/// When the file is none of ONNX, has something that is not supported, or is beyond a limit.
pub fn import(bytes: &[u8], name: &str) -> Result<Network, OnnxError> {
    if bytes.len() > MAX_FILE {
        return Err(OnnxError::TooLarge {
            what: "bytes".into(),
            limit: MAX_FILE as u64,
        });
    }
    wire::check(bytes)?;
    let mut model =
        ModelProto::decode(bytes).map_err(|error| OnnxError::not_onnx(error.to_string()))?;
    let graph = model
        .graph
        .take()
        .ok_or_else(|| OnnxError::not_onnx("it has no graph"))?;
    check_opset(&model)?;

    let GraphProto {
        node: nodes,
        initializer,
        input: inputs,
        output: outputs,
        ..
    } = graph;
    let constants = Constants::new(initializer);
    // Early versions list the weights among the inputs, too.
    let pictures = inputs
        .iter()
        .filter(|input| !constants.contains(&input.name));
    let pictures: Vec<_> = pictures.collect();
    let [input] = pictures[..] else {
        let found = pictures.len();
        return Err(OnnxError::Inputs { found });
    };
    let [output] = &outputs[..] else {
        let found = outputs.len();
        return Err(OnnxError::Outputs { found });
    };
    let known = |value: &str| value == input.name || constants.contains(value);
    let order = graph::in_order(&nodes, &output.name, known)?;

    let input::Input {
        dims,
        batch,
        picture,
    } = input::read(input)?;
    let mut flow = Flow::new(dims);
    if !properties::takes_bytes(&model)? {
        let pixels = flow.len();
        flow.elementwise(
            Array1::from_elem(pixels, 1.0 / 255.0),
            Array1::zeros(pixels),
        )?;
    }
    let mut walk = Walk::new(constants, flow, batch, &input.name);
    for node in order {
        walk.step(node)?;
    }
    if !walk.is_at(&output.name) {
        return Err(OnnxError::NoLinearLayer);
    }
    let classes = walk.flow.len();
    let layers = walk.flow.finish()?;
    if classes > MAX_CLASSES {
        return Err(OnnxError::TooLarge {
            what: "classes".into(),
            limit: MAX_CLASSES as u64,
        });
    }
    Ok(Network {
        name: name.into(),
        input: picture,
        labels: properties::labels(&model, classes)?,
        layers,
    })
}

fn check_opset(model: &ModelProto) -> Result<(), OnnxError> {
    let mut sets = model.opset_import.iter();
    let own = sets.find(|set| matches!(set.domain.as_str(), "" | "ai.onnx"));
    let found = own.map_or(0, |set| set.version);
    if found < OLDEST_OPSET {
        return Err(OnnxError::Opset { found });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
