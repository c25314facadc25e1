//! The client: connections, and one request with its redirects.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use http::StatusCode;
use http::header::{self, HeaderValue};
use tokio::sync::Semaphore;
use url::Url;

use super::body::Received;
use super::failure::{Trouble, causes, shown};
use super::redirect;
use super::request::{Counters, Redirects, Request};
use crate::edge::failure::{FailureKind, FetchFailure};

/// How long the first request to a host delays the others, so that they can share its connection.
const FIRST_CONNECTION_WAIT: Duration = Duration::from_millis(250);

/// The settings of HTTP requests.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpSettings {
    /// The number of requests at the same time.
    pub concurrency: usize,
    /// The limit for a connection to be established.
    pub connect_timeout: Duration,
    /// The limit between two parts of a response.
    pub read_timeout: Duration,
    /// The number of retries.
    pub retries: u32,
    /// The pause before the first retry. It doubles with each retry, and a random part is added.
    pub retry_pause: Duration,
    /// The longest accepted `Retry-After`.
    pub retry_after_max: Duration,
    /// The value of `User-Agent`.
    pub user_agent: String,
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are used.
    pub system_proxies: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            concurrency: 50,
            connect_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            retries: 3,
            retry_pause: Duration::from_millis(250),
            retry_after_max: Duration::from_secs(60),
            user_agent: concat!("wheelbase/", env!("CARGO_PKG_VERSION")).to_owned(),
            system_proxies: true,
        }
    }
}

/// An HTTP client. Clones share its connections; a run uses one client for indexes and registries.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    pub(in crate::edge) counters: Arc<Counters>,
}

struct Shared {
    settings: HttpSettings,
    usual: OnceLock<Result<Connections, String>>,
    direct: OnceLock<Result<Connections, String>>,
    permits: Arc<Semaphore>,
    gates: Mutex<HashMap<String, Arc<Gate>>>,
}

struct Connections {
    http: reqwest::Client,
    /// Why certificates of servers cannot be verified, if so.
    no_certificates: Option<String>,
}

/// Delays requests to a host until the first one is connected.
#[derive(Default)]
struct Gate {
    open: AtomicBool,
    first: tokio::sync::Mutex<()>,
}

impl Client {
    /// Returns a client. Certificates are read at the first request.
    pub fn new(settings: HttpSettings) -> Self {
        let permits = Arc::new(Semaphore::new(settings.concurrency.clamp(1, 1_000)));
        let (usual, direct, gates) = (OnceLock::new(), OnceLock::new(), Mutex::default());
        Self {
            shared: Arc::new(Shared { settings, usual, direct, permits, gates }),
            counters: Arc::default(),
        }
    }

