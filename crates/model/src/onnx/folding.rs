//! Nodes that take constants only: sizes that exporters compute, weights that they unpack.

use std::rc::Rc;

use super::{
    MAX_WEIGHTS,
    arrays::{self, MAX_RANK},
    budget::Budget,
    constant::{Constant, Data},
    error::OnnxError,
    node::Node,
    proto::TensorProto,
    tensor::too_many_weights,
};

mod arithmetic;
mod movement;

/// What a node gives.
///
/// # Errors
///
/// When the operator is not supported over constants, its inputs do not fit it, or its result is
/// larger than what is left of the limits.
pub(super) fn apply(
    node: Node<'_>,
    inputs: &[Option<Constant>],
    budget: &mut Budget,
) -> Result<Constant, OnnxError> {
    let mut call = Call {
        node,
        inputs,
        budget,
    };
    match node.operator() {
        Some("Identity" | "Dropout") => call.required(0).cloned(),
        Some("Cast") => call.cast(),
        Some("Add") => call.arithmetic(|a, b| a + b, i64::checked_add),
        Some("Sub") => call.arithmetic(|a, b| a - b, i64::checked_sub),
        Some("Mul") => call.arithmetic(|a, b| a * b, i64::checked_mul),
        Some("Div") => call.arithmetic(|a, b| a / b, i64::checked_div),
        Some("Neg") => call.each_float(|x| -x),
        Some("Sqrt") => call.each_float(f32::sqrt),
        // Of weights: 0 stays 0.
        Some("Sign") => call.each_float(|x| if x == 0.0 { 0.0 } else { x.signum() }),
        Some("Reciprocal") => call.each_float(f32::recip),
        Some("Reshape") => call.reshape(),
        Some("Squeeze") => call.squeeze(),
        Some("Unsqueeze") => call.unsqueeze(),
        Some("Transpose") => call.transpose(),
        Some("Concat") => call.concat(),
        Some("Gather") => call.gather(),
        Some("Slice") => call.slice(),
        Some("Expand") => call.expand(),
        Some("ConstantOfShape") => call.constant_of_shape(),
        Some(_) => Err(node.unsupported(
            "it computes with constants only, and this operator is not supported there; export \
             the model with constant folding (do_constant_folding=True)",
        )),
        None => Err(OnnxError::UnknownOperator { node: node.name() }),
    }
}

/// A node over constants.
struct Call<'a, 'b> {
    node: Node<'a>,
    inputs: &'b [Option<Constant>],
    budget: &'b mut Budget,
}

impl<'b> Call<'_, 'b> {
    fn required(&self, index: usize) -> Result<&'b Constant, OnnxError> {
        // Says which one is missing.
        self.node.required(index)?;
        let input = self.inputs.get(index).and_then(Option::as_ref);
        input.ok_or_else(|| {
            self.node
                .unsupported(format!("its input {} is missing", index + 1))
        })
    }

    /// Whole numbers in an input, if it is there.
    fn list(&self, index: usize) -> Result<Option<&'b [i64]>, OnnxError> {
        let Some(constant) = self.inputs.get(index).and_then(Option::as_ref) else {
            return Ok(None);
        };
        let list = constant.list().ok_or_else(|| {
            let kind = constant.kind();
            self.node.unsupported(format!(
                "its input {} must be a list of whole numbers, and is of {kind}",
                index + 1
            ))
        })?;
        Ok(Some(list))
    }

    /// Whole numbers that early versions have as an attribute and later ones as an input.
    fn list_or_attribute(&self, name: &str, index: usize) -> Result<Option<Vec<i64>>, OnnxError> {
        Ok(match self.node.ints(name)? {
            Some(list) => Some(list.to_vec()),
            None => self.list(index)?.map(<[i64]>::to_vec),
        })
    }

    /// Elements of a result, within the limits.
    fn count(&mut self, dims: &[usize]) -> Result<usize, OnnxError> {
        if dims.len() > MAX_RANK || dims.contains(&0) {
            return Err(self.misfit());
        }
        let count = arrays::count(dims).filter(|count| *count <= MAX_WEIGHTS);
        let count = count.ok_or_else(too_many_weights)?;
        self.budget.constant(count)?;
        Ok(count)
    }

    /// Sizes do not fit each other.
    fn misfit(&self) -> OnnxError {
        let shapes = self.inputs.iter().take(4).flatten();
        let shapes: Vec<_> = shapes.map(|input| format!("{:?}", input.dims)).collect();
        self.node.shape(format!(
            "it takes constants of shapes {}, which do not fit it",
            shapes.join(" and ")
        ))
    }

    fn cast(&mut self) -> Result<Constant, OnnxError> {
        let input = self.required(0)?;
        let to = i32::try_from(self.node.int("to", 0)?).unwrap_or_default();
        self.count(&input.dims)?;
        let data = cast(&input.data, to).ok_or_else(|| {
            self.node.unsupported(format!(
                "it casts to the element type {to}, and only FLOAT (1), UINT8 (2), INT32 (6), \
                 INT64 (7), BOOL (9), FLOAT16 (10) and DOUBLE (11) are supported"
            ))
        })?;
        Ok(Constant {
            dims: input.dims.clone(),
            data,
        })
    }
}

/// The same numbers as another type; `None` for an unknown one.
fn cast(data: &Data, to: i32) -> Option<Data> {
    // Casts of Rust saturate, and NaN becomes 0.
    Some(match to {
        TensorProto::FLOAT | TensorProto::DOUBLE | TensorProto::FLOAT16 => match data {
            Data::Floats(values) => Data::Floats(Rc::clone(values)),
            Data::Ints(values) => Data::Floats(Rc::new(values.iter().map(|x| *x as f32).collect())),
            Data::Bytes(values) => {
                Data::Floats(Rc::new(values.iter().map(|x| f32::from(*x)).collect()))
            }
        },
        TensorProto::INT32 | TensorProto::INT64 => match data {
            Data::Floats(values) => Data::Ints(Rc::new(values.iter().map(|x| *x as i64).collect())),
            Data::Ints(values) => Data::Ints(Rc::clone(values)),
            Data::Bytes(values) => {
                Data::Ints(Rc::new(values.iter().map(|x| i64::from(*x)).collect()))
            }
        },
        TensorProto::UINT8 => match data {
            Data::Bytes(values) => Data::Bytes(Rc::clone(values)),
            Data::Floats(values) => Data::Bytes(Rc::new(values.iter().map(|x| *x as u8).collect())),
            Data::Ints(values) => Data::Bytes(Rc::new(values.iter().map(|x| *x as u8).collect())),
        },
        TensorProto::BOOL => match data {
            Data::Floats(values) => Data::Bytes(Rc::new(
                values.iter().map(|x| u8::from(*x != 0.0)).collect(),
            )),
            Data::Ints(values) => {
                Data::Bytes(Rc::new(values.iter().map(|x| u8::from(*x != 0)).collect()))
            }
            Data::Bytes(values) => {
                Data::Bytes(Rc::new(values.iter().map(|x| u8::from(*x != 0)).collect()))
            }
        },
        _ => return None,
    })
}

/// The same with elements of any type, as far as it is possible.
fn moved(
    input: &Constant,
    dims: Vec<usize>,
    each_type: impl FnOnce(&Data) -> Option<Data>,
) -> Option<Constant> {
    let data = each_type(&input.data)?;
    Some(Constant { dims, data })
}

/// Applies a movement of elements, whatever their type.
macro_rules! moving {
    ($data:expr, $values:ident => $made:expr) => {
        (|| Some(each!($data, $values => $made?)))()
    };
}
use moving;
