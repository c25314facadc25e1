//! `build-arg-assumed`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "build-arg-assumed",
    level: Level::Warn,
    summary: "a build argument that was not given decided something",
    explanation: "An `ARG` of the Dockerfile decides an image, a requirement or a condition, and no value was \
given for it. Its default was used, or the empty text if it has none. A build that passes another value builds \
something else.\n\nGive the value that your build gives with --build-arg NAME=VALUE. Silent for arguments that \
decide nothing about installations, and for the platform arguments that every builder sets.",
    link: "https://docs.docker.com/reference/dockerfile/#arg",
};
