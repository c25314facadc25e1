//! The facts of findings as JSON reports write them.

use std::borrow::Cow;

use serde::Serialize;

use super::fact::Fact;

/// The fields of a finding in JSON reports. The JSON schemas describe them; a field without a fact is null or empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct FactFields<'a> {
    /// The library; the first of [`libraries`](Self::libraries) if there are several.
    pub(crate) library: Option<&'a str>,
    /// The symbol, version, search path, tag or other text.
    pub(crate) symbol: Option<Cow<'a, str>>,
    /// The members in addition to the one of the finding.
    pub(crate) more_members: &'a [String],
    /// All libraries.
    pub(crate) libraries: Vec<&'a str>,
    /// The modules, programs and files that do not work.
    pub(crate) modules: Vec<&'a str>,
    /// The packages that solve the problem.
    pub(crate) packages: &'a [String],
    /// The command that installs them.
    pub(crate) install: Option<&'a str>,
    /// The missing programs.
    programs: Vec<&'a str>,
    /// The origin of the fact that a project opens a library or runs a program.
    source: Option<&'a str>,
}

impl<'a> FactFields<'a> {
    /// The fields with these facts.
    pub(crate) fn of(facts: Vec<Fact<'a>>) -> Self {
        let mut fields = Self::default();
        for fact in facts {
            fields.set(fact);
        }
        fields
    }

    /// Whether no field has a value.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn set(&mut self, fact: Fact<'a>) {
        match fact {
            Fact::Library(library) => self.library = Some(library),
            Fact::Libraries(libraries) => {
                self.library = libraries.first().copied();
                self.libraries = libraries;
            }
            Fact::Symbol(text)
            | Fact::SearchPath(text)
            | Fact::Tag(text)
            | Fact::Machine(text)
            | Fact::Part(text)
            | Fact::BuildSource(text) => self.symbol = Some(text.into()),
            Fact::Tags(tags) => self.symbol = Some(tags.join(" ").into()),
            Fact::Libc(libc) => self.symbol = Some(libc.as_str().into()),
            Fact::CpuLevel(level) => self.symbol = Some(level.as_str().into()),
            Fact::Alignment(bytes) => self.symbol = Some(bytes.to_string().into()),
            Fact::Problem(kind) => self.symbol = Some(kind.to_string().into()),
            Fact::Languages(languages) => self.symbol = Some(languages.to_string().into()),
            Fact::OtherMembers(members) => self.more_members = members,
            Fact::Modules(modules) => self.modules = modules,
            Fact::Packages(packages) => self.packages = packages,
            Fact::Install(command) => self.install = Some(command),
            Fact::Programs(programs) => self.programs = programs,
            Fact::Source(source) => self.source = Some(source),
        }
    }
}
