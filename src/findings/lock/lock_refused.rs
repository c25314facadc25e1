//! `lock-refused`

use crate::findings::{CodeInfo, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "lock-refused",
    level: Level::Deny,
    summary: "the tool that made the lock would not install from it on this target",
    explanation: "A lock says for which Python versions and environments it was made, and which extras and groups it \
knows. On this target one of these does not hold, or two entries claim the same project, and the lock's own tool \
(pip for `pylock.toml`, uv, poetry, pdm, pipenv) stops before it installs anything.\n\n\
The message names what does not hold, and the place is that of the lock's own line. What helps: lock again with the \
target's Python among those that the project supports, or name an extra or group that the lock has: a name that it lacks is refused by uv and poetry.",
    link: "https://packaging.python.org/en/latest/specifications/pylock-toml/#installation",
};

/// The tool that made a lock would not install from it on the target.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LockRefused {
    /// What does not hold.
    pub refusal: String,
}

impl Rule for LockRefused {
    fn message(&self) -> String {
        self.refusal.clone()
    }

    fn help(&self) -> Option<String> {
        Some("lock again for this target, or name other extras and groups".to_owned())
    }
}
