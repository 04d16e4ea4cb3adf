//! The picture that a file takes.

use super::{
    MAX_INPUT, arrays,
    error::{OnnxError, short},
    node::Node,
    proto::{NodeProto, TensorProto, ValueInfoProto, dimension::Value},
    view::{View, ordered},
};
use crate::network::{self, Shape};

/// The input of a network.
#[derive(Debug)]
pub(super) struct Input {
    /// The shape of the value without the batch.
    dims: Vec<usize>,
    /// Whether the channels are the last dimension, as TensorFlow has it.
    channels_last: bool,
    /// The batch, if the file fixes it.
    pub batch: Option<usize>,
    /// The picture.
    pub picture: Shape,
}

impl Input {
    /// How the file sees the picture, whose pixels stand channel by channel.
    pub fn view(&self) -> View {
        let view = View::of(network::Value::Picture, self.dims.clone());
        if !self.channels_last {
            return view;
        }
        let picture = self.picture;
        let dims = [picture.channels, picture.height, picture.width].map(|dim| dim as usize);
        // At most `MAX_INPUT` pixels.
        let pixels: Vec<u32> = (0..picture.elements() as u32).collect();
        let order = arrays::transpose(&dims, &pixels, &[1, 2, 0]);
        View {
            order: order.and_then(|(_, order)| ordered(order)),
            ..view
        }
    }
}

/// Reads the shape of an input; `nodes` tell whether its channels come first or last.
pub(super) fn read(value: &ValueInfoProto, nodes: &[NodeProto]) -> Result<Input, OnnxError> {
    let wrong = |found: String| OnnxError::Input {
        input: short(&value.name),
        found,
    };
    let tensor = value.r#type.as_ref().and_then(|t| t.tensor_type.as_ref());
    let tensor = tensor.ok_or_else(|| wrong("no tensor".into()))?;
    if ![TensorProto::FLOAT, TensorProto::DOUBLE].contains(&tensor.elem_type) {
        return Err(wrong(format!(
            "a tensor of the element type {}",
            tensor.elem_type
        )));
    }
    let shape = tensor.shape.as_ref().map_or(&[][..], |shape| &shape.dim);
    let text = shape.iter().take(8).map(|dim| match &dim.value {
        Some(Value::DimValue(dim)) => dim.to_string(),
        Some(Value::DimParam(name)) => short(name),
        None => "?".into(),
    });
    let text = format!("[{}]", text.collect::<Vec<_>>().join(", "));
    if !matches!(shape.len(), 2..=4) {
        return Err(wrong(format!("of the shape {text}")));
    }

    let mut fixed = shape.iter().map(|dim| match &dim.value {
        Some(Value::DimValue(dim)) => usize::try_from(*dim).ok().filter(|dim| *dim > 0),
        _ => None,
    });
    let batch = fixed.next().flatten();
    let dims: Option<Vec<usize>> = fixed.collect();
    let dims = dims.ok_or_else(|| OnnxError::DynamicShape {
        input: short(&value.name),
        shape: text.clone(),
    })?;
    let pixels = dims.iter().try_fold(1_usize, |n, dim| n.checked_mul(*dim));
    if pixels.is_none_or(|pixels| pixels > MAX_INPUT) {
        return Err(OnnxError::TooLarge {
            what: format!("pixels in a picture of shape {text}"),
            limit: MAX_INPUT as u64,
        });
    }
    let channels_last = match dims[..] {
        [a, b, c] => is_channels_last([a, b, c], &value.name, nodes),
        _ => false,
    };
    let picture = match dims[..] {
        [784] => Some((1, 28, 28)),
        [features] => Some((1, 1, features)),
        [height, width] => Some((1, height, width)),
        [height, width, channels] if channels_last => Some((channels, height, width)),
        [channels, height, width] => Some((channels, height, width)),
        _ => None,
    };
    let (channels, height, width) = picture.ok_or_else(|| wrong(format!("of the shape {text}")))?;
    // Fits: the product is below 2^32.
    let number = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Input {
        batch,
        picture: Shape {
            channels: number(channels),
            height: number(height),
            width: number(width),
        },
        dims,
        channels_last,
    })
}

/// Whether a picture of three dimensions has its channels last.
fn is_channels_last([first, second, last]: [usize; 3], name: &str, nodes: &[NodeProto]) -> bool {
    let mut takers = nodes
        .iter()
        .map(Node)
        .filter(|node| node.input(0) == Some(name));
    let told = takers.find_map(|node| match node.operator()? {
        "Conv" | "MaxPool" | "AveragePool" => Some(false),
        "Transpose" => Some(node.ints("perm").ok()?? == [0, 3, 1, 2]),
        _ => None,
    });
    // No picture has more than four channels and is one pixel wide.
    told.unwrap_or(first > 4 && second > 1 && (1..=4).contains(&last))
}
