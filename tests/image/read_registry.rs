//! The distribution protocol against small servers on the loopback addresses, honest and hostile ones.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may panic, and says what it skips"
)]

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use wheelbase::edge::images::ImageReadOptions;

use crate::messages::{Messages, assert_messages};

use super::read_sources::{Packed, expect_two_layers, index, run, sha256, two_layers};
use super::read_support::gzip;

#[derive(Clone, Debug)]
struct Request {
    method: String,
    path: String,
    headers: HashMap<String, String>,
    body: String,
}

impl Request {
    fn authorization(&self) -> &str {
        self.headers.get("authorization").map(String::as_str).unwrap_or_default()
    }
}

struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
}

enum Body {
    Bytes(Vec<u8>),
    /// Fewer bytes than the header promises.
    Short(Vec<u8>),
    /// Until the client closes the connection.
    Endless,
}

fn answer(status: u16, body: impl Into<Vec<u8>>) -> Answer {
    Answer { status, headers: Vec::new(), body: Body::Bytes(body.into()) }
}

impl Answer {
    fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

pub(crate) struct Server {
    address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Server {
    fn start(host: &str, handle: impl Fn(&Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((host, 0)).unwrap();
        let address = format!("{host}:{}", listener.local_addr().unwrap().port());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let handle = Arc::new(handle);
        // The threads end with the test process.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, handle) = (Arc::clone(&seen), Arc::clone(&handle));
                std::thread::spawn(move || {
                    let Some(request) = receive(&stream) else { return };
                    seen.lock().unwrap().push(request.clone());
                    send(&stream, handle(&request));
                });
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    fn reference(&self) -> String {
        format!("docker://{}/test/app:1", self.address)
    }
}

fn receive(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    std::io::Read::read_exact(&mut reader, &mut body).ok()?;
    Some(Request { method, path, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

fn send(mut stream: &TcpStream, answer: Answer) {
    let length = match &answer.body {
        Body::Bytes(bytes) => bytes.len(),
        Body::Short(bytes) => bytes.len() + 1000,
        Body::Endless => usize::MAX >> 8,
    };
    let mut head =
        format!("HTTP/1.1 {} X\r\nConnection: close\r\nContent-Length: {length}\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    // The client can close the connection at any time, as several tests require.
    let _ = stream.write_all(head.as_bytes());
    match answer.body {
        Body::Bytes(bytes) | Body::Short(bytes) => drop(stream.write_all(&bytes)),
        Body::Endless => {
            let noise: Vec<u8> =
                (0..65_536_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
            while stream.write_all(&noise).is_ok() {}
        }
    }
}

fn image() -> Packed {
    Packed::new(&two_layers(), "amd64", gzip)
}

/// The responses of a registry with one image.
fn serve(image: &Packed, request: &Request) -> Answer {
    let blob = request.path.rsplit("sha256:").next().and_then(|digest| image.blobs.get(digest));
    match (request.path.as_str(), blob) {
        ("/v2/", _) => answer(200, "{}"),
        ("/v2/test/app/manifests/1", _) => {
            answer(200, image.manifest.clone()).header("Docker-Content-Digest", image.digest())
        }
        (_, Some(bytes)) => answer(200, bytes.clone()),
        _ => answer(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#),
    }
}

/// An open registry with one image, and the reference to it.
pub(crate) fn open_registry() -> (Server, String) {
    let packed = image();
    let server = Server::start("127.0.0.1", move |request| serve(&packed, request));
    let reference = server.reference();
    (server, reference)
}

fn login(entries: &[(&str, &str)]) -> (TempDir, ImageReadOptions) {
    let folder = TempDir::new().unwrap();
    let auths: HashMap<&str, serde_json::Value> =
        entries.iter().map(|(host, auth)| (*host, serde_json::json!({ "auth": auth }))).collect();
    std::fs::write(folder.path().join("config.json"), serde_json::json!({ "auths": auths }).to_string())
        .unwrap();
    let options = ImageReadOptions::default()
        .with_docker_config(|name| (name == "DOCKER_CONFIG").then(|| folder.path().display().to_string()));
    (folder, options)
}

// `printf 'me:secret' | base64`
const AUTH: &str = "bWU6c2VjcmV0";

#[test]
fn open_registry_is_read_without_credentials() {
    let packed = image();
    let digest = packed.digest();
    let server = Server::start("127.0.0.1", move |request| serve(&packed, request));
    let (_folder, options) = login(&[(&server.address, AUTH)]);
    let found = run(&server.reference(), &options).unwrap();
    expect_two_layers(&found);
    assert_eq!(found.digest.as_deref(), Some(digest.as_str()));
    assert!(
        server.requests().iter().all(|request| request.authorization().is_empty()),
        "no server requested them"
    );
    // The manifest once, the configuration, two layers.
    assert_eq!(server.requests().len(), 4);
    let pinned = format!("docker://{}/test/app@{digest}", server.address);
    expect_two_layers(&run(&pinned, &ImageReadOptions::default()).unwrap());
}

#[test]
fn index_of_a_registry_is_searched_for_the_machine() {
    let (packed, attestation) = (image(), Packed::new(&[], "unknown", gzip));
    let list = index(&[
        (&attestation, Some(("unknown", "unknown")), None),
        (&packed, Some(("linux", "amd64")), None),
    ]);
    let server = Server::start("127.0.0.1", move |request| {
        // A manifest can have no media type; a list is recognised by its fields.
        if request.path.ends_with("/manifests/1") {
            answer(200, list.clone())
        } else {
            serve(&packed, request)
        }
    });
    expect_two_layers(&run(&server.reference(), &ImageReadOptions::default()).unwrap());
}

/// A registry that requires a token of a server on the same host, and that server.
fn with_token(realm: impl Fn() -> String + Send + Sync + 'static) -> Server {
    let packed = image();
    Server::start("127.0.0.1", move |request| {
        if request.authorization() == "Bearer t0ken" {
            return serve(&packed, request);
        }
        let demand = format!(
            r#"Bearer realm="{}",service="registry, tests",scope="repository:test/app:pull""#,
            realm()
        );
        answer(401, "").header("WWW-Authenticate", demand)
    })
}

#[test]
fn token_is_fetched_with_the_credentials_and_shown_from_then_on() {
    let tokens = Server::start("127.0.0.1", |_| answer(200, r#"{"token": "t0ken", "expires_in": 300}"#));
    let realm = format!("http://{}/token?x=1", tokens.address);
    let server = with_token(move || realm.clone());
    let (_folder, options) = login(&[(&server.address, AUTH)]);
    expect_two_layers(&run(&server.reference(), &options).unwrap());
    let asked = tokens.requests();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].authorization(), format!("Basic {AUTH}"));
    assert!(asked[0].path.contains("scope=repository%3Atest%2Fapp%3Apull"), "{}", asked[0].path);
    assert!(asked[0].path.contains("service=registry%2C+tests"), "{}", asked[0].path);
    // The registry itself never receives the password.
    assert!(server.requests().iter().all(|request| !request.authorization().starts_with("Basic")));
    // A token is also requested without credentials, because public images require one too.
    expect_two_layers(&run(&server.reference(), &ImageReadOptions::default()).unwrap());
    assert_eq!(tokens.requests().last().unwrap().authorization(), "");
}

#[test]
fn identity_token_is_exchanged_in_the_body() {
    let tokens = Server::start("127.0.0.1", |_| answer(200, r#"{"access_token": "t0ken"}"#));
    let realm = format!("http://{}/token", tokens.address);
    let server = with_token(move || realm.clone());
    let (folder, options) = login(&[]);
    let text = serde_json::json!({"auths": {&server.address: {"identitytoken": "long lived"}}}).to_string();
    std::fs::write(folder.path().join("config.json"), text).unwrap();
    expect_two_layers(&run(&server.reference(), &options).unwrap());
    let asked = &tokens.requests()[0];
    assert_eq!(asked.method, "POST");
    assert!(
        asked.body.contains("grant_type=refresh_token") && asked.body.contains("refresh_token=long+lived")
    );
}

#[test]
fn credentials_are_not_sent_to_a_server_that_the_registry_names() {
    let thief = Server::start("127.0.0.2", |_| answer(200, r#"{"token": "t0ken"}"#));
    let realm = format!("http://{}/token", thief.address);
    let server = with_token(move || realm.clone());
    let (_folder, options) = login(&[(&server.address, AUTH)]);
    let error = run(&server.reference(), &options).unwrap_err();
    assert!(error.is_network(), "{error}");
    assert!(error.to_string().contains(&thief.address) && !error.to_string().contains("secret"), "{error}");
    assert_messages!(error);
    assert!(thief.requests().is_empty());
}

#[test]
fn redirects_to_another_server_have_no_credentials() {
    let packed = Arc::new(image());
    let blobs = Arc::clone(&packed);
    let store = Server::start("127.0.0.2", move |request| serve(&blobs, request));
    let place = store.address.clone();
    let server = Server::start("127.0.0.1", move |request| {
        if request.authorization() != format!("Basic {AUTH}") {
            return answer(401, "").header("WWW-Authenticate", "Basic realm=\"here\"");
        }
        if request.path.contains("/blobs/") {
            return answer(307, "").header("Location", format!("http://{place}{}", request.path));
        }
        serve(&packed, request)
    });
    let (_folder, options) = login(&[(&server.address, AUTH)]);
    expect_two_layers(&run(&server.reference(), &options).unwrap());
    assert_eq!(store.requests().len(), 3);
    assert!(store.requests().iter().all(|request| request.authorization().is_empty()));
}

/// A registry whose blobs are two redirects away, both on another host. Credentials that are dropped at the first
/// redirect must not be sent again at the second.
fn two_hops(is_shown: impl Fn(&Request) -> bool + Send + Sync + 'static, demand: String) -> (Server, Server) {
    let packed = Arc::new(image());
    let blobs = Arc::clone(&packed);
    let store = Server::start("127.0.0.2", move |request| match request.path.strip_prefix("/hop") {
        Some(rest) => answer(302, "").header("Location", rest),
        None => serve(&blobs, request),
    });
    let place = store.address.clone();
    let server = Server::start("127.0.0.1", move |request| {
        if !is_shown(request) {
            return answer(401, "").header("WWW-Authenticate", demand.clone());
        }
        if request.path.contains("/blobs/") {
            return answer(307, "").header("Location", format!("http://{place}/hop{}", request.path));
        }
        serve(&packed, request)
    });
    (server, store)
}

#[test]
fn second_redirect_after_another_server_has_no_credentials() {
    let (server, store) = two_hops(
        |request| request.authorization() == format!("Basic {AUTH}"),
        "Basic realm=\"here\"".to_owned(),
    );
    let (_folder, options) = login(&[(&server.address, AUTH)]);
    expect_two_layers(&run(&server.reference(), &options).unwrap());
    assert_eq!(store.requests().len(), 6);
    assert!(store.requests().iter().all(|request| request.authorization().is_empty()));

    let tokens = Server::start("127.0.0.1", |_| answer(200, r#"{"token": "t0ken"}"#));
    let (server, store) = two_hops(
        |request| request.authorization() == "Bearer t0ken",
        format!("Bearer realm=\"http://{}/token\"", tokens.address),
    );
    expect_two_layers(&run(&server.reference(), &ImageReadOptions::default()).unwrap());
    assert_eq!(store.requests().len(), 6);
    assert!(store.requests().iter().all(|request| request.authorization().is_empty()));
}

// Another port of the same host is another server, such as a sidecar or a program of a user.
#[test]
fn another_port_is_another_origin() {
    let packed = Arc::new(image());
    let blobs = Arc::clone(&packed);
    let store = Server::start("127.0.0.1", move |request| serve(&blobs, request));
    let place = store.address.clone();
    let server = Server::start("127.0.0.1", move |request| {
        if request.authorization().is_empty() {
            return answer(401, "").header("WWW-Authenticate", "Basic realm=\"here\"");
        }
        match request.path.contains("/blobs/") {
            true => answer(307, "").header("Location", format!("http://{place}{}", request.path)),
            false => serve(&packed, request),
        }
    });
    let (_folder, options) = login(&[(&server.address, AUTH)]);
    expect_two_layers(&run(&server.reference(), &options).unwrap());
    assert!(store.requests().iter().all(|request| request.authorization().is_empty()));
}

#[test]
fn request_for_a_token_is_not_redirected() {
    let mut messages = Messages::default();
    for status in [302, 307, 308] {
        let thief = Server::start("127.0.0.2", |_| answer(200, r#"{"token": "t0ken"}"#));
        let place = thief.address.clone();
        let tokens = Server::start("127.0.0.1", move |_| {
            answer(status, "").header("Location", format!("http://{place}/token?signature=x"))
        });
        let realm = format!("http://{}/token", tokens.address);
        let server = with_token(move || realm.clone());
        let (folder, options) = login(&[(&server.address, AUTH)]);
        let text =
            serde_json::json!({"auths": {&server.address: {"identitytoken": "long lived"}}}).to_string();
        for identity in [false, true] {
            if identity {
                std::fs::write(folder.path().join("config.json"), &text).unwrap();
            }
            let error = run(&server.reference(), &options).unwrap_err();
            let message = error.to_string();
            assert!(error.is_network(), "{message}");
            assert!(message.contains(&thief.address) && !message.contains("signature"), "{message}");
            messages.add(format_args!("{status}, identity token: {identity}"), message);
        }
        assert!(thief.requests().is_empty(), "{:?}", thief.requests());
        assert_eq!(tokens.requests().len(), 2, "each request is sent once");
    }
    assert_messages!(messages);
}

// A challenge of a server after a redirect is not that of the registry.
#[test]
fn servers_after_a_redirect_cannot_request_credentials() {
    let thief =
        Server::start("127.0.0.2", |_| answer(401, "").header("WWW-Authenticate", "Basic realm=\"yours\""));
    let place = thief.address.clone();
    let server = Server::start("127.0.0.1", move |request| {
        answer(307, "").header("Location", format!("http://{place}{}", request.path))
    });
    let (_folder, options) = login(&[(&server.address, AUTH), (&thief.address, AUTH)]);
    assert!(run(&server.reference(), &options).is_err());
    assert!(thief.requests().iter().all(|request| request.authorization().is_empty()));
}

#[test]
fn refusals_list_what_is_missing() {
    let server =
        Server::start("127.0.0.1", |_| answer(401, "").header("WWW-Authenticate", "Basic realm=\"x\""));
    let mut messages = Messages::default();
    messages.add("no credentials", run(&server.reference(), &ImageReadOptions::default()).unwrap_err());
    let (folder, options) = login(&[]);
    let text = serde_json::json!({"auths": {&server.address: {}}, "credsStore": "pass"}).to_string();
    std::fs::write(folder.path().join("config.json"), text).unwrap();
    messages.add("a credential store", run(&server.reference(), &options).unwrap_err());
    let empty = Server::start("127.0.0.1", |_| {
        answer(404, r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#)
    });
    let error = run(&empty.reference(), &ImageReadOptions::default()).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    messages.add("no manifest", error);
    // Docker Hub explains its rate limit in the body.
    let busy = Server::start("127.0.0.1", |_| {
        answer(429, r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"rate limit reached"}]}"#)
            .header("Retry-After", "3600")
    });
    messages.add("too many requests", run(&busy.reference(), &ImageReadOptions::default()).unwrap_err());
    let unreachable = run("docker://127.0.0.1:9/test/app:1", &ImageReadOptions::default()).unwrap_err();
    assert!(unreachable.is_network(), "{unreachable}");
    messages.add("no server", unreachable);
    assert_messages!(messages);
}

#[test]
fn temporary_failures_are_retried() {
    let packed = image();
    let failures = Mutex::new(2);
    let server = Server::start("127.0.0.1", move |request| {
        let mut failures = failures.lock().unwrap();
        if *failures > 0 {
            *failures -= 1;
            return answer(503, "later");
        }
        serve(&packed, request)
    });
    expect_two_layers(&run(&server.reference(), &ImageReadOptions::default()).unwrap());
}

#[test]
fn interrupted_transfers_are_restarted() {
    let packed = image();
    let layer = sha256(&packed.layers[0]);
    let broken = Mutex::new(true);
    let server = Server::start("127.0.0.1", move |request| {
        let mut broken = broken.lock().unwrap();
        if request.path.ends_with(&layer) && *broken {
            *broken = false;
            let half = packed.layers[0][..packed.layers[0].len() / 2].to_vec();
            return Answer { status: 200, headers: Vec::new(), body: Body::Short(half) };
        }
        serve(&packed, request)
    });
    expect_two_layers(&run(&server.reference(), &ImageReadOptions::default()).unwrap());
}

#[test]
fn wrong_answers_of_registries_are_errors() {
    let tamper = |part: &'static str, body: fn(&Packed) -> Body| {
        let packed = image();
        let digest = if part == "layer" { sha256(&packed.layers[1]) } else { sha256(&packed.config) };
        let server = Server::start("127.0.0.1", move |request| {
            let hit = if part == "manifest" {
                request.path.contains("/manifests/")
            } else {
                request.path.ends_with(&digest)
            };
            if hit {
                Answer { status: 200, headers: Vec::new(), body: body(&packed) }
            } else {
                serve(&packed, request)
            }
        });
        run(&server.reference(), &ImageReadOptions::default()).unwrap_err()
    };
    let mut messages = Messages::default();
    for (case, part, body) in [
        (
            "another whole layer",
            "layer",
            (|packed| Body::Bytes(packed.layers[0].clone())) as fn(&Packed) -> Body,
        ),
        ("a part of the layer", "layer", |packed| Body::Bytes(packed.layers[1][..20].to_vec())),
        ("a layer without end", "layer", |_| Body::Endless),
        ("another configuration", "config", |packed| Body::Bytes(vec![b' '; packed.config.len()])),
        ("a configuration without end", "config", |_| Body::Endless),
        ("a manifest without end", "manifest", |_| Body::Endless),
    ] {
        messages.add(case, tamper(part, body));
    }
    assert_messages!(messages);
}

#[test]
fn manifest_must_have_the_requested_digest() {
    let (packed, other) = (image(), Packed::new(&[], "amd64", gzip));
    let digest = other.digest();
    let server = Server::start("127.0.0.1", move |_| answer(200, packed.manifest.clone()));
    let pinned = format!("docker://{}/test/app@{digest}", server.address);
    let error = run(&pinned, &ImageReadOptions::default()).unwrap_err();
    assert!(error.is_data() && error.to_string().contains(&digest), "{error}");
    assert_messages!(error);
}

#[test]
fn redirects_without_end_are_an_error() {
    let server = Server::start("127.0.0.1", |request| {
        answer(307, "").header("Location", format!("{}x", request.path))
    });
    assert_messages!(run(&server.reference(), &ImageReadOptions::default()).unwrap_err());
    assert!(server.requests().len() < 10);
}
