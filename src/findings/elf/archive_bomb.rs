//! `archive-bomb`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "archive-bomb",
    level: Level::Deny,
    summary: "the archive would unpack to far more than any honest wheel, or its members overlap",
    explanation: "A member claims to hold hundreds of times its packed size, all members together hold more \
        than any wheel of this size does, or two members share the same bytes of the archive. Such archives \
        exhaust whoever unpacks them. The member was not unpacked and nothing is known of what it holds.\n\n\
        Do not install the file; get it from a source that you trust.",
    link: "https://www.usenix.org/conference/woot19/presentation/fifield",
};
