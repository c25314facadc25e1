//! `not-loadable-libpython`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "not-loadable-libpython",
    level: Level::Warn,
    summary: "an extension module is linked to libpython",
    explanation: "Many interpreters hold libpython within themselves: those of Debian and Ubuntu, static builds, \
        and those of the images that wheels are built in. There the library does not exist as a file and the \
        import fails; where it exists, two copies of the interpreter may get loaded.\n\n\
        Extension modules need no such link: the interpreter gives its symbols to whatever it loads.",
    link: "https://peps.python.org/pep-0513/#libpythonx-y-so-1",
};
