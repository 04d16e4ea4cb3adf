//! A network as an ONNX file.

use prost::Message;

use super::{
    properties,
    proto::{
        DimensionProto, GraphProto, ModelProto, OperatorSetIdProto, TensorProto, TensorShapeProto,
        TensorTypeProto, TypeProto, ValueInfoProto, dimension::Value,
    },
};
use crate::network::{Layer, Network};

mod layers;
mod weights;
mod writer;

use self::writer::Writer;

/// Writes a network as an ONNX file that takes `[N, channels, height, width]`, pixels from 0 to
/// 255 as floating-point numbers, and gives `[N, classes]`.
///
/// Any ONNX runtime takes it. Weights that are all +1 or -1 are written as bits, which standard
/// operators look up in a table. The labels, and that pixels are not divided by 255, stand in its
/// properties. The layers of the network must fit each other; otherwise no runtime takes the file.
pub fn export(network: &Network) -> Vec<u8> {
    let classes = network.labels.len();
    let input = network.input;
    let picture = [input.channels, input.height, input.width].map(i64::from);
    let mut writer = Writer::new(GraphProto {
        name: network.name.clone(),
        input: vec![value("pixels", &picture)],
        output: vec![value(
            "logits",
            &[i64::try_from(classes).unwrap_or(i64::MAX)],
        )],
        ..GraphProto::default()
    });
    let shapes = network.shapes().unwrap_or_default();
    let mut values = Vec::with_capacity(network.nodes.len());
    for (index, node) in network.nodes.iter().enumerate() {
        let shape = shapes.get(index).copied().unwrap_or(input);
        let written = layers::write(&mut writer, node, (index, shape), input, &values);
        values.push(written);
    }
    let last = values.pop().unwrap_or(writer::picture(input));
    let model = ModelProto {
        ir_version: 8,
        producer_name: "blindsight".into(),
        graph: Some(writer.finish(last)),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: if network.nodes.iter().any(|node| is_new(&node.layer)) {
                19
            } else {
                13
            },
        }],
        metadata_props: properties::write(&network.labels),
    };
    model.encode_to_vec()
}

/// Whether a layer needs an operator set that older runtimes do not have.
fn is_new(layer: &Layer) -> bool {
    matches!(layer, Layer::AveragePool { window, .. } if window.dilation != [1; 2])
}

/// A value of shape `[N, ...]`.
fn value(name: &str, dims: &[i64]) -> ValueInfoProto {
    let batch = Value::DimParam("N".into());
    let dims = dims.iter().map(|dim| Value::DimValue(*dim));
    let dims = std::iter::once(batch).chain(dims);
    let dim = dims
        .map(|dim| DimensionProto { value: Some(dim) })
        .collect();
    let tensor_type = TensorTypeProto {
        elem_type: TensorProto::FLOAT,
        shape: Some(TensorShapeProto { dim }),
    };
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(tensor_type),
        }),
    }
}
