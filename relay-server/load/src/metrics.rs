//! What a relay says of itself.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use anyhow::Result;

/// The relay's `/metrics`, by name and labels; empty if it has none.
///
/// # Errors
/// If the relay does not answer.
pub async fn of(relay: SocketAddr) -> Result<BTreeMap<String, f64>> {
    let url = format!("http://{relay}/metrics");
    let text = tokio::task::spawn_blocking(move || match ureq::get(&url).call() {
        Ok(mut answer) => Ok(answer.body_mut().read_to_string()?),
        Err(ureq::Error::StatusCode(_)) => Ok(String::new()),
        Err(error) => Err(error),
    });
    Ok(text.await??.lines().filter_map(line).collect())
}

fn line(line: &str) -> Option<(String, f64)> {
    let (name, value) = line.rsplit_once(' ')?;
    Some((name.to_owned(), value.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_comments_are_not() {
        let read = |text: &str| line(text);
        assert_eq!(read("rooms 3"), Some(("rooms".to_owned(), 3.0)));
        let labelled = "refusals_total{reason=\"too-fast\"} 1e3";
        let expected = ("refusals_total{reason=\"too-fast\"}".to_owned(), 1000.0);
        assert_eq!(read(labelled), Some(expected));
        assert_eq!(read("# TYPE rooms gauge"), None);
    }
}
