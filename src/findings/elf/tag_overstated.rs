//! `tag-overstated`

use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::inspect::verdict::{Cause, Limit, LimitKind, MachineRequirements};
use crate::policy::{GlibcPolicies, MuslRelease};
use crate::target::LibcFamily;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "tag-overstated",
    level: Level::Deny,
    summary: "the file name claims older systems than the content supports",
    explanation: "The oldest platform tag of the file name promises that every system with that C library can load \
the wheel. Its members require newer symbol versions, libraries that no policy allows, excluded symbols or newer \
CPUs. Installers use the file name and choose the wheel on an older system, and the import fails there.\n\n\
The level is deny if a symbol version is newer, because that always fails. It is warn for libraries and CPUs, which \
a system may have.\n\n\
Rename the wheel with the computed tag, or build it in an older image.",
    link: "https://peps.python.org/pep-0600/",
};

/// The file name claims an older system than the members run on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TagOverstated {
    /// The oldest platform tag of the file name.
    pub tag: String,
    /// The oldest that the members satisfy.
    pub computed: String,
    /// The C library of the tag.
    pub libc: LibcFamily,
    /// The rules that do not allow the claimed tag.
    pub limits: Vec<(LimitKind, Limit)>,
    /// The musl release that the members need, if it is of a later series than the tag's.
    pub late_musl: Option<MuslRelease>,
    /// The symbols that require that release; empty if it is the first release for the machine.
    pub late_musl_cause: Option<Cause>,
}

impl TagOverstated {
    /// Whether it certainly fails on the oldest claimed system. Of the rules for glibc, only symbol versions are certain; an
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
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let found = cx.verdicts.iter().filter_map(|verdict| match verdict.libc {
            Some(LibcFamily::Musl) => of_musl(cx, verdict),
            _ => of_glibc(cx, verdict),
        });
        found.collect()
    }

    fn message(&self) -> String {
        let late = self.late_musl.iter().zip(&self.late_musl_cause).map(|(release, cause)| {
            let symbol = cause.symbol.as_deref().unwrap_or_default();
            format!("`{}` requires {symbol}, which is new in musl {release}", cause.member)
        });
        let reasons = self.limits.iter().filter_map(|(kind, limit)| limit.reason(*kind));
        let reasons: Vec<String> = late.chain(reasons).collect();
        let (tag, computed) = (&self.tag, &self.computed);
        format!(
            "the file name claims `{tag}`, but the content satisfies only `{computed}`: {}",
            reasons.join("; ")
        )
    }

    fn help(&self) -> Option<String> {
        let help = match (self.libc, self.is_sure()) {
            (LibcFamily::Musl, _) => return None,
            (LibcFamily::Glibc, true) => {
                "rename the wheel with the computed tag, or build it in an older image; installers choose it on systems \
                 that cannot load it"
            }
            (LibcFamily::Glibc, false) => {
                "bundle the libraries with `auditwheel repair`, or install them on every system"
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

    fn facts(&self) -> Vec<Fact<'_>> {
        let Some(cause) = self.cause() else { return Vec::new() };
        let library = cause.library.as_deref().map(Fact::Library);
        library.into_iter().chain(cause.symbol.as_deref().map(Fact::Symbol)).collect()
    }
}

/// The oldest claim of a glibc wheel against what its members need.
fn of_glibc(cx: &WheelContext<'_>, verdict: &MachineRequirements) -> Option<TagOverstated> {
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

/// A policy for musl is a release series, so a claim includes every release since the first of the series.
fn of_musl(cx: &WheelContext<'_>, verdict: &MachineRequirements) -> Option<TagOverstated> {
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
