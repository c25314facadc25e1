//! Additional information about an image.

use std::fmt;

use crate::Date;
use crate::captured::captured;

/// Additional information about an image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// A tag with a full version does not pin the distribution.
    PatchTagIsNoPin {
        /// A tag that also contains the release.
        pin: String,
    },
    /// The tag is no longer built and can still be pulled.
    Frozen {
        /// The first day on which it was not built.
        since: Date,
        /// Whether a later patch release superseded it.
        superseded: bool,
    },
    /// The digest was not checked.
    Digest(String),
    /// The image has no pip.
    NoPip,
    /// The image has no shell.
    NoShell,
    /// The image has this version of setuptools.
    Setuptools(String),
    /// A note of the catalogue.
    Text(String),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PatchTagIsNoPin { pin } => write!(
                f,
                "a full Python version does not pin the distribution: the distribution release changes while it is the \
                 newest patch release; use `{pin}` or a digest"
            ),
            Self::Frozen { since, superseded: false } => {
                write!(f, "the tag has not been built since {since}; its last build can still be pulled")
            }
            Self::Frozen { since, superseded: true } => {
                write!(
                    f,
                    "a later patch release superseded the tag on {since}; its last build can still be pulled"
                )
            }
            Self::Digest(digest) => write!(f, "the tag was checked, not the digest {digest}"),
            Self::NoPip => f.write_str("the image has no pip"),
            Self::NoShell => f.write_str("the image has no shell, so RUN instructions in shell form fail"),
            Self::Setuptools(version) => write!(f, "setuptools {version} is installed"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl From<&str> for Note {
    /// Parses the text of a note, as in the JSON of a profile.
    fn from(text: &str) -> Self {
        let other = || Self::Text(text.to_owned());
        // A variant is used only if it has exactly this text.
        parsed(text).filter(|note| note.to_string() == text).unwrap_or_else(other)
    }
}

fn parsed(text: &str) -> Option<Note> {
    for fixed in [Note::NoPip, Note::NoShell] {
        if fixed.to_string() == text {
            return Some(fixed);
        }
    }
    if let Some([version]) = captured(text, "setuptools ", [" is installed"]) {
        return Some(Note::Setuptools(version.to_owned()));
    }
    if let Some([digest]) = captured(text, "the tag was checked, not the digest ", [""]) {
        return Some(Note::Digest(digest.to_owned()));
    }
    if let Some([since, _]) = captured(text, "the tag has not been built since ", [";", ""]) {
        return Some(Note::Frozen { since: since.parse().ok()?, superseded: false });
    }
    if let Some([since, _]) = captured(text, "a later patch release superseded the tag on ", [";", ""]) {
        return Some(Note::Frozen { since: since.parse().ok()?, superseded: true });
    }
    let [_, pin, _] = captured(text, "a full Python version ", ["; use `", "`", ""])?;
    Some(Note::PatchTagIsNoPin { pin: pin.to_owned() })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// One note of each variant; a new variant does not compile without an example.
    fn examples() -> Vec<Note> {
        let since: Date = "2026-08-13".parse().unwrap();
        let mut all = vec![Note::NoPip];
        loop {
            all.push(match all.last().unwrap() {
                Note::NoPip => Note::NoShell,
                Note::NoShell => Note::Setuptools("65.5.1".to_owned()),
                Note::Setuptools(_) => Note::Digest("sha256:00".to_owned()),
                Note::Digest(_) => Note::Frozen { since, superseded: false },
                Note::Frozen { superseded: false, .. } => Note::Frozen { since, superseded: true },
                Note::Frozen { superseded: true, .. } => {
                    Note::PatchTagIsNoPin { pin: "3.12.1-slim-trixie".to_owned() }
                }
                Note::PatchTagIsNoPin { .. } => Note::Text("setuptools is not installed".to_owned()),
                Note::Text(_) => return all,
            });
        }
    }

    #[test]
    fn notes_are_read_from_their_texts() {
        for note in examples() {
            assert_eq!(Note::from(note.to_string().as_str()), note);
        }
    }

    #[test]
    fn other_texts_are_kept() {
        for text in
            ["", "the image has no pip.", "setuptools 1", "the tag has not been built since today; its last"]
        {
            assert_eq!(Note::from(text), Note::Text(text.to_owned()), "{text}");
        }
    }
}
