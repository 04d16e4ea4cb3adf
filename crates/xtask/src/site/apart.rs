//! What a site needs that another web server serves than the relay: where the relay is, and the
//! headers that the relay would send.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use blindsight_session::RelayOrigin;

use crate::site::folders;

/// The headers of every file, as the relay sends them too, but for what a page may connect to.
const HEADERS: [(&str, &str); 7] = [
    ("X-Frame-Options", "SAMEORIGIN"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Embedder-Policy", "require-corp"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(self), clipboard-write=(self), accelerometer=(), autoplay=(), \
         display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), \
         hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
         picture-in-picture=(), publickey-credentials-get=(), serial=(), usb=(), \
         xr-spatial-tracking=()",
    ),
];

/// How long a browser may use a file without asking: not at all, or, where its folder's name says what
/// is in it, for good.
const CACHE_CONTROL: [&str; 2] = ["no-cache", "public, max-age=31536000, immutable"];

/// What a page may do, in front of and behind what it may connect to.
const POLICY: [&str; 2] = [
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval';",
    "img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors ",
];

/// The pages that `try.html` of the same site shows in frames, as the relay has them too.
const FRAMED: [&str; 3] = ["draw.html", "help.html", "host.html"];

/// Reads the address of a relay as it is typed.
///
/// # Errors
/// If it is no address of a relay; the message shows one that is.
pub fn relay(text: &str) -> Result<RelayOrigin, String> {
    RelayOrigin::parse(text)
        .map_err(|_| "name the relay by its origin, such as https://relay.example.org".to_owned())
}

/// Writes `config.json`, which tells the pages where the relay is: without a `relay`, where they
/// come from themselves.
///
/// # Errors
/// If the file cannot be written.
pub fn write_config(site: &Path, relay: Option<&RelayOrigin>) -> Result<()> {
    let config = serde_json::json!({ "relay": relay.map(RelayOrigin::to_string) });
    put(&site.join("config.json"), &format!("{config}\n"))
}

/// Writes `_headers`, in the form that Netlify and Cloudflare Pages read. Pages may connect to
/// their own server and to that one relay.
///
/// A more special rule can only add to the one for all. So all may be framed by their own site, and
/// each page that no other shows in a frame gets a second policy that forbids it; of two policies a
/// browser heeds both. Some servers name a page without its ending. For the same reason each file beside
/// the folder `assets` has a rule that it is not kept: what lies in that folder is.
///
/// # Errors
/// If the folder cannot be read or the file cannot be written.
pub fn write_headers(site: &Path, relay: &RelayOrigin, assets: &str) -> Result<()> {
    let mut text = format!("/*\n{}", headers(Some(relay)));
    let [ask, for_good] = CACHE_CONTROL;
    let mut rule = |path: &str, closed: bool, kept: &str| {
        let _ = writeln!(text, "/{path}");
        if closed {
            let _ = writeln!(text, "  Content-Security-Policy: frame-ancestors 'none'");
        }
        let _ = writeln!(text, "  Cache-Control: {kept}");
    };
    rule(&format!("{assets}/*"), false, for_good);
    rule("", true, ask);
    for (path, name) in folders::entries(site)? {
        if path.is_dir() || [".br", ".gz"].iter().any(|packed| name.ends_with(packed)) {
            continue;
        }
        let page = name.strip_suffix(".html");
        let closed = page.is_some() && !FRAMED.contains(&name.as_str());
        rule(&name, closed, ask);
        if let Some(page) = page {
            rule(page, closed, ask);
        }
    }
    put(&site.join("_headers"), &text)
}

/// The headers of every file but how long it is kept, a line for each: of a site that uses this relay,
/// or of a relay's own, where the policy names no other.
pub fn headers(relay: Option<&RelayOrigin>) -> String {
    let policy = relay.map_or_else(|| POLICY.concat(), policy);
    let mut text = format!("  Content-Security-Policy: {policy}\n");
    for (name, value) in HEADERS {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {name}: {value}");
    }
    text
}

