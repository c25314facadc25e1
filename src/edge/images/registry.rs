//! `docker://REFERENCE`: the pull half of the distribution protocol.
//!
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>. It is implemented here and not with
//! `oci-client`, because that client (0.18) sends stored passwords to any server that a registry names as its token
//! server, follows redirects from https to http, and reads manifests and error pages of any length into memory; none of
//! these can be switched off from outside.

use std::io::Read;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use http::StatusCode;
use http::header::{ACCEPT, HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use serde::Deserialize;
use tokio::runtime::Handle;
use url::Url;

use crate::edge::failure::{FailureKind, FetchFailure};
use crate::edge::http::{
    Answer, Client, Received, Redirects, Request, SameOrigin, Trouble, shown, status_text,
};
use crate::error::{Error, ErrorKind};
use crate::image::read::{Descriptor, DetectedImage, Digest, RegistryReference};
use wheelbase_formats::limits;

use super::assemble;
use super::blobs::Blobs;
use super::credentials::{self, Credentials, FoundCredentials};
use super::job::Job;
use super::token::{Challenge, challenge, is_loopback, may_see_credentials};

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
/// Redirects point to stores of blobs. They never change from TLS to plain HTTP.
const REDIRECTS: Redirects = Redirects::Follow { max: 5, downgrade: false };
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
    found: FoundCredentials,
    authorization: Mutex<Option<HeaderValue>>,
    /// The document of the reference, so that it is not requested twice.
    first: Mutex<Option<(String, Vec<u8>)>>,
    /// Whether the server responded to any request in HTTP.
    spoke_http: AtomicBool,
    runtime: &'a Handle,
    job: &'a Job,
}

