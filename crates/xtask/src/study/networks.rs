//! Networks that nobody trained: what they are changes no time and no byte.

use std::fs;

use anyhow::{Context, Result};
use blindsight_model::{
    network::{Activation, Convolution, FullyConnected, Layer, Network, Shape, Window},
    onnx,
};

use crate::workspace::Workspace;

/// Where they are written, seen from the checkout.
pub const FOLDER: &str = "target/study/networks";
/// Channels of those that grow: each does so many times the work of the first.
pub const CHANNELS: [u32; 7] = [1, 2, 4, 8, 16, 32, 64];
/// Elements of the two hidden layers of those with one function or the other.
pub const WIDTHS: [u32; 4] = [64, 128, 256, 512];

/// The name of a file for a command.
pub fn growing(channels: u32) -> String {
    format!("{FOLDER}/channels-{channels}.onnx")
}

/// The name of a file for a command.
pub fn wide(activation: Activation, width: u32) -> String {
    format!("{FOLDER}/{}-{width}.onnx", name(activation))
}

fn name(activation: Activation) -> &'static str {
    match activation {
        Activation::Sign => "sign",
        _ => "relu",
    }
}

/// Writes all of them.
///
/// # Errors
/// If a file cannot be written.
pub fn write(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join(FOLDER);
    fs::create_dir_all(&folder).with_context(|| format!("{FOLDER} cannot be made"))?;
    let growing = CHANNELS.map(|channels| (growing(channels), grown(channels)));
    let both = [Activation::Relu, Activation::Sign];
    let wide = both.into_iter().flat_map(|activation| {
        WIDTHS.map(|width| (wide(activation, width), connected(activation, width)))
    });
    for (file, network) in growing.into_iter().chain(wide) {
        let path = workspace.root.join(&file);
        fs::write(path, onnx::export(&network))
            .with_context(|| format!("{file} cannot be written"))?;
    }
    Ok(())
}

/// The same small number at a place every time.
fn weight(place: usize) -> f32 {
    ((place * 37 % 101) as f32 / 50.0 - 1.0) / 1e3
}

fn chain(name: &str, layers: Vec<Layer>) -> Network {
    let labels = (0..10).map(|class| class.to_string()).collect();
    let input = Shape {
        channels: 1,
        height: 28,
        width: 28,
    };
    Network::chain(name, input, labels, layers)
}

/// A convolution, a function and the means of all channels: everything in it grows with them.
fn grown(channels: u32) -> Network {
    let count = channels as usize;
    let convolution = Convolution {
        weights: ndarray::Array4::from_shape_fn((count, 1, 3, 3), |(c, _, row, column)| {
            weight(c * 9 + row * 3 + column)
        }),
        bias: ndarray::Array3::zeros((count, 1, 1)),
        window: Window::square(3, 1).padded(1),
        groups: 1,
    };
    let dense = FullyConnected {
        weights: ndarray::Array2::from_shape_fn((10, count), |(row, c)| weight(row * 7 + c)),
        bias: ndarray::Array1::zeros(10),
    };
    let layers = vec![
        Layer::Convolution(convolution),
        Layer::Activation(Activation::Relu),
        Layer::AveragePool {
            window: Window::square(28, 28),
            count_padding: true,
        },
        Layer::Reshape(Shape::flat(channels)),
        Layer::FullyConnected(dense),
    ];
    chain("growing", layers)
}

/// 784-W-W-10 with one function between: weights of +1 and -1 for signs, as they are trained.
fn connected(activation: Activation, width: u32) -> Network {
    let layer = |inputs: usize, outputs: usize| {
        let of = |(row, column): (usize, usize)| match activation {
            Activation::Sign if (row * 31 + column * 17) % 7 < 3 => -1.0,
            Activation::Sign => 1.0,
            _ => weight(row * 7 + column),
        };
        // No sum of signs is 0.
        let bias = if activation == Activation::Sign {
            0.5
        } else {
            0.0
        };
        Layer::FullyConnected(FullyConnected {
            weights: ndarray::Array2::from_shape_fn((outputs, inputs), of),
            bias: ndarray::Array1::from_elem(outputs, bias),
        })
    };
    let width = width as usize;
    let between = || Layer::Activation(activation);
    let layers = vec![
        Layer::Reshape(Shape::flat(784)),
        layer(784, width),
        between(),
        layer(width, width),
        between(),
        layer(width, 10),
    ];
    chain(name(activation), layers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use blindsight_model::fixed_point::IntegerNetwork;
    use blindsight_parties::Cost;

    fn bytes(network: &Network) -> f64 {
        let integers = IntegerNetwork::from_float(network).unwrap();
        let cost = Cost::declared(integers.plan()).unwrap();
        cost.data_owner_offline_bytes as f64
    }

    /// What is called growth is growth: twice the channels are twice the weights and comparisons.
    #[test]
    fn everything_in_a_network_grows_with_its_channels() {
        let ratio = bytes(&grown(64)) / bytes(&grown(32));
        assert!((1.9..=2.0).contains(&ratio), "{ratio}");
    }

    #[test]
    fn signs_are_exact_and_take_fewer_bytes() {
        let [sign, relu] = [Activation::Sign, Activation::Relu].map(|one| connected(one, 128));
        let integers = IntegerNetwork::from_float(&sign).unwrap();
        assert!((0..2).all(|step| integers.is_exact(step)));
        assert!(bytes(&sign) < bytes(&relu));
    }
}
