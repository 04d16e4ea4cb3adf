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
