//! Reads a stream on another thread.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Scope;

const CHUNK: usize = 256 << 10;
const CHUNKS: usize = 4;

/// A reader whose source is read a few chunks in advance.
pub(super) struct Ahead {
    full: Receiver<io::Result<Vec<u8>>>,
    /// Chunks are returned to be filled again. The thread ends when a channel is closed.
    empty: SyncSender<Vec<u8>>,
    current: Vec<u8>,
    position: usize,
    ended: bool,
}

impl Ahead {
    /// Starts the thread; it ends with its source or with this reader.
    pub(super) fn start<'scope, R: Read + Send + 'scope>(
        scope: &'scope Scope<'scope, '_>,
        source: R,
    ) -> Self {
        let (to_reader, full) = sync_channel(CHUNKS);
        let (empty, to_fill) = sync_channel(CHUNKS + 1);
        for _ in 0..CHUNKS {
            // The channel has room for all of them.
            let _ = empty.send(Vec::new());
        }
        scope.spawn(move || fill(source, &to_reader, &to_fill));
        Self { full, empty, current: Vec::new(), position: 0, ended: false }
    }
}

/// An empty chunk is the end. After it, or after an error, nothing follows.
fn fill(mut source: impl Read, to_reader: &SyncSender<io::Result<Vec<u8>>>, to_fill: &Receiver<Vec<u8>>) {
    while let Ok(mut chunk) = to_fill.recv() {
        chunk.resize(CHUNK, 0);
        let result = loop {
            match source.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let last = !matches!(result, Ok(1..));
        let sent = to_reader.send(result.map(|length| {
            chunk.truncate(length);
            chunk
        }));
        if last || sent.is_err() {
            break;
        }
    }
}

impl Read for Ahead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        if self.position == self.current.len() {
            let next = match self.full.recv() {
                Ok(next) => next?,
                Err(_) => return Err(io::Error::other("the thread that reads a layer has stopped")),
            };
            let done = std::mem::replace(&mut self.current, next);
            self.position = 0;
            // If the thread has ended, the chunk is not required.
            let _ = self.empty.send(done);
            if self.current.is_empty() {
                self.ended = true;
                return Ok(0);
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
