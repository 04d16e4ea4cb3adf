//! A web server of files, for a site that is served apart from its relay.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::in_checkout;

/// A site on a server of its own, for as long as the test runs.
pub struct Pages {
    /// Its address, with a slash at the end.
    pub address: String,
    _folder: TempDir,
}

impl Pages {
    /// Serves the pages that were built, and tells them where their relay is.
    ///
    /// # Errors
    /// If the site was not built, or there is no free port.
    pub fn of_relay(relay: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        copy(&in_checkout("target/site"), folder.path()).context("the site is not built")?;
        // As `cargo xtask site --apart` writes it.
        let config = serde_json::json!({ "relay": relay });
        fs::write(folder.path().join("config.json"), config.to_string())?;
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}/", listener.local_addr()?);
        let root = folder.path().to_owned();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let root = root.clone();
                // A browser that has gone away needs no file.
                thread::spawn(move || answer(stream, &root));
            }
        });
        Ok(Self {
            address,
            _folder: folder,
        })
    }
}

/// Answers one request for a file.
fn answer(mut stream: TcpStream, root: &Path) -> Result<()> {
    let mut request = BufReader::new(stream.try_clone()?).lines();
    let first = request.next().context("no request")??;
    // What the browser says of itself makes no difference.
    while !request.next().context("no end")??.is_empty() {}
    let path = first.split(' ').nth(1).context("no path")?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = path.trim_start_matches('/');
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "text/html",
    };
    let name = if name.is_empty() { "index.html" } else { name };
    let (status, content) = match fs::read(root.join(name)) {
        Ok(content) => ("200 OK", content),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let length = content.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\
         cross-origin-opener-policy: same-origin\r\n\
         cross-origin-embedder-policy: require-corp\r\n\
         connection: close\r\n\r\n"
    )?;
    stream.write_all(&content)?;
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target: PathBuf = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
