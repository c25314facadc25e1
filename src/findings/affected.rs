//! The imports and programs that fail because files cannot be loaded.

use std::collections::BTreeSet;

use super::counts::counted;
use super::fact::Fact;
use super::level::Level;
use crate::imports::{How, Reached};
use crate::name::ProjectName;

/// How certain it is that a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Certainty {
    /// Nothing is known to open it: plugins, alternatives.
    Optional,
    /// Something opens it at some time; the import of the project may work without it.
    Likely,
    /// The import of the project, a script, or the only modules that a wheel has.
    Required,
}

impl Certainty {
    /// The level of a certain failure.
    pub(crate) fn level(self) -> Level {
        match self {
            Self::Optional => Level::Allow,
            Self::Likely => Level::Warn,
            Self::Required => Level::Deny,
        }
    }
}

/// The kind of a file with which loading starts.
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
    /// The statement that leads to it, if the Python files of the wheel were read.
    pub reached: Option<Reached>,
    /// How many files are loaded for it.
    pub size: usize,
    /// Whether another wheel has a file at the same path, and which one remains is unknown.
    pub contested: bool,
}

impl Opener {
    /// The lowest is named first: modules that the package itself imports, then those that load the fewest files,
    /// because others load those too.
    fn rank(&self) -> (OpenerKind, bool, usize, usize, &str) {
        let at_once = self.reached.as_ref().is_some_and(|one| one.how == How::Certain && one.by == one.root);
        (self.kind, !at_once, self.size, self.name.matches(['.', '/']).count(), &self.name)
    }
}

/// Files of one wheel that cannot be loaded, and the imports and programs that fail because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Affected {
    /// The project of the wheel.
    pub project: ProjectName,
    /// How certain it is that they are opened.
    pub certainty: Certainty,
    /// What opens them, each once and in order.
    pub openers: Vec<Opener>,
    /// The package that a user imports, if it is known.
    pub package: Option<String>,
    /// Whether the wheel's Python files were read.
    pub python_read: bool,
    /// The files that require the missing part, each once; `PATH of PROJECT` if another wheel has it.
    pub files: Vec<String>,
}

/// What happens when the file is opened.
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

    /// The level of a failure that is certain or not.
    pub(super) fn level(&self, sure: bool) -> Level {
        let level = self.certainty.level();
        if sure { level } else { level.min(Level::Warn) }
    }

    /// The first of the files.
    pub(super) fn member(&self) -> Option<&str> {
        self.files.first().map(String::as_str)
    }

    /// The other files, and what does not work.
    pub(super) fn facts(&self) -> [Fact<'_>; 2] {
        let mut modules = self.import_roots();
        let roots = modules.len();
        for opener in &self.openers {
            if !modules[..roots].contains(&opener.name.as_str()) {
                modules.push(&opener.name);
            }
        }
        [Fact::other_members(&self.files), Fact::Modules(modules)]
    }

    /// The first file, and the number of the others.
    pub(super) fn needed_by(&self) -> String {
        match self.files.as_slice() {
            [] => String::new(),
            [first] => format!("`{first}`"),
            [first, rest @ ..] => format!("`{first}` and {}", counted(rest.len(), "other file")),
        }
    }

    /// Whether only programs fail.
    pub(super) fn all_programs(&self) -> bool {
        self.openers.iter().all(|opener| opener.kind == OpenerKind::Program)
    }

    /// Whether the subject of the sentence already names the file that requires the missing part.
    pub(super) fn names_its_file(&self) -> bool {
        let named = match self.openers.as_slice() {
            [only] => Some(&only.name),
            _ => None,
        };
        self.files.iter().all(|path| Some(path) == named)
    }

    /// The packages whose import certainly leads to what fails.
    fn import_roots(&self) -> Vec<&str> {
        let certain = self.openers.iter().filter_map(|opener| opener.reached.as_ref());
        let roots = certain.filter(|one| self.certainty == Certainty::Required && one.how == How::Certain);
        roots.map(|one| folded(&one.root)).collect::<BTreeSet<_>>().into_iter().collect()
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
        let loads = if more == 0 { "does not load it" } else { "does not load them" };
        let hows = || openers.iter().map(|opener| opener.reached.as_ref().map(|reached| reached.how));
        // Code that runs only under a condition may be part of the import.
        let optional = hows().all(|how| !matches!(how, Some(How::Maybe | How::Certain)));
        let package = self.package.as_deref();
        let unaffected =
            package.filter(|root| *root != name && optional && self.certainty == Certainty::Likely);
        // It is unknown which of two files at one path remains.
        if openers.iter().any(|opener| opener.contested) {
            return format!(
                "`import {name}`{} {does} if `{}` is installed last",
                and("other import"),
                self.project
            );
        }
        match (first.kind, self.import_roots().first().copied()) {
            (OpenerKind::Module, Some(root)) if root == name && more == 0 => {
                format!("`import {root}` {one}")
            }
            (OpenerKind::Module, Some(root)) => {
                let others = if root == name {
                    format!("it imports {}", counted(more, "module"))
                } else {
                    format!("it imports `{name}`{}", and("other module"))
                };
                format!("`import {root}` {one} because {others}")
            }
            (OpenerKind::Library, Some(root)) => format!("`import {root}` {one} because it opens `{name}`"),
            (OpenerKind::Module, None) => {
                let unaffected =
                    unaffected.map_or(String::new(), |root| format!(", but `import {root}` alone {loads}"));
                format!("`import {name}`{} {does}{unaffected}", and("other import"))
            }
            (OpenerKind::Library, None) => {
                let folder = name.split('/').next().filter(|_| name.contains('/')).unwrap_or_default();
                let folder = Some(folder).filter(|folder| !folder.is_empty() && !folder.contains(['.', '-']));
                let opens = hows().flatten().any(|how| how == How::Guarded);
                let whole = match (unaffected, folder) {
                    (Some(root), _) if !opens => format!(", but `import {root}` alone {loads}"),
                    (None, Some(folder)) if !self.python_read => {
                        format!(", and possibly `import {folder}`")
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

/// A package with one module of the same name is named once: `demo.demo` counts as `demo`.
fn folded(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((package, last)) if package.rsplit('.').next() == Some(last) => package,
        _ => name,
    }
}
