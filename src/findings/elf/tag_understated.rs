//! `tag-understated`

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::policy::GlibcPolicies;
use crate::target::LibcFamily;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "tag-understated",
    level: Level::Allow,
    summary: "the file name claims newer systems than the content requires",
    explanation: "The members satisfy an older policy than the oldest tag of the file name, so installers on older \
systems ignore the wheel and build from source. Projects may do so on purpose, because they test only on newer \
systems. The code is silent for musl, because its tags name a release series.",
    link: "https://peps.python.org/pep-0600/",
};

/// The members run on older systems than the file name claims.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagUnderstated {
    /// The oldest platform tag of the file name.
    pub tag: String,
    /// The oldest that the members satisfy.
    pub computed: String,
}

impl Rule for TagUnderstated {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let Some((tag, version)) = cx.claims.oldest(LibcFamily::Glibc) else { return Vec::new() };
        let table = GlibcPolicies::table();
        let mut out = Vec::new();
        for verdict in cx.verdicts.iter().filter(|verdict| verdict.libc != Some(LibcFamily::Musl)) {
            let claim = table.promised_by(version, verdict.machine);
            let met = verdict.limits.iter().map(|(_, limit)| limit.place).max();
            let met = met.unwrap_or_else(|| table.oldest(verdict.machine));
            let understated = met < claim && table.version(met).is_some();
            if understated && cx.members(verdict.machine).next().is_some() {
                let (tag, computed) = (tag.to_owned(), verdict.computed.clone());
                out.push(Self { tag, computed });
            }
        }
        out
    }

    fn message(&self) -> String {
        let Self { tag, computed } = self;
        format!("the oldest tag of the file name is `{tag}`, but the members satisfy `{computed}`")
    }

    fn help(&self) -> Option<String> {
        Some(format!("add the tag `{}`, so that older systems can install the wheel", self.computed))
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        vec![Fact::Tag(&self.tag)]
    }
}
