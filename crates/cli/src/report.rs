//! Lines on standard output, for people or for programs.

use std::io::{self, Write};

use blindsight_member::{LayerView, LinkNote, Trust};
use serde::Serialize;

/// Prints a line. When the reader is gone there is nobody left to tell.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// Prints an object as one line of JSON.
pub fn json(value: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(value) {
        line(&text);
    }
}

/// A number of bytes as a person reads it.
pub fn bytes(count: u64) -> String {
    match count {
        0..1_000 => format!("{count} B"),
        1_000..1_000_000 => format!("{:.1} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

/// An encrypted link and its safety words.
pub fn link(link: &LinkNote) {
    let LinkNote {
        peer,
        words,
        digits,
        trust,
        online,
        ..
    } = link;
    if !online {
        return line(&format!("The line to {peer} is lost; it may come back."));
    }
    let words = words.join(" ");
    line(&match trust {
        Trust::Site => format!("Encrypted link with {peer}: run by whoever runs the relay."),
        Trust::Verified => format!("Encrypted link with {peer}: verified."),
        Trust::Unverified => format!(
            "Encrypted link with {peer}, not verified. Compare on the phone: {words} ({digits})"
        ),
    });
}

/// Who is waited for: said now and then, not each second.
pub fn waiting(text: &str, seconds: u64) {
    if seconds > 0 && (seconds == 3 || seconds.is_multiple_of(30)) {
        line(&format!("Waiting for {text} for {seconds} s."));
    }
}

/// One row of a plan.
pub fn layer(layer: &LayerView) -> String {
    let LayerView {
        kind,
        inputs,
        outputs,
        ring,
        activation,
        width,
        ..
    } = layer;
    let mut text = format!("{kind} {inputs} -> {outputs}, ring of {ring} bits");
    if let (Some(activation), Some(width)) = (activation, width) {
        text.push_str(&format!(", {activation} on {width} bits"));
    }
    text
}

/// The middle one; none is no time.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
