//! The location of a requirements file.

use std::fmt;
use std::path::{Path, PathBuf};

use wheelbase_spec::source::url_without_credentials;

/// The location of a document. Paths are relative to the working directory, or absolute; `-` is the standard input.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DocumentLocation {
    /// A path.
    Path(String),
    /// A URL (`http:`, `https:`, `file:`).
    Url(String),
}

impl DocumentLocation {
    /// Returns the location of a file as the user writes it.
    pub fn new(text: &str) -> Self {
        if is_document_url(text) { Self::Url(text.to_owned()) } else { Self::Path(text.to_owned()) }
    }

    /// Returns the last part of the path.
    pub(super) fn file_name(&self) -> &str {
        let path = match self {
            Self::Path(path) => path.as_str(),
            Self::Url(url) => url.split(['?', '#']).next().unwrap_or_default(),
        };
        path.rsplit('/').next().unwrap_or_default()
    }

    /// Returns the location of `target` in this document (pip 26.3, `_parse_and_recurse`): relative to the directory
    /// of a file, joined to a URL.
    pub(super) fn join(&self, target: &str) -> Self {
        match self {
            Self::Url(base) => {
                let joined = url::Url::parse(base).and_then(|base| base.join(target));
                Self::Url(joined.map_or_else(|_| target.to_owned(), String::from))
            }
            Self::Path(_) if is_document_url(target) => Self::Url(target.to_owned()),
            Self::Path(_) if target.starts_with('/') => Self::Path(normalize(target)),
            Self::Path(base) => {
                let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
                let path = match folder {
                    "" if base.starts_with('/') => format!("/{target}"),
                    "" => target.to_owned(),
                    folder => format!("{folder}/{target}"),
                };
                let path = normalize(&path);
                // A file of that name, not the standard input.
                Self::Path(if path == "-" { "./-".to_owned() } else { path })
            }
        }
    }
}

impl From<&str> for DocumentLocation {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&String> for DocumentLocation {
    fn from(text: &String) -> Self {
        Self::new(text)
    }
}

impl From<String> for DocumentLocation {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<&Path> for DocumentLocation {
    /// A path is never a URL or the standard input.
    fn from(path: &Path) -> Self {
        let path = path.display().to_string();
        Self::Path(if path == "-" { "./-".to_owned() } else { path })
    }
}

impl From<&PathBuf> for DocumentLocation {
    fn from(path: &PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl From<PathBuf> for DocumentLocation {
    fn from(path: PathBuf) -> Self {
        Self::from(path.as_path())
    }
}

impl fmt::Display for DocumentLocation {
    /// Writes the location without the credentials of a URL.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => f.write_str(path),
            Self::Url(url) => f.write_str(&url_without_credentials(url)),
        }
    }
}

/// Returns whether pip reads the text as a URL (pip 26.3, `SCHEME_RE`).
fn is_document_url(text: &str) -> bool {
    ["http:", "https:", "file:"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
}

/// Normalizes a path like `os.path.normpath` of Python: removes `.`, `..` after a name, and doubled separators.
fn normalize(path: &str) -> String {
    let root = if path.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." => {
                    parts.pop();
                }
                None if !root.is_empty() => {}
                _ => parts.push(part),
            },
            part => parts.push(part),
        }
    }
    let joined = format!("{root}{}", parts.join("/"));
    if joined.is_empty() { ".".to_owned() } else { joined }
}

#[cfg(test)]
mod tests {
    use super::{DocumentLocation, normalize};

    /// Python 3.11, `os.path.normpath`.
    #[test]
    fn paths_are_normalized_like_in_python() {
        for (path, normal) in [
            ("a/../b", "b"),
            ("./a//b/", "a/b"),
            ("../../a", "../../a"),
            ("a/../../b", "../b"),
            ("/../a", "/a"),
            ("a/..", "."),
            ("", "."),
        ] {
            assert_eq!(normalize(path), normal, "{path}");
        }
    }

    #[test]
    fn includes_are_relative_to_the_file_that_includes() {
        let join = |base: &str, target: &str| DocumentLocation::new(base).join(target).to_string();
        assert_eq!(join("requirements/prod.txt", "../base.txt"), "base.txt");
        assert_eq!(join("prod.txt", "base.txt"), "base.txt");
        assert_eq!(join("/a/prod.txt", "base.txt"), "/a/base.txt");
        assert_eq!(join("a/prod.txt", "/b.txt"), "/b.txt");
        assert_eq!(join("https://example.org/a/r.txt", "../b.txt"), "https://example.org/b.txt");
        assert_eq!(join("a/r.txt", "https://u:p@example.org/b.txt"), "https://example.org/b.txt");
        assert_eq!(join("-", "-"), "./-");
    }

    #[test]
    fn paths_are_neither_urls_nor_the_standard_input() {
        let path = |text: &str| DocumentLocation::from(std::path::Path::new(text));
        assert_eq!(path("-"), DocumentLocation::Path("./-".to_owned()));
        assert_eq!(DocumentLocation::from("-"), DocumentLocation::Path("-".to_owned()));
        assert_eq!(path("https:x"), DocumentLocation::Path("https:x".to_owned()));
        assert_eq!(
            DocumentLocation::from("https://h/r.txt"),
            DocumentLocation::Url("https://h/r.txt".to_owned())
        );
    }
}
