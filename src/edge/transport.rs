//! HTTP: connections, credentials, redirects, retries.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime};

use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use super::auth::{Auth, Credentials};
use super::failure::{FailureKind, FetchFailure};
use super::redirect;
use super::settings::IndexSettings;

/// As browsers and pip do not follow more either.
const REDIRECTS_MAX: usize = 10;
/// How long the first request to a host holds up the others, so that they can share its connection.
const FIRST_CONNECTION_WAIT: Duration = Duration::from_millis(250);

/// Counters of a run.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) requests: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) cache_hits: AtomicU64,
    pub(super) revalidated: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64, value: u64) {
        counter.fetch_add(value, Ordering::Relaxed);
    }
}

#[derive(Debug)]
pub(super) struct Transport {
    client: OnceLock<Result<Client, String>>,
    auth: Auth,
    permits: Arc<Semaphore>,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
    pub(super) counters: Counters,
    offline: bool,
    retries: u32,
    retry_pause: Duration,
    retry_after_max: Duration,
    connect_timeout: Duration,
    read_timeout: Duration,
    user_agent: String,
    system_proxies: bool,
}

#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    /// Why no server's certificate can be trusted, if so.
    no_certificates: Option<String>,
}

/// Holds requests to a host back until the first has made a connection.
#[derive(Debug, Default)]
struct Gate {
    open: AtomicBool,
    first: tokio::sync::Mutex<()>,
}

/// An answer whose body has not been read yet.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    /// after redirects, without credentials
    pub(super) url: Url,
    response: reqwest::Response,
    _permit: OwnedSemaphorePermit,
}

/// Why a try came to nothing.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It may work the next time.
    Passing { cause: String, after: Option<Duration> },
    /// It will not.
    Final(FetchFailure),
}

impl Transport {
    pub(super) fn new(settings: &IndexSettings, auth: Auth) -> Self {
        Self {
            client: OnceLock::new(),
            auth,
            permits: Arc::new(Semaphore::new(settings.concurrency.clamp(1, 1_000))),
            gates: Mutex::default(),
            counters: Counters::default(),
            offline: settings.offline,
            retries: settings.retries,
            retry_pause: settings.retry_pause,
            retry_after_max: settings.retry_after_max,
            connect_timeout: settings.connect_timeout,
            read_timeout: settings.read_timeout,
            user_agent: settings.user_agent.clone(),
            system_proxies: settings.system_proxies,
        }
    }

    pub(super) fn auth(&self) -> &Auth {
        &self.auth
    }

    /// A run that finds everything in the cache never gets here, and never reads the system's certificates, which
    /// takes longer than a hundred pages do.
    fn client(&self) -> Result<&Client, String> {
        let set_up = || {
            // Another part of the program may have chosen a provider already; any will do.
            let _ = rustls::crypto::ring::default_provider().install_default();
            match self.builder().build() {
                Ok(http) => Ok(Client { http, no_certificates: None }),
                // A container without certificates can still use an index over plain HTTP.
                Err(error) => match self.builder().tls_certs_only(std::iter::empty()).build() {
                    Ok(http) => Ok(Client { http, no_certificates: Some(causes(&error)) }),
                    Err(_) => Err(format!("the HTTP client cannot be set up: {}", causes(&error))),
                },
            }
        };
        self.client.get_or_init(set_up).as_ref().map_err(Clone::clone)
    }

