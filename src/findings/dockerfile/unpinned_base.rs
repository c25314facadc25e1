//! `unpinned-base`

use crate::dockerfile::Base;
use crate::findings::{CodeInfo, Level, Rule};
use crate::source::Origin;

use super::Stages;

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

/// A base image is named by a tag alone.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnpinnedBase {
    /// The image as written, without what looks like a secret.
    pub image: String,
}

impl UnpinnedBase {
    pub(crate) fn check(stages: &Stages<'_>) -> Vec<(Self, Origin)> {
        let unpinned = stages.plan.needed().filter_map(|stage| match &stage.base {
            Base::Image(image) if !image.is_pinned() => {
                Some((Self { image: stages.shown(&image.to_string()) }, stage.origin.clone()))
            }
            _ => None,
        });
        unpinned.collect()
    }
}

impl Rule for UnpinnedBase {
    fn message(&self) -> String {
        format!("`{}` has no digest: what it names can change", self.image)
    }

    fn help(&self) -> Option<String> {
        Some("write the digest behind the tag: `name:tag@sha256:...`".to_owned())
    }
}
