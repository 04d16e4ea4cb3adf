use axum::body::to_bytes;
use axum::http::HeaderMap;

use super::*;

/// A site of a few small files.
#[derive(Embed)]
#[folder = "tests/site"]
struct Small;

fn ask(path: &str, known: Option<&HeaderValue>) -> Response {
    let mut request = HeaderMap::new();
    if let Some(tag) = known {
        request.insert(header::IF_NONE_MATCH, tag.clone());
    }
    answer(path, &request, Small::get)
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), 10_000).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

#[tokio::test]
async fn the_first_page_is_the_index() {
    let response = ask("/", None);
    assert_eq!(response.status(), StatusCode::OK);
    assert!(text(response).await.contains("A page"));
}

#[test]
fn every_kind_of_file_has_its_type() {
    for (path, expected) in [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/module.mjs", "text/javascript; charset=utf-8"),
        ("/script.js", "text/javascript; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/empty.wasm", "application/wasm"),
    ] {
        let response = ask(path, None);
        assert_eq!(response.headers()[header::CONTENT_TYPE], expected, "{path}");
    }
}

#[tokio::test]
async fn a_known_file_is_not_sent_again() {
    let tag = ask("/script.js", None).headers()[header::ETAG].clone();
    let response = ask("/script.js", Some(&tag));
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(response.headers()[header::ETAG], tag);
    assert_eq!(text(response).await, "");

    let response = ask("/style.css", Some(&tag));
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_named_by_its_content_is_kept_for_good() {
    let good = "public, max-age=31536000, immutable";
    let loaded = "/at-0123456789abcdef/script.js";
    for (path, expected) in [
        (loaded, good),
        ("/", "no-cache"),
        ("/draw.html", "no-cache"),
        ("/script.js", "no-cache"),
        // What is not there may be there tomorrow.
        ("/at-0123456789abcdee/script.js", "no-cache"),
        ("/at-0123456789abcdef/none.js", "no-cache"),
        // Names that look like one.
        ("/at-0123/script.js", "no-cache"),
    ] {
        let response = add_headers(ask(path, None)).await;
        assert_eq!(
            response.headers()[header::CACHE_CONTROL],
            expected,
            "{path}"
        );
    }
    let unknown = ask("/at-0123456789abcdee/script.js", None);
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);

    // Packed, or known already, it is the same file.
    let mut request = HeaderMap::new();
    request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("br"));
    let packed = answer(loaded, &request, Small::get);
    assert_eq!(packed.headers()[header::CONTENT_ENCODING], "br");
    assert_eq!(packed.headers()[header::CACHE_CONTROL], good);
    let known = ask(loaded, Some(&packed.headers()[header::ETAG]));
    assert_eq!(known.headers()[header::CACHE_CONTROL], good);
}

#[test]
fn only_a_whole_hash_names_a_folder() {
    assert!(is_named_by_content("at-0123456789abcdef/a/b.js"));
    for name in [
        "at-0123456789abcdef",
        "at-0123456789abcdeF/a.js",
        "at-0123456789abcde/a.js",
        "at-0123456789abcdef0/a.js",
        "a/at-0123456789abcdef/a.js",
        "0123456789abcdef/a.js",
    ] {
        assert!(!is_named_by_content(name), "{name}");
    }
}

#[tokio::test]
async fn a_file_is_sent_packed_to_whom_takes_it() {
    let all = "gzip, deflate, br, zstd";
    for (path, accepted, coding, body) in [
        ("/style.css", all, "br", "packed with brotli"),
        ("/style.css", "gzip;q=0.5", "gzip", "packed with gzip"),
        ("/style.css", "br;q=0, GZIP", "gzip", "packed with gzip"),
        ("/module.mjs", all, "gzip", "packed with gzip"),
    ] {
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        let response = answer(path, &request, Small::get);
        let headers = response.headers();
        assert_eq!(headers[header::CONTENT_ENCODING], coding, "{path}");
        assert_eq!(headers[header::VARY], "accept-encoding");
        let plain = ask(path, None);
        assert_eq!(
            headers[header::CONTENT_TYPE],
            plain.headers()[header::CONTENT_TYPE]
        );
        // What one browser keeps must not be taken for what another one was sent.
        assert_ne!(headers[header::ETAG], plain.headers()[header::ETAG]);
        assert_eq!(text(response).await, body);
    }
    for accepted in [
        "",
        "identity",
        "br;q=0",
        "gzip;q=0.0, br; q=0",
        "brotli",
        "gz",
    ] {
        let mut request = HeaderMap::new();
        request.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted));
        let response = answer("/style.css", &request, Small::get);
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
        assert!(text(response).await.contains("margin"), "{accepted}");
    }
}

#[tokio::test]
async fn the_pages_of_the_roles_may_be_framed_by_their_own_site_alone() {
    for (path, ancestors, frames) in [
        ("/draw.html", "frame-ancestors 'self'", "SAMEORIGIN"),
        ("/index.html", "frame-ancestors 'none'", "DENY"),
        ("/style.css", "frame-ancestors 'none'", "DENY"),
        ("/none.html", "frame-ancestors 'none'", "DENY"),
    ] {
        let response = add_headers(ask(path, None)).await;
        let policies = response.headers().get_all(header::CONTENT_SECURITY_POLICY);
        let policies: Vec<_> = policies
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect();
        assert_eq!(policies.len(), 1, "{path}");
        assert!(policies[0].ends_with(ancestors), "{path}: {policies:?}");
        assert_eq!(
            response.headers()[header::X_FRAME_OPTIONS],
            frames,
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_so() {
    for path in [
        "/none.html",
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/index.html/",
    ] {
        assert_eq!(ask(path, None).status(), StatusCode::NOT_FOUND, "{path}");
    }
    let response = answer("/", &HeaderMap::new(), |_| None);
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(text(response).await, NOT_BUILT);
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let response = add_headers(ask("/none", None)).await;
    for (name, value) in HEADERS {
        assert_eq!(response.headers()[name], value);
    }
}
