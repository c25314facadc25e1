//! Requirements ([PEP 508](https://peps.python.org/pep-0508/)).
//!
//! The grammar is that of `packaging` 26.3 (`_parser.py`), the library that pip vendors. `pep508_rs` is not used: it
//! panics on `a-==1` and `a[x-]`, overflows the stack on nested parentheses, and parses URLs into its own type. With
//! guards against these cases it would only parse a name, extras and a URL kept as text.

use std::fmt;
use std::str::FromStr;

use crate::cursor::Cursor;
use crate::marker::Marker;
use crate::name::{ExtraName, ProjectName};
use crate::version::{Operator, SpecifierSet, parse_repaired, scan_specifier};

/// The error for a text that is not a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRequirement {
    message: String,
    offset: usize,
}

impl InvalidRequirement {
    /// Returns the position of the fault in the text, in bytes from its start, on a character boundary.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for InvalidRequirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for InvalidRequirement {}

/// Where the distribution of a requirement comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RequirementSource {
    /// Any index, any version that the set accepts.
    Specifiers(SpecifierSet),
    /// A direct URL (`name @ URL`), as written.
    Url(String),
}

/// A requirement: a project, its extras, the accepted versions or a URL, and a marker.
///
/// ```
/// use wheelbase::requirement::{Requirement, RequirementSource};
///
/// let requirement: Requirement = "Flask[async] (>=2.0,<4) ; python_version >= '3.9'".parse()?;
/// assert_eq!(requirement.name.as_str(), "flask");
/// assert_eq!(requirement.to_string(), "flask[async]>=2.0,<4; python_version >= \"3.9\"");
/// let fault = "flask >= 2 < 4".parse::<Requirement>().expect_err("a comma is missing");
/// assert_eq!(fault.offset(), 11);
/// # Ok::<(), wheelbase::requirement::InvalidRequirement>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Requirement {
    /// The project.
    pub name: ProjectName,
    /// The extras, sorted and without duplicates.
    pub extras: Vec<ExtraName>,
    /// The accepted versions, or the URL.
    pub source: RequirementSource,
    /// The marker, if there is one.
    pub marker: Option<Marker>,
}

impl Requirement {
    /// Returns a requirement that accepts any version, without extras or marker.
    pub fn of_project(name: ProjectName) -> Self {
        let source = RequirementSource::Specifiers(SpecifierSet::default());
        Self { name, extras: Vec::new(), source, marker: None }
    }

    /// Returns the accepted versions; the empty set for a URL.
    pub fn specifiers(&self) -> SpecifierSet {
        match &self.source {
            RequirementSource::Specifiers(specifiers) => specifiers.clone(),
            RequirementSource::Url(_) => SpecifierSet::default(),
        }
    }

    /// Parses a requirement of old core metadata, with the repairs that uv makes (see [`SpecifierSet::parse_lenient`]).
    /// The marker is not repaired.
    ///
    /// # Errors
    ///
    /// If the text is still not a requirement after the repairs. The error describes the text as written.
    pub fn parse_lenient(text: &str) -> Result<Self, InvalidRequirement> {
        text.parse().or_else(|fault| {
            let (head, marker) = text.split_at(text.find(';').unwrap_or(text.len()));
            parse_repaired(head, |head| format!("{head}{marker}").parse()).map_err(|_| fault)
        })
    }

    /// Parses a requirement without its marker, which was already split off and parsed.
    ///
    /// pip splits the lines of requirements files at the first `;` before it parses them, so a URL there needs no space
    /// before the marker.
    ///
    /// # Errors
    ///
    /// If the text is not a requirement, or contains a marker.
    pub fn parse_without_marker(text: &str, marker: Option<Marker>) -> Result<Self, InvalidRequirement> {
        let mut parser = Parser { cursor: Cursor::new(text) };
        let mut requirement = parser.head()?;
        parser.cursor.space();
        if parser.cursor.is_at_end() {
            requirement.marker = marker;
            Ok(requirement)
        } else {
            Err(parser.trailing(&requirement.source))
        }
    }
}

impl FromStr for Requirement {
    type Err = InvalidRequirement;

    fn from_str(text: &str) -> Result<Self, InvalidRequirement> {
        let mut parser = Parser { cursor: Cursor::new(text) };
        let mut requirement = parser.head()?;
        let space = parser.cursor.space();
        if parser.cursor.is_at_end() {
            return Ok(requirement);
        }
        // Only white space ends a URL, so `;` can be part of it.
        let separated = space || !matches!(requirement.source, RequirementSource::Url(_));
        if !(separated && parser.cursor.take(";")) {
            return Err(parser.trailing(&requirement.source));
        }
        let start = parser.cursor.position();
        let marker = parser.cursor.rest().parse::<Marker>().map_err(|fault| InvalidRequirement {
            message: fault.to_string(),
            offset: start + fault.offset(),
        })?;
        requirement.marker = Some(marker);
        Ok(requirement)
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        for (position, extra) in self.extras.iter().enumerate() {
            write!(f, "{}{extra}", if position == 0 { "[" } else { "," })?;
        }
        if !self.extras.is_empty() {
            f.write_str("]")?;
        }
        match &self.source {
            RequirementSource::Specifiers(specifiers) => write!(f, "{specifiers}")?,
            RequirementSource::Url(url) => {
                write!(f, " @ {url}{}", if self.marker.is_some() { " " } else { "" })?;
            }
        }
        match &self.marker {
            Some(marker) => write!(f, "; {marker}"),
            None => Ok(()),
        }
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
}

impl<'a> Parser<'a> {
    fn fault(&self, message: impl Into<String>) -> InvalidRequirement {
        InvalidRequirement { message: message.into(), offset: self.cursor.position() }
    }

