//! Real browsers: Chromium or Firefox without a window, driven as a person would drive them.

mod page;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fantoccini::ClientBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

pub use page::Page;

use crate::programs::Program;
use crate::required;

/// How long a page may take to show what a test waits for.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Chromium's arguments: no window, no network of its own.
const ARGUMENTS: [&str; 9] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1000",
];

/// The browsers that the site is tested in.
#[derive(Clone, Copy)]
enum Browser {
    Chromium,
    Firefox,
}

/// A running chromedriver or geckodriver, which starts and ends the browsers.
pub struct Driver {
    program: Option<Program>,
    browser: Browser,
    port: u16,
}

impl Driver {
    /// Starts a chromedriver on a free port.
    ///
    /// # Errors
    /// If the program is not named, does not start or does not say its port.
    pub fn start() -> Result<Self> {
        // ChromeDriver was started successfully on port 37113.
        Self::start_program(
            Browser::Chromium,
            "BLINDSIGHT_CHROMEDRIVER",
            "successfully on port ",
        )
    }

    /// Starts a geckodriver on a free port. It drives one Firefox at a time.
    ///
    /// # Errors
    /// As [`Driver::start`].
    pub fn start_firefox() -> Result<Self> {
        // geckodriver INFO Listening on 127.0.0.1:37113
        Self::start_program(
            Browser::Firefox,
            "BLINDSIGHT_GECKODRIVER",
            "Listening on 127.0.0.1:",
        )
    }

    fn start_program(browser: Browser, variable: &str, says: &str) -> Result<Self> {
        let mut program = Program::start(&required(variable)?, ["--port=0"])?;
        let deadline = Instant::now() + LIMIT;
        while Instant::now() < deadline {
            let line = program.line(LIMIT)?;
            let port = line
                .split_once(says)
                .and_then(|(_, port)| port.trim_end_matches('.').parse().ok());
            if let Some(port) = port {
                return Ok(Self {
                    program: Some(program),
                    browser,
                    port,
                });
            }
        }
        bail!("the program that {variable} names does not say on which port it listens")
    }

    /// Opens a page in a browser of its own, with a profile of its own. `name` is the prefix of
    /// its screenshots.
    ///
    /// # Errors
    /// If the browser does not start or the page does not load.
    pub async fn open(&self, name: &str, url: &str) -> Result<Page> {
        self.open_with(name, url, &[]).await
    }

    /// As [`Driver::open`], with more arguments for Chromium.
    ///
    /// # Errors
    /// As [`Driver::open`].
    pub async fn open_with(&self, name: &str, url: &str, more: &[String]) -> Result<Page> {
        let profile = tempfile::tempdir().context("no folder for a browser's profile")?;
        let capabilities = match self.browser {
            Browser::Chromium => {
                let mut arguments = ARGUMENTS.map(str::to_owned).to_vec();
                arguments.extend_from_slice(more);
                arguments.push(format!("--user-data-dir={}", profile.path().display()));
                json!({
                    "goog:chromeOptions": {
                        "binary": required("BLINDSIGHT_CHROMIUM")?,
                        "args": arguments,
                    },
                    "goog:loggingPrefs": { "browser": "ALL" },
                })
            }
            // A profile of its own, made anew, is what geckodriver gives it.
            Browser::Firefox => json!({
                "moz:firefoxOptions": {
                    "binary": required("BLINDSIGHT_FIREFOX")?,
                    "args": ["-headless", "--width=1280", "--height=1000"],
                },
            }),
        };
        let capabilities = serde_json::from_value(capabilities)?;
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .context("the browser did not start")?;
        let page = Page {
            client,
            name: name.to_owned(),
            profile,
        };
        page.goto(url).await?;
        Ok(page)
    }

    /// Tells chromedriver to close its browsers and to end.
    fn shut_down(&self) -> Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.write_all(b"GET /shutdown HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")?;
        // It answers once the browsers are closed.
        stream.read_exact(&mut [0])?;
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Killed, they would leave their browsers running. Who does not end by itself is killed.
        let Some(program) = self.program.take() else {
            return;
        };
        match self.browser {
            Browser::Chromium if self.shut_down().is_ok() => {
                let _ = program.end(Duration::from_secs(10));
            }
            Browser::Chromium => {}
            Browser::Firefox => {
                let _ = program.end_children();
            }
        }
    }
}
