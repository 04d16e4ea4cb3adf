//! The worker of a browser tab.
//!
//! A tab plays one role. Its page talks to a dedicated worker, and the worker to this module: the
//! page never waits. A [`Tab`] joins a member to a WebSocket, to the clock and to the system's
//! generator; every event reaches the page as a plain object (see [`blindsight_member::Note`]).
//!
//! It is compiled twice: without the feature `compute-parties`, and with it as the package
//! `blindsight-wasm-parties`. A page loads one of the two, by what its room needs. Both bear the same name
//! of their sources, so they can share a room.

mod engine;
mod options;
mod role;
mod socket;
mod tab;

use blindsight_model::picture::{Rgba, digit};
use qrcode::{Color, EcLevel, QrCode};
use serde::Serialize;
use wasm_bindgen::prelude::*;

pub use tab::Tab;

/// The name of the sources that this module was built from: 16 hexadecimal digits.
#[wasm_bindgen]
pub fn build() -> String {
    blindsight_session::BUILD.to_owned()
}

/// Reduces a picture to the 28 x 28 grey pixels that are classified.
///
/// `rgba` are `width * height` pixels of four bytes, row by row.
///
/// # Errors
///
/// A sentence for the person who chose the picture: it is blank, too large, or not complete.
#[wasm_bindgen]
pub fn picture(width: u32, height: u32, rgba: &[u8]) -> Result<Vec<u8>, JsError> {
    let picture = digit(Rgba::new(width, height, rgba)?)?;
    Ok(picture.pixels().to_vec())
}

/// A link as a QR code: the modules of a square, row by row, 1 for a dark one.
///
/// # Errors
///
/// When the link is too long for any QR code.
#[wasm_bindgen]
pub fn qr(link: &str) -> Result<Vec<u8>, JsError> {
    let code = QrCode::with_error_correction_level(link, EcLevel::L)?;
    let dark = |color: &Color| u8::from(*color == Color::Dark);
    Ok(code.to_colors().iter().map(dark).collect())
}

/// Looks at a network without hosting it, for two seconds at most: see [`Inspection`].
///
/// `model` is `{ name, bytes, data }`, and `parties` the number of compute parties, as for hosting.
///
/// # Errors
///
/// A sentence for the person who chose the file: why it is refused.
#[wasm_bindgen]
pub fn inspect(model: JsValue, parties: Option<u8>) -> Result<JsValue, JsError> {
    let model: options::Model = serde_wasm_bindgen::from_value(model)?;
    let inspection = engine::inspect(&model.network()?, parties)?;
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    Ok(inspection.serialize(&serializer)?)
}
