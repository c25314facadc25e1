//! `stage-arch-mismatch`

use crate::dockerfile::Tool;
use crate::findings::{CodeInfo, Level, Placed, Rule};

use super::{Native, Passage};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "stage-arch-mismatch",
    level: Level::Deny,
    summary: "compiled files are copied to a stage for another machine",
    explanation: "The build stage runs on another platform than the stage that receives its result, usually because \
of `FROM --platform=$BUILDPLATFORM`. The installer chose or built compiled files for the machine of the build \
stage.\n\n\
Remove the flag from the stage that installs, or install with the `--platform` option of the installer. The code is \
silent if no compiled files are copied.",
    link: "https://docs.docker.com/build/building/multi-platform/#cross-compilation",
};

/// Compiled files are copied to a stage for another machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StageArchMismatch {
    /// The tool that installs.
    pub tool: Tool,
    /// The stage that installs.
    pub built_in: String,
    /// Its machine, such as `x86_64`.
    pub built: String,
    /// The stage that runs.
    pub runs_in: String,
    /// Its machine.
    pub runs: String,
}

impl StageArchMismatch {
    fn of(passage: &Passage<'_>) -> Option<Self> {
        let Passage { stages, flow, step, facts } = passage;
        let machine = |index: usize| {
            let known = stages.image(index).and_then(|image| image.machine.clone());
            known.or_else(|| stages.stage(index).map(|stage| machine_of(&stage.machine_platform).to_owned()))
        };
        let (built, runs) = (machine(flow.stage)?, machine(flow.runs_in)?);
        if built == runs || facts.native == Native::Nothing {
            return None;
        }
        Some(Self {
            tool: step.tool,
            built_in: passage.built_in(),
            built: stages.shown(&built),
            runs_in: passage.runs_in(),
            runs: stages.shown(&runs),
        })
    }
}

impl Rule for StageArchMismatch {
    fn on_passage(passage: &Passage<'_>) -> Vec<Placed<Self>> {
        passage.at_last_copy(Self::of(passage))
    }

    fn message(&self) -> String {
        let Self { tool, built_in, built, runs_in, runs } = self;
        format!(
            "{tool} installs files for {built} in stage `{built_in}`, but stage `{runs_in}` runs on {runs}"
        )
    }

    fn help(&self) -> Option<String> {
        Some(
            "remove `--platform` from the `FROM` of the build stage, or install for the target platform there"
                .to_owned(),
        )
    }
}

/// The machine of a platform (<https://github.com/containerd/platforms>).
fn machine_of(platform: &str) -> &str {
    let mut parts = platform.split('/');
    let first = parts.next().unwrap_or_default();
    let arch = parts.next().unwrap_or(first);
    match (arch, parts.next().unwrap_or_default()) {
        ("amd64" | "x86_64" | "x86-64", _) => "x86_64",
        ("arm64" | "aarch64", _) => "aarch64",
        ("arm", "v6") => "armv6l",
        ("arm", _) => "armv7l",
        ("386" | "i386", _) => "i686",
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_have_machines() {
        assert_eq!(machine_of("linux/amd64"), "x86_64");
        assert_eq!(machine_of("linux/arm/v6"), "armv6l");
        assert_eq!(machine_of("arm64"), "aarch64");
        assert_eq!(machine_of("linux/riscv64"), "riscv64");
    }
}
