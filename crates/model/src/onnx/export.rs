//! A network as an ONNX file.

use prost::Message;

use super::{
    properties,
    proto::{
        AttributeProto, DimensionProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto,
        TensorProto, TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
        dimension::Value,
    },
};
use crate::network::{FullyConnected, Layer, Network};

/// Writes a network as an ONNX file that takes `[N, channels, height, width]`, pixels from 0 to
/// 255 as floating-point numbers, and gives `[N, classes]`.
///
/// Any ONNX runtime takes it. The labels, and that pixels are not divided by 255, stand in its
/// properties.
pub fn export(network: &Network) -> Vec<u8> {
    let classes = network.labels.len();
    let input = network.input;
    let picture = [input.channels, input.height, input.width].map(i64::from);
    let mut graph = GraphProto {
        name: network.name.clone(),
        input: vec![value("pixels", &picture)],
        output: vec![value(
            "logits",
            &[i64::try_from(classes).unwrap_or(i64::MAX)],
        )],
        ..GraphProto::default()
    };

    let mut current = String::from("flat");
    graph.node.push(node(
        "Flatten",
        "flatten",
        &["pixels"],
        &current,
        &[("axis", 1)],
    ));
    let mut linear = 0;
    for (index, layer) in network.layers.iter().enumerate() {
        let last = index + 1 == network.layers.len();
        let (operator, name) = match layer {
            Layer::Relu => ("Relu", format!("relu{linear}")),
            Layer::FullyConnected(layer) => {
                linear += 1;
                graph.initializer.extend(constants(linear, layer));
                ("Gemm", format!("linear{linear}"))
            }
        };
        let output = if last {
            "logits".into()
        } else {
            format!("{name}.{index}")
        };
        graph.node.push(match layer {
            Layer::Relu => node(operator, &name, &[&current], &output, &[]),
            Layer::FullyConnected(_) => {
                let [weights, bias] = names(linear);
                node(
                    operator,
                    &name,
                    &[&current, &weights, &bias],
                    &output,
                    &[("transB", 1)],
                )
            }
        });
        current = output;
    }

    let model = ModelProto {
        ir_version: 8,
        producer_name: "blindsight".into(),
        graph: Some(graph),
        opset_import: vec![OperatorSetIdProto {
            domain: String::new(),
            version: 13,
        }],
        metadata_props: properties::write(&network.labels),
    };
    model.encode_to_vec()
}

fn names(linear: usize) -> [String; 2] {
    [
        format!("linear{linear}.weight"),
        format!("linear{linear}.bias"),
    ]
}

fn constants(linear: usize, layer: &FullyConnected) -> [TensorProto; 2] {
    let [weights, bias] = names(linear);
    let tensor = |name, shape: &[usize], values: &mut dyn Iterator<Item = &f32>| TensorProto {
        name,
        data_type: TensorProto::FLOAT,
        dims: shape
            .iter()
            .map(|n| i64::try_from(*n).unwrap_or(i64::MAX))
            .collect(),
        raw_data: values.flat_map(|value| value.to_le_bytes()).collect(),
        ..TensorProto::default()
    };
    [
        tensor(weights, layer.weights.shape(), &mut layer.weights.iter()),
        tensor(bias, layer.bias.shape(), &mut layer.bias.iter()),
    ]
}

fn node(
    operator: &str,
    name: &str,
    input: &[&str],
    output: &str,
    attributes: &[(&str, i64)],
) -> NodeProto {
    let attribute = |(name, i): &(&str, i64)| AttributeProto {
        name: (*name).into(),
        r#type: AttributeProto::INT,
        i: *i,
        ..AttributeProto::default()
    };
    NodeProto {
        op_type: operator.into(),
        name: name.into(),
        input: input.iter().map(|name| (*name).into()).collect(),
        output: vec![output.into()],
        attribute: attributes.iter().map(attribute).collect(),
        domain: String::new(),
    }
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