/// The policy of a page that uses this relay.
fn policy(relay: &RelayOrigin) -> String {
    let [front, behind] = POLICY;
    let socket = relay.socket_url();
    let socket = socket.strip_suffix("/ws").unwrap_or(&socket);
    format!("{front} connect-src 'self' {relay} {socket}; {behind}'self'")
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} could not be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The relay's own headers stand in its source; both lists must stay the same.
    const RELAY_SOURCE: &str = include_str!("../../../../relay-server/src/site.rs");

    fn written(address: &str) -> (String, String) {
        let site = tempfile::tempdir().unwrap();
        let relay = relay(address).unwrap();
        write_config(site.path(), Some(&relay)).unwrap();
        for file in ["index.html", "draw.html", "draw.html.br", "sw.js"] {
            fs::write(site.path().join(file), "").unwrap();
        }
        fs::create_dir(site.path().join("at-1")).unwrap();
        write_headers(site.path(), &relay, "at-1").unwrap();
        let read = |name| fs::read_to_string(site.path().join(name)).unwrap();
        (read("config.json"), read("_headers"))
    }

    #[test]
    fn pages_are_told_of_the_relay_and_may_connect_to_it_alone() {
        let (config, headers) = written("wss://Relay.example.org/ws");
        assert_eq!(config, "{\"relay\":\"https://relay.example.org\"}\n");
        let connect = "connect-src 'self' https://relay.example.org wss://relay.example.org; img";
        assert!(headers.contains(connect), "{headers}");
        assert!(headers.starts_with("/*\n  Content-Security-Policy: default-src 'self';"));
        // Behind the rule for all: who may frame a file, however it is called, and how long it is kept.
        let closed = "  Content-Security-Policy: frame-ancestors 'none'\n";
        let ask = "  Cache-Control: no-cache\n";
        let rules = [
            "/at-1/*\n",
            "  Cache-Control: public, max-age=31536000, immutable\n/\n",
            closed,
            ask,
            "/config.json\n",
            ask,
            "/draw.html\n",
            ask,
            "/draw\n",
            ask,
            "/index.html\n",
            closed,
            ask,
            "/index\n",
            closed,
            ask,
            "/sw.js\n",
            ask,
        ];
        let lines: Vec<&str> = headers.split_inclusive('\n').collect();
        assert_eq!(lines[2 + HEADERS.len()..].concat(), rules.concat());

        let (_, headers) = written("http://127.0.0.1:8080");
        let connect = "connect-src 'self' http://127.0.0.1:8080 ws://127.0.0.1:8080;";
        assert!(headers.contains(connect), "{headers}");
    }

    #[test]
    fn the_site_of_a_relay_names_none() {
        let site = tempfile::tempdir().unwrap();
        write_config(site.path(), None).unwrap();
        let config = fs::read_to_string(site.path().join("config.json")).unwrap();
        assert_eq!(config, "{\"relay\":null}\n");
    }

    #[test]
    fn what_is_no_relay_is_refused() {
        for address in [
            "relay.example.org",
            "https://a.org/folder",
            "ftp://a.org",
            "",
        ] {
            let error = relay(address).unwrap_err();
            assert!(error.contains("https://relay.example.org"), "{error}");
        }
    }

    #[test]
    fn the_relay_sends_the_same_headers() {
        // A string that goes on in the next line has a backslash and an indent in between.
        let lines: Vec<&str> = RELAY_SOURCE.lines().map(str::trim).collect();
        let source = lines.join("\n").replace("\\\n", "");
        for part in POLICY {
            assert!(source.contains(part), "the relay's policy lacks {part}");
        }
        let kept = CACHE_CONTROL.map(|value| ("Cache-Control", value));
        for (name, value) in HEADERS.into_iter().chain(kept) {
            let constant = name.to_ascii_uppercase().replace('-', "_");
            let named = [
                format!("header::{constant}"),
                format!("{:?}", name.to_ascii_lowercase()),
            ];
            let named = named.iter().any(|name| source.contains(name));
            assert!(named, "the relay does not send {name}");
            assert!(
                source.contains(&format!("\"{value}\"")),
                "the relay's {name} differs"
            );
        }
        // Beside these the policy, and how long a file is kept.
        let sent = format!("const HEADERS: [(HeaderName, &str); {}]", HEADERS.len() + 2);
        assert!(
            source.contains(&sent),
            "the relay sends more or fewer headers"
        );
        let framed = format!("const FRAMED: [&str; 3] = {FRAMED:?};");
        assert!(source.contains(&framed), "the relay has other pages framed");
    }
}
