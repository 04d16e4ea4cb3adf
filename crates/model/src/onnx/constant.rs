//! A constant of a file: its elements and their shape.

use std::rc::Rc;

use super::arrays;

/// A constant. Copies share the elements.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    /// The shape; a single number has no dimension.
    pub dims: Vec<usize>,
    /// The elements in rows, as many as the shape says.
    pub data: Data,
}

/// The elements of a constant. Wider and narrower types of the file are kept as one of these.
#[derive(Clone, Debug)]
pub(super) enum Data {
    /// Floating-point numbers.
    Floats(Rc<Vec<f32>>),
    /// Whole numbers.
    Ints(Rc<Vec<i64>>),
    /// Bytes and truth values.
    Bytes(Rc<Vec<u8>>),
}

/// Does the same with elements of any type.
macro_rules! each {
    ($data:expr, $values:ident => $made:expr) => {
        match $data {
            crate::onnx::constant::Data::Floats($values) => {
                crate::onnx::constant::Data::Floats(std::rc::Rc::new($made))
            }
            crate::onnx::constant::Data::Ints($values) => {
                crate::onnx::constant::Data::Ints(std::rc::Rc::new($made))
            }
            crate::onnx::constant::Data::Bytes($values) => {
                crate::onnx::constant::Data::Bytes(std::rc::Rc::new($made))
            }
        }
    };
}
pub(super) use each;

impl Constant {
    /// A list of whole numbers.
    pub fn ints(values: Vec<i64>) -> Self {
        Self {
            dims: vec![values.len()],
            data: Data::Ints(Rc::new(values)),
        }
    }

    /// Elements.
    pub fn len(&self) -> usize {
        match &self.data {
            Data::Floats(values) => values.len(),
            Data::Ints(values) => values.len(),
            Data::Bytes(values) => values.len(),
        }
    }

    /// The same elements in another shape, if that has as many.
    pub fn reshaped(&self, dims: Vec<usize>) -> Option<Self> {
        (arrays::count(&dims) == Some(self.len())).then(|| Self {
            dims,
            data: self.data.clone(),
        })
    }

    /// The elements as floating-point numbers, if they are.
    pub fn floats(&self) -> Option<&Rc<Vec<f32>>> {
        match &self.data {
            Data::Floats(values) => Some(values),
            _ => None,
        }
    }

    /// The elements of a single number or a list, if they are whole numbers.
    pub fn list(&self) -> Option<&[i64]> {
        match &self.data {
            Data::Ints(values) if self.dims.len() < 2 => Some(values),
            _ => None,
        }
    }

    /// What the elements are called, for messages.
    pub fn kind(&self) -> &'static str {
        match self.data {
            Data::Floats(_) => "floating-point numbers",
            Data::Ints(_) => "whole numbers",
            Data::Bytes(_) => "bytes or truth values",
        }
    }
}
