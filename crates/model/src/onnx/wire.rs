//! A look at the bytes before they are parsed.
//!
//! An empty message takes two bytes in a file and a hundred in memory. So a file of a few megabytes
//! could ask for gigabytes. Here the entries are counted first, along the nesting of
//! [`proto`](super::proto), without allocating anything.

use super::error::OnnxError;

/// Entries that a file may have: nodes, names, attributes, dimensions and so on, but not weights.
pub const MAX_ENTRIES: usize = 200_000;

/// Counts the entries of a file.
///
/// # Errors
///
/// When the bytes are cut short or no protocol buffer, or there are too many entries.
pub(super) fn check(bytes: &[u8]) -> Result<(), OnnxError> {
    let mut left = MAX_ENTRIES;
    scan(bytes, &MODEL, &mut left)
}

/// The fields of a message that [`scan`] looks into.
struct Fields(&'static [(u64, Inside)]);

/// What a length-delimited field holds.
enum Inside {
    /// Numbers one behind another, a byte or more each.
    Numbers,
    Message(&'static Fields),
}

use Inside::{Message, Numbers};

const LEAF: Fields = Fields(&[]);
const TENSOR: Fields = Fields(&[
    (1, Numbers),
    (5, Numbers),
    (7, Numbers),
    (13, Message(&LEAF)),
]);
const ATTRIBUTE: Fields = Fields(&[(5, Message(&TENSOR)), (8, Numbers)]);
const NODE: Fields = Fields(&[(5, Message(&ATTRIBUTE))]);
const SHAPE: Fields = Fields(&[(1, Message(&LEAF))]);
const TENSOR_TYPE: Fields = Fields(&[(2, Message(&SHAPE))]);
const TYPE: Fields = Fields(&[(1, Message(&TENSOR_TYPE))]);
const VALUE: Fields = Fields(&[(2, Message(&TYPE))]);
const GRAPH: Fields = Fields(&[
    (1, Message(&NODE)),
    (5, Message(&TENSOR)),
    (11, Message(&VALUE)),
    (12, Message(&VALUE)),
]);
const MODEL: Fields = Fields(&[
    (7, Message(&GRAPH)),
    (8, Message(&LEAF)),
    (14, Message(&LEAF)),
]);

/// Counts in one message; recursion ends because the fields of [`MODEL`] nest seven deep.
fn scan(mut bytes: &[u8], fields: &Fields, left: &mut usize) -> Result<(), OnnxError> {
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        match key & 7 {
            0 => {
                varint(&mut bytes)?;
                spend(left, 1)?;
            }
            // Floats of a constant are as long in the file as in memory.
            1 => drop(take(&mut bytes, 8)?),
            5 => drop(take(&mut bytes, 4)?),
            2 => {
                let length = varint(&mut bytes)?;
                let inside = take(&mut bytes, length)?;
                spend(left, 1)?;
                match fields.0.iter().find(|(number, _)| *number == key >> 3) {
                    Some((_, Message(fields))) => scan(inside, fields, left)?,
                    Some((_, Numbers)) => spend(left, inside.len())?,
                    None => {}
                }
            }
            _ => return Err(OnnxError::not_onnx("a field has an unknown wire type")),
        }
    }
    Ok(())
}

fn spend(left: &mut usize, entries: usize) -> Result<(), OnnxError> {
    *left = left.checked_sub(entries).ok_or(OnnxError::TooLarge {
        what: "entries (nodes, names, attributes, dimensions)".into(),
        limit: MAX_ENTRIES as u64,
    })?;
    Ok(())
}

fn take<'a>(bytes: &mut &'a [u8], length: u64) -> Result<&'a [u8], OnnxError> {
    let split = usize::try_from(length)
        .ok()
        .and_then(|n| bytes.split_at_checked(n));
    let Some((inside, rest)) = split else {
        return Err(OnnxError::not_onnx("it ends in the middle of a field"));
    };
    *bytes = rest;
    Ok(inside)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, OnnxError> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let Some((byte, rest)) = bytes.split_first() else {
            return Err(OnnxError::not_onnx("it ends in the middle of a number"));
        };
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(OnnxError::not_onnx("a number is longer than 64 bits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_messages_in_masses_are_refused() {
        // A graph of empty nodes: two bytes each.
        let nodes = [0x0a, 0].repeat(MAX_ENTRIES + 1);
        let mut file = vec![0x3a];
        let mut length = nodes.len();
        while length > 0x7f {
            file.push(length as u8 | 0x80);
            length >>= 7;
        }
        file.push(length as u8);
        file.extend(&nodes);
        assert!(matches!(check(&file), Err(OnnxError::TooLarge { .. })));
        assert!(matches!(
            check(&file[..file.len() - 1]),
            Err(OnnxError::NotOnnx { .. })
        ));
    }

    #[test]
    fn a_length_beyond_the_end_is_refused() {
        let file = [
            0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
        ];
        assert!(matches!(check(&file), Err(OnnxError::NotOnnx { .. })));
        assert!(matches!(check(&[0xff; 20]), Err(OnnxError::NotOnnx { .. })));
    }
}
