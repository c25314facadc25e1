//! Codes of locks.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[CodeInfo {
    name: "lock-refused",
    level: Level::Deny,
    summary: "the tool that made the lock would not install from it on this target",
    explanation: "A lock says for which Python versions and environments it was made, and which extras and groups it \
knows. On this target one of these does not hold, or two entries claim the same project, and the lock's own tool \
(pip for `pylock.toml`, uv, poetry, pdm, pipenv) stops before it installs anything.\n\n\
The message names what does not hold, and the place is that of the lock's own line. What helps: lock again with the \
target's Python among those that the project supports, or name an extra or group that the lock has: a name that it lacks is refused by uv and poetry.",
    link: "https://packaging.python.org/en/latest/specifications/pylock-toml/#installation",
}];
