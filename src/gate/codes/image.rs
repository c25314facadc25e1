//! Codes of the image area.

use crate::gate::{CodeInfo, Level};

pub(super) const CODES: &[CodeInfo] = &[
    CodeInfo {
        name: "arch-not-published",
        level: Level::Deny,
        summary: "the tag has no image for this architecture",
        explanation: "A tag of an image is published for a list of architectures, and the one that was asked for is \
                      not on the list of the day. Official images lose architectures when the distribution release \
                      under them passes to long-term support, and single tags never had some. `docker pull` and \
                      `docker build` fail with `no match for platform in manifest`, or take an emulated image of \
                      another architecture if a platform was forced.\n\n\
                      It stays silent where the list of the tag is not known.\n\n\
                      Take a tag of a newer release, or another variant; the help line names the architectures the \
                      tag does have.",
        link: "https://github.com/docker-library/official-images#architectures-other-than-amd64",
    },
    CodeInfo {
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
    },
];
