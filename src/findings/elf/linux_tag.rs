//! `linux-tag`

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::policy::PlatformClaim;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "linux-tag",
    level: Level::Warn,
    summary: "the platform tag guarantees nothing about the C library",
    explanation: "`linux_x86_64` and similar tags state only the machine. Installers choose such a wheel on every \
Linux of that machine, and it may work only on the system where it was built. PyPI does not accept it, so the wheel \
is from another source.",
    link: "https://peps.python.org/pep-0513/",
};

/// The file name has a tag such as `linux_x86_64`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinuxTag {
    /// The tag.
    pub tag: String,
    /// The platform tag that the members satisfy, if there is one.
    pub computed: Option<String>,
}

impl Rule for LinuxTag {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let linux = |(_, claim): &&(String, PlatformClaim)| matches!(claim, PlatformClaim::Linux { .. });
        let mut out = Vec::new();
        if let Some((tag, _)) = cx.claims.platforms.iter().find(linux) {
            let computed = match cx.verdicts.as_slice() {
                [only] => Some(only.computed.clone()).filter(|tag| !tag.starts_with("linux_")),
                _ => None,
            };
            out.push(Self { tag: tag.clone(), computed });
        }
        out
    }

    fn message(&self) -> String {
        let tag = &self.tag;
        format!("`{tag}` guarantees nothing about the C library; indexes such as PyPI refuse it")
    }

    fn help(&self) -> Option<String> {
        Some(match &self.computed {
            Some(computed) => format!("rename the wheel: its content satisfies `{computed}`"),
            None => {
                "run `auditwheel repair` to bundle the libraries and set a `manylinux` or `musllinux` tag"
                    .to_owned()
            }
        })
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Tag(&self.tag)]
    }
}
