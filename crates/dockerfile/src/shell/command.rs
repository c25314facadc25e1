//! Commands after expansion: words, positions, status and output.

use std::rc::Rc;

use crate::gap::DockerfileGap;
use crate::model::FileSource;
use crate::segment::{Piece, place};
use crate::text::Text;
use wheelbase_spec::source::Origin;

/// A word of a command after expansion.
#[derive(Clone, Debug)]
pub(crate) struct Arg {
    pub(crate) text: Text,
    pub(crate) origin: Origin,
}

impl Arg {
    pub(crate) fn as_str(&self) -> &str {
        &self.text.value
    }
}

/// The status of a command, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// An ordinary command: the build stops if it fails.
    Success,
    True,
    False,
    /// An unknown status, and the reason.
    Maybe(DockerfileGap),
}

/// The text of a script and its position.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) file: Rc<str>,
    pub(crate) text: Rc<str>,
    pub(crate) pieces: Rc<[Piece]>,
}

impl Source {
    /// Creates the source of a script that starts at the beginning of `line`.
    pub(crate) fn of_lines(file: &str, text: &str, line: u32) -> Self {
        let pieces = [Piece { joined: 0, raw: 0, line, column: 1 }];
        Self { file: file.into(), text: text.into(), pieces: Rc::new(pieces) }
    }

    pub(crate) fn origin(&self, offset: usize) -> Origin {
        let (line, column) = place(&self.pieces, &self.text, offset);
        Origin::new(&*self.file, line, column)
    }
}

/// The status of a command, and its standard output if it is known.
pub(crate) type Outcome = (Status, Option<FileSource>);

/// Returns the first characters of a text, for messages.
pub(crate) fn short(text: &str) -> String {
    let text: Vec<&str> = text.split_whitespace().collect();
    let text = text.join(" ");
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// Returns the words of a command as a text.
pub(crate) fn joined(args: &[Arg]) -> String {
    let words: Vec<&str> = args.iter().map(Arg::as_str).collect();
    words.join(" ")
}
