//! The network in floating point in the clear: what its owner trained and measured.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::{WrongPixels, argmax};
use crate::network::{Layer, Network};

/// Why a network in floating point gives no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FloatError {
    /// A picture does not have the size that the network takes.
    #[error(transparent)]
    Pixels(#[from] WrongPixels),
    /// A layer does not take as many values as come out of the one before it.
    #[error(
        "layer {layer} of the network is a matrix of {outputs} x {columns} with {biases} biases, but \
         {inputs} values come in: make the layers fit each other"
    )]
    Layers {
        /// The layer, counted from 1, activations included.
        layer: usize,
        /// Rows of its weights.
        outputs: usize,
        /// Columns of its weights.
        columns: usize,
        /// Length of its bias.
        biases: usize,
        /// Values that the layer before it gives.
        inputs: usize,
    },
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
    let size = network.input.pixels().max(1);
    let (pictures, rest) = (pixels.len() / size, pixels.len() % size);
    let cut_short = WrongPixels {
        expected: network.input.pixels(),
        found: rest,
    };
    if rest != 0 {
        return Err(cut_short.into());
    }
    let rows = ArrayView2::from_shape((pictures, size), pixels).map_err(|_| cut_short)?;
    let mut x = rows.mapv(f32::from);
    for (index, layer) in network.layers.iter().enumerate() {
        x = match layer {
            Layer::Relu => x.mapv_into(|x| x.max(0.0)),
            Layer::FullyConnected(layer) => {
                let (outputs, columns) = layer.weights.dim();
                let (biases, inputs) = (layer.bias.len(), x.ncols());
                if columns != inputs || biases != outputs {
                    return Err(FloatError::Layers {
                        layer: index + 1,
                        outputs,
                        columns,
                        biases,
                        inputs,
                    });
                }
                x.dot(&layer.weights.t()) + &layer.bias
            }
        };
    }
    Ok(x)
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
    use crate::network::{FullyConnected, InputShape};

    /// Two pixels a, b -> relu(a - b), relu(b - a) -> 2 * first + 1, second, second.
    fn network() -> Network {
        let dense = |weights, bias| Layer::FullyConnected(FullyConnected { weights, bias });
        Network {
            name: "difference".into(),
            input: InputShape {
                channels: 1,
                height: 1,
                width: 2,
            },
            labels: ["darker", "lighter", "lighter too"]
                .map(String::from)
                .into(),
            layers: vec![
                dense(array![[1.0, -1.0], [-1.0, 1.0]], array![0.0, 0.0]),
                Layer::Relu,
                dense(
                    array![[2.0, 0.0], [0.0, 1.0], [0.0, 1.0]],
                    array![1.0, 0.0, 0.0],
                ),
            ],
        }
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
        broken.layers.remove(0);
        broken.layers.remove(0);
        broken.layers.push(Layer::FullyConnected(FullyConnected {
            weights: Array2::zeros((2, 5)),
            bias: Array1::zeros(2),
        }));
        let error = logits(&broken, &[1, 2]).unwrap_err();
        assert!(
            matches!(error, FloatError::Layers { layer: 2, .. }),
            "{error}"
        );
    }
}