    fn builder(&self) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder()
            .user_agent(self.user_agent.clone())
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout)
            // Redirects are followed here, where it is known whose credentials may go where.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http2_initial_stream_window_size(2 << 20)
            .http2_initial_connection_window_size(16 << 20);
        if self.system_proxies { builder } else { builder.no_proxy() }
    }

    /// A loop of tries for one URL.
    pub(super) fn tries<'a>(&'a self, url: &'a Url) -> Tries<'a> {
        Tries { transport: self, url, tried: 0 }
    }

    /// One try: sends a request, follows redirects, and gives every answer that another try would not change.
    pub(super) async fn attempt(&self, url: &Url, headers: &HeaderMap) -> Result<Received, Trouble> {
        if self.offline {
            return Err(Trouble::Final(FetchFailure::at(
                FailureKind::Offline,
                url,
                "not in the cache, and the network may not be used (offline)",
            )));
        }
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Trouble::Final(FetchFailure::at(
                FailureKind::Unsupported,
                url,
                format!("`{}:` is not a scheme that is fetched here", url.scheme()),
            )));
        }
        let fail = |cause: String| Trouble::Final(FetchFailure::at(FailureKind::Unreachable, url, cause));
        let client = self.client().map_err(fail)?;
        let permit =
            Arc::clone(&self.permits).acquire_owned().await.map_err(|error| fail(error.to_string()))?;
        let mut hop = url.clone();
        let mut encrypted_once = false;
        for _ in 0..=REDIRECTS_MAX {
            let gate = self.gate(&hop);
            // Only HTTP/2 lets requests share a connection, and it is only spoken over TLS here.
            let guard = if hop.scheme() != "https" || gate.open.load(Ordering::Acquire) {
                None
            } else {
                tokio::time::timeout(FIRST_CONNECTION_WAIT, gate.first.lock()).await.ok()
            };
            let credentials = self.credentials(url, &hop, encrypted_once);
            let response = self.send(client, &hop, headers, credentials.as_ref()).await;
            gate.open.store(true, Ordering::Release);
            drop(guard);
            let response = response?;
            let status = response.status();
            let next = redirect::target(&hop, status, response.headers())
                .map_err(|why| fail(format!("{} {why}", place(&hop, url))))?;
            let Some(next) = next else { return self.judge(response, hop, credentials.is_some(), permit) };
            encrypted_once |= hop.scheme() == "https";
            hop = next;
        }
        Err(fail(format!("redirects more than {REDIRECTS_MAX} times")))
    }

    /// The credentials for one hop, looked up anew for each address, so that none follows a redirect to another host.
    fn credentials(&self, asked: &Url, hop: &Url, encrypted_once: bool) -> Option<Credentials> {
        // Who asked over TLS never meant to show a password in the clear, whatever a server says of the way.
        if encrypted_once && hop.scheme() != "https" {
            return None;
        }
        if asked.host() == hop.host() { self.auth.for_url(hop) } else { self.auth.for_redirect(hop) }
    }

    async fn send(
        &self,
        client: &Client,
        url: &Url,
        headers: &HeaderMap,
        credentials: Option<&Credentials>,
    ) -> Result<reqwest::Response, Trouble> {
        let mut request = client.http.request(Method::GET, url.clone()).headers(headers.clone());
        if let Some(credentials) = credentials {
            request = request.basic_auth(&credentials.user, Some(&credentials.password));
        }
        Counters::add(&self.counters.requests, 1);
        request.send().await.map_err(|error| {
            let mut cause = causes(&error.without_url());
            if let Some(problem) = client.no_certificates.as_ref().filter(|_| url.scheme() == "https") {
                cause.push_str("; the system's certificates cannot be used: ");
                cause.push_str(problem);
            }
            Trouble::Passing { cause, after: None }
        })
    }

    fn judge(
        &self,
        response: reqwest::Response,
        url: Url,
        sent: bool,
        permit: OwnedSemaphorePermit,
    ) -> Result<Received, Trouble> {
        let status = response.status();
        // What pip retries (500, 502, 503, 520, 527), what uv adds (429, 504), and RFC 9110's 408.
        if matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504 | 520 | 527) {
            let after = response.headers().get(header::RETRY_AFTER).and_then(retry_after);
            return Err(Trouble::Passing {
                cause: format!("the server answers {}", status_text(status)),
                after,
            });
        }
        if matches!(status.as_u16(), 401 | 403 | 407) {
            let hint = match status.as_u16() {
                407 => "the proxy demands credentials",
                _ if sent => "the server refuses the credentials it was sent",
                _ => "the server demands credentials; none are known for this host",
            };
            return Err(Trouble::Final(FetchFailure::at(
                FailureKind::Refused,
                &url,
                format!("{} ({hint})", status_text(status)),
            )));
        }
        Ok(Received { status, headers: response.headers().clone(), url, response, _permit: permit })
    }

    fn gate(&self, url: &Url) -> Arc<Gate> {
        let origin = url.origin().ascii_serialization();
        match self.gates.lock() {
            Ok(mut gates) => Arc::clone(gates.entry(origin).or_default()),
            Err(_) => Arc::default(),
        }
    }

    /// Gets a whole body, with retries; `limit` is the most bytes it may have.
    pub(super) async fn get(
        &self,
        url: &Url,
        headers: &HeaderMap,
        limit: u64,
    ) -> Result<(StatusCode, HeaderMap, Url, Vec<u8>), FetchFailure> {
        let mut tries = self.tries(url);
        loop {
            let trouble = match self.attempt(url, headers).await {
                Ok(mut received) => match received.read(&self.counters, limit).await {
                    Ok(body) => return Ok((received.status, received.headers, received.url, body)),
                    Err(trouble) => trouble,
                },
                Err(trouble) => trouble,
            };
            tries.wait(trouble).await?;
        }
    }
}

impl Received {
    /// The next piece of the body.
    pub(super) async fn chunk(&mut self, counters: &Counters) -> Result<Option<Vec<u8>>, Trouble> {
        match self.response.chunk().await {
            Ok(Some(bytes)) => {
                Counters::add(&counters.bytes, bytes.len() as u64);
                Ok(Some(bytes.into()))
            }
            Ok(None) => Ok(None),
            Err(error) => Err(Trouble::Passing {
                cause: format!("the answer was cut off: {}", causes(&error.without_url())),
                after: None,
            }),
        }
    }

