//! `linux-tag`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "linux-tag",
    level: Level::Warn,
    summary: "the platform tag promises nothing of the C library",
    explanation: "`linux_x86_64` and the like say only the machine. Installers take such a wheel on every Linux \
        of that machine, and it works where it was built. PyPI does not accept it, so it comes from elsewhere.",
    link: "https://peps.python.org/pep-0513/",
};
