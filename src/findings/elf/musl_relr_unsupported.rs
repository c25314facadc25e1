//! `musl-relr-unsupported`

use crate::findings::affected::{Affected, Verb};
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::MuslVersion;
use crate::inspect::context::WheelContext;
use crate::policy::MuslSymbols;
use crate::target::Libc;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "musl-relr-unsupported",
    level: Level::Warn,
    summary: "a binary has packed relocations that musl before 1.2.4 ignores",
    explanation: "The file has DT_RELR relocations. musl applies them since 1.2.4. Older releases load the file \
without applying them, and the process crashes when it uses such a pointer. The file has no mark for this, so \
installers also choose such wheels on older systems.\n\n\
With a target, the level is deny if its musl is older, and the code is silent if it is not. Without a target, it is \
reported if the tag includes older releases.\n\n\
Use a base image with musl 1.2.4 or newer, or build the wheel without `-z pack-relative-relocs`.",
    link: "https://github.com/gramineproject/gramine/issues/1393",
};

/// musl before 1.2.4 ignores `DT_RELR`: pointers are not relocated, and the first use of one crashes. The file has no
/// mark for it, because musl has no symbol versions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MuslRelrUnsupported {
    /// Members of a wheel have such relocations.
    InWheel {
        /// The members.
        members: Vec<String>,
        /// The musl of the target, or the oldest that the file name admits; `None` without either.
        musl: Option<MuslVersion>,
        /// Whether musl certainly ignores them.
        sure: bool,
    },
    /// Files that are loaded on an image have them.
    OnImage {
        /// The files, and what crashes.
        affected: Affected,
        /// The image's C library.
        libc: Libc,
        /// Whether it certainly ignores them.
        sure: bool,
    },
}

impl Rule for MuslRelrUnsupported {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let since = MuslSymbols::table().relr_since();
        let musl = cx.musl();
        let sure = match musl {
            Some(musl) => match musl.misses(since) {
                Some(sure) => sure,
                None => return Vec::new(),
            },
            None if cx.target.is_some() => return Vec::new(),
            None => false,
        };
        let mut out = Vec::new();
        for machine in &cx.machines {
            let members = cx.musl_needs.get(machine).into_iter().flat_map(|needs| &needs.relr);
            let members: Vec<String> = members.map(|&at| cx.path(at).to_owned()).collect();
            if !members.is_empty() {
                out.push(Self::InWheel { members, musl, sure });
            }
        }
        out
    }

    fn message(&self) -> String {
        let since = MuslSymbols::table().relr_since();
        match self {
            Self::InWheel { members, musl, sure } => {
                let count = match members.len() {
                    1 => "1 member has".to_owned(),
                    count => format!("{count} members have"),
                };
                let whose = musl.map_or("older releases crash".to_owned(), |musl| musl.sentence(*sure));
                format!(
                    "{count} packed relative relocations (DT_RELR), which musl applies only from {since} on; {whose}"
                )
            }
            Self::OnImage { affected, libc, sure } => {
                let has = if affected.files.len() == 1 { "has" } else { "have" };
                let why = format!(
                    "{} {has} packed relative relocations (DT_RELR), which musl applies only from {since} on, and the \
                     image has {libc}{}",
                    affected.needed_by(),
                    if *sure { "" } else { " with an unknown patch version" }
                );
                affected.sentence(Verb::Crashes, &why)
            }
        }
    }

    fn help(&self) -> Option<String> {
        let since = MuslSymbols::table().relr_since();
        Some(match self {
            Self::InWheel { .. } => {
                format!("use a base image with musl {since} or newer: the wheel crashes on older releases")
            }
            Self::OnImage { .. } => {
                format!("use a base image with musl {since} or newer, or build from source")
            }
        })
    }

    fn member(&self) -> Option<&str> {
        match self {
            Self::InWheel { members, .. } => members.first().map(String::as_str),
            Self::OnImage { affected, .. } => affected.member(),
        }
    }

    fn level(&self) -> Option<Level> {
        Some(match self {
            Self::InWheel { sure: true, .. } => Level::Deny,
            Self::InWheel { sure: false, .. } => Level::Warn,
            Self::OnImage { affected, sure, .. } => affected.level(*sure),
        })
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        let relr = Fact::Part("DT_RELR");
        match self {
            Self::InWheel { members, .. } => vec![relr, Fact::other_members(members)],
            Self::OnImage { affected, .. } => [relr].into_iter().chain(affected.facts()).collect(),
        }
    }
}
