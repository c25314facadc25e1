//! `lock-refused`

use crate::findings::{CodeInfo, Level, Placed, Rule};

use super::LockContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "lock-refused",
    level: Level::Deny,
    summary: "the tool that created the lock refuses to install from it on this target",
    explanation: "A lock states the Python versions and environments for which it was created, and its extras and \
groups. One of them does not match this target or the options, or two entries claim the same project. The tool of \
the lock (pip for `pylock.toml`, uv, poetry, pdm, pipenv) stops before it installs anything.\n\n\
The message names the mismatch and the line of the lock. Lock again with the Python of the target among those that \
the project supports, or use an extra or group that exists in the lock: uv and poetry refuse unknown names.",
    link: "https://packaging.python.org/en/latest/specifications/pylock-toml/#installation",
};

/// The tool that created a lock refuses to install from it on the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockRefused {
    /// The mismatch.
    pub refusal: String,
}

impl Rule for LockRefused {
    fn on_lock(cx: &LockContext<'_>) -> Vec<Placed<Self>> {
        let refused = cx
            .refusals
            .iter()
            .map(|one| Placed::new(Self { refusal: one.message.clone() }).at(one.origin.clone()));
        refused.collect()
    }

    fn message(&self) -> String {
        self.refusal.clone()
    }

    fn help(&self) -> Option<String> {
        Some("lock again for this target, or choose other extras and groups".to_owned())
    }
}
