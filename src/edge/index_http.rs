//! HTTP for indexes: adds their credentials, and fails if the network is disabled.

use http::StatusCode;
use http::header::{HeaderMap, HeaderValue, RANGE};
use url::Url;

use super::auth::Auth;
use super::failure::{FailureKind, FetchFailure};
use super::http::{Answer, Authorize, Client, Received, Redirects, Request, Trouble, shown, status_text};

/// The limit of redirects; browsers and reqwest use the same.
const REDIRECTS: Redirects = Redirects::Follow { max: 10, downgrade: true };

#[derive(Debug)]
pub(super) struct IndexHttp {
    client: Client,
    auth: Auth,
    offline: bool,
}

/// Credentials are looked up for each hop; see [`Auth`].
impl Authorize for Auth {
    fn for_hop(&self, asked: &Url, hop: &Url) -> Option<HeaderValue> {
        let login = if asked.host() == hop.host() { self.for_url(hop) } else { self.for_redirect(hop) };
        login.map(|login| login.header())
    }
}

impl IndexHttp {
    pub(super) fn new(client: Client, auth: Auth, offline: bool) -> Self {
        Self { client, auth, offline }
    }

    pub(super) fn auth(&self) -> &Auth {
        &self.auth
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Fetches a page, which may be compressed.
    pub(super) async fn get_page(
        &self,
        url: &Url,
        headers: &HeaderMap,
        limit: u64,
    ) -> Result<Answer, FetchFailure> {
        self.run(url, headers.clone(), true, |received| received.into_answer(limit)).await
    }

    /// Fetches a file of at most `limit` bytes without compression.
    pub(super) async fn get_file(&self, url: &Url, limit: u64) -> Result<Answer, FetchFailure> {
        self.read_file(url, None, |received| received.into_answer(limit)).await
    }

    /// Reads a file, or a range of it, with `read`, and retries temporary failures.
    pub(super) async fn read_file<T, F, R>(
        &self,
        url: &Url,
        range: Option<&str>,
        read: R,
    ) -> Result<T, FetchFailure>
    where
        R: Fn(Received) -> F,
        F: Future<Output = Result<T, Trouble>>,
    {
        let range = range.and_then(|range| HeaderValue::from_str(range).ok());
        self.run(url, range.map(|range| (RANGE, range)).into_iter().collect(), false, read).await
    }

    async fn run<T, F, R>(
        &self,
        url: &Url,
        headers: HeaderMap,
        gzip: bool,
        read: R,
    ) -> Result<T, FetchFailure>
    where
        R: Fn(Received) -> F,
        F: Future<Output = Result<T, Trouble>>,
    {
        if self.offline {
            return Err(FetchFailure::at(
                FailureKind::Offline,
                url,
                "not in the cache, and --offline disables the network",
            ));
        }
        let request = Request {
            url,
            headers,
            form: None,
            credentials: &self.auth,
            redirects: REDIRECTS,
            gzip,
            direct: false,
            explain: None,
            spoke_http: None,
        };
        let read = |received: Received| {
            let admitted = admitted(&received).map(|()| read(received));
            async move { admitted?.await }
        };
        self.client.run(&request, read).await
    }
}

/// Returns an error if the server requires other credentials.
fn admitted(received: &Received) -> Result<(), Trouble> {
    let hint = match received.status {
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => "the proxy requires credentials",
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN if received.authorized => {
            "the server rejects the credentials"
        }
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "the server requires credentials; no credentials are configured for this host"
        }
        _ => return Ok(()),
    };
    Err(Trouble::Final(FetchFailure::at(
        FailureKind::Refused,
        shown(&received.url),
        format_args!("{} ({hint})", status_text(received.status)),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_netrc_follow_only_to_hosts_that_the_user_named() {
        let url = |text: &str| -> Url { text.parse().unwrap() };
        let mut netrc = tempfile::NamedTempFile::new().unwrap();
        let entries = b"machine a.example login me password s3cret\ndefault login me password s3cret\n";
        std::io::Write::write_all(&mut netrc, entries).unwrap();
        let auth = Auth::new(Vec::new(), Some(netrc.path().to_owned()));
        let sent = |asked: &str, hop: &str| auth.for_hop(&url(asked), &url(hop)).is_some();
        assert!(sent("https://a.example/", "https://a.example/x"));
        assert!(sent("https://b.example/", "https://a.example/x"));
        assert!(sent("https://b.example/", "https://b.example/x"));
        assert!(!sent("https://a.example/", "https://b.example/x"));
    }
}
