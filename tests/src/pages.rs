//! A web server of files: for a site that is served apart from its relay, and for pages of strangers.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result, ensure};
use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::in_checkout;

/// Pages on a server of their own, for as long as the test runs.
pub struct Pages {
    /// Its address, with a slash at the end.
    pub address: String,
    folder: TempDir,
    asked: Asked,
}

/// The files that were asked for, in order.
type Asked = Arc<Mutex<Vec<String>>>;

/// The headers of a site that isolates its pages.
const ISOLATED: &str = "cross-origin-opener-policy: same-origin\r\n\
     cross-origin-embedder-policy: require-corp\r\n";

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
        Self::serve(folder, ISOLATED)
    }

    /// Serves one page of a stranger.
    ///
    /// # Errors
    /// If there is no free port.
    pub fn of_stranger(page: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("index.html"), page)?;
        Self::serve(folder, "")
    }

    fn serve(folder: TempDir, headers: &'static str) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}/", listener.local_addr()?);
        let root = folder.path().to_owned();
        let asked = Asked::default();
        let all_asked = asked.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (root, asked) = (root.clone(), all_asked.clone());
                // A browser that has gone away needs no file.
                thread::spawn(move || answer(stream, &root, headers, &asked));
            }
        });
        Ok(Self {
            address,
            folder,
            asked,
        })
    }

    /// The files that were asked for since this was asked last, in order.
    pub fn take_asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts a new version of the site in the place of the old one, as `cargo xtask site` would make
    /// it of sources in which the first page says something else, and a script too.
    ///
    /// # Errors
    /// If the first page does not say `before`, or the list of files has another form.
    pub fn update(&self, before: &str, after: &str) -> Result<()> {
        let path = |name: &str| self.folder.path().join(name);
        let worker = fs::read_to_string(path("sw.js"))?;
        let list = worker.lines().next().context("an empty service worker")?;
        let list = list
            .trim_start_matches("self.SITE = ")
            .trim_end_matches(';');
        let list: serde_json::Value = serde_json::from_str(list)?;
        let (version, assets) = (list["version"].as_str(), list["assets"].as_str());
        let (version, assets) = version.zip(assets).context("no version")?;
        let assets = assets.trim_end_matches('/');

        let hash = |content: &str| BASE64.encode(&Sha256::digest(content));
        let script = format!("{assets}/footer.js");
        let old_script = fs::read_to_string(path(&script))?;
        let new_script = format!("// Another version.\n{old_script}");
        let new_assets: String = assets.chars().rev().collect();
        let new_assets = format!("at-{}", new_assets.trim_end_matches("-ta"));
        fs::write(path(&script), &new_script)?;
        fs::rename(path(assets), path(&new_assets))?;

        let mut worker = worker.replace(&hash(&old_script), &hash(&new_script));
        let mut listing = fs::read_to_string(path("build.json"))?;
        for entry in fs::read_dir(self.folder.path())? {
            let page = entry?.path();
            let kind = page.extension().unwrap_or_default();
            if kind != "html" && kind != "webmanifest" {
                continue;
            }
            let old = fs::read_to_string(&page)?;
            let mut new = old.replace(assets, &new_assets);
            if page.ends_with("index.html") {
                ensure!(old.contains(before), "the first page lacks {before:?}");
                new = new.replace(before, after);
            }
            ensure!(worker.contains(&hash(&old)), "{page:?} is not listed");
            worker = worker.replace(&hash(&old), &hash(&new));
            fs::write(page, new)?;
        }
        let new_version = format!("{}-{}", &version[..16], hash(&worker));
        for text in [&mut worker, &mut listing] {
            *text = text
                .replace(version, &new_version)
                .replace(assets, &new_assets);
        }
        fs::write(path("sw.js"), worker)?;
        fs::write(path("build.json"), listing)?;
        Ok(())
    }
}

/// Answers one request for a file.
fn answer(mut stream: TcpStream, root: &Path, headers: &str, asked: &Asked) -> Result<()> {
    let mut request = BufReader::new(stream.try_clone()?).lines();
    let first = request.next().context("no request")??;
    // What the browser says of itself makes no difference.
    while !request.next().context("no end")??.is_empty() {}
    let path = first.split(' ').nth(1).context("no path")?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let name = path.trim_start_matches('/');
    let mut all = asked.lock().unwrap_or_else(PoisonError::into_inner);
    all.push(name.to_owned());
    drop(all);
    let kind = match name.rsplit('.').next() {
        Some("js") => "text/javascript",
        Some("css") => "text/css",
        Some("wasm") => "application/wasm",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("webmanifest") => "application/manifest+json",
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
         {headers}connection: close\r\n\r\n"
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
