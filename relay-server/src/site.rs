//! The pages, as they are built into the relay.

use std::borrow::Cow;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use headers::{ETag, HeaderMapExt, IfNoneMatch};
use rust_embed::{Embed, EmbeddedFile};

/// The folder into which the site is built. An optimised build holds the files themselves; a
/// development build reads them anew each time.
#[derive(Embed)]
#[folder = "../target/site"]
struct Files;

const NOT_BUILT: &str =
    "The site is not built into this relay. Run `cargo xtask site` and build again.\n";

/// What a page may do: load from this relay only, run WebAssembly but no code made from text, and
/// connect to any relay. Who may frame it is added.
macro_rules! policy {
    ($ancestors:literal) => {
        concat!(
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
             connect-src 'self' ws: wss:; img-src 'self' blob: data:; object-src 'none'; \
             base-uri 'none'; frame-ancestors ",
            $ancestors
        )
    };
}

/// The pages of the roles, which the page `try.html` of the same site shows in frames. No other
/// page may be framed, and nobody else may frame these.
const FRAMED: [&str; 3] = ["draw.html", "help.html", "host.html"];

/// Headers of the pages that this site itself may frame, in place of the same ones in [`HEADERS`].
const FRAMED_HEADERS: [(HeaderName, &str); 2] = [
    (header::CONTENT_SECURITY_POLICY, policy!("'self'")),
    (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
];

/// Headers of every answer. A link to a room must not leak through `Referer`; the cross-origin ones
/// isolate a page from every other, which shared memory needs. Of what asks for a permission, the
/// pages use the camera and the clipboard.
const HEADERS: [(HeaderName, &str); 9] = [
    (header::CONTENT_SECURITY_POLICY, policy!("'none'")),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), clipboard-write=(self), accelerometer=(), autoplay=(), \
         display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), \
         hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), \
         picture-in-picture=(), publickey-credentials-get=(), serial=(), usb=(), \
         xr-spatial-tracking=()",
    ),
    // A page is asked for every time, and names the folder of what it loads: after an update no page
    // mixes old and new.
    (header::CACHE_CONTROL, "no-cache"),
];

/// How long a browser may use a file without asking whose folder is named by what is in it.
const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// What a file may be packed with, best first: what a browser calls it, and the ending of the copy
/// that lies beside the file.
const PACKED: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

/// Answers a request for a file of the site.
pub(crate) async fn serve(uri: Uri, request: HeaderMap) -> Response {
    answer(uri.path(), &request, Files::get)
}

/// Adds the headers of every answer, but for those that it has already.
pub(crate) async fn add_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        let entry = response.headers_mut().entry(name);
        entry.or_insert(HeaderValue::from_static(value));
    }
    response
}

fn answer(path: &str, request: &HeaderMap, get: impl Fn(&str) -> Option<EmbeddedFile>) -> Response {
    let name = path.trim_start_matches('/');
    let name = if name.is_empty() { "index.html" } else { name };
    let Some(file) = get(name) else {
        return if name == "index.html" {
            (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response()
        } else {
            let none = "There is no such page on this relay.\n";
            (StatusCode::NOT_FOUND, none).into_response()
        };
    };
    let kind = content_type(file.metadata.mimetype());
    let packed = PACKED
        .into_iter()
        .filter(|(coding, _)| accepts(request, coding))
        .find_map(|(coding, ending)| Some((coding, get(&format!("{name}.{ending}"))?)));
    let mut response = match packed {
        Some((coding, file)) => {
            let mut response = found(file, &kind, request);
            let coding = HeaderValue::from_static(coding);
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, coding);
            response
        }
        None => found(file, &kind, request),
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if is_named_by_content(name) {
        let kept = HeaderValue::from_static(FOR_GOOD);
        headers.insert(header::CACHE_CONTROL, kept);
    }
    if FRAMED.contains(&name) {
        for (name, value) in FRAMED_HEADERS {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

/// Whether a file lies in a folder that is named by the hash of all that is in it, as `cargo xtask
/// site` makes one.
fn is_named_by_content(name: &str) -> bool {
    let folder = name.split_once('/').map(|(folder, _)| folder);
    let hash = folder.and_then(|folder| folder.strip_prefix("at-"));
    let digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(digit))
}

/// Whether a browser takes what is packed in this way.
fn accepts(request: &HeaderMap, coding: &str) -> bool {
    let values = request.get_all(header::ACCEPT_ENCODING).into_iter();
    let codings = values.filter_map(|value| value.to_str().ok());
    codings.flat_map(|codings| codings.split(',')).any(|named| {
        let mut parts = named.split(';').map(str::trim);
        let same = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case(coding));
        // A weight of zero refuses it.
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        same && weight.is_none_or(|weight| weight.parse::<f32>().is_ok_and(|weight| weight > 0.0))
    })
}

fn found(file: EmbeddedFile, kind: &str, request: &HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    let hash = file.metadata.sha256_hash();
    let hash = hash
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>();
    let tag = format!("\"{hash}\"").parse::<ETag>();
    if let Ok(tag) = tag {
        let known = request.typed_get::<IfNoneMatch>();
        let fresh = known.is_some_and(|known| !known.precondition_passes(&tag));
        response.headers_mut().typed_insert(tag);
        if fresh {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
    }
    if let Ok(kind) = kind.parse() {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    *response.body_mut() = Body::from(match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    });
    response
}

/// Text is UTF-8 throughout the site, and scripts have the one type that browsers agree on.
fn content_type(mime: &str) -> String {
    let mime = if mime == "application/javascript" {
        "text/javascript"
    } else {
        mime
    };
    if mime.starts_with("text/") {
        format!("{mime}; charset=utf-8")
    } else {
        mime.to_owned()
    }
}

#[cfg(test)]
mod tests;
