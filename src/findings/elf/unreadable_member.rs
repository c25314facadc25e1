//! `unreadable-member`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unreadable-member",
    level: Level::Warn,
    summary: "a member of the archive could not be read, so nothing is known of it",
    explanation: "The packed data or the ELF tables are damaged, a size in the archive is not the real one, or \
        the member is packed by a method that installers do not know. What could be read was judged; the rest is \
        unknown, which is not the same as sound.",
    link: "https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html",
};
