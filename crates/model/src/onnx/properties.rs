//! The properties by which Blindsight's files say more than ONNX can.

use super::{
    error::{OnnxError, short},
    proto::{ModelProto, StringStringEntryProto},
};

/// Whether pixels come in as `0..1`, the usual convention, or as `0..255`.
pub(super) const PIXELS: &str = "blindsight.pixels";

/// The labels of the classes: a JSON list of texts, or texts between commas.
pub(super) const LABELS: &str = "blindsight.labels";

/// The value of [`PIXELS`] for pixels as they are.
pub(super) const BYTES: &str = "0..255";

/// Whether the network takes pixels as they are, 0 to 255; `None` if the file does not say.
pub(super) fn takes_bytes(model: &ModelProto) -> Result<Option<bool>, OnnxError> {
    match find(model, PIXELS) {
        None => Ok(None),
        Some("0..1") => Ok(Some(false)),
        Some(BYTES) => Ok(Some(true)),
        Some(other) => Err(OnnxError::Property {
            key: PIXELS,
            reason: format!("is {:?}; write 0..1 or 0..255", short(other)),
        }),
    }
}

/// The labels of so many classes: those of the property, those that a classifier has, or numbers.
pub(super) fn labels(
    model: &ModelProto,
    classes: usize,
    own: Option<Vec<String>>,
) -> Result<Vec<String>, OnnxError> {
    let Some(text) = find(model, LABELS) else {
        let numbers = || (0..classes).map(|class| class.to_string()).collect();
        return Ok(own
            .filter(|labels| labels.len() == classes)
            .unwrap_or_else(numbers));
    };
    let labels: Vec<String> = match serde_json::from_str(text) {
        Ok(labels) => labels,
        Err(_) if text.trim_start().starts_with('[') => {
            return Err(OnnxError::Property {
                key: LABELS,
                reason: "starts like a JSON list and is none of texts; write [\"cat\", \"dog\"]"
                    .into(),
            });
        }
        Err(_) => text.split(',').map(|label| label.trim().into()).collect(),
    };
    if labels.len() == classes {
        Ok(labels)
    } else {
        let found = labels.len();
        let reason = format!(
            "has {found} labels, and the model gives {classes} numbers; write one label for each"
        );
        Err(OnnxError::Property {
            key: LABELS,
            reason,
        })
    }
}

/// The properties of a file that is written here.
pub(super) fn write(labels: &[String]) -> Vec<StringStringEntryProto> {
    let entry = |key: &str, value| StringStringEntryProto {
        key: key.into(),
        value,
    };
    let labels = serde_json::Value::from(labels).to_string();
    vec![entry(PIXELS, BYTES.into()), entry(LABELS, labels)]
}

fn find<'a>(model: &'a ModelProto, key: &str) -> Option<&'a str> {
    let entry = model.metadata_props.iter().find(|entry| entry.key == key);
    entry.map(|entry| entry.value.as_str())
}
