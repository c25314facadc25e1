//! The Python environments and installers of a stage.

use std::collections::BTreeMap;

use crate::model::{InstallerVersion, Venv};
use crate::text::Text;
use wheelbase_spec::source::Origin;

/// Virtual environments and installers of a stage.
#[derive(Clone, Debug, Default)]
pub(crate) struct PythonState {
    pub(crate) venvs: BTreeMap<String, Venv>,
    pub(crate) installers: BTreeMap<String, InstallerVersion>,
    pub(crate) pip_config: BTreeMap<String, Text>,
    pub(crate) poetry_config: BTreeMap<String, String>,
    pub(crate) pdm_venv: Option<String>,
}

impl PythonState {
    pub(crate) fn is_venv(&self, at: &str) -> bool {
        self.venvs.contains_key(at)
    }

    pub(crate) fn add_venv(&mut self, at: &str, python: Option<String>, origin: &Origin) {
        self.venvs.entry(at.to_owned()).or_insert_with(|| Venv {
            path: at.to_owned(),
            python,
            origin: origin.clone(),
        });
    }

    /// Applies `cp -r` and `mv` of a virtual environment.
    pub(crate) fn move_venv(&mut self, from: &str, to: &str) {
        if let Some(venv) = self.venvs.get(from).cloned() {
            self.venvs.insert(to.to_owned(), Venv { path: to.to_owned(), ..venv });
        }
    }
}
