//! Networks from and to ONNX, the format that PyTorch and others export.
//!
//! An import goes along the graph from the picture to the logits, operator by operator. What a file
//! calls a value is a view of a value of the network: in another shape, with its
//! elements in another order, multiplied and shifted. Changes of shape and order cost no layer;
//! biases and normalisation are folded into the linear layer before or behind them, and fully
//! connected layers into each other. Softmax at the end is left out, for it changes no class.
//! `Sign` gives +1 at 0 here, and 0 in ONNX.
//!
//! The input of a file is taken for pixels from 0 to 1, the usual convention, unless its property
//! `blindsight.pixels` is `0..255`, or the file itself begins with a division by 255 or 127.5.
//! Labels come from its property `blindsight.labels`, or from the classes of a classifier of
//! scikit-learn.
//!
//! Files come from outside: nothing in them can cause a panic, and what they announce is compared
//! with what is there, and with limits, before memory is asked for.
//!
//! ```
//! use blindsight_model::{network::{FullyConnected, Layer, Network, Shape}, onnx};
//! use ndarray::{Array1, Array2};
//!
//! let layers = vec![Layer::FullyConnected(FullyConnected {
//!     weights: Array2::zeros((2, 784)),
//!     bias: Array1::zeros(2),
//! })];
//! let labels = vec!["even".into(), "odd".into()];
//! let network = Network::chain("zeros", Shape::MNIST, labels, layers);
//! assert_eq!(onnx::import(&onnx::export(&network), "zeros")?, network);
//! # Ok::<(), onnx::OnnxError>(())
//! ```

mod affine;
mod arrays;
mod budget;
mod builder;
mod constant;
mod error;
mod export;
mod external;
mod folding;
mod graph;
mod input;
mod node;
mod operators;
mod output;
mod properties;
mod proto;
mod scope;
mod shapes;
mod tensor;
mod view;
mod walk;
mod wire;

pub use self::error::{NodeName, OnnxError};
pub use self::export::export;
pub use self::external::DataFile;
pub use self::wire::MAX_ENTRIES;

use std::{collections::HashMap, rc::Rc};

use prost::Message;

use self::{
    builder::Builder,
    proto::{ModelProto, TensorProto},
    scope::{Held, Scope},
};
use crate::network::Network;

/// The longest file that is taken, in bytes; files of weights beside it are as long together.
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
    import_with(bytes, name, &[])
}

/// The same for a file whose weights are in others beside it; [`data_files`] tells which.
///
/// # Errors
///
/// As [`import`]; and when one of those files is missing, too short or too long.
pub fn import_with(bytes: &[u8], name: &str, files: &[DataFile<'_>]) -> Result<Network, OnnxError> {
    let model = decode(bytes)?;
    external::check(files)?;
    let graph = model
        .graph
        .as_ref()
        .ok_or_else(|| OnnxError::not_onnx("it has no graph"))?;
    check_opset(&model)?;

    let tensors = graph.initializer.iter();
    let tensors: HashMap<&str, &TensorProto> = tensors
        .map(|tensor| (tensor.name.as_str(), tensor))
        .collect();
    // Early versions list the weights among the inputs, too.
    let pictures = graph.input.iter();
    let pictures = pictures.filter(|input| !tensors.contains_key(input.name.as_str()));
    let pictures: Vec<_> = pictures.collect();
    let [input] = pictures[..] else {
        let found = pictures.len();
        return Err(OnnxError::Inputs { found });
    };
    let logits = &output::logits(&graph.output)?.name;
    let known = |value: &str| value == input.name || tensors.contains_key(value);
    let order = graph::in_order(&graph.node, logits, known)?;
    let Some(last) = order.last().copied() else {
        return Err(OnnxError::NoLinearLayer);
    };

    let own_labels = output::class_names(&graph.node, &tensors, files);
    let picture = input::read(input, &graph.node)?;
    let builder = Builder::new(picture.picture);
    let mut scope = Scope::new(builder, tensors, files, &order);
    let takes_bytes = properties::takes_bytes(&model)?;
    scope.pixels_assumed = takes_bytes.is_none();
    scope.batch = picture.batch.unwrap_or(1);
    let mut view = picture.view();
    if takes_bytes != Some(true) {
        view.affine = Some(Rc::new(scope::pixels(view.len())));
    }
    scope.insert(&input.name, Held::View(view));
    for node in order {
        walk::step(&mut scope, node)?;
    }
    let (nodes, classes) = output::finish(scope, logits, last)?;
    Ok(Network {
        name: name.into(),
        input: picture.picture,
        labels: properties::labels(&model, classes, own_labels)?,
        nodes,
    })
}

/// The names of the files, all in the folder of an ONNX file, in which its weights are; none for
/// most files.
///
/// # Errors
///
/// When the file is none of ONNX, or names a file in another folder.
pub fn data_files(bytes: &[u8]) -> Result<Vec<String>, OnnxError> {
    let model = decode(bytes)?;
    let tensors = model.graph.iter().flat_map(|graph| &graph.initializer);
    let mut names = Vec::new();
    for tensor in tensors {
        if let Some(place) = external::place(tensor)?
            && !names.iter().any(|name| name == place.file)
        {
            names.push(place.file.to_owned());
        }
    }
    Ok(names)
}

fn decode(bytes: &[u8]) -> Result<ModelProto, OnnxError> {
    if bytes.len() > MAX_FILE {
        return Err(OnnxError::TooLarge {
            what: "bytes".into(),
            limit: MAX_FILE as u64,
        });
    }
    wire::check(bytes)?;
    ModelProto::decode(bytes).map_err(|error| OnnxError::not_onnx(error.to_string()))
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
