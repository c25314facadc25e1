//! `installed-dependency-conflict`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installed-dependency-conflict",
    level: Level::Deny,
    summary: "an installed distribution needs another version of one that is installed",
    explanation: "The metadata of an installed distribution asks for versions of another one, and the version that \
                  is installed beside it is none of them. It is what `pip check` reports as `has requirement ..., \
                  but you have ...`: a later `pip install` changed a version that an earlier one had chosen, or \
                  somebody installed with `--no-deps`.\n\n\
                  Only requirements whose markers hold for the image's interpreter count, and extras do not, since \
                  nothing records which were asked for.\n\n\
                  Install both in one command, so that one resolution has to satisfy all, or pin the version that \
                  both accept.",
    link: "https://pip.pypa.io/en/stable/cli/pip_check/",
};
