//! Weights in files of their own beside the model.

use super::{
    MAX_FILE,
    error::{OnnxError, short},
    proto::TensorProto,
};

/// A file beside the model in which its weights are: exporters call it `NAME.onnx.data`.
#[derive(Clone, Copy, Debug)]
pub struct DataFile<'a> {
    /// Its name without a folder.
    pub name: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// Where the elements of a tensor are, if not within the file.
pub(super) struct Place<'a> {
    /// The name of the file, without a folder.
    pub file: &'a str,
    offset: usize,
    length: Option<usize>,
}

/// Reads where the elements of a tensor are; `None` when they are within the file.
pub(super) fn place(tensor: &TensorProto) -> Result<Option<Place<'_>>, OnnxError> {
    if tensor.data_location != TensorProto::EXTERNAL && tensor.external_data.is_empty() {
        return Ok(None);
    }
    let entry = |key: &str| {
        let mut entries = tensor.external_data.iter();
        entries.find(|entry| entry.key == key)
    };
    let number = |key: &str| match entry(key) {
        None => Ok(None),
        Some(entry) => entry.value.parse().map(Some).map_err(|_| {
            let found = short(&entry.value);
            wrong(tensor, format!("its {key} is {found:?} and no number"))
        }),
    };
    let location = entry("location").map_or("", |entry| entry.value.as_str());
    let file = location.strip_prefix("./").unwrap_or(location);
    if file.is_empty() || file == ".." || file.contains(['/', '\\', ':', '\0']) {
        let found = short(location);
        return Err(wrong(
            tensor,
            format!(
                "its data is said to be in {found:?}, and only a file in the folder of the model \
                 is taken"
            ),
        ));
    }
    Ok(Some(Place {
        file,
        offset: number("offset")?.unwrap_or(0),
        length: number("length")?,
    }))
}

/// The bytes at a place.
pub(super) fn bytes<'a>(
    tensor: &TensorProto,
    place: &Place<'_>,
    files: &[DataFile<'a>],
) -> Result<&'a [u8], OnnxError> {
    let Some(file) = files.iter().find(|file| file.name == place.file) else {
        return Err(OnnxError::ExternalData {
            tensor: short(&tensor.name),
            file: short(place.file),
        });
    };
    let all = file.bytes;
    let end = match place.length {
        Some(length) => place.offset.checked_add(length),
        None => Some(all.len()),
    };
    let part = end.and_then(|end| all.get(place.offset..end));
    part.ok_or_else(|| {
        let (name, offset) = (short(place.file), place.offset);
        wrong(
            tensor,
            format!(
                "its data starts at byte {offset} of {name:?} and goes beyond the end of that file \
                 of {} bytes; the file was cut short or belongs to another model",
                all.len()
            ),
        )
    })
}

/// Refuses files that are too large, and two of a name.
pub(super) fn check(files: &[DataFile<'_>]) -> Result<(), OnnxError> {
    let mut left = MAX_FILE;
    for file in files {
        left = left
            .checked_sub(file.bytes.len())
            .ok_or(OnnxError::TooLarge {
                what: "bytes in the files of its weights".into(),
                limit: MAX_FILE as u64,
            })?;
    }
    Ok(())
}

fn wrong(tensor: &TensorProto, reason: String) -> OnnxError {
    let tensor = short(&tensor.name);
    OnnxError::Tensor { tensor, reason }
}
