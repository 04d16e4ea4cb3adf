//! The shapes of values, and whether the nodes of a network fit each other.

use blindsight_mpc::geometry::MAX_ELEMENTS;

use super::{Layer, Network, Node, Shape, Value, Window};

/// A node of a network does not fit what comes into it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("layer {layer} ({title}): {reason}")]
pub struct ShapeError {
    /// The node, counted from 1.
    pub layer: usize,
    /// What it is.
    pub title: &'static str,
    /// What does not fit.
    pub reason: String,
}

/// The shape of what each node gives.
pub(super) fn infer(network: &Network) -> Result<Vec<Shape>, ShapeError> {
    let mut shapes: Vec<Shape> = Vec::with_capacity(network.nodes.len());
    for (index, node) in network.nodes.iter().enumerate() {
        let inputs: Option<Vec<Shape>> = node
            .inputs
            .iter()
            .map(|value| match value {
                Value::Picture => Some(network.input),
                Value::Node(node) => shapes.get(*node).copied(),
            })
            .collect();
        let result = match inputs {
            Some(inputs) => node.gives(&inputs),
            None => Err("it takes a value that does not exist yet".into()),
        };
        let shape = result.map_err(|reason| ShapeError {
            layer: index + 1,
            title: node.layer.title(),
            reason,
        })?;
        shapes.push(shape);
    }
    Ok(shapes)
}

impl Node {
    /// The shape of what it gives, when values of these shapes come in; otherwise the reason why
    /// they do not fit.
    pub(crate) fn gives(&self, inputs: &[Shape]) -> Result<Shape, String> {
        gives(self, inputs)
    }
}

fn gives(node: &Node, inputs: &[Shape]) -> Result<Shape, String> {
    let [first, rest @ ..] = inputs else {
        return Err("it takes nothing".into());
    };
    let several = matches!(node.layer, Layer::Add | Layer::Concatenate);
    if !several && !rest.is_empty() {
        return Err(format!(
            "it takes one value, but {} are given",
            inputs.len()
        ));
    }
    let under = |window: &Window, channels: u32| {
        let fit = first.under(window, channels);
        fit.ok_or_else(|| format!("its window does not fit a value of {first}"))
    };
    match &node.layer {
        Layer::FullyConnected(layer) => {
            let (outputs, columns) = layer.weights.dim();
            if columns != first.elements() || layer.bias.len() != outputs {
                return Err(format!(
                    "its weights are {outputs} x {columns} with {} biases, but {} elements come in",
                    layer.bias.len(),
                    first.elements()
                ));
            }
            count(outputs).map(Shape::flat)
        }
        Layer::Convolution(layer) => {
            let (outputs, inputs, rows, columns) = layer.weights.dim();
            let kernel = layer.window.kernel.map(|n| n as usize);
            let groups = layer.groups as usize;
            let divided = groups > 0 && outputs % groups == 0;
            let fed = inputs.checked_mul(groups) == Some(first.channels as usize);
            if [rows, columns] != kernel || !divided || !fed {
                return Err(format!(
                    "its weights are {outputs} x {inputs} x {rows} x {columns} in {groups} groups, \
                     its window is {} x {}, and a value of {first} comes in",
                    kernel[0], kernel[1]
                ));
            }
            let shape = under(&layer.window, count(outputs)?)?;
            let (channels, height, width) = layer.bias.dim();
            let whole = [height, width] == [shape.height as usize, shape.width as usize];
            if channels != outputs || !(whole || [height, width] == [1, 1]) {
                return Err(format!(
                    "its bias is {channels} x {height} x {width}, but its result {shape}"
                ));
            }
            Ok(shape)
        }
        Layer::MaxPool(window) | Layer::AveragePool { window, .. } => {
            let fit = first.pooled(window);
            fit.ok_or_else(|| format!("its window does not fit a value of {first}"))
        }
        Layer::Activation(_) => Ok(*first),
        Layer::Add => match rest.iter().find(|shape| *shape != first) {
            Some(other) => Err(format!("it adds values of {first} and of {other}")),
            None => Ok(*first),
        },
        Layer::Concatenate => {
            let mut channels = first.channels;
            for shape in rest {
                if (shape.height, shape.width) != (first.height, first.width) {
                    return Err(format!("it joins values of {first} and of {shape}"));
                }
                channels = channels.saturating_add(shape.channels);
            }
            let shape = Shape { channels, ..*first };
            if shape.elements() > MAX_ELEMENTS {
                return Err(format!(
                    "it gives {shape} elements, more than {MAX_ELEMENTS}"
                ));
            }
            Ok(shape)
        }
        Layer::Reshape(shape) => {
            if shape.elements() == first.elements() {
                Ok(*shape)
            } else {
                Err(format!("it makes {shape} of {first}"))
            }
        }
    }
}

