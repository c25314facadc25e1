//! A small HTTP/1.1 server on the loopback interface that misbehaves on demand.
//!
//! The tests of all areas can use it: routes are functions from a request to a reply, and every request is kept.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sha2::{Digest, Sha256};

/// A received request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// path with query
    pub(crate) path: String,
    /// names in lower case
    pub(crate) headers: Vec<(String, String)>,
    /// how many requests this path has had before
    pub(crate) number: usize,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// How a reply's body is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    Whole,
    /// Only so many bytes of it, then the connection is cut.
    CutAfter(usize),
    /// In pieces of so many bytes with a pause after each.
    Slow(usize, Duration),
    /// After a pause.
    Late(Duration),
    /// Nothing, not even a status; the connection is closed.
    Nothing,
}

#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) manner: Manner,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let headers = if content_type.is_empty() {
            Vec::new()
        } else {
            vec![("Content-Type".to_owned(), content_type.to_owned())]
        };
        Self { status, headers, body: body.into(), manner: Manner::Whole }
    }

    pub(crate) fn html(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, "text/html; charset=utf-8", body)
    }

    pub(crate) fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::new(200, "application/vnd.pypi.simple.v1+json", body)
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::new(status, "", Vec::new())
    }

    pub(crate) fn redirect(location: impl Into<String>) -> Self {
        Self::status(302).with("Location", location)
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// A file, complete or the requested range.
    pub(crate) fn file(body: &[u8], request: &Request) -> Self {
        let whole = || Self::new(200, "application/octet-stream", body);
        let Some(range) = request.header("range").and_then(|range| range.strip_prefix("bytes=")) else {
            return whole();
        };
        let length = body.len();
        let (first, last) = range.split_once('-').unwrap();
        let (start, end) = match (first.parse::<usize>(), last.parse::<usize>()) {
            (Err(_), Ok(tail)) => (length.saturating_sub(tail), length),
            (Ok(start), Err(_)) => (start, length),
            (Ok(start), Ok(last)) => (start, (last + 1).min(length)),
            (Err(_), Err(_)) => return whole(),
        };
        if start >= end || start >= length {
            return Self::status(416).with("Content-Range", format!("bytes */{length}"));
        }
        Self::new(206, "application/octet-stream", &body[start..end])
            .with("Content-Range", format!("bytes {start}-{}/{length}", end - 1))
    }
}

type Handler = Box<dyn Fn(&Request) -> Reply + Send + Sync>;

#[derive(Default)]
struct State {
    routes: Mutex<HashMap<String, Arc<Handler>>>,
    log: Mutex<Vec<Request>>,
    stop: AtomicBool,
    /// The number of current requests, and the highest number so far.
    active: Mutex<(usize, usize)>,
}

