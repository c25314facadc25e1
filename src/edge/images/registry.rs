//! `docker://REFERENCE`: the pull half of the distribution protocol.
//!
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>. It is spoken here and not through
//! `oci-client` because that client (0.18) shows stored passwords to any server that a registry names as its token
//! server, follows redirects from https to http, and reads manifests and error pages of any length into memory; none of
//! these can be switched off from outside.

use std::io::{self, Read};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::image::read::{Descriptor, DetectedImage, Digest, RegistryReference};

use super::super::redirect;
use super::Job;
use super::assemble;
use super::blobs::Blobs;
use super::credentials::{self, Credentials, Found};
use super::token::{Challenge, challenge, is_loopback, may_see_credentials};

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
const MAX_REDIRECTS: usize = 5;
/// A token's answer, or the text of an error.
const SMALL: u64 = 1 << 20;
/// Attempts at one request that meets a failing network or an overloaded server.
const ATTEMPTS: u32 = 3;
/// Chunks of a layer that wait for the unpacker; together with those in the connection some megabytes a layer.
const CHUNKS_AHEAD: usize = 16;

/// Reads an image from a registry. Runs on a thread that may block; transfers run on the runtime.
pub(super) fn read(text: &str, runtime: &Handle, job: &Job) -> Result<DetectedImage, Error> {
    let reference: RegistryReference =
        text.parse().map_err(|why| Error::input(format!("`docker://{}`: {why}", text.escape_debug())))?;
    let mut registry = Registry::new(reference, runtime, job)?;
    let start = registry.start()?;
    assemble::image(&registry, &start, job)
}

struct Registry<'a> {
    reference: RegistryReference,
    base: Url,
    client: Client,
    found: Found,
    authorization: Mutex<Option<HeaderValue>>,
    /// The document that the reference led to, so that it is not asked for twice.
    first: Mutex<Option<(String, Vec<u8>)>>,
    /// Whether the registry has ever answered in a language that was understood.
    spoke_http: AtomicBool,
    runtime: &'a Handle,
    job: &'a Job,
}

impl<'a> Registry<'a> {
    fn new(reference: RegistryReference, runtime: &'a Handle, job: &'a Job) -> Result<Self, Error> {
        let host = reference.registry();
        let invalid = |_| Error::input(format!("`{}`: `{host}` is not the address of a registry", job.name));
        let mut base: Url = format!("https://{host}/v2/").parse().map_err(invalid)?;
        if is_loopback(base.host()) || job.options.plain_http {
            base = format!("http://{host}/v2/").parse().map_err(invalid)?;
        }
        let found = credentials::load(job.options.docker_config.as_deref(), &reference)?;
        Ok(Self {
            client: client(&base)?,
            reference,
            base,
            found,
            authorization: Mutex::new(None),
            first: Mutex::new(None),
            spoke_http: AtomicBool::new(false),
            runtime,
            job,
        })
    }

    /// What the reference names. A registry on this machine is asked over plain http first and over TLS if it does not
    /// understand that; nothing secret is said before it has answered.
    fn start(&mut self) -> Result<Descriptor, Error> {
        let plain = match self.resolve() {
            Err(error) if self.base.scheme() == "http" && !self.job.options.plain_http => error,
            other => return other,
        };
        // A server that speaks TLS answers plain words with an alert, with 400, or by hanging up.
        let answered = self.spoke_http.load(Ordering::Relaxed);
        if answered || self.base.set_scheme("https").is_err() {
            return Err(plain);
        }
        self.resolve().map_err(|error| {
            // Where TLS is not spoken either, what the usual way met is told.
            let text = error.to_string();
            match text.contains("InvalidContentType") || text.contains("refused") {
                true => plain,
                false => error,
            }
        })
    }

    /// The descriptor of what the reference names. The tag is asked once; from there on digests lead.
    fn resolve(&self) -> Result<Descriptor, Error> {
        let (bytes, stated) = self.runtime.block_on(self.manifest(self.reference.target()))?;
        let digest = match self.reference.digest() {
            Some(digest) => digest.clone(),
            // A header with another algorithm or none is possible; the bytes speak for themselves.
            None => stated.and_then(|text| text.parse().ok()).unwrap_or_else(|| Digest::of(&bytes)),
        };
        digest.check(&bytes).map_err(|fault| self.job.error(fault))?;
        let descriptor = Descriptor::new(digest.as_str(), bytes.len() as u64);
        if let Ok(mut first) = self.first.lock() {
            *first = Some((digest.as_str().to_owned(), bytes));
        }
        Ok(descriptor)
    }