fn count(outputs: usize) -> Result<u32, String> {
    let fits = outputs > 0 && outputs <= MAX_ELEMENTS;
    // At most 2^24.
    fits.then_some(outputs as u32)
        .ok_or_else(|| format!("it has {outputs} outputs"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Convolution, FullyConnected};
    use ndarray::{Array1, Array2, Array3, Array4};

    fn convolution(inputs: usize, outputs: usize, window: Window, groups: u32) -> Layer {
        let kernel = window.kernel.map(|n| n as usize);
        Layer::Convolution(Convolution {
            weights: Array4::zeros((outputs, inputs, kernel[0], kernel[1])),
            bias: Array3::zeros((outputs, 1, 1)),
            window,
            groups,
        })
    }

    fn shape(channels: u32, height: u32, width: u32) -> Shape {
        Shape {
            channels,
            height,
            width,
        }
    }

    #[test]
    fn a_chain_has_the_shapes_that_frameworks_give_it() {
        let dense = Layer::FullyConnected(FullyConnected {
            weights: Array2::zeros((10, 12 * 12 * 6)),
            bias: Array1::zeros(10),
        });
        let layers = vec![
            convolution(1, 6, Window::square(5, 1), 1),
            Layer::MaxPool(Window::square(2, 2)),
            convolution(1, 6, Window::square(3, 1).padded(1), 6),
            dense,
        ];
        let network = Network::chain("t", Shape::MNIST, Vec::new(), layers);
        let expected = [
            shape(6, 24, 24),
            shape(6, 12, 12),
            shape(6, 12, 12),
            shape(10, 1, 1),
        ];
        assert_eq!(network.shapes().unwrap(), expected);
        assert_eq!(network.parameters(), 6 * 26 + 6 * 10 + 8650);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let refused = |layers: Vec<Layer>| {
            let network = Network::chain("t", Shape::MNIST, Vec::new(), layers);
            network.shapes().unwrap_err()
        };
        let window = Window::square(3, 1);
        let mut bias = convolution(1, 2, window, 1);
        if let Layer::Convolution(layer) = &mut bias {
            layer.bias = Array3::zeros((2, 28, 28));
        }
        let two = refused(vec![
            convolution(1, 4, window, 1),
            convolution(3, 4, window, 1),
        ]);
        assert_eq!((two.layer, two.title), (2, "convolution"));
        for layer in [
            bias,
            convolution(1, 3, window, 2),
            convolution(1, 3, window, 0),
            convolution(1, 1, Window::square(29, 1), 1),
            Layer::MaxPool(Window::square(2, 0)),
            Layer::Reshape(Shape::flat(783)),
        ] {
            assert_eq!(refused(vec![layer]).layer, 1);
        }
    }

    #[test]
    fn shortcuts_and_branches_have_shapes_too() {
        let node = |inputs: &[Value], layer| Node {
            inputs: inputs.to_vec(),
            layer,
        };
        let mut network = Network::chain("t", shape(2, 4, 4), Vec::new(), Vec::new());
        network.nodes = vec![
            node(
                &[Value::Picture],
                convolution(2, 2, Window::square(3, 1).padded(1), 1),
            ),
            node(&[Value::Node(0), Value::Picture], Layer::Add),
            node(
                &[Value::Node(1), Value::Node(0), Value::Picture],
                Layer::Concatenate,
            ),
        ];
        assert_eq!(network.shapes().unwrap()[2], shape(6, 4, 4));
        network.nodes[0].inputs = vec![Value::Node(1)];
        assert_eq!(network.shapes().unwrap_err().layer, 1);
        network.nodes[0].inputs.clear();
        assert_eq!(network.shapes().unwrap_err().layer, 1);
    }
}
