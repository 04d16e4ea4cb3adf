//! The picture that a file takes.

use super::{
    MAX_INPUT,
    error::{OnnxError, short},
    proto::{TensorProto, ValueInfoProto, dimension::Value},
};
use crate::network::InputShape;

/// The input of a network.
#[derive(Debug)]
pub(super) struct Input {
    /// The shape of the value without the batch.
    pub dims: Vec<usize>,
    /// The batch, if the file fixes it.
    pub batch: Option<usize>,
    /// The picture.
    pub picture: InputShape,
}

/// Reads the shape of an input.
pub(super) fn read(value: &ValueInfoProto) -> Result<Input, OnnxError> {
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
    let picture = match dims[..] {
        [784] => Some((1, 28, 28)),
        [features] => Some((1, 1, features)),
        [height, width] => Some((1, height, width)),
        // One channel, last, as TensorFlow has it: the pixels stand in the same order. No picture
        // has more than four channels and is one pixel wide.
        [height, width, 1] if height > 4 && width > 1 => Some((1, height, width)),
        [channels, height, width] => Some((channels, height, width)),
        _ => None,
    };
    let (channels, height, width) = picture.ok_or_else(|| wrong(format!("of the shape {text}")))?;
    // Fits: the product is below 2^32.
    let number = |n| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Input {
        batch,
        picture: InputShape {
            channels: number(channels),
            height: number(height),
            width: number(width),
        },
        dims,
    })
}
