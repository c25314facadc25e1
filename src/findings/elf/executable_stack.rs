//! `executable-stack`

use crate::findings::affected::{Affected, Verb};
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::binary::{StackRequest, is_library, refuses_executable_stacks};
use crate::inspect::context::Context;
use crate::policy::loader_facts;
use crate::target::{Libc, LibcFamily};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "executable-stack",
    level: Level::Warn,
    summary: "a library asks for an executable stack, which newer glibc refuses",
    explanation: "The library's PT_GNU_STACK header asks for an executable stack, or, on x86, is missing, which \
        means the same. Until glibc 2.40 the loader made all stacks of the process executable, a gift to \
        attackers; from 2.41 on it refuses and the import fails with `cannot enable executable stack as shared \
        object requires`.\n\n\
        It is told for libraries, not for programs, and with a target only if the target's glibc refuses. It is \
        rarely meant: one assembler file without a `.note.GNU-stack` section is enough. Relink with `-z \
        noexecstack`, or clear the flag with `patchelf --clear-execstack`.",
    link: "https://github.com/pypa/auditwheel/issues/634",
};

/// Libraries ask for an executable stack. A program's own wish is the kernel's business and is granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecutableStack {
    /// A member of a wheel does.
    InWheel {
        /// The member.
        member: String,
        /// How it asks.
        request: StackRequest,
        /// The target's glibc, which refuses it.
        target: Option<Libc>,
    },
    /// The loader of an image refuses files.
    OnImage {
        /// The files, and what does not work.
        affected: Affected,
        /// The image's C library.
        libc: Libc,
    },
}

impl Rule for ExecutableStack {
    fn message(&self) -> String {
        let (major, minor) = loader_facts().stack_refused_since;
        match self {
            Self::InWheel { request, target, .. } => {
                let how = match request {
                    StackRequest::Header => "asks for an executable stack",
                    StackRequest::NoHeader => "has no stack header, which asks for an executable stack",
                };
                let whose = match target.as_ref().and_then(Libc::version_text) {
                    Some(version) => format!("; the target has {version}"),
                    None => String::new(),
                };
                format!("{how}; glibc {major}.{minor} and newer do not load such a library{whose}")
            }
            Self::OnImage { affected, libc } => {
                let why = format!(
                    "{} asks for an executable stack, which glibc {major}.{minor} and newer refuse; the image has {libc}",
                    affected.needed_by()
                );
                affected.sentence(Verb::Fails, &why)
            }
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self {
            Self::InWheel { .. } => {
                "mostly an assembler file without a `.note.GNU-stack` section: relink with `-z noexecstack`, or clear \
                 the flag with `patchelf --clear-execstack`"
            }
            Self::OnImage { .. } => {
                "take another release of the project, an image with an older glibc, or clear the flag after \
                 installing with `patchelf --clear-execstack`"
            }
        };
        Some(help.to_owned())
    }

    fn member(&self) -> Option<&str> {
        match self {
            Self::InWheel { member, .. } => Some(member),
            Self::OnImage { affected, .. } => affected.member(),
        }
    }

    fn level(&self) -> Option<Level> {
        Some(match self {
            Self::InWheel { target: Some(_), .. } => Level::Deny,
            Self::InWheel { target: None, .. } => Level::Warn,
            Self::OnImage { affected, .. } => affected.level(true),
        })
    }

    fn evidence(&self) -> Evidence {
        let symbol = Some("PT_GNU_STACK".to_owned());
        match self {
            Self::InWheel { .. } => Evidence { symbol, ..Evidence::default() },
            Self::OnImage { affected, .. } => affected.evidence(&[], symbol),
        }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<ExecutableStack>) {
    let target = match cx.target.map(|target| &target.libc) {
        Some(libc @ Libc::Glibc(..)) if refuses_executable_stacks(libc) => Some(libc.clone()),
        Some(Libc::Glibc(..) | Libc::Musl(..) | Libc::Static) => return,
        _ => None,
    };
    for (at, member) in cx.loaded().filter(|(_, member)| is_library(member)) {
        let Some(request) = StackRequest::of(&member.elf) else { continue };
        if cx.loader(at) != Some(LibcFamily::Musl) {
            let (member, target) = (member.path.clone(), target.clone());
            out.push(ExecutableStack::InWheel { member, request, target });
        }
    }
}
