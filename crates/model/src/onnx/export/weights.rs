//! Weights: as floating-point numbers, or as bits where they are all +1 or -1.

use super::writer::{Writer, int, whole};
use crate::onnx::proto::TensorProto;

/// Fewer weights than these are written as numbers: the table takes as much as 2048 of them.
const FEW: usize = 4096;

/// Writes weights under a name, and gives the name of the value that has them.
pub(super) fn write(writer: &mut Writer, name: &str, dims: &[usize], values: &[f32]) -> String {
    let signs = values.len() >= FEW && values.iter().all(|weight| weight.abs() == 1.0);
    if signs {
        bits(writer, name, dims, values)
    } else {
        writer.floats(name.into(), dims, values)
    }
}

/// Writes weights of +1 and -1 as bits, the first in the lowest bit of the first byte. Each byte
/// is looked up in a table of the eight weights that it stands for.
fn bits(writer: &mut Writer, name: &str, dims: &[usize], values: &[f32]) -> String {
    let bytes = values.len().div_ceil(8);
    let packed = writer.constant(format!("{name}.bits"), &[bytes], TensorProto::UINT8, || {
        let byte = |weights: &[f32]| {
            let bits = weights.iter().enumerate();
            bits.fold(0_u8, |byte, (bit, weight)| {
                byte | u8::from(*weight > 0.0) << bit
            })
        };
        values.chunks(8).map(byte).collect()
    });
    let table: Vec<f32> = (0..256 * 8)
        .map(|at| {
            if ((at / 8) >> (at % 8)) & 1 == 1 {
                1.0
            } else {
                -1.0
            }
        })
        .collect();
    let table = writer.floats("bits.table".into(), &[256, 8], &table);
    let to = int("to", TensorProto::INT32.into());
    let numbers = writer.node("Cast", format!("{name}.bytes"), &[&packed], vec![to]);
    let found = format!("{name}.eights");
    let mut found = writer.node("Gather", found, &[&table, &numbers], vec![int("axis", 0)]);
    if !values.len().is_multiple_of(8) {
        let list = writer.ints("shape.list".into(), &[-1]);
        let all = format!("{name}.all");
        let all = writer.node("Reshape", all, &[&found, &list], Vec::new());
        let start = writer.ints("first".into(), &[0]);
        let end = writer.ints(format!("{name}.count"), &[whole(values.len())]);
        let used = format!("{name}.used");
        found = writer.node("Slice", used, &[&all, &start, &end], Vec::new());
    }
    let shape: Vec<i64> = dims.iter().map(|dim| whole(*dim)).collect();
    let shape = writer.ints(format!("{name}.shape"), &shape);
    writer.node("Reshape", name.into(), &[&found, &shape], Vec::new())
}
