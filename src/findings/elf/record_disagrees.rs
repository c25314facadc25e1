//! `record-disagrees`

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::wheel::{Container, Recorded};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "record-disagrees",
    level: Level::Warn,
    summary: "RECORD does not list a binary, or lists another size",
    explanation: "`RECORD` lists every file of a wheel with its hash and size. A binary that is missing there, or \
has another size, was added or changed after the build. It is not removed on uninstall, and installers that check \
hashes refuse the wheel.",
    link: "https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file",
};

/// `RECORD` does not list a binary, or lists another size.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordDisagrees {
    /// The binary.
    pub member: String,
    /// Its size in bytes.
    pub size: u64,
    /// The size that `RECORD` gives; `None` if it does not list the binary.
    pub recorded: Option<u64>,
}

impl Rule for RecordDisagrees {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        if cx.facts.container != Container::Wheel {
            return Vec::new();
        }
        let mut out = Vec::new();
        for member in &cx.facts.members {
            let recorded = match member.recorded {
                Recorded::Unknown | Recorded::Listed => continue,
                Recorded::Missing => None,
                Recorded::OtherSize(size) => Some(size),
            };
            out.push(Self { member: member.path.clone(), size: member.size, recorded });
        }
        out
    }

    fn message(&self) -> String {
        match self.recorded {
            None => "`RECORD` does not list this binary".to_owned(),
            Some(recorded) => {
                format!("`RECORD` lists size {recorded} for this binary, but its size is {}", self.size)
            }
        }
    }

    fn help(&self) -> Option<String> {
        Some(
            "rebuild the wheel: it was changed after the build, and installers that check hashes refuse it"
                .to_owned(),
        )
    }

    fn member(&self) -> Option<&str> {
        Some(&self.member)
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Part("RECORD")]
    }
}
