//! Values that no sentence may show.

use std::sync::Arc;

use crate::dockerfile::Secrets;

/// What is hidden in the sentences of a finding; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Redaction(Option<Arc<Secrets>>);

impl Redaction {
    /// Hides the secrets of a Dockerfile.
    pub(crate) fn of(secrets: &Secrets) -> Self {
        Self(Some(Arc::new(secrets.clone())))
    }

    /// The text without the hidden values.
    pub(crate) fn apply(&self, text: String) -> String {
        match &self.0 {
            Some(secrets) => secrets.hide(&text).into_owned(),
            None => text,
        }
    }
}
