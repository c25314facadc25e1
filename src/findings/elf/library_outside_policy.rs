//! `library-outside-policy`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "library-outside-policy",
    level: Level::Warn,
    summary: "a library is needed that is not in the wheel and that no platform tag promises",
    explanation: "The library is neither among the wheel's own files, as far as search paths lead, nor on the \
        list of libraries that every system of the platform has. Where it is missing, the import fails with \
        `cannot open shared object file`. Another wheel may bring and load it first, as the CUDA wheels do.\n\n\
        Install the system package that has it, or look for a wheel that brings it along.",
    link: "https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/",
};
