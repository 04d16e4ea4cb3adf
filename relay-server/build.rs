//! Makes sure that the folder of the site exists, so that the relay builds without the site.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let site = Path::new("../target/site");
    std::fs::create_dir_all(site)?;
    println!("cargo::rerun-if-changed={}", site.display());
    Ok(())
}
