//! Positions in input files, and the faults and remarks found there.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A position in an input file.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Origin {
    /// The path as the user wrote it, `-` for standard input, or `argument` for the command line.
    pub file: Arc<str>,
    /// The line, counted from 1; 0 if the input has no lines (an argument).
    pub line: u32,
    /// The column in characters, counted from 1; 0 if unknown.
    pub column: u32,
}

impl Origin {
    /// Returns the position `file:line:column`.
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Self {
        Self { file: file.into(), line, column }
    }
}

impl fmt::Display for Origin {
    /// Writes `file:line:column`, without the parts that are 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
            if self.column > 0 {
                write!(f, ":{}", self.column)?;
            }
        }
        Ok(())
    }
}

/// Removes the user name and password from each URL in a text.
///
/// Messages quote what users and indexes wrote. Such a text may contain a URL anywhere, and a password must not be
/// written to a log.
pub fn without_credentials(text: &str) -> Cow<'_, str> {
    let mut shown = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once("://") {
        let ends = |c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '`' | '"' | '\'' | '<' | '>');
        let (authority, after) = tail.split_at(tail.find(ends).unwrap_or(tail.len()));
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        shown.push_str(head);
        shown.push_str("://");
        shown.push_str(host);
        rest = after;
    }
    if shown.len() + rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// An invalid part of an input file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Fault {
    /// The position of the fault.
    pub origin: Origin,
    /// What is wrong, in lower case and without a final period.
    pub message: String,
}

impl Fault {
    /// Returns a fault at a position.
    pub fn new(origin: Origin, message: impl Into<String>) -> Self {
        Self { origin, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

impl std::error::Error for Fault {}

/// The error for an invalid input file, with all of its faults in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidInput {
    faults: Vec<Fault>,
}

impl InvalidInput {
    /// Returns an error with these faults, sorted by position and without duplicates.
    pub fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort();
        faults.dedup();
        Self { faults }
    }

    /// Returns all faults, sorted by position.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl From<Fault> for InvalidInput {
    fn from(fault: Fault) -> Self {
        Self { faults: vec![fault] }
    }
}

impl fmt::Display for InvalidInput {
    /// Writes one fault per line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidInput {}

/// A valid part of an input file that may not have the effect its author expects: an option that pip ignores at this
/// position, a variable that is not set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The position of the remark.
    pub origin: Origin,
    /// What the user should know, in lower case and without a final period.
    pub message: String,
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

/// Shortens a text from outside for use in a message, and removes its credentials.
pub fn shorten(text: &str) -> String {
    let text = match text.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            match rest.get(..end).and_then(|authority| authority.rfind('@')) {
                Some(at) => format!("{scheme}://{}", rest.get(at + 1..).unwrap_or_default()),
                None => text.to_owned(),
            }
        }
        None => text.to_owned(),
    };
    let mut short: String = text.escape_debug().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_urls_are_removed() {
        let shown = |text| without_credentials(text).into_owned();
        assert_eq!(shown("x @ git+https://u:p@h/x.git#egg=x ; y"), "x @ git+https://h/x.git#egg=x ; y");
        assert_eq!(
            shown("`https://t@h`: 401, `http://u:p@ss@h:8/a@b`"),
            "`https://h`: 401, `http://h:8/a@b`"
        );
        assert_eq!(shown("a@b ://c/d@e"), "a@b ://c/d@e");
        assert_eq!(shown("://@"), "://");
    }
}
