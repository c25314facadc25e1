//! What does not work because files cannot be loaded.

use std::collections::BTreeSet;

use super::counts::counted;
use super::evidence::Evidence;
use super::level::Level;
use crate::imports::{How, Reached};
use crate::name::ProjectName;

/// How sure it is that something opens a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Certainty {
    /// Nothing that is known opens it: plugins, alternatives.
    Optional,
    /// Something opens it some time, and the import of the project may do without.
    Likely,
    /// The import of the project, a script, or the only modules that a wheel has.
    Required,
}

impl Certainty {
    /// The level of a failure that is sure.
    pub(crate) fn level(self) -> Level {
        match self {
            Self::Optional => Level::Allow,
            Self::Likely => Level::Warn,
            Self::Required => Level::Deny,
        }
    }
}

/// What a file is from which loading starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OpenerKind {
    /// An extension module: the interpreter opens it by `import`.
    Module,
    /// A library that Python code opens.
    Library,
    /// A program.
    Program,
    /// A library that no module loads.
    Part,
}

/// What does not work if a file cannot be loaded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Opener {
    /// What it is.
    pub kind: OpenerKind,
    /// The module, or the path of the file.
    pub name: String,
    /// The statement that leads to it, where the wheel's Python files were read.
    pub reached: Option<Reached>,
    /// How many files are loaded for it.
    pub size: usize,
    /// It is not known whether this file or another wheel's is at its path.
    pub contested: bool,
}

impl Opener {
    /// The lowest is named first: what the package itself imports, then what loads the fewest files, since others
    /// load those too.
    fn rank(&self) -> (OpenerKind, bool, usize, usize, &str) {
        let at_once = self.reached.as_ref().is_some_and(|one| one.how == How::Certain && one.by == one.root);
        (self.kind, !at_once, self.size, self.name.matches(['.', '/']).count(), &self.name)
    }
}

/// Files of one wheel that cannot be loaded, and what does not work because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Affected {
    /// The project of the wheel.
    pub project: ProjectName,
    /// How sure it is that something opens them.
    pub certainty: Certainty,
    /// What opens them, each once and in order.
    pub openers: Vec<Opener>,
    /// The package that a user imports, where it is known.
    pub package: Option<String>,
    /// Whether the wheel's Python files were read.
    pub python_read: bool,
    /// The files that need what is not there, each once; `PATH of PROJECT` if another wheel has it.
    pub files: Vec<String>,
}

/// What happens to what opens a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Verb {
    /// The loader refuses the file.
    Fails,
    /// It is loaded, and the process ends.
    Crashes,
}

impl Verb {
    fn of(self, count: usize) -> &'static str {
        match (self, count) {
            (Self::Fails, 1) => "fails",
            (Self::Fails, _) => "fail",
            (Self::Crashes, 1) => "crashes",
            (Self::Crashes, _) => "crash",
        }
    }
}

impl Affected {
    /// What does not work, and why.
    pub(super) fn sentence(&self, verb: Verb, why: &str) -> String {
        format!("{}: {why}", self.subject(verb))
    }

    /// The level of what is sure or not.
    pub(super) fn level(&self, sure: bool) -> Level {
        let level = self.certainty.level();
        if sure { level } else { level.min(Level::Warn) }
    }

    /// The first of the files.
    pub(super) fn member(&self) -> Option<&str> {
        self.files.first().map(String::as_str)
    }

    /// The other files, what does not work, and these libraries.
    pub(super) fn evidence(&self, libraries: &[String], symbol: Option<String>) -> Evidence {
        let roots = self.import_roots();
        let names = self.openers.iter().map(|opener| opener.name.clone());
        let rest: Vec<String> = names.filter(|name| !roots.contains(name)).collect();
        Evidence {
            more_members: self.files.iter().skip(1).cloned().collect(),
            modules: roots.into_iter().chain(rest).collect(),
            library: libraries.first().cloned(),
            libraries: libraries.to_vec(),
            symbol,
            ..Evidence::default()
        }
    }

