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
/// connect to any relay.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
     connect-src 'self' ws: wss:; img-src 'self' blob: data:; object-src 'none'; \
     base-uri 'none'; frame-ancestors 'self'";

/// Headers of every answer. A link to a room must not leak through `Referer`; the two
/// cross-origin ones isolate a page from every other, which shared memory needs.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
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
    // Ask every time whether a file has changed: after an update no page mixes old and new.
    (header::CACHE_CONTROL, "no-cache"),
];

/// Answers a request for a file of the site.
pub(crate) async fn serve(uri: Uri, request: HeaderMap) -> Response {
    answer(uri.path(), &request, Files::get)
}

/// Adds the headers of every answer.
pub(crate) async fn add_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

fn answer(path: &str, request: &HeaderMap, get: impl Fn(&str) -> Option<EmbeddedFile>) -> Response {
    let name = path.trim_start_matches('/');
    let name = if name.is_empty() { "index.html" } else { name };
    match get(name) {
        Some(file) => found(file, request),
        None if name == "index.html" => {
            (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response()
        }
        None => (
            StatusCode::NOT_FOUND,
            "There is no such page on this relay.\n",
        )
            .into_response(),
    }
}

fn found(file: EmbeddedFile, request: &HeaderMap) -> Response {
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
    if let Ok(content_type) = content_type(file.metadata.mimetype()).parse() {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
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
