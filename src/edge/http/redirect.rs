//! Redirects, followed here and not by the HTTP client.
//!
//! HTTP clients that follow on their own compare each hop only with the one before it, and send credentials to the
//! second address on a foreign host.

use http::StatusCode;
use http::header::{self, HeaderMap};
use url::Url;

use super::failure::shown;
use crate::edge::failure::{FailureKind, FetchFailure};

/// Returns the target of a redirect; `None` for other responses.
///
/// Credentials in the URL are removed, because the server chose them.
pub(super) fn target(at: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, FetchFailure> {
    // RFC 9110, section 15.4: these five have a new address for the same question. 300, 304 and 305 do not.
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(header::LOCATION) else { return Ok(None) };
    let refused = |why: String| FetchFailure::at(FailureKind::Unreachable, shown(at), why);
    let mut next = location
        .to_str()
        .ok()
        .and_then(|location| at.join(location).ok())
        .ok_or_else(|| refused("redirects to an invalid URL".to_owned()))?;
    if !matches!(next.scheme(), "http" | "https") {
        return Err(refused(format!("redirects to a `{}:` URL", next.scheme())));
    }
    let _ = next.set_username("");
    let _ = next.set_password(None);
    Ok(Some(next))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn redirected(location: &str) -> Result<Option<String>, FetchFailure> {
        let headers = HeaderMap::from_iter([(header::LOCATION, location.parse().unwrap())]);
        let at = "https://a.example/x/y".parse().unwrap();
        Ok(target(&at, StatusCode::TEMPORARY_REDIRECT, &headers)?.map(String::from))
    }

    #[test]
    fn address_is_relative_to_the_old_one_and_loses_its_credentials() {
        assert_eq!(redirected("../z").unwrap().unwrap(), "https://a.example/z");
        assert_eq!(redirected("//me:secret@b.example/z").unwrap().unwrap(), "https://b.example/z");
        assert!(redirected("file:///etc/passwd").is_err());
        let at: Url = "https://a.example/".parse().unwrap();
        assert_eq!(target(&at, StatusCode::OK, &HeaderMap::new()), Ok(None));
        assert_eq!(target(&at, StatusCode::NOT_MODIFIED, &HeaderMap::new()), Ok(None));
    }
}
