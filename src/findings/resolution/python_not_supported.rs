//! `python-not-supported`

use std::sync::Arc;

use crate::findings::{CodeInfo, Level, Placed, Rule};
use crate::version::{SpecifierSet, Version};

use super::PythonContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "python-not-supported",
    level: Level::Deny,
    summary: "the project's requires-python excludes the Python of the target",
    explanation: "The `requires-python` of a pyproject.toml or of inline script metadata excludes the Python of the \
target. pip and uv refuse to install such a project. Its requirements are checked anyway.",
    link: "https://packaging.python.org/en/latest/specifications/pyproject-toml/#requires-python",
};

/// A project file or a script requires another Python than the target has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PythonNotSupported {
    /// The file with the requirement.
    pub file: Arc<str>,
    /// The required versions.
    pub required: SpecifierSet,
    /// The target's Python.
    pub python: Version,
}

impl Rule for PythonNotSupported {
    fn on_python(cx: &PythonContext<'_>) -> Vec<Placed<Self>> {
        let unmet = cx.required.iter().filter(|(required, _)| !required.contains(cx.python));
        let rules = unmet.map(|(required, origin)| {
            let (file, required) = (Arc::clone(&origin.file), required.clone());
            Placed::new(Self { file, required, python: cx.python.clone() }).at(origin.clone())
        });
        rules.collect()
    }

    fn message(&self) -> String {
        let Self { file, required, python } = self;
        format!("{file} requires Python {required}, but the target has {python}")
    }
}
