//! `unpinned-base`

use crate::findings::{CodeInfo, Level};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unpinned-base",
    level: Level::Allow,
    summary: "a base image is named without a digest",
    explanation: "A tag is a pointer that its publisher moves. Even a full version is no pin: python:3.12.11-slim \
went from Debian 12 to Debian 13 on 2025-08-12, and with it the C library. Only a digest fixes the content.\n\nWrite \
the digest behind the tag (`python:3.12-slim@sha256:...`) and let a bot move both. Allowed by default, because many \
want the newest security fixes instead.",
    link: "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
};
