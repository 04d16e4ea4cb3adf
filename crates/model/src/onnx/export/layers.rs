//! Each layer as nodes of a file.

use super::{
    weights,
    writer::{Writer, Written, float, int, ints, picture},
};
use crate::network::{Activation, Convolution, FullyConnected, Layer, Node, Shape, Value, Window};

/// Writes a node of the network, which has that index and gives that shape, and gives its value.
pub(super) fn write(
    writer: &mut Writer,
    node: &Node,
    (index, shape): (usize, Shape),
    input: Shape,
    values: &[Written],
) -> Written {
    let inputs: Vec<Written> = node
        .inputs
        .iter()
        .map(|value| match value {
            Value::Node(index) => values.get(*index).cloned(),
            Value::Picture => None,
        })
        .map(|value| value.unwrap_or_else(|| picture(input)))
        .collect();
    let first = inputs.first().cloned().unwrap_or_else(|| picture(input));
    let number = index + 1;
    let image = |name| Written {
        name,
        shape,
        flat: false,
    };
    match &node.layer {
        Layer::FullyConnected(layer) => {
            let x = writer.flat(&first);
            let name = fully_connected(writer, layer, &x.name, number);
            Written {
                name,
                shape,
                flat: true,
            }
        }
        Layer::Convolution(layer) => {
            let x = writer.image(&first);
            image(convolution(writer, layer, &x.name, number))
        }
        Layer::MaxPool(window) => {
            let x = writer.image(&first);
            let name = format!("maxpool{number}");
            image(writer.node("MaxPool", name, &[&x.name], attributes(window, true)))
        }
        Layer::AveragePool {
            window,
            count_padding,
        } => {
            let x = writer.image(&first);
            let dilated = window.dilation != [1; 2];
            let mut attributes = attributes(window, dilated);
            attributes.push(int("count_include_pad", i64::from(*count_padding)));
            let name = format!("averagepool{number}");
            image(writer.node("AveragePool", name, &[&x.name], attributes))
        }
        Layer::Activation(function) => Written {
            name: activation(writer, *function, &first.name, number),
            ..first
        },
        Layer::Add | Layer::Concatenate => {
            let flat = inputs.iter().all(|value| value.flat);
            let alike = inputs.iter().map(|value| match flat {
                true => value.clone(),
                false => writer.image(value),
            });
            let alike: Vec<Written> = alike.collect();
            let names: Vec<&str> = alike.iter().map(|value| value.name.as_str()).collect();
            let name = match (&node.layer, &names[..]) {
                (Layer::Concatenate, names) => {
                    let name = format!("concatenation{number}");
                    writer.node("Concat", name, names, vec![int("axis", 1)])
                }
                (_, names @ [_, _]) => writer.node("Add", format!("sum{number}"), names, vec![]),
                (_, names) => writer.node("Sum", format!("sum{number}"), names, vec![]),
            };
            Written { name, shape, flat }
        }
        Layer::Reshape(shape) => writer.reshaped(&first, *shape),
    }
}

fn fully_connected(writer: &mut Writer, layer: &FullyConnected, x: &str, number: usize) -> String {
    let name = format!("linear{number}");
    let values: Vec<f32> = layer.weights.iter().copied().collect();
    let shape = layer.weights.shape();
    let weights = weights::write(writer, &format!("{name}.weight"), shape, &values);
    let bias = writer.floats(format!("{name}.bias"), layer.bias.shape(), &layer.bias);
    writer.node("Gemm", name, &[x, &weights, &bias], vec![int("transB", 1)])
}

fn convolution(writer: &mut Writer, layer: &Convolution, x: &str, number: usize) -> String {
    let name = format!("convolution{number}");
    let values: Vec<f32> = layer.weights.iter().copied().collect();
    let shape = layer.weights.shape();
    let weights = weights::write(writer, &format!("{name}.weight"), shape, &values);
    let mut attributes = attributes(&layer.window, true);
    attributes.push(int("group", layer.groups.into()));
    let bias = format!("{name}.bias");
    if let (outputs, 1, 1) = layer.bias.dim() {
        let bias = writer.floats(bias, &[outputs], &layer.bias);
        writer.node("Conv", name, &[x, &weights, &bias], attributes)
    } else {
        // It depends on the place.
        let bias = writer.floats(bias, layer.bias.shape(), &layer.bias);
        let product = format!("{name}.product");
        let product = writer.node("Conv", product, &[x, &weights], attributes);
        writer.node("Add", name, &[&product, &bias], Vec::new())
    }
}

fn activation(writer: &mut Writer, function: Activation, x: &str, number: usize) -> String {
    let mut single = |name: &str, value: f32| writer.floats(name.into(), &[], &[value]);
    match function {
        Activation::Relu => writer.node("Relu", format!("relu{number}"), &[x], Vec::new()),
        Activation::LeakyRelu { slope } => {
            let name = format!("leakyrelu{number}");
            writer.node("LeakyRelu", name, &[x], vec![float("alpha", slope)])
        }
        Activation::Clip { high } => {
            let low = single("zero", 0.0);
            let high = single(&format!("clip{number}.high"), high);
            writer.node(
                "Clip",
                format!("clip{number}"),
                &[x, &low, &high],
                Vec::new(),
            )
        }
        // ONNX's own Sign is 0 at 0.
        Activation::Sign => {
            let [zero, one, minus] = [("zero", 0.0), ("one", 1.0), ("minus.one", -1.0)]
                .map(|(name, value)| single(name, value));
            let test = format!("sign{number}.test");
            let test = writer.node("GreaterOrEqual", test, &[x, &zero], Vec::new());
            let name = format!("sign{number}");
            writer.node("Where", name, &[&test, &one, &minus], Vec::new())
        }
    }
}

fn attributes(window: &Window, dilations: bool) -> Vec<crate::onnx::proto::AttributeProto> {
    let mut attributes = vec![
        ints("kernel_shape", window.kernel),
        ints("strides", window.stride),
        ints("pads", window.before.into_iter().chain(window.after)),
    ];
    if dilations {
        attributes.push(ints("dilations", window.dilation));
    }
    attributes
}
