//! The network in floating point in the clear: what its owner trained and measured.

use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate};

use super::{WrongPixels, argmax};
use crate::network::{Layer, Network, Node, Shape, ShapeError, Value};

mod window;

/// Pictures that are evaluated together: enough for fast products, few enough to fit in memory.
const TOGETHER: usize = 64;

/// Why a network in floating point gives no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FloatError {
    /// A picture does not have the size that the network takes.
    #[error(transparent)]
    Pixels(#[from] WrongPixels),
    /// A layer does not fit what comes into it.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

/// The logits of a picture, one for each class.
///
/// `pixels` are 8-bit values, channel by channel and row by row.
///
/// # Errors
///
/// When there are not as many pixels as the network takes, or its layers do not fit each other.
pub fn logits(network: &Network, pixels: &[u8]) -> Result<Array1<f32>, FloatError> {
    WrongPixels::check(network.input, pixels)?;
    let logits = logits_batch(network, pixels)?;
    let first = logits.axis_iter(Axis(0)).next();
    Ok(first.map(|row| row.to_owned()).unwrap_or_default())
}

/// The logits of many pictures that stand one behind another in `pixels`: shape
/// `[pictures, classes]`.
///
/// # Errors
///
/// When the last picture is cut short, or the layers of the network do not fit each other.
pub fn logits_batch(network: &Network, pixels: &[u8]) -> Result<Array2<f32>, FloatError> {
    let shapes = network.shapes()?;
    let size = network.input.elements().max(1);
    let rest = pixels.len() % size;
    if rest != 0 {
        return Err(WrongPixels {
            expected: network.input.elements(),
            found: rest,
        }
        .into());
    }
    let classes = shapes.last().map_or(size, |shape| shape.elements());
    let mut logits = Array2::zeros((pixels.len() / size, classes));
    let parts = pixels.chunks(size * TOGETHER);
    for (part, mut rows) in parts.zip(logits.axis_chunks_iter_mut(Axis(0), TOGETHER)) {
        let pictures = Array1::from_iter(part.iter().map(|p| f32::from(*p)));
        // As many as fit: the length is a multiple of the size.
        if let Ok(pictures) = pictures.into_shape_with_order((rows.nrows(), size)) {
            rows.assign(&forward(network, &shapes, pictures));
        }
    }
    Ok(logits)
}

/// The last value for some pictures, one a row.
fn forward(network: &Network, shapes: &[Shape], pictures: Array2<f32>) -> Array2<f32> {
    let mut values: Vec<Array2<f32>> = Vec::with_capacity(shapes.len());
    for (node, shape) in network.nodes.iter().zip(shapes) {
        let input = |value: &Value| match value {
            Value::Picture => (&pictures, network.input),
            Value::Node(node) => (&values[*node], shapes[*node]),
        };
        let inputs: Vec<_> = node.inputs.iter().map(input).collect();
        values.push(apply(node, &inputs, *shape));
    }
    values.pop().unwrap_or(pictures)
}

/// One node over some pictures, one a row. Inputs and result have the shapes that were inferred.
fn apply(node: &Node, inputs: &[(&Array2<f32>, Shape)], result: Shape) -> Array2<f32> {
    let (x, shape) = inputs[0];
    match &node.layer {
        Layer::FullyConnected(layer) => x.dot(&layer.weights.t()) + &layer.bias,
        Layer::Convolution(layer) => window::convolve(layer, x, shape, result),
        Layer::Activation(activation) => x.mapv(|x| activation.of(x)),
        Layer::MaxPool(pool) => window::pool(pool, x, shape, result, |seen, _| {
            seen.fold(f32::NEG_INFINITY, f32::max)
        }),
        Layer::AveragePool {
            window: pool,
            count_padding,
        } => window::pool(pool, x, shape, result, |seen, taps| {
            let (count, sum) = seen.fold((0_u32, 0.0), |(n, sum), x| (n + 1, sum + x));
            sum / (if *count_padding { taps } else { count }) as f32
        }),
        Layer::Add => inputs[1..].iter().fold(x.clone(), |sum, (x, _)| sum + *x),
        Layer::Concatenate => {
            let views: Vec<ArrayView2<'_, f32>> = inputs.iter().map(|(x, _)| x.view()).collect();
            // One row for each picture in all of them.
            concatenate(Axis(1), &views).unwrap_or_default()
        }
        Layer::Reshape(_) => x.clone(),
    }
}

/// The index of the largest logit, the lower one of equals.
///
/// # Errors
///
/// As [`logits`].
pub fn classify(network: &Network, pixels: &[u8]) -> Result<usize, FloatError> {
    Ok(argmax(&logits(network, pixels)?))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::network::{Activation, Convolution, FullyConnected, Window};

    /// Two pixels a, b -> relu(a - b), relu(b - a) -> 2 * first + 1, second, second.
    fn network() -> Network {
        let dense = |weights, bias| Layer::FullyConnected(FullyConnected { weights, bias });
        let input = Shape {
            channels: 1,
            height: 1,
            width: 2,
        };
        let labels = ["darker", "lighter", "lighter too"].map(String::from);
        let layers = vec![
            dense(array![[1.0, -1.0], [-1.0, 1.0]], array![0.0, 0.0]),
            Layer::Activation(Activation::Relu),
            dense(
                array![[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]],
                array![1.0, 0.0, 0.0],
            ),
        ];
        Network::chain("difference", input, labels.into(), layers)
    }

    #[test]
    fn computes_by_hand() -> Result<(), FloatError> {
        assert_eq!(logits(&network(), &[255, 5])?, array![501.0, 0.0, 0.0]);
        assert_eq!(logits(&network(), &[5, 255])?, array![1.0, 250.0, 250.0]);
        Ok(())
    }

    #[test]
    fn equals_go_to_the_lower_index() -> Result<(), FloatError> {
        assert_eq!(classify(&network(), &[0, 9])?, 1);
        assert_eq!(classify(&network(), &[0, 1])?, 0, "1, 1, 1");
        Ok(())
    }

    #[test]
    fn a_batch_is_its_pictures() -> Result<(), FloatError> {
        let batch = logits_batch(&network(), &[255, 5, 5, 255])?;
        assert_eq!(batch.row(0), logits(&network(), &[255, 5])?);
        assert_eq!(batch.row(1), logits(&network(), &[5, 255])?);
        assert_eq!(logits_batch(&network(), &[])?.dim(), (0, 3));
        Ok(())
    }

    #[test]
    fn wrong_sizes_are_refused() {
        let error = logits(&network(), &[1, 2, 3, 4]).unwrap_err();
        assert!(error.to_string().contains("4 pixels"), "{error}");
        let error = logits_batch(&network(), &[1, 2, 3]).unwrap_err();
        assert!(error.to_string().contains("1 pixels"), "{error}");
        let mut broken = network();
        broken.nodes.remove(0);
        broken.nodes.remove(0);
        let error = logits(&broken, &[1, 2]).unwrap_err();
        assert!(
            matches!(error, FloatError::Shape(ShapeError { layer: 1, .. })),
            "{error}"
        );
    }

    /// The definition of each kind of node, element by element, on a small graph with a shortcut.
    #[test]
    fn windows_and_branches_are_computed_by_hand() -> Result<(), FloatError> {
        let input = Shape {
            channels: 1,
            height: 3,
            width: 3,
        };
        let convolution = Layer::Convolution(Convolution {
            weights: ndarray::Array4::from_shape_vec((1, 1, 2, 2), vec![1.0, 0.0, 0.0, -1.0])
                .unwrap(),
            bias: ndarray::Array3::from_elem((1, 1, 1), 0.5),
            window: Window::square(2, 1),
            groups: 1,
        });
        let average = |count_padding| Layer::AveragePool {
            window: Window::square(2, 2).padded(1),
            count_padding,
        };
        let node = |inputs: &[Value], layer| Node {
            inputs: inputs.to_vec(),
            layer,
        };
        let mut network = Network::chain("windows", input, Vec::new(), Vec::new());
        network.nodes = vec![
            node(&[Value::Picture], convolution),
            node(&[Value::Picture], Layer::MaxPool(Window::square(2, 1))),
            node(&[Value::Node(0), Value::Node(1)], Layer::Add),
            node(&[Value::Picture], average(true)),
            node(&[Value::Picture], average(false)),
            node(&[2, 3, 4].map(Value::Node), Layer::Concatenate),
            node(&[Value::Node(5)], Layer::Reshape(Shape::flat(12))),
            node(
                &[Value::Node(6)],
                Layer::Activation(Activation::Clip { high: 9.5 }),
            ),
        ];
        let got = logits(&network, &[1, 2, 3, 4, 5, 6, 7, 8, 9])?;
        // x[i, j] - x[i + 1, j + 1] is -4 everywhere; the largest of a window is its last.
        let expected = [
            1.5, 2.5, 4.5, 5.5, 0.25, 1.25, 2.75, 7.0, 1.0, 2.5, 5.5, 7.0,
        ];
        assert_eq!(got.to_vec(), expected);
        Ok(())
    }
}
