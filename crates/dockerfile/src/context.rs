//! Files of the build context. A plan requests them; the caller reads them.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ignore::Ignore;

/// The files of the build context that the caller has read so far.
///
/// [`Plan::wanted`](crate::Plan::wanted) lists the files that a plan needs. The caller adds them with
/// [`answer`](Self::answer) and plans again, until the list is empty.
#[derive(Clone, Debug, Default)]
pub struct Context {
    answers: BTreeMap<String, Option<Arc<str>>>,
    ignore: Option<Ignore>,
}

/// Why a file is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// `.dockerignore`, which excludes files from the context.
    Ignore,
    /// A shell script that a `RUN` executes.
    Script,
    /// A requirements, constraints, lock or project file of an install step.
    Input,
}

/// A file of the build context that a plan requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct WantedFile {
    /// The path relative to the root of the context, with slashes.
    pub path: String,
    /// Why the file is requested.
    pub purpose: Purpose,
}

impl Context {
    /// Creates a context without known files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the content of a file, or `None` if the context does not have the file.
    ///
    /// Invalid UTF-8 is replaced. The parts of scripts and requirements files that decide something are ASCII.
    pub fn answer(&mut self, path: &str, content: Option<&[u8]>) {
        let text = content.map(|bytes| Arc::from(String::from_utf8_lossy(bytes)));
        self.answers.insert(path.to_owned(), text);
    }

    /// Sets the rules of `.dockerignore`; `Ignore::default()` if the context does not have the file.
    pub fn set_ignore(&mut self, ignore: Ignore) {
        self.ignore = Some(ignore);
    }

    /// Returns the content of a file: `None` if it is unknown, `Some(None)` if the context does not have the file.
    pub fn text(&self, path: &str) -> Option<Option<&Arc<str>>> {
        self.answers.get(path).map(Option::as_ref)
    }

    pub(crate) fn ignore(&self) -> Option<&Ignore> {
        self.ignore.as_ref()
    }
}