    /// Rule `IDENTIFIER`: ends on a letter, a digit or `_`, so for `a-==1` the fault is at the `-`.
    fn identifier(&mut self) -> Option<&'a str> {
        let rest = self.cursor.rest();
        if !rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        let run = rest.get(..rest.find(|c| !part(c)).unwrap_or(rest.len()))?;
        let identifier = run.trim_end_matches(['.', '-']);
        Some(self.cursor.skip(identifier.len()))
    }

    /// Parses everything before the marker.
    fn head(&mut self) -> Result<Requirement, InvalidRequirement> {
        self.cursor.space();
        let start = self.cursor.position();
        let Some(name) = self.identifier() else {
            return Err(self.fault("expected a project name"));
        };
        let name = name.parse().map_err(|fault: crate::InvalidName| InvalidRequirement {
            message: fault.to_string(),
            offset: start,
        })?;
        self.cursor.space();
        let extras = self.extras()?;
        self.cursor.space();
        let source = if self.cursor.take("@") {
            self.cursor.space();
            RequirementSource::Url(self.url()?)
        } else {
            RequirementSource::Specifiers(self.specifiers()?)
        };
        Ok(Requirement { name, extras, source, marker: None })
    }

    fn extras(&mut self) -> Result<Vec<ExtraName>, InvalidRequirement> {
        let open = self.cursor.position();
        let mut extras: Vec<ExtraName> = Vec::new();
        if !self.cursor.take("[") {
            return Ok(extras);
        }
        self.cursor.space();
        let mut first = true;
        loop {
            let start = self.cursor.position();
            let Some(extra) = self.identifier() else {
                if first {
                    break;
                }
                return Err(self.fault("expected the name of an extra after `,`"));
            };
            extras.push(extra.parse().map_err(|fault: crate::InvalidName| InvalidRequirement {
                message: fault.to_string(),
                offset: start,
            })?);
            first = false;
            self.cursor.space();
            if !self.cursor.take(",") {
                break;
            }
            self.cursor.space();
        }
        self.cursor.space();
        if !self.cursor.take("]") {
            let message = if self.cursor.is_at_end() {
                self.cursor.back_to(open);
                "this `[` is never closed"
            } else {
                "expected `,` or `]` after the name of an extra"
            };
            return Err(self.fault(message));
        }
        extras.sort_unstable();
        extras.dedup();
        Ok(extras)
    }

    /// Rule `URL`: everything up to a space or tab.
    fn url(&mut self) -> Result<String, InvalidRequirement> {
        let url = self.cursor.skip_until(|c| matches!(c, ' ' | '\t'));
        if url.is_empty() {
            return Err(self.fault("expected a URL after `@`"));
        }
        Ok(url.to_owned())
    }

    fn specifiers(&mut self) -> Result<SpecifierSet, InvalidRequirement> {
        let open = self.cursor.position();
        let parenthesis = self.cursor.take("(");
        self.cursor.space();
        let start = self.cursor.position();
        let mut written = String::new();
        while let Some(scanned) = scan_specifier(self.cursor.rest()) {
            written.push_str(self.cursor.skip(scanned.end));
            if let Some(message) = self.misplaced(scanned.operator) {
                return Err(self.fault(message));
            }
            self.cursor.space();
            if !self.cursor.take(",") {
                break;
            }
            written.push(',');
            self.cursor.space();
        }
        self.cursor.space();
        if parenthesis && !self.cursor.take(")") {
            let message = if self.cursor.is_at_end() {
                self.cursor.back_to(open);
                "this `(` is never closed"
            } else {
                "expected `,` or `)` after the version"
            };
            return Err(self.fault(message));
        }
        written.parse().map_err(|fault: crate::version::InvalidSpecifier| InvalidRequirement {
            message: fault.to_string(),
            offset: start,
        })
    }

    /// Returns the fault of text that must not follow the specifier before it (PEP 440, version matching and local
    /// versions).
    fn misplaced(&self, operator: Operator) -> Option<&'static str> {
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        match self.cursor.rest() {
            rest if rest.starts_with(".*") && equality => {
                Some("`.*` cannot follow a pre-release, post-release, development or local version")
            }
            rest if rest.starts_with(".*") => Some("`.*` can only be used with `==` and `!=`"),
            rest if rest.starts_with('+') => Some("a local version can only be used with `==` and `!=`"),
            _ => None,
        }
    }

    /// Returns the fault of text after a complete requirement.
    fn trailing(&self, source: &RequirementSource) -> InvalidRequirement {
        let rest = self.cursor.rest();
        self.fault(match source {
            RequirementSource::Url(_) => "expected `;` or the end after the URL",
            RequirementSource::Specifiers(_) if rest.starts_with("~=") => {
                "`~=` requires a version with at least two numbers, such as `~=1.2`"
            }
            RequirementSource::Specifiers(set) if set.is_empty() && Operator::at_start(rest).is_some() => {
                "expected a version after the operator"
            }
            RequirementSource::Specifiers(set) if set.is_empty() => {
                "expected a version specifier, `;` or the end after the name"
            }
            RequirementSource::Specifiers(_) => "expected `,`, `;` or the end after the version",
        })
    }
}
