//! The codes of findings: one row each.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::{Level, build, dockerfile, elf, image, installed, lock, resolution};

/// What is known about a code, next to the rule that reports it.
#[derive(Debug)]
pub(super) struct CodeInfo {
    /// Kebab-case; never renamed, never reused.
    pub(super) name: &'static str,
    /// The level unless a setting or the circumstances change it.
    pub(super) level: Level,
    /// One line without final period.
    pub(super) summary: &'static str,
    /// What it means, when it fires and when it stays silent, what to do: paragraphs for `wheelbase explain`.
    pub(super) explanation: &'static str,
    /// The specification, or an issue that shows the case.
    pub(super) link: &'static str,
}

/// Makes [`Code`] from rows of a variant and the module that has its `INFO`. Rows are in the order of the names.
macro_rules! codes {
    ($($variant:ident: $($module:ident)::+,)*) => {
        /// The stable code of a finding.
        ///
        /// ```
        /// use wheelbase::findings::{Code, Level};
        ///
        /// let code: Code = "builds-from-source".parse()?;
        /// assert_eq!(code, Code::BuildsFromSource);
        /// assert_eq!(code.default_level(), Level::Warn);
        /// # Ok::<(), wheelbase::findings::UnknownCode>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = concat!("See `wheelbase explain`: `", stringify!($variant), "`.")]
                $variant,
            )*
        }

        impl Code {
            /// All codes, in the order of their names.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn info(self) -> &'static CodeInfo {
                match self {
                    $(Self::$variant => &$($module)::+::INFO,)*
                }
            }
        }
    };
}

codes! {
    Abi3Violation: elf::abi3_violation,
    ArchNotPublished: image::arch_not_published,
    ArchiveBomb: elf::archive_bomb,
    BuildArgAssumed: dockerfile::build_arg_assumed,
    BuildNeedsLibrary: build::build_needs_library,
    BuildsFromSource: resolution::builds_from_source,
    BuildsLocalFolder: resolution::builds_local_folder,
    CompilerMissing: build::compiler_missing,
    CopiedVenvDangles: dockerfile::copied_venv_dangles,
    DuplicateMember: elf::duplicate_member,
    ElfInPureWheel: elf::elf_in_pure_wheel,
    EncryptedMember: elf::encrypted_member,
    ExecutableStack: elf::executable_stack,
    ExternallyManaged: image::externally_managed,
    FileNameDisputed: resolution::file_name_disputed,
    FilesCollide: image::files_collide,
    ForbiddenSymbol: elf::forbidden_symbol,
    ForeignMachine: elf::foreign_machine,
    GlibcTooOld: elf::glibc_too_old,
    HashMissing: resolution::hash_missing,
    ImageEndOfLife: image::image_end_of_life,
    ImageFactsDisagree: image::image_facts_disagree,
    InputMissing: dockerfile::input_missing,
    InstalledDependencyConflict: installed::installed_dependency_conflict,
    InstalledDependencyMissing: installed::installed_dependency_missing,
    InstalledWheelUnsupported: installed::installed_wheel_unsupported,
    InstallerMissing: dockerfile::installer_missing,
    InstallerTooOld: resolution::installer_too_old,
    IsaLevel: elf::isa_level,
    LabelsDisagree: elf::labels_disagree,
    LibcFamilyMismatch: elf::libc_family_mismatch,
    LibrariesLeftBehind: dockerfile::libraries_left_behind,
    LibraryOutsidePolicy: elf::library_outside_policy,
    LibraryTooOld: image::library_too_old,
    LinuxTag: elf::linux_tag,
    LoadAlignment: elf::load_alignment,
    LockRefused: lock::lock_refused,
    MissingLibrary: image::missing_library,
    MuslRelrUnsupported: elf::musl_relr_unsupported,
    MuslSymbolMissing: elf::musl_symbol_missing,
    NeedsSystemLibrary: image::needs_system_library,
    NoCompatibleDistribution: resolution::no_compatible_distribution,
    NotLoadableLibpython: elf::not_loadable_libpython,
    OlderThanNewest: resolution::older_than_newest,
    OptionalPartFails: image::optional_part_fails,
    PrivateSymbolVersion: elf::private_symbol_version,
    ProjectNotFound: resolution::project_not_found,
    PureFallback: resolution::pure_fallback,
    PythonNotSupported: resolution::python_not_supported,
    RecordDisagrees: elf::record_disagrees,
    RpathEscapes: elf::rpath_escapes,
    RunpathNotInherited: elf::runpath_not_inherited,
    StageArchMismatch: dockerfile::stage_arch_mismatch,
    StageLibcMismatch: dockerfile::stage_libc_mismatch,
    StagePythonMismatch: dockerfile::stage_python_mismatch,
    TagOverstated: elf::tag_overstated,
    TagUnderstated: elf::tag_understated,
    TextRelocations: elf::text_relocations,
    UndatedFiles: resolution::undated_files,
    UndefinedMarker: resolution::undefined_marker,
    Undetermined: resolution::undetermined,
    UnknownExtra: resolution::unknown_extra,
    UnpinnedBase: dockerfile::unpinned_base,
    UnreadableMember: elf::unreadable_member,
    UnsafeMemberName: elf::unsafe_member_name,
    VersionConflict: resolution::version_conflict,
    WheelNotBuilt: dockerfile::wheel_not_built,
    YankedFile: resolution::yanked_file,
}

impl Code {
    /// The kebab-case name, such as `builds-from-source`.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The level unless a setting or the circumstances change it.
    pub fn default_level(self) -> Level {
        self.info().level
    }

    /// One line that says what it is.
    pub fn summary(self) -> &'static str {
        self.info().summary
    }

    /// The whole text of `wheelbase explain`.
    pub fn explanation(self) -> &'static str {
        self.info().explanation
    }

    /// A specification, or an issue that shows the case.
    pub fn link(self) -> &'static str {
        self.info().link
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A name that is not a finding code, with the codes that look most like it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    input: String,
    near: Vec<&'static str>,
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no finding code `{}`", self.input.escape_default())?;
        if !self.near.is_empty() {
            write!(f, "; near it: {}", self.near.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.name() == text).ok_or_else(|| {
            let mut near: Vec<(usize, &'static str)> = Self::ALL
                .iter()
                .map(|code| (strsim::damerau_levenshtein(code.name(), text), code.name()))
                .collect();
            near.sort_unstable();
            UnknownCode {
                input: text.to_owned(),
                near: near.into_iter().take(3).map(|(_, name)| name).collect(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Findings of one level are sorted by code, which must be the order of the names.
    #[test]
    fn rows_are_in_the_order_of_their_names() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.name()), "{:?}", Code::ALL);
        assert!(Code::ALL.is_sorted());
    }
}
