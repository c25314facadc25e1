//! `executable-stack`

use crate::findings::affected::{Affected, Verb};
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::binary::{StackRequest, is_library, refuses_executable_stacks};
use crate::inspect::context::WheelContext;
use crate::policy::loader_facts;
use crate::target::{Libc, LibcFamily};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "executable-stack",
    level: Level::Warn,
    summary: "a library requires an executable stack, which newer glibc refuses",
    explanation: "The PT_GNU_STACK header of the library requests an executable stack, or it is missing, which \
means the same on x86. Until glibc 2.40 the loader made all stacks of the process executable, which is a security \
risk. Since 2.41 it refuses, and the import fails with `cannot enable executable stack as shared object requires`.\n\n\
The code applies to libraries, not to programs. With a target, it is reported only if the glibc of the target \
refuses. The cause is usually one assembler file without a `.note.GNU-stack` section.\n\n\
Relink with `-z noexecstack`, or clear the flag with `patchelf --clear-execstack`.",
    link: "https://github.com/pypa/auditwheel/issues/634",
};

/// Libraries require an executable stack. The kernel gives it to a program that requires it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecutableStack {
    /// A member of a wheel requires it.
    InWheel {
        /// The member.
        member: String,
        /// The form of the request.
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
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let target = match cx.target.map(|target| &target.libc) {
            Some(libc @ Libc::Glibc(..)) if refuses_executable_stacks(libc) => Some(libc.clone()),
            Some(Libc::Glibc(..) | Libc::Musl(..) | Libc::Static) => return Vec::new(),
            _ => None,
        };
        let mut out = Vec::new();
        for (at, member) in cx.loaded().filter(|(_, member)| is_library(member)) {
            let Some(request) = StackRequest::of(&member.elf) else { continue };
            if cx.loader(at) != Some(LibcFamily::Musl) {
                let (member, target) = (member.path.clone(), target.clone());
                out.push(Self::InWheel { member, request, target });
            }
        }
        out
    }

    fn message(&self) -> String {
        let (major, minor) = loader_facts().stack_refused_since;
        match self {
            Self::InWheel { request, target, .. } => {
                let how = match request {
                    StackRequest::Header => "requires an executable stack",
                    StackRequest::NoHeader => {
                        "has no PT_GNU_STACK header and so requires an executable stack"
                    }
                };
                let whose = match target.as_ref().and_then(Libc::version_text) {
                    Some(version) => format!("; the target has {version}"),
                    None => String::new(),
                };
                format!("{how}; glibc {major}.{minor} and newer refuse to load it{whose}")
            }
            Self::OnImage { affected, libc } => {
                let why = format!(
                    "{} requires an executable stack, which glibc {major}.{minor} and newer refuse; the image has {libc}",
                    affected.needed_by()
                );
                affected.sentence(Verb::Fails, &why)
            }
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self {
            Self::InWheel { .. } => {
                "relink with `-z noexecstack`, or clear the flag with `patchelf --clear-execstack`; the usual cause is an \
                 assembler file without a `.note.GNU-stack` section"
            }
            Self::OnImage { .. } => {
                "use another release of the project or an image with an older glibc, or clear the flag after \
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

    fn facts(&self) -> Vec<Fact<'_>> {
        let mut facts = vec![Fact::Part("PT_GNU_STACK")];
        if let Self::OnImage { affected, .. } = self {
            facts.extend(affected.facts());
        }
        facts
    }
}