impl<'a> Registry<'a> {
    fn new(reference: RegistryReference, runtime: &'a Handle, job: &'a Job) -> Result<Self, Error> {
        let host = reference.registry();
        let invalid = |_| Error::input(format!("`{}`: `{host}` is not a valid registry address", job.name));
        let mut base: Url = format!("https://{host}/v2/").parse().map_err(invalid)?;
        if is_loopback(base.host()) || job.options.plain_http {
            base = format!("http://{host}/v2/").parse().map_err(invalid)?;
        }
        let found = credentials::load(job.options.docker_config.as_deref(), &reference)?;
        Ok(Self {
            client: job.options.http.clone().unwrap_or_default(),
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

    /// Returns the descriptor of the reference. For a registry on this machine plain HTTP is tried first, then TLS. No
    /// credentials are sent before it responds.
    fn start(&mut self) -> Result<Descriptor, Error> {
        let plain = match self.resolve() {
            Err(error) if self.base.scheme() == "http" && !self.job.options.plain_http => error,
            other => return other,
        };
        // A server with TLS responds to plain HTTP with an alert, with 400, or by closing the connection.
        let answered = self.spoke_http.load(Ordering::Relaxed);
        if answered || self.base.set_scheme("https").is_err() {
            return Err(plain);
        }
        self.resolve().map_err(|error| {
            // If TLS fails too, the failure of plain HTTP is reported.
            let text = error.to_string();
            match text.contains("does not support https") || text.contains("refused") {
                true => plain,
                false => error,
            }
        })
    }

    /// Returns the descriptor of the reference. The tag is requested once; later requests use digests.
    fn resolve(&self) -> Result<Descriptor, Error> {
        let (bytes, stated) = self.runtime.block_on(self.manifest(self.reference.target()))?;
        let digest = match self.reference.digest() {
            Some(digest) => digest.clone(),
            // The header may be missing or use another algorithm, so the digest is computed.
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
        let answer = self.document_at(&url, MANIFESTS).await?;
        let stated = answer.headers.get("docker-content-digest");
        let stated = stated.and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok((answer.body, stated))
    }

    async fn document_at(&self, url: &Url, accept: &'static str) -> Result<Answer, Error> {
        let limit = self.job.limits().manifest;
        self.get(url, accept, |received| received.into_answer(limit)).await
    }

    fn url(&self, kind: &str, target: &str) -> Result<Url, Error> {
        let path = format!("{}/{kind}/{target}", self.reference.repository());
        self.base.join(&path).map_err(|error| self.job.error(error))
    }

    /// Sends a request with the credentials that the registry requires. An expired token is renewed once.
    async fn get<T, F, R>(&self, url: &Url, accept: &'static str, read: R) -> Result<T, Error>
    where
        R: Fn(Received) -> F,
        F: Future<Output = Result<T, Trouble>>,
    {
        let mut renewed = false;
        loop {
            let credentials = SameOrigin(self.authorization.lock().ok().and_then(|guard| guard.clone()));
            let mut request = self.request(url, &credentials, REDIRECTS);
            request.headers.insert(ACCEPT, HeaderValue::from_static(accept));
            let answered = self.send(&request, |received| self.answered(received, renewed, &read)).await?;
            let demand = match answered {
                AttemptResult::Value(value) => return Ok(value),
                AttemptResult::Demand(headers) => headers,
            };
            renewed = true;
            let authorization = self.authorize(&demand).await?;
            if let Ok(mut guard) = self.authorization.lock() {
                *guard = Some(authorization);
            }
        }
    }

    async fn answered<T, F, R>(
        &self,
        received: Received,
        renewed: bool,
        read: &R,
    ) -> Result<AttemptResult<T>, Trouble>
    where
        R: Fn(Received) -> F,
        F: Future<Output = Result<T, Trouble>>,
    {
        // After a redirect the response may be from another server; only challenges of the registry count.
        let is_own = received.url.origin() == self.base.origin();
        if received.status == StatusCode::UNAUTHORIZED && !renewed && is_own {
            return Ok(AttemptResult::Demand(received.headers));
        }
        read(self.accepted(received).await?).await.map(AttemptResult::Value)
    }

    /// A request without headers and body.
    fn request<'r>(&'r self, url: &'r Url, credentials: &'r SameOrigin, redirects: Redirects) -> Request<'r> {
        Request {
            url,
            headers: HeaderMap::new(),
            form: None,
            credentials,
            redirects,
            // Digests are of the bytes as they are stored.
            gzip: false,
            direct: is_loopback(self.base.host()),
            explain: Some(explanation),
            spoke_http: Some(&self.spoke_http),
        }
    }

    async fn send<T, F, R>(&self, request: &Request<'_>, read: R) -> Result<T, Error>
    where
        R: Fn(Received) -> F,
        F: Future<Output = Result<T, Trouble>>,
    {
        self.client.run(request, read).await.map_err(|failure| self.error(&failure))
    }

    /// Returns the response if its status is 2xx.
    async fn accepted(&self, mut received: Received) -> Result<Received, Trouble> {
        let status = received.status;
        if status.is_success() {
            return Ok(received);
        }
        let page = received.read(limits::REGISTRY_RESPONSE_BYTES).await.unwrap_or_default();
        let explanation = explanation(&page).map(|text| format!(": {text}")).unwrap_or_default();
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
        let kind = match status {
            StatusCode::NOT_FOUND => FailureKind::NotFound,
            _ => FailureKind::Unreachable,
        };
        let cause = format_args!("the server responds with {}{explanation}{hint}", status_text(status));
        Err(Trouble::Final(FetchFailure::at(kind, shown(&received.url), cause)))
    }

    fn error(&self, failure: &FetchFailure) -> Error {
        let kind = match failure.kind() {
            FailureKind::NotFound => ErrorKind::NotFound,
            FailureKind::Broken => ErrorKind::Data,
            _ => ErrorKind::Network,
        };
        let hint = match failure.message().ends_with("does not support https") {
            true => "; use --plain-http for plain HTTP",
            false => "",
        };
        Error::new(kind, format!("`{}`: {failure}{hint}", self.job.name))
    }

    /// Authenticates after a 401.
    async fn authorize(&self, headers: &HeaderMap) -> Result<HeaderValue, Error> {
        let values = headers.get_all(WWW_AUTHENTICATE);
        let demand = challenge(values.iter().filter_map(|value| value.to_str().ok()));
        let header = match (demand, &self.found.credentials) {
            (_, Credentials::Bearer(token)) => format!("Bearer {token}"),
            (Some(Challenge::Basic), Credentials::Password(login)) => return Ok(login.header()),
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
            _ => "it requires another kind of credentials than the configured ones".to_owned(),
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
        struct Token {
            token: Option<String>,
            access_token: Option<String>,
        }
        let realm: Url = realm.parse().map_err(|error| {
            self.job.error(format!(
                "the token server `{}` of the registry is not valid: {error}",
                realm.escape_debug()
            ))
        })?;
        let secure = realm.scheme() == "https" || (realm.scheme() == "http" && self.base.scheme() == "http");
        if !secure {
            return Err(self
                .job
                .error(format!("the token server `{}` of the registry does not use https", shown(&realm))));
        }
        if *credentials != Credentials::None && !may_see_credentials(&self.base, &realm) {
            return Err(Error::new(
                ErrorKind::Network,
                format!(
                    "`{}`: the registry requests the credentials for `{}` for `{}`, which is another host; they \
                     were not sent",
                    self.job.name,
                    self.reference.domain(),
                    shown(&realm)
                ),
            ));
        }
        let scope = format!("repository:{}:pull", self.reference.repository());
        let query =
            [("scope", scope.as_str())].into_iter().chain(service.map(|service| ("service", service)));
        let (mut url, mut form, mut login) = (realm.clone(), None, None);
        if let Credentials::Refresh(token) = credentials {
            let mut fields = url::form_urlencoded::Serializer::new(String::new());
            fields.append_pair("grant_type", "refresh_token").append_pair("refresh_token", token);
            fields.append_pair("client_id", "wheelbase").extend_pairs(query);
            form = Some(fields.finish());
        } else {
            url.query_pairs_mut().extend_pairs(query);
        }
        if let Credentials::Password(own) = credentials {
            login = Some(own.header());
        }
        let credentials = SameOrigin(login);
        let request = Request { form, ..self.request(&url, &credentials, Redirects::Refuse) };
        let answer = self.send(&request, |received| self.token_answer(received)).await?;
        let answer: Token = serde_json::from_slice(&answer.body).map_err(|error| {
            self.job.error(format!("the response of `{}` is not valid: {error}", shown(&realm)))
        })?;
        answer
            .token
            .or(answer.access_token)
            .filter(|token| !token.is_empty())
            .ok_or_else(|| self.job.error(format!("the response of `{}` has no token", shown(&realm))))
    }

    /// A password or a refresh token is sent only to the URL that was checked.
    async fn token_answer(&self, received: Received) -> Result<Answer, Trouble> {
        if let Some(next) = received.redirect().map_err(Trouble::Final)? {
            let cause =
                format_args!("the token server redirects to `{}`; redirects are not followed", shown(&next));
            return Err(Trouble::Final(FetchFailure::at(
                FailureKind::Unreachable,
                shown(&received.url),
                cause,
            )));
        }
        self.accepted(received).await?.into_answer(limits::REGISTRY_RESPONSE_BYTES).await
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
        let answer = self.runtime.block_on(self.document_at(&url, accept))?;
        digest.check(&answer.body).map_err(|fault| self.job.error(format!("`{}`: {fault}", shown(&url))))?;
        Ok(answer.body)
    }

    /// `urls` of a descriptor are not followed: they point to any server that the manifest lists.
    fn layer(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + Send + '_>, Error> {
        let digest = descriptor.digest().map_err(|fault| self.job.error(fault))?;
        let url = self.url("blobs", digest.as_str())?;
        let read = |received: Received| async { Ok(received.into_reader(CHUNKS_AHEAD)) };
        Ok(Box::new(self.runtime.block_on(self.get(&url, "*/*", read))?))
    }

    fn may_retry(&self) -> bool {
        true
    }
}

/// The result of a request for content.
enum AttemptResult<T> {
    Value(T),
    /// The headers of a 401.
    Demand(HeaderMap),
}

/// Returns the first message of the error document of the distribution specification.
fn explanation(body: &[u8]) -> Option<String> {
    let document: serde_json::Value = serde_json::from_slice(body).ok()?;
    let first = document.get("errors")?.get(0)?;
    let text = first.get("message").or_else(|| first.get("code"))?.as_str()?;
    Some(text.chars().filter(|c| !c.is_control()).take(200).collect())
}