    async fn manifest(&self, target: &str) -> Result<(Vec<u8>, Option<String>), Error> {
        let url = self.url("manifests", target)?;
        let response = self.get(&url, MANIFESTS).await?;
        let stated = response.headers().get("docker-content-digest");
        let stated = stated.and_then(|value| value.to_str().ok()).map(str::to_owned);
        let bytes = self.bounded(response, self.job.limits().manifest).await?;
        Ok((bytes, stated))
    }

    fn url(&self, kind: &str, target: &str) -> Result<Url, Error> {
        let path = format!("{}/{kind}/{target}", self.reference.repository());
        self.base.join(&path).map_err(|error| self.job.error(error))
    }

    /// A request with what the registry asked for; a token that has run out is renewed once.
    async fn get(&self, url: &Url, accept: &str) -> Result<Response, Error> {
        let mut renewed = false;
        loop {
            let authorization = self.authorization.lock().ok().and_then(|guard| guard.clone());
            let response = self.follow(url, accept, authorization.as_ref()).await?;
            // A redirect may have led elsewhere; only the registry itself may make demands.
            if response.status() != StatusCode::UNAUTHORIZED || renewed || !self.is_own(response.url()) {
                return self.accepted(response).await;
            }
            renewed = true;
            let authorization = self.authorize(&response).await?;
            if let Ok(mut guard) = self.authorization.lock() {
                *guard = Some(authorization);
            }
        }
    }

    /// Follows redirects, which lead to stores of blobs. What the registry may see is shown to its own origin only, at
    /// every hop; whoever was asked over TLS is never left for plain http.
    async fn follow(
        &self,
        url: &Url,
        accept: &str,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response, Error> {
        let mut hop = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let shown = authorization.filter(|_| self.is_own(&hop));
            let response = self.send(|| {
                let request = self.client.get(hop.clone()).header(ACCEPT, accept);
                match shown {
                    Some(authorization) => request.header(AUTHORIZATION, authorization.clone()),
                    None => request,
                }
            });
            let response = response.await?;
            let Some(next) = self.redirected(&hop, &response)? else { return Ok(response) };
            hop = next;
        }
        let message =
            format!("`{}`: {} redirects more than {MAX_REDIRECTS} times", self.job.name, place(url));
        Err(Error::new(ErrorKind::Network, message))
    }

    fn redirected(&self, at: &Url, response: &Response) -> Result<Option<Url>, Error> {
        let next = redirect::target(at, response.status(), response.headers());
        let next = next.and_then(|next| match next {
            Some(next) if at.scheme() == "https" && next.scheme() != "https" => {
                Err(format!("redirects to {}, away from https", place(&next)))
            }
            next => Ok(next),
        });
        next.map_err(|why| {
            Error::new(ErrorKind::Network, format!("`{}`: {} {why}", self.job.name, place(at)))
        })
    }

    fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    /// Sends, and sends again after a failure that may pass.
    async fn send(&self, request: impl Fn() -> reqwest::RequestBuilder) -> Result<Response, Error> {
        let mut attempt = 1;
        loop {
            let result = request().send().await;
            if let Ok(response) = &result
                && response.status() != StatusCode::BAD_REQUEST
            {
                self.spoke_http.store(true, Ordering::Relaxed);
            }
            let passing = match &result {
                Ok(response) => matches!(response.status().as_u16(), 408 | 429 | 500 | 502 | 503 | 504),
                Err(error) => !error.is_builder(),
            };
            if !passing || attempt == ATTEMPTS {
                return result.map_err(|error| self.network(error));
            }
            tokio::time::sleep(Duration::from_millis(250 << attempt)).await;
            attempt += 1;
        }
    }

