//! `tag-overstated`

use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::inspect::verdict::{Cause, Limit, LimitKind, Verdict};
use crate::policy::{GlibcPolicies, MuslRelease};
use crate::target::LibcFamily;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "tag-overstated",
    level: Level::Deny,
    summary: "the file name claims older systems than the content can be loaded on",
    explanation: "The oldest platform tag of the file name promises that every system with that C library can \
        load the wheel. Its members need newer version nodes, libraries that no policy allows, forbidden symbols \
        or newer CPUs. Installers go by the name, choose the wheel on such a system, and the import fails \
        there.\n\n\
        The level is deny if a version node is newer, for that cannot work, and warn if it is about libraries or \
        CPUs, which a system may have. Rename the wheel with the computed tag, or build it in an older image.",
    link: "https://peps.python.org/pep-0600/",
};

/// The file name claims an older system than the members run on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagOverstated {
    /// The oldest platform tag of the file name.
    pub tag: String,
    /// The oldest that the members meet.
    pub computed: String,
    /// Whose versions the tag names.
    pub libc: LibcFamily,
    /// The rules that do not allow the claimed tag.
    pub limits: Vec<(LimitKind, Limit)>,
    /// The musl release that the members need, if it is of a later series than the tag's.
    pub late_musl: Option<MuslRelease>,
    /// What needs that release; nothing if musl came to the machine with it.
    pub late_musl_cause: Option<Cause>,
}

impl TagOverstated {
    /// Whether it is sure to fail on the oldest claimed system. Of glibc's rules only a version node makes it sure; an
    /// extra library may be there.
    fn is_sure(&self) -> bool {
        match self.libc {
            LibcFamily::Musl => self.late_musl.is_some(),
            LibcFamily::Glibc => self.limits.iter().any(|(kind, _)| *kind == LimitKind::Symbols),
        }
    }

    fn cause(&self) -> Option<&Cause> {
        self.late_musl_cause
            .as_ref()
            .or_else(|| self.limits.iter().find_map(|(_, limit)| limit.causes.first()))
    }
}

impl Rule for TagOverstated {
    fn message(&self) -> String {
        let late = self.late_musl.iter().zip(&self.late_musl_cause).map(|(release, cause)| {
            let symbol = cause.symbol.as_deref().unwrap_or_default();
            format!("`{}` needs {symbol}, which came with musl {release}", cause.member)
        });
        let reasons = self.limits.iter().filter_map(|(kind, limit)| limit.reason(*kind));
        let reasons: Vec<String> = late.chain(reasons).collect();
        let (tag, computed) = (&self.tag, &self.computed);
        format!("the file name claims `{tag}`, the content meets `{computed}`: {}", reasons.join("; "))
    }

    fn help(&self) -> Option<String> {
        let help = match (self.libc, self.is_sure()) {
            (LibcFamily::Musl, _) => return None,
            (LibcFamily::Glibc, true) => {
                "installers go by the file name and will put this wheel on systems where it cannot load; rename it \
                 with the computed tag, or build it in an older image"
            }
            (LibcFamily::Glibc, false) => {
                "have the libraries bundled (`auditwheel repair`), or see to it that every system has them"
            }
        };
        Some(help.to_owned())
    }

    fn member(&self) -> Option<&str> {
        self.cause().map(|cause| cause.member.as_str())
    }

    fn level(&self) -> Option<Level> {
        Some(if self.is_sure() { Level::Deny } else { Level::Warn })
    }

    fn evidence(&self) -> Evidence {
        let Some(cause) = self.cause() else { return Evidence::default() };
        Evidence { library: cause.library.clone(), symbol: cause.symbol.clone(), ..Evidence::default() }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<TagOverstated>) {
    let found = cx.verdicts.iter().filter_map(|verdict| match verdict.libc {
        Some(LibcFamily::Musl) => of_musl(cx, verdict),
        _ => of_glibc(cx, verdict),
    });
    out.extend(found);
}

/// The oldest claim of a glibc wheel against what its members need.
fn of_glibc(cx: &Context<'_>, verdict: &Verdict) -> Option<TagOverstated> {
    let (tag, version) = cx.claims.oldest(LibcFamily::Glibc)?;
    let claim = GlibcPolicies::table().promised_by(version, verdict.machine);
    let exceeding = verdict.limits.iter().filter(|(_, limit)| limit.place > claim);
    let limits: Vec<_> = exceeding.map(|(kind, limit)| (kind, limit.clone())).collect();
    (!limits.is_empty()).then(|| TagOverstated {
        tag: tag.to_owned(),
        computed: verdict.computed.clone(),
        libc: LibcFamily::Glibc,
        limits,
        late_musl: None,
        late_musl_cause: None,
    })
}

/// musl's policies are whole series; what a claim promises is every release from the first of it.
fn of_musl(cx: &Context<'_>, verdict: &Verdict) -> Option<TagOverstated> {
    let (tag, series) = cx.claims.oldest(LibcFamily::Musl)?;
    let late_musl = verdict.lowest_musl.filter(|lowest| (lowest.major, lowest.minor) > series);
    let late_musl_cause = late_musl.and(verdict.lowest_musl_by.first().cloned());
    let limits: Vec<_> = verdict
        .limits
        .iter()
        .filter(|(_, limit)| !limit.causes.is_empty())
        .map(|(kind, limit)| (kind, limit.clone()))
        .collect();
    (late_musl_cause.is_some() || !limits.is_empty()).then(|| TagOverstated {
        tag: tag.to_owned(),
        computed: verdict.computed.clone(),
        libc: LibcFamily::Musl,
        limits,
        late_musl,
        late_musl_cause,
    })
}
