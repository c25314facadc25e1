//! `optional-part-fails`

use super::{library_too_old::LibraryTooOld, missing_library::MissingLibrary};
use crate::findings::elf::executable_stack::ExecutableStack;
use crate::findings::elf::libc_family_mismatch::LibcFamilyMismatch;
use crate::findings::elf::musl_relr_unsupported::MuslRelrUnsupported;
use crate::findings::elf::musl_symbol_missing::MuslSymbolMissing;
use crate::findings::elf::runpath_not_inherited::RunpathNotInherited;
use crate::findings::{CodeInfo, Fact, Level, Rule};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "optional-part-fails",
    level: Level::Allow,
    summary: "a file of a wheel that no module loads cannot be loaded on the image",
    explanation: "Wheels contain files that no extension module requires: plugins of GUI toolkits, back ends for \
hardware, alternatives. Some of them require libraries that the image does not have, or fail for another cause that \
the message names. The import of the project does not depend on them, so the finding is reported only with `--all`.\n\n\
It matters if you use that part, such as a window of Qt. The help then contains the command that installs the \
libraries. A library that Python code opens with `ctypes`, next to extension modules, also counts as such a part.",
    link: "https://doc.qt.io/qt-6/linux-requirements.html",
};

/// Files that no module is known to open cannot be loaded. They have their own code, so that a level for the codes of
/// the causes does not apply to them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionalPartFails {
    /// Why.
    pub cause: PartFailure,
}

/// Makes [`PartFailure`] from the types of its causes.
macro_rules! causes {
    ($($cause:ident,)*) => {
        /// Why a file cannot be loaded.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum PartFailure {
            $(
                #[doc = concat!("See [`", stringify!($cause), "`].")]
                $cause(Box<$cause>),
            )*
        }

        impl Rule for PartFailure {
            fn message(&self) -> String {
                match self {
                    $(Self::$cause(rule) => rule.message(),)*
                }
            }

            fn help(&self) -> Option<String> {
                match self {
                    $(Self::$cause(rule) => rule.help(),)*
                }
            }

            fn member(&self) -> Option<&str> {
                match self {
                    $(Self::$cause(rule) => rule.member(),)*
                }
            }

            fn level(&self) -> Option<Level> {
                match self {
                    $(Self::$cause(rule) => rule.level(),)*
                }
            }

            fn facts(&self) -> Vec<Fact<'_>> {
                match self {
                    $(Self::$cause(rule) => rule.facts(),)*
                }
            }
        }

        $(
            impl From<$cause> for PartFailure {
                fn from(rule: $cause) -> Self {
                    Self::$cause(Box::new(rule))
                }
            }
        )*
    };
}

causes! {
    ExecutableStack,
    LibcFamilyMismatch,
    LibraryTooOld,
    MissingLibrary,
    MuslRelrUnsupported,
    MuslSymbolMissing,
    RunpathNotInherited,
}

impl Rule for OptionalPartFails {
    fn message(&self) -> String {
        self.cause.message()
    }

    fn help(&self) -> Option<String> {
        self.cause.help()
    }

    fn member(&self) -> Option<&str> {
        self.cause.member()
    }

    fn level(&self) -> Option<Level> {
        self.cause.level()
    }

    fn facts(&self) -> Vec<Fact<'_>> {
        self.cause.facts()
    }
}
