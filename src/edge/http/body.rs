//! Responses and their bodies.

use std::io::{self, Read};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use url::Url;

use super::failure::{Trouble, causes, shown};
use super::redirect;
use super::request::Counters;
use crate::edge::failure::{FailureKind, FetchFailure};

/// A response whose body was not read yet.
#[derive(Debug)]
pub(in crate::edge) struct Received {
    pub(in crate::edge) status: StatusCode,
    pub(in crate::edge) headers: HeaderMap,
    /// The URL after redirects, without credentials.
    pub(in crate::edge) url: Url,
    /// Whether credentials were sent.
    pub(in crate::edge) authorized: bool,
    pub(super) response: reqwest::Response,
    pub(super) counters: Arc<Counters>,
    /// Whether gzip was accepted.
    pub(super) gzip: bool,
    /// Counts the request as running until the body is read.
    pub(super) _permit: OwnedSemaphorePermit,
}

/// A response with its whole body.
#[derive(Debug)]
pub(in crate::edge) struct Answer {
    pub(in crate::edge) status: StatusCode,
    pub(in crate::edge) headers: HeaderMap,
    pub(in crate::edge) url: Url,
    pub(in crate::edge) body: Vec<u8>,
}

impl Received {
    /// Returns the next part of the body, as sent.
    pub(in crate::edge) async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        match self.response.chunk().await {
            Ok(Some(bytes)) => {
                Counters::add(&self.counters.bytes, bytes.len() as u64);
                Ok(Some(bytes.into()))
            }
            Ok(None) => Ok(None),
            Err(error) => Err(Trouble::Passing {
                cause: format!("the response is incomplete: {}", causes(&error.without_url())),
                after: None,
            }),
        }
    }

    /// Returns the whole decompressed body of at most `limit` bytes.
    pub(in crate::edge) async fn read(&mut self, limit: u64) -> Result<Vec<u8>, Trouble> {
        let announced = self.response.content_length().unwrap_or(0);
        if announced > limit {
            return Err(self.too_large(limit));
        }
        // A wrong Content-Length must not reserve memory.
        let mut body = Vec::with_capacity(usize::try_from(announced.min(1 << 20)).unwrap_or(0));
        while let Some(chunk) = self.chunk().await? {
            if body.len() as u64 + chunk.len() as u64 > limit {
                return Err(self.too_large(limit));
            }
            body.extend_from_slice(&chunk);
        }
        let encoding = self.header(&header::CONTENT_ENCODING).unwrap_or_default().trim();
        if !self.gzip || !(encoding.eq_ignore_ascii_case("gzip") || encoding.eq_ignore_ascii_case("x-gzip")) {
            return Ok(body);
        }
        // A large page takes milliseconds: not on the thread that drives the connections.
        let cut_off = |cause: String| Trouble::Passing {
            cause: format!("the compressed response is not valid: {cause}"),
            after: None,
        };
        let unpacked = tokio::task::spawn_blocking(move || gunzip(&body, limit)).await;
        match unpacked.map_err(|error| cut_off(error.to_string()))? {
            Ok(Some(body)) => Ok(body),
            Ok(None) => Err(self.too_large(limit)),
            Err(error) => Err(cut_off(error.to_string())),
        }
    }

    /// Returns the whole response.
    pub(in crate::edge) async fn into_answer(mut self, limit: u64) -> Result<Answer, Trouble> {
        let body = self.read(limit).await?;
        Ok(Answer { status: self.status, headers: self.headers, url: self.url, body })
    }

    /// The body as a reader for another thread; must be called on the runtime. At most `ahead` pieces wait to be read.
    pub(in crate::edge) fn into_reader(mut self, ahead: usize) -> BodyReader {
        let (sender, receiver) = mpsc::channel(ahead);
        tokio::spawn(async move {
            loop {
                let (piece, last) = match self.chunk().await {
                    Ok(Some(chunk)) => (Ok(chunk), false),
                    Ok(None) => break,
                    Err(Trouble::Passing { cause, .. }) => (Err(io::Error::other(cause)), true),
                    Err(Trouble::Final(failure)) => (Err(io::Error::other(failure)), true),
                };
                // The reader is dropped when what it has read is refused.
                if sender.send(piece).await.is_err() || last {
                    break;
                }
            }
        });
        BodyReader::new(receiver)
    }

    /// Returns the target of a redirect that was not followed.
    pub(in crate::edge) fn redirect(&self) -> Result<Option<Url>, FetchFailure> {
        redirect::target(&self.url, self.status, &self.headers)
    }

    pub(in crate::edge) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn too_large(&self, limit: u64) -> Trouble {
        let cause = format_args!("the response has more than {limit} bytes");
        Trouble::Final(FetchFailure::at(FailureKind::Broken, shown(&self.url), cause))
    }
}

/// Decompresses at most `limit` bytes; `None` if there are more.
fn gunzip(packed: &[u8], limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    MultiGzDecoder::new(packed).take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit).then_some(bytes))
}

/// A body that is read by a blocking thread while it is fetched.
pub(in crate::edge) struct BodyReader {
    pieces: mpsc::Receiver<io::Result<Vec<u8>>>,
    current: io::Cursor<Vec<u8>>,
}

impl BodyReader {
    pub(in crate::edge) fn new(pieces: mpsc::Receiver<io::Result<Vec<u8>>>) -> Self {
        Self { pieces, current: io::Cursor::default() }
    }
}

impl Read for BodyReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.current.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            match self.pieces.blocking_recv() {
                Some(piece) => self.current = io::Cursor::new(piece?),
                None => return Ok(0),
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn unpacked_body_is_limited_too() {
        let packed = gzip(&[0; 100_000]);
        assert!(packed.len() < 1_000);
        assert_eq!(gunzip(&packed, 100_000).unwrap().map(|bytes| bytes.len()), Some(100_000));
        assert_eq!(gunzip(&packed, 99_999).unwrap(), None);
        assert!(gunzip(&packed[..packed.len() / 2], 100_000).is_err());
        // RFC 1952, section 2.2: members may follow each other.
        assert_eq!(gunzip(&[gzip(b"a"), gzip(b"b")].concat(), 9).unwrap().unwrap(), b"ab");
    }

    #[test]
    fn pieces_are_read_in_order_up_to_an_error() {
        let (sender, receiver) = mpsc::channel(4);
        for piece in [Ok(b"ab".to_vec()), Ok(Vec::new()), Ok(b"c".to_vec()), Err(io::Error::other("cut off"))]
        {
            sender.try_send(piece).unwrap();
        }
        let mut bytes = Vec::new();
        let error = BodyReader::new(receiver).read_to_end(&mut bytes).unwrap_err();
        assert_eq!((bytes.as_slice(), error.to_string().as_str()), (b"abc".as_slice(), "cut off"));
    }
}
