//! `build-arg-assumed`

use crate::findings::{CodeInfo, Level, Placed, Rule};

use super::Stages;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "build-arg-assumed",
    level: Level::Warn,
    summary: "a build argument that was not given affects the result",
    explanation: "An `ARG` of the Dockerfile decides an image, a requirement or a condition, and no value was given \
for it. Its default was used, or an empty value if it has no default. A build with another value can give another \
result.\n\n\
Pass the value of your build with `--build-arg NAME=VALUE`. The code is silent for arguments that do not affect \
installations, and for the platform arguments that every builder sets.",
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

impl Rule for BuildArgAssumed {
    fn on_stages(stages: &Stages<'_>) -> Vec<Placed<Self>> {
        let assumed = stages.plan.assumed().iter().filter_map(|assumed| {
            let default = assumed.default.as_deref().map(|value| stages.shown(value));
            let origin = assumed.uses.first()?.clone();
            Some(Placed::new(Self { name: assumed.name.clone(), default }).at(origin))
        });
        assumed.collect()
    }

    fn message(&self) -> String {
        let value = match &self.default {
            Some(value) => format!("its default `{value}` was used"),
            None => "it has no default, so an empty value was used".to_owned(),
        };
        format!("build argument `{}` was not given; {value}", self.name)
    }

    fn help(&self) -> Option<String> {
        Some(format!("pass the value of your build: `--build-arg {}=VALUE`", self.name))
    }
}
