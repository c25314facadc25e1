//! `unpinned-base`

use crate::dockerfile::Base;
use crate::findings::{CodeInfo, Level, Placed, Rule};

use super::Stages;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "unpinned-base",
    level: Level::Allow,
    summary: "a base image has no digest",
    explanation: "A publisher can move a tag to another image. Even a full version is not a pin: \
python:3.12.11-slim moved from Debian 12 to Debian 13 on 2025-08-12, and so to a newer C library. Only a digest \
fixes the content.\n\n\
Write the digest after the tag (`python:3.12-slim@sha256:...`) and use a bot to update both. The level is allow by \
default, because many users prefer the newest security fixes.",
    link: "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
};

/// A base image has only a tag.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnpinnedBase {
    /// The image as written, without what looks like a secret.
    pub image: String,
}

impl Rule for UnpinnedBase {
    fn on_stages(stages: &Stages<'_>) -> Vec<Placed<Self>> {
        let unpinned = stages.plan.needed().filter_map(|stage| match &stage.base {
            Base::Image(image) if !image.is_pinned() => {
                let image = stages.shown(&image.to_string());
                Some(Placed::new(Self { image }).at(stage.origin.clone()))
            }
            _ => None,
        });
        unpinned.collect()
    }

    fn message(&self) -> String {
        format!("`{}` has no digest: the tag can move to another image", self.image)
    }

    fn help(&self) -> Option<String> {
        Some("write the digest after the tag: `name:tag@sha256:...`".to_owned())
    }
}
