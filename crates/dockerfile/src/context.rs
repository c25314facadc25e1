//! Files of the build context: asked for by the core, read by the caller.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ignore::Ignore;

/// What the caller has read of the build context so far.
///
/// A plan asks with [`Plan::wanted`](crate::Plan::wanted); the caller answers and plans again, until
/// nothing is wanted.
#[derive(Clone, Debug, Default)]
pub struct Context {
    answers: BTreeMap<String, Option<Arc<str>>>,
    ignore: Option<Ignore>,
}

/// Why a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// The rules of what the context leaves out.
    Ignore,
    /// A shell script that a `RUN` calls.
    Script,
    /// A requirements, constraints, lock or project file of an install step.
    Input,
}

/// A file of the build context that a plan asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Wanted {
    /// Path below the context's root, with slashes.
    pub path: String,
    /// What for.
    pub purpose: Purpose,
}

impl Context {
    /// A context of which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a question: the content, or `None` if there is no such file.
    ///
    /// Bytes that are not UTF-8 are replaced; scripts and requirement files are ASCII where it matters.
    pub fn answer(&mut self, path: &str, content: Option<&[u8]>) {
        let text = content.map(|bytes| Arc::from(String::from_utf8_lossy(bytes)));
        self.answers.insert(path.to_owned(), text);
    }

    /// Gives the rules of `.dockerignore`; `Ignore::default()` if there is none.
    pub fn set_ignore(&mut self, ignore: Ignore) {
        self.ignore = Some(ignore);
    }

    /// What was answered: `None` if nothing was, `Some(None)` if there is no such file.
    pub fn text(&self, path: &str) -> Option<Option<&Arc<str>>> {
        self.answers.get(path).map(Option::as_ref)
    }

    pub(crate) fn ignore(&self) -> Option<&Ignore> {
        self.ignore.as_ref()
    }
}
