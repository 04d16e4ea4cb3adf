//! Every way in for bytes from outside.
//!
//! Each [`Target`] takes any bytes and gives them to one part of the program as somebody outside
//! could. It must not panic, whatever the bytes are, and it asserts what must hold besides. The fuzz
//! targets in `tests/fuzz` call these functions, and the test `replay` runs them over the committed
//! corpora.

// A failed assertion is what these functions are for.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::panic)]

mod files;
mod frames;
mod input;
mod members;
mod noise;
mod parties;
mod relay;
mod roles;
mod rooms;
pub mod stranger;

use std::path::PathBuf;

/// One way in.
pub struct Target {
    /// Names the fuzz target and the folder of its corpus.
    pub name: &'static str,
    /// Takes any bytes. Whether they were accepted as what they should be.
    pub run: fn(&[u8]) -> bool,
    /// Inputs that are accepted, made by the program's own code: a name and the bytes.
    pub seeds: fn() -> Vec<(String, Vec<u8>)>,
}

/// Every way in.
pub const TARGETS: [Target; 14] = [
    Target {
        name: "frames",
        run: frames::run,
        seeds: frames::seeds,
    },
    Target {
        name: "rooms",
        run: rooms::run,
        seeds: rooms::seeds,
    },
    Target {
        name: "members",
        run: members::run,
        seeds: members::seeds,
    },
    Target {
        name: "relay",
        run: relay::run,
        seeds: relay::seeds,
    },
    Target {
        name: "noise",
        run: noise::run,
        seeds: noise::seeds,
    },
    Target {
        name: "data_owner",
        run: roles::data_owner,
        seeds: roles::data_owner_seeds,
    },
    Target {
        name: "model_owner",
        run: roles::model_owner,
        seeds: roles::model_owner_seeds,
    },
    Target {
        name: "helper",
        run: roles::helper,
        seeds: roles::helper_seeds,
    },
    Target {
        name: "compute_party",
        run: parties::compute_party,
        seeds: parties::seeds,
    },
    Target {
        name: "invitations",
        run: files::invitations,
        seeds: files::invitation_seeds,
    },
    Target {
        name: "saved",
        run: members::saved,
        seeds: members::saved_seeds,
    },
    Target {
        name: "onnx",
        run: files::onnx,
        seeds: files::onnx_seeds,
    },
    Target {
        name: "idx",
        run: files::idx,
        seeds: files::idx_seeds,
    },
    Target {
        name: "picture",
        run: files::picture,
        seeds: files::picture_seeds,
    },
];

/// Runs the target with this name.
///
/// # Panics
///
/// When there is none, or when the target finds something.
pub fn run(name: &str, bytes: &[u8]) -> bool {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.expect("a target of this name").run)(bytes)
}

/// The folder of the fuzz targets.
pub fn fuzz_folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz"))
}
