//! Figures out of lines of JSON, and as people read them.

use anyhow::{Context, Result};
use serde_json::Value;

/// What stands at a path, as `online.all.median_ms`.
fn at<'a>(line: &'a Value, path: &str) -> Result<&'a Value> {
    let pointer = format!("/{}", path.replace('.', "/"));
    line.pointer(&pointer)
        .with_context(|| format!("a measurement has no {path}"))
}

/// A number.
///
/// # Errors
/// If there is none.
pub fn number(line: &Value, path: &str) -> Result<f64> {
    let value = at(line, path)?.as_f64();
    value.with_context(|| format!("{path} is not a number"))
}

/// A text.
///
/// # Errors
/// If there is none.
pub fn text<'a>(line: &'a Value, path: &str) -> Result<&'a str> {
    let value = at(line, path)?.as_str();
    value.with_context(|| format!("{path} is not a text"))
}

/// A list.
///
/// # Errors
/// If there is none.
pub fn list<'a>(line: &'a Value, path: &str) -> Result<&'a [Value]> {
    let value = at(line, path)?.as_array();
    value
        .map(Vec::as_slice)
        .with_context(|| format!("{path} is not a list"))
}

/// Whether a line has these values.
pub fn is(line: &Value, path: &str, value: impl Into<Value>) -> bool {
    at(line, path).is_ok_and(|found| *found == value.into())
}

/// Three figures, and commas between thousands.
pub fn figures(value: f64) -> String {
    let size = value.abs();
    let digits = match size {
        0.0 => 0,
        _ if size >= 99.95 => 0,
        _ if size >= 9.995 => 1,
        _ if size >= 0.09995 => 2,
        _ => (1.0 - size.log10().floor()).min(9.0) as usize,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!(".{rest}")
    };
    format!("{}{rest}", thousands(whole))
}

fn thousands(whole: &str) -> String {
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole),
    };
    let mut text = String::from(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `10,000`.
pub fn count(value: f64) -> String {
    thousands(&format!("{value:.0}"))
}

/// `0.13 ms`, `1.5 s`.
pub fn time(ms: f64) -> String {
    if ms >= 999.5 {
        format!("{} s", figures(ms / 1e3))
    } else {
        format!("{} ms", figures(ms))
    }
}

/// `157 kB`.
pub fn bytes(value: f64) -> String {
    match value {
        n if n >= 999.5e6 => format!("{} GB", figures(n / 1e9)),
        n if n >= 999.5e3 => format!("{} MB", figures(n / 1e6)),
        n if n >= 999.5 => format!("{} kB", figures(n / 1e3)),
        n => format!("{n:.0} B"),
    }
}

/// `99.19 %` of a share from 0 to 1.
pub fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_and_shown() {
        let line = serde_json::json!({ "a": { "b": 2.5 }, "name": "x", "all": [1] });
        assert_eq!(number(&line, "a.b").unwrap(), 2.5);
        assert_eq!(text(&line, "name").unwrap(), "x");
        assert_eq!(list(&line, "all").unwrap().len(), 1);
        assert!(is(&line, "name", "x") && !is(&line, "name", "y"));
        let error = number(&line, "a.c").unwrap_err().to_string();
        assert!(error.contains("a.c"), "{error}");

        let shown = [0.0, 0.0123, 0.127, 4.03, 41.26, 206.4, 2594.2].map(figures);
        let expected = ["0", "0.012", "0.13", "4.03", "41.3", "206", "2,594"];
        assert_eq!(shown, expected);
        assert_eq!(time(1500.0), "1.50 s");
        assert_eq!(bytes(156_700.0), "157 kB");
        assert_eq!(count(1e7), "10,000,000");
        assert_eq!(percent(0.9919), "99.19 %");
    }
}