    async fn accepted(&self, response: Response) -> Result<Response, Error> {
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        let url = response.url().clone();
        // An error page is a hint for the reader, as far as it goes.
        let body = self.bounded(response, SMALL).await.unwrap_or_default();
        let said = said(&body).map(|said| format!(": {said}")).unwrap_or_default();
        let hint = match (&self.found.unsupported, status) {
            (Some(why), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND) => {
                format!(" ({why})")
            }
            (None, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
                if self.found.credentials == Credentials::None =>
            {
                " (no credentials for this registry are configured)".to_owned()
            }
            _ => String::new(),
        };
        let kind = if status == StatusCode::NOT_FOUND { ErrorKind::NotFound } else { ErrorKind::Network };
        Err(Error::new(kind, format!("`{}`: {} answers {status}{said}{hint}", self.job.name, place(&url))))
    }

    /// Meets the demand of a 401.
    async fn authorize(&self, response: &Response) -> Result<HeaderValue, Error> {
        let values = response.headers().get_all(WWW_AUTHENTICATE);
        let demand = challenge(values.iter().filter_map(|value| value.to_str().ok()));
        let header = match (demand, &self.found.credentials) {
            (_, Credentials::Bearer(token)) => format!("Bearer {token}"),
            (Some(Challenge::Basic), Credentials::Password { user, password }) => basic(user, password),
            (Some(Challenge::Bearer { realm, service }), credentials) => {
                format!("Bearer {}", self.token(&realm, service.as_deref(), credentials).await?)
            }
            _ => return Err(self.refused()),
        };
        let mut header = HeaderValue::try_from(header)
            .map_err(|_| self.job.error("the token of the registry cannot be sent in a header"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    fn refused(&self) -> Error {
        let why = match (&self.found.unsupported, &self.found.credentials) {
            (Some(why), _) => why.clone(),
            (None, Credentials::None) => "no credentials for this registry are configured".to_owned(),
            _ => "it asks for credentials of another kind than those that are configured".to_owned(),
        };
        Error::new(
            ErrorKind::Network,
            format!("`{}`: the registry refuses anonymous access, and {why}", self.job.name),
        )
    }

    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        credentials: &Credentials,
    ) -> Result<String, Error> {
        #[derive(Deserialize)]
        struct Answer {
            token: Option<String>,
            access_token: Option<String>,
        }
        let realm: Url = realm.parse().map_err(|error| {
            self.job
                .error(format!("the registry names `{}` as its token server: {error}", realm.escape_debug()))
        })?;
        let secure = realm.scheme() == "https" || (realm.scheme() == "http" && self.base.scheme() == "http");
        if !secure {
            return Err(self
                .job
                .error(format!("the registry names {} as its token server, without https", place(&realm))));
        }
        if *credentials != Credentials::None && !may_see_credentials(&self.base, &realm) {
            return Err(Error::new(
                ErrorKind::Network,
                format!(
                    "`{}`: the registry wants the credentials for `{}` sent to {}, which does not belong to it; they \
                     were not sent",
                    self.job.name,
                    self.reference.domain(),
                    place(&realm)
                ),
            ));
        }
        let scope = format!("repository:{}:pull", self.reference.repository());
        let response = self.send(|| {
            let mut url = realm.clone();
            match credentials {
                Credentials::Refresh(token) => {
                    let mut form = url::form_urlencoded::Serializer::new(String::new());
                    form.append_pair("grant_type", "refresh_token").append_pair("refresh_token", token);
                    form.append_pair("scope", &scope).append_pair("client_id", "wheelbase");
                    if let Some(service) = service {
                        form.append_pair("service", service);
                    }
                    self.client
                        .post(url)
                        .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                        .body(form.finish())
                }
                other => {
                    url.query_pairs_mut().append_pair("scope", &scope);
                    if let Some(service) = service {
                        url.query_pairs_mut().append_pair("service", service);
                    }
                    let request = self.client.get(url);
                    match other {
                        Credentials::Password { user, password } => request.basic_auth(user, Some(password)),
                        _ => request,
                    }
                }
            }
        });
        let response = response.await?;
        // A password or a refresh token goes to the address that was checked, and nowhere else.
        if let Some(next) = self.redirected(&realm, &response)? {
            let message = format!(
                "`{}`: the token server {} redirects to {}, which is not followed",
                self.job.name,
                place(&realm),
                place(&next)
            );
            return Err(Error::new(ErrorKind::Network, message));
        }
        let response = self.accepted(response).await?;
        let body = self.bounded(response, SMALL).await?;
        let answer: Answer = serde_json::from_slice(&body).map_err(|error| {
            self.job.error(format!("the answer of {} cannot be read: {error}", place(&realm)))
        })?;
        answer
            .token
            .or(answer.access_token)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| self.job.error(format!("{} gives no token", place(&realm))))
    }

    async fn bounded(&self, response: Response, limit: u64) -> Result<Vec<u8>, Error> {
        let url = response.url().clone();
        let mut bytes = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| self.network(error))?;
            if bytes.len() as u64 + chunk.len() as u64 > limit {
                return Err(self
                    .job
                    .error(format!("the answer of {} has more than {limit} bytes", place(&url))));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    fn network(&self, error: reqwest::Error) -> Error {
        // The cause stands at the end of the chain (`connection refused`); the first message repeats the address with
        // its query, which may hold a signature.
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        let cause = cause.to_string();
        // rustls has this word for an answer that is no TLS at all.
        let hint = match self.base.scheme() == "https" && cause.contains("InvalidContentType") {
            true => "; it does not speak https. --plain-http asks without",
            false => "",
        };
        let port = self.base.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = self.base.host_str().unwrap_or_default();
        let message = format!("`{}`: {host}{port}: {cause}{hint}", self.job.name);
        Error::new(ErrorKind::Network, message).with_source(error)
    }
}

impl Blobs for Registry<'_> {
    fn document(&self, descriptor: &Descriptor, manifest: bool) -> Result<Vec<u8>, Error> {
        let digest = descriptor.digest().map_err(|fault| self.job.error(fault))?;
        let kept = self.first.lock().ok().and_then(|mut first| first.take());
        if let Some((_, bytes)) = kept.filter(|(known, _)| manifest && known == digest.as_str()) {
            return Ok(bytes);
        }
        let kind = if manifest { "manifests" } else { "blobs" };
        let accept = if manifest { MANIFESTS } else { "*/*" };
        let url = self.url(kind, digest.as_str())?;
        let bytes = self.runtime.block_on(async {
            let response = self.get(&url, accept).await?;
            self.bounded(response, self.job.limits().manifest).await
        })?;
        digest.check(&bytes).map_err(|fault| self.job.error(format!("{}: {fault}", place(&url))))?;
        Ok(bytes)
    }

    /// `urls` of a descriptor are not followed: they lead out of the registry, to wherever a manifest wants.
    fn layer(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, Error> {
        let digest = descriptor.digest().map_err(|fault| self.job.error(fault))?;
        let url = self.url("blobs", digest.as_str())?;
        let response = self.runtime.block_on(self.get(&url, "*/*"))?;
        let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
        self.runtime.spawn(async move {
            let mut stream = response.bytes_stream();
            while let Some(chunk) = stream.next().await {
                let chunk =
                    chunk.map(|bytes| bytes.to_vec()).map_err(|error| io::Error::other(error.without_url()));
                // The other side stops listening when the layer is refused.
                if sender.send(chunk).await.is_err() {
                    break;
                }
            }
        });
        Ok(Box::new(Chunks { receiver, current: Vec::new(), position: 0 }))
    }

    fn may_retry(&self) -> bool {
        true
    }
}

/// A transfer on the runtime, read from a thread.
struct Chunks {
    receiver: mpsc::Receiver<io::Result<Vec<u8>>>,
    current: Vec<u8>,
    position: usize,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.position == self.current.len() {
            match self.receiver.blocking_recv() {
                Some(chunk) => (self.current, self.position) = (chunk?, 0),
                None => return Ok(0),
            }
        }
        let rest = self.current.get(self.position..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..length), rest.get(..length)) {
            to.copy_from_slice(from);
        }
        self.position += length;
        Ok(length)
    }
}

fn client(base: &Url) -> Result<Client, Error> {
    // Another part of the process may have chosen a provider before; then that one is used.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("wheelbase/", env!("CARGO_PKG_VERSION")))
        // They are followed above, where it is known what may be shown to whom.
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .connect_timeout(Duration::from_secs(20))
        .read_timeout(Duration::from_secs(60))
        // Digests are of the bytes as they are stored.
        .no_gzip()
        .no_brotli();
    if is_loopback(base.host()) {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        Error::new(ErrorKind::Network, "the connection to registries cannot be set up").with_source(error)
    })
}

fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}")))
}

/// The first message of the error document that the distribution specification asks for.
fn said(body: &[u8]) -> Option<String> {
    let document: serde_json::Value = serde_json::from_slice(body).ok()?;
    let first = document.get("errors")?.get(0)?;
    let text = first.get("message").or_else(|| first.get("code"))?.as_str()?;
    Some(text.chars().filter(|c| !c.is_control()).take(200).collect())
}

/// An address without its query, which may hold a signature.
fn place(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}
