//! `needs-system-library`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "needs-system-library",
    level: Level::Warn,
    summary: "a project opens a library or starts a program by name, which no wheel shows",
    explanation: "Some projects are pure Python to every tool and look for a system library with `ctypes` or \
                  `cffi`, or start a program, when they are imported or used. Nothing in the wheel says so; a \
                  small table of well-known projects with the places in their code does \
                  (`data/dlopen.toml`).\n\n\
                  The level is deny where the import itself fails and warn where a function needs it or where it \
                  is a program, since nobody looks for programs in images of the catalogue. Silent where the image \
                  has the library, and for wheels that bring it. A project that is not in the table may need one \
                  all the same.\n\n\
                  Install the package that the help names.",
    link: "https://docs.python.org/3/library/ctypes.html#finding-shared-libraries",
};
