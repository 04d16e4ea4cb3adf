//! One file over HTTP, into a temporary name, and into its place once it was checked.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// Why what a server sent was not taken. Each message has its cause in it, so there is no `source`.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The server cannot be reached, refuses, or breaks off.
    #[error("{url}: {cause}")]
    Http {
        /// What was asked for.
        url: String,
        /// What the HTTP client says.
        cause: Box<ureq::Error>,
    },
    /// The connection ended, or the disk is full, in the middle of the file.
    #[error("{url}: broke off: {cause}")]
    Broken {
        /// What was asked for.
        url: String,
        /// What the system says.
        cause: io::Error,
    },
    /// The file is shorter than the server announced.
    #[error("{url}: {got} of {announced} bytes came")]
    Short {
        /// What was asked for.
        url: String,
        /// Bytes that came.
        got: u64,
        /// Bytes that were announced.
        announced: u64,
    },
    /// The file is longer than the data set can be.
    #[error("{url}: longer than {limit} bytes, so not this data set")]
    Long {
        /// What was asked for.
        url: String,
        /// The most that is taken.
        limit: u64,
    },
}

/// Fetches files from the publishers' servers or from one that the user names.
pub struct Downloader {
    agent: Agent,
    base_url: Option<String>,
}

impl Downloader {
    /// Fetches from `base_url/SET/FILE` if given, else from the servers of each data set.
    pub fn new(base_url: Option<&str>) -> Self {
        let trusted = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let config = Agent::config_builder()
            .tls_config(trusted.build())
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_secs(30)))
            .timeout_recv_body(Some(Duration::from_secs(1800)));
        Self {
            agent: config.build().into(),
            base_url: base_url.map(|url| url.trim_end_matches('/').to_owned()),
        }
    }

    /// Fetches `file` of `set` into `target`, from the first server whose copy passes `check`.
    /// `target` is written only then: the bytes first go to a name that ends in `.part`.
    ///
    /// # Errors
    /// If no server has a copy that passes; the message tells what each of them answered.
    pub fn fetch(
        &self,
        set: &str,
        servers: &[&str],
        file: &str,
        target: &Path,
        limit: u64,
        check: impl Fn(&Path) -> Result<()>,
    ) -> Result<()> {
        let part = part_of(target);
        let urls = match &self.base_url {
            Some(base) => vec![format!("{base}/{set}/{file}")],
            None => servers.iter().map(|url| format!("{url}{file}")).collect(),
        };
        let mut answers = Vec::new();
        for url in urls {
            let outcome = self
                .download(&url, &part, limit)
                .map_err(anyhow::Error::from)
                .and_then(|()| check(&part).with_context(|| url.clone()));
            match outcome {
                Ok(()) => {
                    return fs::rename(&part, target)
                        .with_context(|| format!("{} could not be written", target.display()));
                }
                Err(error) => answers.push(format!("{error:#}")),
            }
            // It may not exist; and if it cannot be removed, the next try overwrites it.
            let _ = fs::remove_file(&part);
        }
        bail!(
            "{set}/{file} could not be fetched ({}); try again later, or fetch it by hand to {}",
            answers.join("; "),
            target.display()
        )
    }

    /// Copies what a URL answers to a file, at most `limit` bytes of it.
    fn download(&self, url: &str, to: &Path, limit: u64) -> Result<(), DownloadError> {
        let http = |cause| DownloadError::Http {
            url: url.to_owned(),
            cause: Box::new(cause),
        };
        let broken = |cause| DownloadError::Broken {
            url: url.to_owned(),
            cause,
        };
        let long = || DownloadError::Long {
            url: url.to_owned(),
            limit,
        };
        let body = self.agent.get(url).call().map_err(http)?.into_body();
        let announced = body.content_length();
        if announced.is_some_and(|bytes| bytes > limit) {
            return Err(long());
        }
        let bar = bar(url, announced);
        let mut file = File::create(to).map_err(broken)?;
        let mut reader = bar.wrap_read(body.into_reader().take(limit + 1));
        let got = io::copy(&mut reader, &mut file).map_err(broken)?;
        bar.finish_and_clear();
        if got > limit {
            return Err(long());
        }
        match announced {
            Some(announced) if got < announced => Err(DownloadError::Short {
                url: url.to_owned(),
                got,
                announced,
            }),
            _ => Ok(()),
        }
    }
}

/// The temporary name beside `target`.
fn part_of(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// A progress bar in bytes; hidden where no person watches.
fn bar(url: &str, announced: Option<u64>) -> ProgressBar {
    let bar = announced.map_or_else(ProgressBar::no_length, ProgressBar::new);
    let style = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}";
    if let Ok(style) = ProgressStyle::with_template(style) {
        bar.set_style(style);
    }
    bar.set_message(url.to_owned());
    bar
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::test_server::{Answer, TestServer};

    /// Fetches `set/file` from a server that answers so, and accepts only `good`.
    fn fetch(answer: Answer, target: &Path) -> Result<()> {
        let server = TestServer::start([("/set/file", answer)]);
        let check = |path: &Path| match fs::read(path)?.as_slice() {
            b"good" => Ok(()),
            _ => bail!("not the pinned content"),
        };
        Downloader::new(Some(&server.url())).fetch("set", &[], "file", target, 10, check)
    }

    #[test]
    fn a_good_file_arrives_under_its_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("file");
        fetch(Answer::whole(b"good"), &target).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"good");
        assert!(!part_of(&target).exists());
    }

    #[test]
    fn bad_answers_leave_nothing_behind_and_say_why() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("file");
        let cases = [
            (Answer::whole(b"evil"), "not the pinned content"),
            (Answer::status(404), "404"),
            (Answer::status(500), "500"),
            (Answer::truncated(b"good"), "broke off"),
            (Answer::whole(b"longer than ten"), "longer than 10 bytes"),
            (
                Answer::unannounced(b"longer than ten"),
                "longer than 10 bytes",
            ),
        ];
        for (answer, reason) in cases {
            let error = fetch(answer, &target).unwrap_err().to_string();
            assert!(error.contains(reason), "{error} lacks {reason}");
            assert!(error.contains("try again later"), "{error}");
            assert!(!target.exists() && !part_of(&target).exists(), "{reason}");
        }
    }

    #[test]
    fn the_second_server_is_asked_when_the_first_is_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("file");
        let server = TestServer::start([
            ("/first/file", Answer::whole(b"evil")),
            ("/second/file", Answer::whole(b"good")),
        ]);
        let (first, second) = (
            format!("{}/first/", server.url()),
            format!("{}/second/", server.url()),
        );
        let check = |path: &Path| match fs::read(path)?.as_slice() {
            b"good" => Ok(()),
            _ => bail!("not the pinned content"),
        };
        Downloader::new(None)
            .fetch("set", &[&first, &second], "file", &target, 10, check)
            .unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"good");
    }

    #[test]
    fn a_server_that_is_not_there_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let url = TestServer::start([]).url();
        let error = Downloader::new(Some(&url))
            .fetch("set", &[], "file", &folder.path().join("file"), 10, |_| {
                Ok(())
            })
            .unwrap_err()
            .to_string();
        assert!(error.contains(&url), "{error}");
    }
}
