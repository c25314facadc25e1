//! `image-end-of-life`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "image-end-of-life",
    level: Level::Warn,
    summary: "the tag is not built any more, or what is in it is not supported any more",
    explanation: "The tag is frozen (its last build can still be pulled and gets no fixes), or the Python or the \
                  distribution release in it passed the end of its support before the day asked for. Wheels for \
                  such images thin out, because new releases of projects drop the Python version or raise the \
                  libc they need, and missing libraries cannot always be installed from the archive any more.\n\n\
                  Long-term support of a distribution is said where it goes on; the finding is given all the \
                  same, because it covers less than before.\n\n\
                  Move to a tag of a supported Python on a supported release, and pin the release \
                  (`3.12-slim-trixie`) so that the next move is yours.",
    link: "https://devguide.python.org/versions/",
};
