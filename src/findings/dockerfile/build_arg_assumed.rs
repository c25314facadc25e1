//! `build-arg-assumed`

use crate::findings::{CodeInfo, Level, Rule};
use crate::source::Origin;

use super::Stages;

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

/// A build argument that decides something was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BuildArgAssumed {
    /// Its name.
    pub name: String,
    /// The default that was used, if it has one.
    pub default: Option<String>,
}

impl BuildArgAssumed {
    pub(crate) fn check(stages: &Stages<'_>) -> Vec<(Self, Origin)> {
        let assumed = stages.plan.assumed().iter().filter_map(|assumed| {
            let default = assumed.default.as_deref().map(|value| stages.shown(value));
            Some((Self { name: assumed.name.clone(), default }, assumed.uses.first()?.clone()))
        });
        assumed.collect()
    }
}

impl Rule for BuildArgAssumed {
    fn message(&self) -> String {
        let value = match &self.default {
            Some(value) => format!("its default `{value}` was used"),
            None => "it has no default, so it was taken to be empty".to_owned(),
        };
        format!("the build argument `{}` was not given; {value}", self.name)
    }

    fn help(&self) -> Option<String> {
        Some(format!("give the value that your build gives: --build-arg {}=VALUE", self.name))
    }
}