    /// The first file, and the number of the others.
    pub(super) fn needed_by(&self) -> String {
        match self.files.as_slice() {
            [] => String::new(),
            [first] => format!("`{first}`"),
            [first, rest @ ..] => format!("`{first}` and {}", counted(rest.len(), "other file")),
        }
    }

    /// Whether nothing but programs fails.
    pub(super) fn all_programs(&self) -> bool {
        self.openers.iter().all(|opener| opener.kind == OpenerKind::Program)
    }

    /// Whether what fails is the very file that needs what is not there, so that the subject names it.
    pub(super) fn names_its_file(&self) -> bool {
        let named = match self.openers.as_slice() {
            [only] => Some(&only.name),
            _ => None,
        };
        self.files.iter().all(|path| Some(path) == named)
    }

    /// The packages whose import certainly leads to what fails.
    fn import_roots(&self) -> Vec<String> {
        let certain = self.openers.iter().filter_map(|opener| opener.reached.as_ref());
        let roots = certain.filter(|one| self.certainty == Certainty::Required && one.how == How::Certain);
        roots.map(|one| folded(&one.root).to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn subject(&self, verb: Verb) -> String {
        let openers = &self.openers;
        let Some(first) = openers.iter().min_by_key(|opener| opener.rank()) else {
            return String::new();
        };
        let name = first.name.as_str();
        let more = openers.len() - 1;
        let does = verb.of(if more == 0 { 1 } else { 2 });
        let same = openers.iter().all(|opener| opener.kind == first.kind);
        let and = |what: &str| match more {
            0 => String::new(),
            more => format!(" and {}", counted(more, if same { what } else { "other file" })),
        };
        let one = verb.of(1);
        let hows = || openers.iter().map(|opener| opener.reached.as_ref().map(|reached| reached.how));
        // What runs only under a condition may be part of the import.
        let sparing = hows().all(|how| !matches!(how, Some(How::Maybe | How::Certain)));
        let package = self.package.as_deref();
        let spared = package.filter(|_| sparing && self.certainty == Certainty::Likely);
        // Of two files at one path it is not known which stays.
        if openers.iter().any(|opener| opener.contested) {
            return format!(
                "`import {name}`{} {does} if the files of `{}` are those that stay",
                and("other import"),
                self.project
            );
        }
        match (first.kind, self.import_roots().first()) {
            (OpenerKind::Module, Some(root)) if root == name && more == 0 => {
                format!("`import {root}` {one}")
            }
            (OpenerKind::Module, Some(root)) => {
                let others = if root == name {
                    format!("it imports {}", counted(more, "module"))
                } else {
                    format!("it imports `{name}`{}", and("other module"))
                };
                format!("`import {root}` {one}, for {others}")
            }
            (OpenerKind::Library, Some(root)) => format!("`import {root}` {one}, for it opens `{name}`"),
            (OpenerKind::Module, None) => {
                let spared =
                    spared.map_or(String::new(), |root| format!(", though not `import {root}` alone"));
                format!("`import {name}`{} {does}{spared}", and("other import"))
            }
            (OpenerKind::Library, None) => {
                let folder = name.split('/').next().filter(|_| name.contains('/')).unwrap_or_default();
                let folder = Some(folder).filter(|folder| !folder.is_empty() && !folder.contains(['.', '-']));
                let opens = hows().flatten().any(|how| how == How::Guarded);
                let whole = match (spared, folder) {
                    (Some(root), _) if !opens => format!(", though not `import {root}` alone"),
                    (None, Some(folder)) if !self.python_read => {
                        format!(", and with it perhaps `import {folder}`")
                    }
                    _ => String::new(),
                };
                format!("loading `{name}`{} {does}{whole}", and("other library"))
            }
            (OpenerKind::Program, _) => format!("running `{name}`{} {does}", and("other program")),
            (OpenerKind::Part, _) => {
                format!("`{name}`{}, which no module loads, {does}", and("other file"))
            }
        }
    }
}

/// A module of its package's name is all that such a package wraps: `demo.demo` counts as `demo`.
fn folded(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((package, last)) if package.rsplit('.').next() == Some(last) => package,
        _ => name,
    }
}
