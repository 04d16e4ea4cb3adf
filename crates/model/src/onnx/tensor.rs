//! The constants of a file: weights and shapes.

use std::{collections::HashMap, rc::Rc};

use ndarray::{ArrayD, IxDyn};

use super::{
    MAX_WEIGHTS,
    error::{OnnxError, short},
    proto::TensorProto,
};

/// The constants of a file by name, decoded when they are used.
pub(super) struct Constants {
    tensors: HashMap<String, Rc<TensorProto>>,
    /// Weights that may still be decoded.
    left: usize,
}

impl Constants {
    pub fn new(initializers: Vec<TensorProto>) -> Self {
        let named = |tensor: TensorProto| (tensor.name.clone(), Rc::new(tensor));
        Self {
            tensors: initializers.into_iter().map(named).collect(),
            left: MAX_WEIGHTS,
        }
    }

    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    pub fn insert(&mut self, name: &str, tensor: TensorProto) {
        self.tensors.insert(name.into(), Rc::new(tensor));
    }

    /// Lets `alias` stand for the constant `name` as well.
    pub fn alias(&mut self, alias: &str, name: &str) {
        if let Some(tensor) = self.tensors.get(name) {
            let tensor = Rc::clone(tensor);
            self.tensors.insert(alias.into(), tensor);
        }
    }

    /// The floating-point numbers of a constant.
    pub fn floats(&mut self, name: &str) -> Result<ArrayD<f64>, OnnxError> {
        let tensor = self.get(name)?;
        let (shape, length) = shape(&tensor)?;
        self.left = self.left.checked_sub(length).ok_or_else(too_many_weights)?;
        let values: Vec<f64> = match tensor.data_type {
            TensorProto::FLOAT => {
                let of = |bytes| f64::from(f32::from_le_bytes(bytes));
                values(&tensor, length, of, &tensor.float_data, |x| f64::from(*x))?
            }
            TensorProto::DOUBLE => values(
                &tensor,
                length,
                f64::from_le_bytes,
                &tensor.double_data,
                |x| *x,
            )?,
            other => return Err(wrong_type(&tensor, other, "FLOAT or DOUBLE")),
        };
        if !values.iter().all(|value| value.is_finite()) {
            let place = format!("the tensor {:?}", short(&tensor.name));
            return Err(OnnxError::NonFinite { place });
        }
        ArrayD::from_shape_vec(IxDyn(&shape), values)
            .map_err(|error| damaged(&tensor, error.to_string()))
    }

    /// The whole numbers of a constant of one dimension or none.
    pub fn integers(&self, name: &str) -> Result<Vec<i64>, OnnxError> {
        let tensor = self.get(name)?;
        let (shape, length) = shape(&tensor)?;
        if tensor.data_type != TensorProto::INT64 {
            return Err(wrong_type(&tensor, tensor.data_type, "INT64"));
        }
        if shape.len() > 1 {
            let reason = format!("a list of numbers is expected, and its shape is {shape:?}");
            return Err(damaged(&tensor, reason));
        }
        values(
            &tensor,
            length,
            i64::from_le_bytes,
            &tensor.int64_data,
            |x| *x,
        )
    }

    fn get(&self, name: &str) -> Result<Rc<TensorProto>, OnnxError> {
        let tensor = self.tensors.get(name).ok_or_else(|| OnnxError::Tensor {
            tensor: short(name),
            reason: "it is no constant; it must be stored in the file".into(),
        })?;
        Ok(Rc::clone(tensor))
    }
}

pub(super) fn too_many_weights() -> OnnxError {
    OnnxError::TooLarge {
        what: "weights".into(),
        limit: MAX_WEIGHTS as u64,
    }
}

/// The shape of a tensor and the number of its elements, not yet compared with its data.
fn shape(tensor: &TensorProto) -> Result<(Vec<usize>, usize), OnnxError> {
    if tensor.data_location == TensorProto::EXTERNAL || !tensor.external_data.is_empty() {
        let tensor = short(&tensor.name);
        return Err(OnnxError::ExternalData { tensor });
    }
    let mut length = 1_usize;
    let mut shape = Vec::with_capacity(tensor.dims.len());
    for dim in &tensor.dims {
        let dim = usize::try_from(*dim).ok().filter(|dim| *dim > 0);
        let dim = dim.ok_or_else(|| {
            let reason = format!("its shape {:?} has a dimension below 1", Dims(&tensor.dims));
            damaged(tensor, reason)
        })?;
        let product = length.checked_mul(dim).filter(|n| *n <= MAX_WEIGHTS);
        length = product.ok_or_else(too_many_weights)?;
        shape.push(dim);
    }
    Ok((shape, length))
}

/// Reads the elements from wherever the exporter put them.
fn values<const N: usize, S, T>(
    tensor: &TensorProto,
    length: usize,
    of_bytes: impl Fn([u8; N]) -> T,
    field: &[S],
    of_field: impl Fn(&S) -> T,
) -> Result<Vec<T>, OnnxError> {
    let raw = &tensor.raw_data;
    let (chunks, rest) = raw.as_chunks::<N>();
    let found = chunks.len() + field.len();
    if !rest.is_empty() || found != length || (!raw.is_empty() && !field.is_empty()) {
        let dims = Dims(&tensor.dims);
        let reason = format!(
            "its shape {dims:?} asks for {length} numbers of {N} bytes, and it has {} bytes and {} \
             numbers",
            raw.len(),
            field.len()
        );
        return Err(damaged(tensor, reason));
    }
    if raw.is_empty() {
        Ok(field.iter().map(of_field).collect())
    } else {
        Ok(chunks.iter().map(|bytes| of_bytes(*bytes)).collect())
    }
}

fn damaged(tensor: &TensorProto, reason: String) -> OnnxError {
    let tensor = short(&tensor.name);
    OnnxError::Tensor { tensor, reason }
}

fn wrong_type(tensor: &TensorProto, found: i32, expected: &str) -> OnnxError {
    let name = match found {
        0 => "missing",
        1 => "FLOAT",
        2 => "UINT8",
        3 => "INT8",
        6 => "INT32",
        7 => "INT64",
        9 => "BOOL",
        10 => "FLOAT16",
        11 => "DOUBLE",
        16 => "BFLOAT16",
        _ => "another one",
    };
    let reason = format!("its element type is {name} ({found}), and {expected} is expected here");
    damaged(tensor, reason)
}

/// At most the first eight dimensions, for messages.
struct Dims<'a>(&'a [i64]);

impl std::fmt::Debug for Dims<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let first = self.0.iter().take(8).map(i64::to_string);
        let more = if self.0.len() > 8 { ", …" } else { "" };
        write!(f, "[{}{more}]", first.collect::<Vec<_>>().join(", "))
    }
}
