//! Findings, their codes and levels.

mod codes;

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::name::ProjectName;
use crate::source::Origin;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Said only with `--all` or in JSON.
    Allow,
    /// Said, and the run passes.
    Warn,
    /// Said, and the run fails.
    Deny,
}

impl Level {
    /// `allow`, `warn` or `deny`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is known of a code; one table row a code, in `codes/`.
#[derive(Debug)]
pub(crate) struct CodeInfo {
    /// Kebab-case, never renamed, never reused.
    pub(crate) name: &'static str,
    pub(crate) level: Level,
    /// One line without final stop.
    pub(crate) summary: &'static str,
    /// What it means, when it fires and stays silent, what to do: paragraphs for `wheelbase explain`.
    pub(crate) explanation: &'static str,
    /// A specification, or an issue that tells the case.
    pub(crate) link: &'static str,
}

/// The stable code of a finding.
///
/// ```
/// use wheelbase::gate::{Code, Level};
///
/// let code: Code = "builds-from-source".parse()?;
/// assert_eq!(code.default_level(), Level::Warn);
/// # Ok::<(), wheelbase::gate::UnknownCode>(())
/// ```
#[derive(Clone, Copy)]
pub struct Code(&'static CodeInfo);

impl Code {
    /// The code of a name that stands in the table.
    ///
    /// # Panics
    ///
    /// If the name is not in the table; a test names every code that the crate uses.
    pub fn named(name: &str) -> Self {
        match name.parse() {
            Ok(code) => code,
            Err(_) => unreachable!("the code `{name}` is not in the table"),
        }
    }

    /// All codes, by name.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = codes::tables().flat_map(|table| table.iter().map(Self)).collect();
        all.sort_by_key(|code| code.0.name);
        all
    }

    /// The kebab-case name.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// The level unless a setting changes it.
    pub fn default_level(self) -> Level {
        self.0.level
    }

    /// One line that says what it is.
    pub fn summary(self) -> &'static str {
        self.0.summary
    }

    /// The whole text of `wheelbase explain`.
    pub fn explanation(self) -> &'static str {
        self.0.explanation
    }

    /// A specification or a thread that tells the case.
    pub fn link(self) -> &'static str {
        self.0.link
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.0.name == other.0.name
    }
}

impl Eq for Code {}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.name.hash(state);
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.name.cmp(other.0.name)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name)
    }
}

/// A code that is not in the table, with the nearest that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    input: String,
    near: Vec<&'static str>,
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no finding code `{}`", self.input.escape_default())?;
        if !self.near.is_empty() {
            write!(f, "; near it: {}", self.near.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let found = codes::tables().flat_map(|table| table.iter()).find(|info| info.name == text);
        found.map(Self).ok_or_else(|| {
            let mut near: Vec<(usize, &'static str)> = Self::all()
                .into_iter()
                .map(|code| (strsim::damerau_levenshtein(code.name(), text), code.name()))
                .collect();
            near.sort_unstable();
            UnknownCode {
                input: text.to_owned(),
                near: near.into_iter().take(3).map(|(_, name)| name).collect(),
            }
        })
    }
}

/// The work was done, and this is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// The project it is about, if it is about one.
    pub project: Option<ProjectName>,
    /// The archive member or image file it is about, if any.
    pub member: Option<String>,
    /// One sentence without final stop.
    pub message: String,
    /// What to do, if something is known to help.
    pub help: Option<String>,
    /// The input line that led here.
    pub origin: Option<Origin>,
    /// Who asks for the project, where no input line does.
    pub needed_by: Option<String>,
    /// How much it matters here, where the circumstances make it graver or lighter than its code is as a rule. A
    /// level that the user sets goes before it.
    pub level: Option<Level>,
    /// What it rests on.
    pub evidence: Evidence,
}

/// What a finding rests on, besides its member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Evidence {
    /// The library; the first of [`libraries`](Self::libraries) where there are several.
    pub library: Option<String>,
    /// The symbol, version node, search path, tag or other text.
    pub symbol: Option<String>,
    /// Further members of which the same is true.
    pub more_members: Vec<String>,
    /// All libraries it is about, by SONAME.
    pub libraries: Vec<String>,
    /// The modules that cannot be imported, the programs that do not run, the files that cannot be loaded.
    pub modules: Vec<String>,
    /// Packages of the distribution that help.
    pub packages: Vec<String>,
    /// The line that installs them.
    pub install: Option<String>,
    /// Programs that are started and not there.
    pub programs: Vec<String>,
    /// Where it was read that the project does so.
    pub source: Option<String>,
}

impl Evidence {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Finding {
    /// A finding with a message alone.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            project: None,
            member: None,
            message: message.into(),
            help: None,
            origin: None,
            needed_by: None,
            level: None,
            evidence: Evidence::default(),
        }
    }

    /// The level unless a setting changes it.
    pub fn level(&self) -> Level {
        self.level.unwrap_or(self.code.default_level())
    }
}
