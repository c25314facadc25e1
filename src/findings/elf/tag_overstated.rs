//! `tag-overstated`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "tag-overstated",
    level: Level::Deny,
    summary: "the file name claims older systems than the content can be loaded on",
    explanation: "The oldest platform tag of the file name promises that every system with that C library can \
        load the wheel. Its members need newer version nodes, libraries that no policy allows, forbidden symbols \
        or newer CPUs. Installers go by the name, choose the wheel on such a system, and the import fails \
        there.\n\n\
        The level is deny if a version node is newer, for that cannot work, and warn if it is about libraries or \
        CPUs, which a system may have. Rename the wheel with the computed tag, or build it in an older image.",
    link: "https://peps.python.org/pep-0600/",
};
