//! How a secret would look if somebody wrote it down.

use data_encoding::{BASE32_NOPAD, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER, Specification};

/// The texts by which bytes may be written: hexadecimal, base 64, base 32, and as lists of numbers.
pub fn forms(bytes: &[u8]) -> Vec<String> {
    let list = format!("{bytes:?}");
    let hex: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        HEXLOWER.encode(bytes),
        HEXUPPER.encode(bytes),
        hex.join(", "),
        hex.join(" "),
        BASE64.encode(bytes).trim_end_matches('=').to_owned(),
        BASE64URL_NOPAD.encode(bytes),
        BASE32_NOPAD.encode(bytes).to_lowercase(),
        BASE32_NOPAD.encode(bytes),
        list.trim_matches(['[', ']']).to_owned(),
    ]
}

/// The bytes of a secret as it stands in a link.
pub fn of_link(text: &str) -> Option<Vec<u8>> {
    let mut lower = Specification::new();
    lower.symbols.push_str("abcdefghijklmnopqrstuvwxyz234567");
    let text = text.to_lowercase();
    lower.encoding().ok()?.decode(text.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_one_that_somebody_writes() {
        let forms = forms(&[0, 255, 16]);
        for form in [
            "00ff10",
            "00FF10",
            "AP8Q",
            "ad7ra",
            "0, 255, 16",
            "00, ff, 10",
        ] {
            assert!(
                forms.iter().any(|other| other == form),
                "{form} of {forms:?}"
            );
        }
        assert_eq!(of_link("ad7ra"), Some(vec![0, 255, 16]));
    }
}
