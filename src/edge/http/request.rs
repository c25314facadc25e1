//! A request and its credentials.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use base64::Engine as _;
use http::header::{HeaderMap, HeaderValue};
use url::Url;

/// The counters of a client.
#[derive(Debug, Default)]
pub(in crate::edge) struct Counters {
    pub(in crate::edge) requests: AtomicU64,
    pub(in crate::edge) retries: AtomicU64,
    pub(in crate::edge) bytes: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64, value: u64) {
        counter.fetch_add(value, Ordering::Relaxed);
    }
}

/// A user name and a password.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::edge) struct Login {
    pub(in crate::edge) user: String,
    pub(in crate::edge) password: String,
}

impl Login {
    /// RFC 7617: the value of `Authorization`.
    pub(in crate::edge) fn header(&self) -> HeaderValue {
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", self.user, self.password));
        let mut header = HeaderValue::try_from(format!("Basic {pair}")).expect("base64 is ASCII");
        header.set_sensitive(true);
        header
    }
}

/// Passwords must not be in messages.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(..)")
    }
}

/// Selects the credentials. It is called for each hop of a request, so that no credentials are sent to another host
/// after a redirect.
pub(in crate::edge) trait Authorize: Sync {
    /// Returns the value of `Authorization` for a hop of a request to `asked`.
    fn for_hop(&self, asked: &Url, hop: &Url) -> Option<HeaderValue>;
}

/// Credentials only for the origin of the request.
pub(in crate::edge) struct SameOrigin(pub(in crate::edge) Option<HeaderValue>);

impl Authorize for SameOrigin {
    fn for_hop(&self, asked: &Url, hop: &Url) -> Option<HeaderValue> {
        self.0.clone().filter(|_| asked.origin() == hop.origin())
    }
}

/// The redirects that are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::edge) enum Redirects {
    /// None. The redirect is the response.
    Refuse,
    /// At most `max`. From https to http only with `downgrade`, and never with credentials.
    Follow { max: usize, downgrade: bool },
}

/// Finds the explanation in an error page.
pub(in crate::edge) type Explain = fn(&[u8]) -> Option<String>;

/// A request.
pub(in crate::edge) struct Request<'a> {
    pub(in crate::edge) url: &'a Url,
    /// Headers for every hop; credentials do not belong here.
    pub(in crate::edge) headers: HeaderMap,
    /// The body of a POST request; without one it is a GET.
    pub(in crate::edge) form: Option<String>,
    pub(in crate::edge) credentials: &'a dyn Authorize,
    pub(in crate::edge) redirects: Redirects,
    /// Whether the response may be compressed. Files must not be: their ranges and hashes are those of the stored
    /// bytes.
    pub(in crate::edge) gzip: bool,
    /// Never through a proxy.
    pub(in crate::edge) direct: bool,
    /// Error pages are read only with it.
    pub(in crate::edge) explain: Option<Explain>,
    /// Set when a server responds in HTTP, with any status except 400: many TLS servers respond with 400 to plain HTTP.
    pub(in crate::edge) spoke_http: Option<&'a AtomicBool>,
}

impl Request<'_> {
    pub(super) fn authorization(&self, hop: &Url, encrypted_once: bool) -> Option<HeaderValue> {
        // A password for a TLS connection is never sent without TLS after a redirect.
        if encrypted_once && hop.scheme() != "https" {
            return None;
        }
        self.credentials.for_hop(self.url, hop)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_with_their_origin_and_with_https() {
        let login = Login { user: "me".to_owned(), password: "s3cret".to_owned() };
        let credentials = SameOrigin(Some(login.header()));
        assert!(!format!("{login:?} {:?}", login.header()).contains("s3cret"));
        let sent = |asked: &str, hop: &str, encrypted_once: bool| {
            let request = Request {
                url: &asked.parse().unwrap(),
                headers: HeaderMap::new(),
                form: None,
                credentials: &credentials,
                redirects: Redirects::Refuse,
                gzip: false,
                direct: false,
                explain: None,
                spoke_http: None,
            };
            request.authorization(&hop.parse().unwrap(), encrypted_once).is_some()
        };
        assert!(sent("https://a.example/", "https://a.example/x", true));
        assert!(sent("http://a.example/", "http://a.example/x", false));
        assert!(!sent("http://a.example/", "http://a.example/x", true));
        assert!(!sent("https://a.example/", "https://a.example:8443/x", true));
        assert!(!sent("https://a.example/", "https://b.example/x", true));
    }
}
