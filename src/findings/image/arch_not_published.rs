//! `arch-not-published`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
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
};
