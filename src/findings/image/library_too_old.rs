//! `library-too-old`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "library-too-old",
    level: Level::Deny,
    summary: "a library is there, but without a version node that a wheel needs",
    explanation: "Libraries such as glibc, libstdc++ and libgcc_s mark their symbols with version nodes \
                  (`GLIBC_2.38`, `GLIBCXX_3.4.32`). The loader compares the nodes that a binary needs with those \
                  that the library it found defines, and refuses with `version 'GLIBCXX_3.4.32' not found`. It \
                  happens where a wheel needs more than its tag promises, and where a library comes from \
                  another wheel. musl knows no versions, so it is never told there.\n\n\
                  It is judged library by library and not by the glibc version alone; nodes that nobody knows \
                  of a library are `undetermined` and told only with all findings.\n\n\
                  Take a base image of a newer release, or an older release of the project.",
    link: "https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html",
};
