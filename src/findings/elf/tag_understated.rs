//! `tag-understated`

use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::policy::GlibcPolicies;
use crate::target::LibcFamily;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "tag-understated",
    level: Level::Allow,
    summary: "the file name claims newer systems than the content needs",
    explanation: "The members meet an older policy than the oldest tag of the file name, so installers on older \
        systems pass the wheel by and build from source for nothing. Projects may do so on purpose, because they \
        test only there. For musl, whose tags name a whole series, it is never told.",
    link: "https://peps.python.org/pep-0600/",
};

/// The members run on older systems than the file name claims.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagUnderstated {
    /// The oldest platform tag of the file name.
    pub tag: String,
    /// The oldest that the members meet.
    pub computed: String,
}

impl Rule for TagUnderstated {
    fn message(&self) -> String {
        let Self { tag, computed } = self;
        format!("`{tag}` is the oldest tag of the file name, but the members meet `{computed}`")
    }

    fn help(&self) -> Option<String> {
        Some(format!("tag the wheel `{}` so that older systems can take it", self.computed))
    }

    fn evidence(&self) -> Evidence {
        Evidence { symbol: Some(self.tag.clone()), ..Evidence::default() }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<TagUnderstated>) {
    let Some((tag, version)) = cx.claims.oldest(LibcFamily::Glibc) else { return };
    let table = GlibcPolicies::table();
    for verdict in cx.verdicts.iter().filter(|verdict| verdict.libc != Some(LibcFamily::Musl)) {
        let claim = table.promised_by(version, verdict.machine);
        let met = verdict.limits.iter().map(|(_, limit)| limit.place).max();
        let met = met.unwrap_or_else(|| table.oldest(verdict.machine));
        let understated = met < claim && table.version(met).is_some();
        if understated && cx.members(verdict.machine).next().is_some() {
            let (tag, computed) = (tag.to_owned(), verdict.computed.clone());
            out.push(TagUnderstated { tag, computed });
        }
    }
}
