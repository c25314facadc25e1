//! `python-not-supported`

use std::sync::Arc;

use crate::findings::{CodeInfo, Level, Rule};
use crate::source::Origin;
use crate::version::{SpecifierSet, Version};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "python-not-supported",
    level: Level::Deny,
    summary: "the project's own requires-python leaves the target's Python out",
    explanation: "The `requires-python` of a pyproject.toml or of a script's inline metadata does not take the \
Python of the target. pip and uv refuse to install such a project; its requirements are judged all the same.",
    link: "https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python",
};

/// A project file or a script asks for another Python than the target has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PythonNotSupported {
    /// The file that asks.
    pub file: Arc<str>,
    /// The versions it asks for.
    pub required: SpecifierSet,
    /// The target's Python.
    pub python: Version,
}

impl PythonNotSupported {
    /// Of what files state about Python, what the target's does not meet.
    pub(crate) fn check(python: &Version, stated: &[(SpecifierSet, Origin)]) -> Vec<(Self, Origin)> {
        let unmet = stated.iter().filter(|(required, _)| !required.contains(python));
        let rules = unmet.map(|(required, origin)| {
            let (file, required) = (Arc::clone(&origin.file), required.clone());
            (Self { file, required, python: python.clone() }, origin.clone())
        });
        rules.collect()
    }
}

impl Rule for PythonNotSupported {
    fn message(&self) -> String {
        let Self { file, required, python } = self;
        format!("{file} asks for Python {required}, and the target has {python}")
    }
}
