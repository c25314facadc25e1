//! The failures of requests.

use std::error::Error as StdError;
use std::time::Duration;

use http::StatusCode;
use url::Url;

use crate::edge::failure::{FailureKind, FetchFailure};

/// The failure of a try.
#[derive(Debug)]
pub(in crate::edge) enum Trouble {
    /// A retry may succeed.
    Passing { cause: String, after: Option<Duration> },
    /// A retry does not help.
    Final(FetchFailure),
}

/// A URL for messages: without its query, which may contain a signature, and without credentials.
pub(in crate::edge) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

pub(in crate::edge) fn status_text(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// A final status other than success.
pub(in crate::edge) fn unexpected(url: &Url, status: StatusCode) -> FetchFailure {
    let kind = match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => FailureKind::NotFound,
        _ => FailureKind::Unreachable,
    };
    FetchFailure::at(kind, shown(url), format_args!("the server responds with {}", status_text(status)))
}

/// An error and its sources, without repeats: the outermost text of reqwest names no cause.
pub(in crate::edge) fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let cause = source.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        next = source.source();
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn shown_url_has_neither_signature_nor_credentials() {
        let url: Url = "https://me:secret@h.example:8443/a/b?X-Signature=secret#secret".parse().unwrap();
        assert_eq!(shown(&url), "https://h.example:8443/a/b");
    }
}