/// Stops when it is dropped.
pub(crate) struct Server {
    port: u16,
    state: Arc<State>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.stop.load(Ordering::Relaxed) {
                    return;
                }
                if let Ok(stream) = stream {
                    let shared = Arc::clone(&shared);
                    std::thread::spawn(move || {
                        let _ = serve(&stream, &shared);
                        let _ = stream.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Self { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// `http://127.0.0.1:PORT` and the path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The same server under another host name.
    pub(crate) fn other_host_url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The address of the index.
    pub(crate) fn index(&self) -> String {
        self.url("/simple/")
    }

    pub(crate) fn on(
        &self,
        path: &str,
        handler: impl Fn(&Request) -> Reply + Send + Sync + 'static,
    ) -> &Self {
        self.state.routes.lock().unwrap().insert(path.to_owned(), Arc::new(Box::new(handler)));
        self
    }

    pub(crate) fn reply(&self, path: &str, reply: Reply) -> &Self {
        self.on(path, move |_| reply.clone())
    }

    /// A file that can be requested in ranges.
    pub(crate) fn file(&self, path: &str, body: impl Into<Vec<u8>>) -> &Self {
        let body = body.into();
        self.on(path, move |request| Reply::file(&body, request))
    }

    /// A project's page in HTML.
    pub(crate) fn page(&self, project: &str, html: impl Into<Vec<u8>>) -> &Self {
        self.reply(&format!("/simple/{project}/"), Reply::html(html))
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.state.log.lock().unwrap().clone()
    }

    /// The paths of all requests so far, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.requests().into_iter().map(|request| request.path).collect()
    }

    /// How many requests a path has had.
    pub(crate) fn count(&self, path: &str) -> usize {
        self.requests().iter().filter(|request| request.path == path).count()
    }

    /// Returns the highest number of simultaneous requests.
    pub(crate) fn most_at_once(&self) -> usize {
        self.state.active.lock().unwrap().1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.state.stop.store(true, Ordering::Relaxed);
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(stream: &TcpStream, state: &State) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(20)))?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let request = {
            let mut log = state.log.lock().unwrap();
            let number = log.iter().filter(|known| known.path == path).count();
            let request = Request { path, headers, number };
            log.push(request.clone());
            request
        };
        {
            let mut active = state.active.lock().unwrap();
            active.0 += 1;
            active.1 = active.1.max(active.0);
        }
        let handler = {
            let routes = state.routes.lock().unwrap();
            let bare = request.path.split('?').next().unwrap_or_default();
            routes.get(&request.path).or_else(|| routes.get(bare)).cloned()
        };
        let reply = handler.map_or_else(|| Reply::status(404), |handler| handler(&request));
        // Before the last byte goes out: after it the client may send the next request.
        send(stream, &reply, || state.active.lock().unwrap().0 -= 1)?;
        if matches!(reply.manner, Manner::CutAfter(_) | Manner::Nothing) {
            return Ok(());
        }
    }
}

fn send(mut stream: &TcpStream, reply: &Reply, done: impl FnOnce()) -> std::io::Result<()> {
    if reply.manner == Manner::Nothing {
        done();
        return Ok(());
    }
    if let Manner::Late(pause) = reply.manner {
        std::thread::sleep(pause);
    }
    let mut head = format!("HTTP/1.1 {} Status\r\nContent-Length: {}\r\n", reply.status, reply.body.len());
    if reply.status == 304 {
        head = "HTTP/1.1 304 Not Modified\r\n".to_owned();
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let Manner::Slow(size, pause) = reply.manner else {
        done();
        stream.write_all(head.as_bytes())?;
        let length = match reply.manner {
            Manner::CutAfter(count) => count.min(reply.body.len()),
            _ => reply.body.len(),
        };
        stream.write_all(&reply.body[..length])?;
        return stream.flush();
    };
    stream.write_all(head.as_bytes())?;
    let mut pieces = reply.body.chunks(size);
    let last = pieces.next_back();
    for piece in pieces {
        stream.write_all(piece)?;
        stream.flush()?;
        std::thread::sleep(pause);
    }
    done();
    stream.write_all(last.unwrap_or_default())?;
    stream.flush()
}

/// Lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The METADATA of a project.
pub(crate) fn metadata(project: &str, version: &str, requires: &[&str]) -> String {
    let mut text = format!("Metadata-Version: 2.1\nName: {project}\nVersion: {version}\n");
    for line in requires {
        text.push_str(&format!("Requires-Dist: {line}\n"));
    }
    text.push_str("\nA description.\n");
    text
}

/// A wheel with its metadata in front of `padding` bytes that do not compress.
pub(crate) fn wheel(project: &str, version: &str, requires: &[&str], padding: usize) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    writer.start_file(format!("{project}-{version}.dist-info/METADATA"), options).unwrap();
    writer.write_all(metadata(project, version, requires).as_bytes()).unwrap();
    let stored = options.compression_method(zip::CompressionMethod::Stored);
    writer.start_file(format!("{project}/data.bin"), stored).unwrap();
    writer.write_all(&vec![0x5a; padding]).unwrap();
    writer.finish().unwrap().into_inner()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// An sdist of these files, gzipped.
pub(crate) fn sdist(files: &[(&str, &[u8])]) -> Vec<u8> {
    let encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut builder = tar::Builder::new(encoder);
    for (path, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        builder.append_data(&mut header, path, *content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// Bytes that do not compress, the same on every run.
pub(crate) fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
