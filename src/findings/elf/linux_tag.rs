//! `linux-tag`

use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::policy::PlatformClaim;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "linux-tag",
    level: Level::Warn,
    summary: "the platform tag promises nothing of the C library",
    explanation: "`linux_x86_64` and the like say only the machine. Installers take such a wheel on every Linux \
        of that machine, and it works where it was built. PyPI does not accept it, so it comes from elsewhere.",
    link: "https://peps.python.org/pep-0513/",
};

/// The file name has a tag such as `linux_x86_64`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinuxTag {
    /// The tag.
    pub tag: String,
    /// The platform tag that the members meet, if they meet any.
    pub computed: Option<String>,
}

impl Rule for LinuxTag {
    fn message(&self) -> String {
        let tag = &self.tag;
        format!("`{tag}` promises nothing of the C library, and package indexes such as PyPI refuse it")
    }

    fn help(&self) -> Option<String> {
        Some(match &self.computed {
            Some(computed) => format!("the content meets `{computed}`"),
            None => "repair the wheel with auditwheel to give it a tag that says what it needs".to_owned(),
        })
    }

    fn evidence(&self) -> Evidence {
        Evidence { symbol: Some(self.tag.clone()), ..Evidence::default() }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<LinuxTag>) {
    let linux = |(_, claim): &&(String, PlatformClaim)| matches!(claim, PlatformClaim::Linux { .. });
    if let Some((tag, _)) = cx.claims.platforms.iter().find(linux) {
        let computed = match cx.verdicts.as_slice() {
            [only] => Some(only.computed.clone()).filter(|tag| !tag.starts_with("linux_")),
            _ => None,
        };
        out.push(LinuxTag { tag: tag.clone(), computed });
    }
}
