//! Small files, built by hand.

mod bytes;
mod folding;
mod graphs;
mod hostile;
mod refusals;
mod round_trip;

use prost::Message;

use super::{
    OnnxError, import,
    proto::{
        AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
        StringStringEntryProto, TensorProto, TensorShapeProto, TensorTypeProto, TypeProto,
        ValueInfoProto, dimension::Value,
    },
};
use crate::{evaluate::float, network::Network};

/// A file whose input is called `x` and whose output `y`; a dimension 0 stays open.
fn file(shape: &[i64], constants: Vec<TensorProto>, nodes: Vec<NodeProto>) -> ModelProto {
    ModelProto {
        ir_version: 8,
        graph: Some(GraphProto {
            node: nodes,
            initializer: constants,
            input: vec![value("x", shape)],
            output: vec![value("y", &[0, 2])],
            ..GraphProto::default()
        }),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: 13,
        }],
        ..ModelProto::default()
    }
}

/// The same file, whose pixels come in as they are.
fn bytes_in(mut model: ModelProto) -> ModelProto {
    model
        .metadata_props
        .push(property("blindsight.pixels", "0..255"));
    model
}

fn property(key: &str, value: &str) -> StringStringEntryProto {
    StringStringEntryProto {
        key: key.into(),
        value: value.into(),
    }
}

fn value(name: &str, shape: &[i64]) -> ValueInfoProto {
    let dim = shape.iter().map(|dim| DimensionProto {
        value: (*dim != 0).then_some(Value::DimValue(*dim)),
    });
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorTypeProto {
                elem_type: TensorProto::FLOAT,
                shape: Some(TensorShapeProto { dim: dim.collect() }),
            }),
        }),
    }
}

/// A node `operator` from space-separated inputs to an output.
fn node(operator: &str, input: &str, output: &str) -> NodeProto {
    NodeProto {
        op_type: operator.into(),
        name: format!("the {operator}"),
        input: input.split(' ').map(String::from).collect(),
        output: vec![output.into()],
        ..NodeProto::default()
    }
}

fn with_int(mut node: NodeProto, name: &str, i: i64) -> NodeProto {
    node.attribute.push(AttributeProto {
        name: name.into(),
        r#type: AttributeProto::INT,
        i,
        ..AttributeProto::default()
    });
    node
}

fn with_float(mut node: NodeProto, name: &str, f: f32) -> NodeProto {
    node.attribute.push(AttributeProto {
        name: name.into(),
        r#type: AttributeProto::FLOAT,
        f,
        ..AttributeProto::default()
    });
    node
}

fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.into(),
        data_type: TensorProto::FLOAT,
        float_data: values.into(),
        ..TensorProto::default()
    }
}

fn ints(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: vec![values.len() as i64],
        data_type: TensorProto::INT64,
        raw_data: values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect(),
        ..TensorProto::default()
    }
}

fn imported(model: &ModelProto) -> Result<Network, OnnxError> {
    import(&model.encode_to_vec(), "test")
}

/// The logits of two pixels.
fn logits(model: &ModelProto, pixels: [u8; 2]) -> Vec<f32> {
    let network = imported(model).unwrap();
    float::logits(&network, &pixels).unwrap().to_vec()
}
