//! The tensors of a file, decoded into constants.

use std::{fmt, rc::Rc};

use half::{bf16, f16};

use super::{
    MAX_WEIGHTS,
    arrays::MAX_RANK,
    constant::{Constant, Data},
    error::{OnnxError, short},
    external::{self, DataFile},
    proto::TensorProto,
};

/// Decodes a tensor whose elements are within the file or in one beside it.
///
/// `left` are the elements that may still be decoded; it is compared with what the tensor announces
/// before memory is asked for.
pub(super) fn decode(
    tensor: &TensorProto,
    files: &[DataFile<'_>],
    left: &mut usize,
) -> Result<Constant, OnnxError> {
    let (dims, length) = shape(tensor)?;
    *left = left.checked_sub(length).ok_or_else(too_many_weights)?;
    let raw = match external::place(tensor)? {
        Some(place) => external::bytes(tensor, &place, files)?,
        None => &tensor.raw_data,
    };
    let source = Source {
        tensor,
        raw,
        length,
    };
    let floats = |values| Data::Floats(Rc::new(values));
    let ints = |values| Data::Ints(Rc::new(values));
    let bytes = |values| Data::Bytes(Rc::new(values));
    let bits = |bits: &i32| u16::try_from(*bits).unwrap_or_default();
    let narrow = &tensor.int32_data;
    let data = match tensor.data_type {
        TensorProto::FLOAT => {
            floats(source.values(f32::from_le_bytes, &tensor.float_data, |x| *x)?)
        }
        TensorProto::DOUBLE => floats(source.values(
            |bytes| f64::from_le_bytes(bytes) as f32,
            &tensor.double_data,
            |x| *x as f32,
        )?),
        TensorProto::FLOAT16 => floats(source.values(
            |bytes| f16::from_le_bytes(bytes).to_f32(),
            narrow,
            |x| f16::from_bits(bits(x)).to_f32(),
        )?),
        TensorProto::BFLOAT16 => floats(source.values(
            |bytes| bf16::from_le_bytes(bytes).to_f32(),
            narrow,
            |x| bf16::from_bits(bits(x)).to_f32(),
        )?),
        TensorProto::INT64 => ints(source.values(i64::from_le_bytes, &tensor.int64_data, |x| *x)?),
        TensorProto::INT32 => ints(source.values(
            |bytes| i32::from_le_bytes(bytes).into(),
            narrow,
            |x| i64::from(*x),
        )?),
        TensorProto::INT8 => ints(source.values(
            |bytes| i8::from_le_bytes(bytes).into(),
            narrow,
            |x| i64::from(*x),
        )?),
        TensorProto::UINT8 | TensorProto::BOOL => bytes(source.values(
            |[byte]| byte,
            narrow,
            |x| u8::try_from(*x).unwrap_or_default(),
        )?),
        other => return Err(wrong_type(tensor, other)),
    };
    Ok(Constant { dims, data })
}

pub(super) fn too_many_weights() -> OnnxError {
    OnnxError::TooLarge {
        what: "weights".into(),
        limit: MAX_WEIGHTS as u64,
    }
}

/// The shape of a tensor and the number of its elements, not yet compared with its data.
fn shape(tensor: &TensorProto) -> Result<(Vec<usize>, usize), OnnxError> {
    if tensor.dims.len() > MAX_RANK {
        let rank = tensor.dims.len();
        let reason = format!("it has {rank} dimensions, and at most {MAX_RANK} are supported");
        return Err(damaged(tensor, reason));
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

/// A tensor and where its elements are.
struct Source<'a> {
    tensor: &'a TensorProto,
    raw: &'a [u8],
    length: usize,
}

impl Source<'_> {
    /// Reads the elements from wherever the exporter put them.
    fn values<const N: usize, S, T>(
        &self,
        of_bytes: impl Fn([u8; N]) -> T,
        field: &[S],
        of_field: impl Fn(&S) -> T,
    ) -> Result<Vec<T>, OnnxError> {
        let (raw, length) = (self.raw, self.length);
        let (chunks, rest) = raw.as_chunks::<N>();
        let found = chunks.len() + field.len();
        if !rest.is_empty() || found != length || (!raw.is_empty() && !field.is_empty()) {
            let dims = Dims(&self.tensor.dims);
            let reason = format!(
                "its shape {dims:?} asks for {length} numbers of {N} bytes, and it has {} bytes \
                 and {} numbers",
                raw.len(),
                field.len()
            );
            return Err(damaged(self.tensor, reason));
        }
        if raw.is_empty() {
            Ok(field.iter().map(of_field).collect())
        } else {
            Ok(chunks.iter().map(|bytes| of_bytes(*bytes)).collect())
        }
    }
}

fn damaged(tensor: &TensorProto, reason: String) -> OnnxError {
    let tensor = short(&tensor.name);
    OnnxError::Tensor { tensor, reason }
}

fn wrong_type(tensor: &TensorProto, found: i32) -> OnnxError {
    let name = match found {
        0 => "missing",
        4 => "UINT16",
        5 => "INT16",
        TensorProto::STRING => "STRING",
        12 => "UINT32",
        13 => "UINT64",
        _ => "another one",
    };
    let reason = format!(
        "its element type is {name} ({found}), and FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT64, INT32, \
         INT8, UINT8 and BOOL are supported"
    );
    damaged(tensor, reason)
}

/// At most the first eight dimensions, for messages.
struct Dims<'a>(&'a [i64]);

impl fmt::Debug for Dims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = self.0.iter().take(8).map(i64::to_string);
        let more = if self.0.len() > 8 { ", …" } else { "" };
        write!(f, "[{}{more}]", first.collect::<Vec<_>>().join(", "))
    }
}