    /// The whole body.
    pub(super) async fn read(&mut self, counters: &Counters, limit: u64) -> Result<Vec<u8>, Trouble> {
        let too_large = |url: &Url| {
            Trouble::Final(FetchFailure::at(
                FailureKind::Broken,
                url,
                format!("the answer has more than {limit} bytes"),
            ))
        };
        let announced = self.response.content_length().unwrap_or(0);
        if announced > limit {
            return Err(too_large(&self.url));
        }
        // A false Content-Length must not reserve memory that never gets filled.
        let mut body = Vec::with_capacity(usize::try_from(announced.min(1 << 20)).unwrap_or(0));
        while let Some(chunk) = self.chunk(counters).await? {
            if body.len() as u64 + chunk.len() as u64 > limit {
                return Err(too_large(&self.url));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    pub(super) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// Counts the tries for one URL and pauses between them.
#[derive(Debug)]
pub(super) struct Tries<'a> {
    transport: &'a Transport,
    url: &'a Url,
    tried: u32,
}

impl Tries<'_> {
    /// Pauses before the next try.
    ///
    /// # Errors
    ///
    /// When there is to be none.
    pub(super) async fn wait(&mut self, trouble: Trouble) -> Result<(), FetchFailure> {
        let (cause, after) = match trouble {
            Trouble::Final(failure) => return Err(failure),
            Trouble::Passing { cause, after } => (cause, after),
        };
        self.tried += 1;
        let give_up = |cause: String| FetchFailure::at(FailureKind::Unreachable, self.url, cause);
        if self.tried > self.transport.retries {
            let times =
                if self.tried == 1 { String::new() } else { format!(" (tried {} times)", self.tried) };
            return Err(give_up(format!("{cause}{times}")));
        }
        let longest = self.transport.retry_after_max;
        if after.is_some_and(|after| after > longest) {
            return Err(give_up(format!(
                "{cause} and asks to come back in {} s; no more than {} s are waited for",
                after.unwrap_or_default().as_secs(),
                longest.as_secs()
            )));
        }
        let backoff = self.transport.retry_pause.saturating_mul(1 << (self.tried - 1).min(10));
        let pause = after.unwrap_or_default().max(jittered(backoff));
        Counters::add(&self.transport.counters.retries, 1);
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

/// Between three quarters and five quarters of `pause`, so that many clients do not come back at once.
fn jittered(pause: Duration) -> Duration {
    // The standard library's hash keys are the one source of randomness at hand.
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    pause.mul_f64(0.75 + 0.5 * (random % 1024) as f64 / 1024.0)
}

/// RFC 9110, section 10.2.3: seconds or a date.
fn retry_after(value: &HeaderValue) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs();
    let then = u64::try_from(date.as_second()).ok()?;
    Some(Duration::from_secs(then.saturating_sub(now)))
}

pub(super) fn status_text(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

/// What the hop adds to a message about `url`.
fn place(hop: &Url, url: &Url) -> String {
    if hop == url { "it".to_owned() } else { format!("`{hop}`") }
}

/// An error and what lies beneath, without repeats: reqwest's own text alone names no cause.
fn causes(error: &(dyn StdError + 'static)) -> String {
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
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let parse = |text: &str| retry_after(&HeaderValue::from_str(text).unwrap());
        assert_eq!(parse("120"), Some(Duration::from_secs(120)));
        assert_eq!(parse("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert!(parse("Wed, 21 Oct 2065 07:28:00 GMT").unwrap() > Duration::from_secs(1_000_000));
        assert_eq!(parse("soon"), None);
    }

    #[test]
    fn way_from_https_to_http_leaves_credentials_behind() {
        let url = |text: &str| -> Url { text.parse().unwrap() };
        let mut netrc = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut netrc, b"machine a.example login me password s3cret\n").unwrap();
        let auth = Auth::new(Vec::new(), Some(netrc.path().to_owned()));
        let transport = Transport::new(&IndexSettings::default(), auth);
        let sent = |asked: &str, hop: &str, encrypted_once: bool| {
            transport.credentials(&url(asked), &url(hop), encrypted_once).is_some()
        };
        assert!(sent("https://a.example/", "https://a.example/x", true));
        assert!(!sent("https://a.example/", "http://a.example/x", true));
        assert!(!sent("http://b.example/", "http://a.example/x", true));
        assert!(sent("http://a.example/", "http://a.example/x", false));
    }

    #[test]
    fn jitter_stays_near_the_pause() {
        for _ in 0..100 {
            let pause = jittered(Duration::from_secs(4));
            assert!(pause >= Duration::from_secs(3) && pause <= Duration::from_secs(5), "{pause:?}");
        }
    }
}