    /// Returns a client with the same connections and its own counters.
    pub(in crate::edge) fn counted_apart(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), counters: Arc::default() }
    }

    #[cfg(test)]
    pub(in crate::edge) fn shares_connections(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    pub(super) fn settings(&self) -> &HttpSettings {
        &self.shared.settings
    }

    /// Sends a request once and follows its redirects.
    pub(super) async fn attempt(&self, request: &Request<'_>) -> Result<Received, Trouble> {
        let fail = |cause: String| {
            Trouble::Final(FetchFailure::at(FailureKind::Unreachable, shown(request.url), cause))
        };
        let connections = self.shared.connections(request.direct).map_err(fail)?;
        let permit = Arc::clone(&self.shared.permits).acquire_owned().await;
        let permit = permit.map_err(|error| fail(error.to_string()))?;
        let (max, downgrade) = match request.redirects {
            Redirects::Refuse => (0, false),
            Redirects::Follow { max, downgrade } => (max, downgrade),
        };
        let mut hop = request.url.clone();
        let mut encrypted_once = false;
        for _ in 0..=max {
            let authorization = request.authorization(&hop, encrypted_once);
            let authorized = authorization.is_some();
            let response = self.send(connections, request, &hop, authorization).await?;
            let (status, headers) = (response.status(), response.headers());
            if let Some(spoke_http) = request.spoke_http.filter(|_| status != StatusCode::BAD_REQUEST) {
                spoke_http.store(true, Ordering::Relaxed);
            }
            let next = match request.redirects {
                Redirects::Refuse => None,
                Redirects::Follow { .. } => {
                    redirect::target(&hop, status, headers).map_err(Trouble::Final)?
                }
            };
            let Some(next) = next else {
                return Ok(Received {
                    status,
                    headers: headers.clone(),
                    url: hop,
                    authorized,
                    response,
                    counters: Arc::clone(&self.counters),
                    gzip: request.gzip,
                    _permit: permit,
                });
            };
            encrypted_once |= hop.scheme() == "https";
            if encrypted_once && next.scheme() != "https" && !downgrade {
                let cause = format!("redirects from https to `{}`", shown(&next));
                return Err(Trouble::Final(FetchFailure::at(FailureKind::Unreachable, shown(&hop), cause)));
            }
            hop = next;
        }
        Err(fail(format!("redirects more than {max} times")))
    }

    async fn send(
        &self,
        connections: &Connections,
        request: &Request<'_>,
        hop: &Url,
        authorization: Option<HeaderValue>,
    ) -> Result<reqwest::Response, Trouble> {
        let mut headers = request.headers.clone();
        let encoding = if request.gzip { "gzip" } else { "identity" };
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
        if let Some(authorization) = authorization {
            headers.insert(header::AUTHORIZATION, authorization);
        }
        let built = match &request.form {
            Some(form) => {
                let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
                headers.insert(header::CONTENT_TYPE, kind);
                connections.http.post(hop.clone()).body(form.clone())
            }
            None => connections.http.get(hop.clone()),
        };
        let gate = self.shared.gate(hop);
        // Only HTTP/2 lets requests share a connection, and it is only used over TLS here.
        let guard = if hop.scheme() != "https" || gate.open.load(Ordering::Acquire) {
            None
        } else {
            tokio::time::timeout(FIRST_CONNECTION_WAIT, gate.first.lock()).await.ok()
        };
        Counters::add(&self.counters.requests, 1);
        let sent = built.headers(headers).send().await;
        gate.open.store(true, Ordering::Release);
        drop(guard);
        sent.map_err(|error| trouble(connections, hop, &error.without_url()))
    }
}

/// Returns the error of a request without response.
fn trouble(connections: &Connections, hop: &Url, error: &reqwest::Error) -> Trouble {
    let mut cause = causes(error);
    // The error of rustls for a response without TLS. A retry does not help.
    if hop.scheme() == "https" && cause.contains("InvalidContentType") {
        return Trouble::Final(FetchFailure::at(
            FailureKind::Unreachable,
            shown(hop),
            "the server does not support https",
        ));
    }
    if let Some(problem) = connections.no_certificates.as_ref().filter(|_| hop.scheme() == "https") {
        cause.push_str("; the system's certificates cannot be used: ");
        cause.push_str(problem);
    }
    Trouble::Passing { cause, after: None }
}

impl Shared {
    /// A run that finds everything in the cache never gets here, and never reads the system's certificates, which
    /// takes longer than a hundred pages do.
    fn connections(&self, direct: bool) -> Result<&Connections, String> {
        let direct = direct || !self.settings.system_proxies;
        let slot = if direct { &self.direct } else { &self.usual };
        slot.get_or_init(|| self.connect(direct)).as_ref().map_err(Clone::clone)
    }

    fn connect(&self, direct: bool) -> Result<Connections, String> {
        // Another part of the program may have chosen a provider already; any will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match self.builder(direct).build() {
            Ok(http) => Ok(Connections { http, no_certificates: None }),
            // A container without certificates can still use plain HTTP.
            Err(error) => match self.builder(direct).tls_certs_only(std::iter::empty()).build() {
                Ok(http) => Ok(Connections { http, no_certificates: Some(causes(&error)) }),
                Err(_) => Err(format!("the HTTP client could not be created: {}", causes(&error))),
            },
        }
    }

    fn builder(&self, direct: bool) -> reqwest::ClientBuilder {
        let builder = reqwest::Client::builder()
            .user_agent(self.settings.user_agent.clone())
            .connect_timeout(self.settings.connect_timeout)
            .read_timeout(self.settings.read_timeout)
            // Redirects are followed by `attempt`, which checks the credentials of each hop.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http2_initial_stream_window_size(2 << 20)
            .http2_initial_connection_window_size(16 << 20);
        if direct { builder.no_proxy() } else { builder }
    }

    fn gate(&self, url: &Url) -> Arc<Gate> {
        let origin = url.origin().ascii_serialization();
        match self.gates.lock() {
            Ok(mut gates) => Arc::clone(gates.entry(origin).or_default()),
            Err(_) => Arc::default(),
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new(HttpSettings::default())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}
