//! The table of rules: one row for each code.
//!
//! A row names the code, the type of the rule's value, and the module that has both the type and its `INFO`.

use super::dockerfile::{Passage, Stages};
use super::fact::Fact;
use super::image::ImageContext;
use super::info::CodeInfo;
use super::installed::{InstalledContext, InstalledRequirement};
use super::level::Level;
use super::lock::LockContext;
use super::placed::Placed;
use super::resolution::{ChosenFile, ChosenTree, MissingFile, PythonContext, ResolutionContext};
use super::rule::Rule;
use super::{build, dockerfile, elf, image, installed, lock, resolution};
use crate::inspect::context::WheelContext;
use crate::resolve::{Reason, ResolvedProject};

/// Makes [`Code`], [`Detail`] and the names of the rules' types from the rows, which are in the order of the codes' names.
macro_rules! rules {
    ($($variant:ident: $($module:ident)::+,)*) => {
        $(pub use super::$($module)::+::$variant;)*

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
                #[doc = concat!("The code of [`", stringify!($variant), "`](type@", stringify!($variant), ").")]
                $variant,
            )*
        }

        impl Code {
            /// All codes, in the order of their names.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub(super) fn info(self) -> &'static CodeInfo {
                match self {
                    $(Self::$variant => &$($module)::+::INFO,)*
                }
            }
        }

        /// What was found, as the typed value of its rule.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Detail {
            $(
                #[doc = concat!("See [`", stringify!($variant), "`].")]
                $variant(Box<$variant>),
            )*
        }

        impl Detail {
            /// The code.
            pub fn code(&self) -> Code {
                match self {
                    $(Self::$variant(_) => Code::$variant,)*
                }
            }

            /// One sentence without final period.
            pub fn message(&self) -> String {
                match self {
                    $(Self::$variant(rule) => rule.message(),)*
                }
            }

            /// The command or the setting to copy that solves the problem, if one is known.
            pub fn help(&self) -> Option<String> {
                match self {
                    $(Self::$variant(rule) => rule.help(),)*
                }
            }

            /// The archive member or image file that it is about.
            pub fn member(&self) -> Option<&str> {
                match self {
                    $(Self::$variant(rule) => rule.member(),)*
                }
            }

            /// The level, if the circumstances make it different from the code's default.
            pub fn level(&self) -> Option<Level> {
                match self {
                    $(Self::$variant(rule) => rule.level(),)*
                }
            }

            /// Why the project has its row in the verdict, for rules about one project.
            pub(crate) fn reasons(&self) -> Vec<Reason> {
                match self {
                    $(Self::$variant(rule) => rule.reasons(),)*
                }
            }

            /// The facts that it is based on.
            pub(crate) fn facts(&self) -> Vec<Fact<'_>> {
                match self {
                    $(Self::$variant(rule) => rule.facts(),)*
                }
            }
        }

        /// What the rules find, in the order of the table.
        impl Detail {
            /// The findings of all rules in a wheel by itself.
            pub(crate) fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::in_wheel(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on a resolution as a whole.
            pub(crate) fn on_resolution(cx: &ResolutionContext<'_>) -> Vec<Placed<Self>> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_resolution(cx).into_iter().map(|one| one.map(Self::from)));)*
                found
            }

            /// The findings of all rules on a project of a resolution.
            pub(crate) fn on_project(cx: &ResolvedProject) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_project(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on a chosen distribution file.
            pub(crate) fn on_chosen(cx: &ChosenFile<'_>) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_chosen(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on a source tree that a lock names.
            pub(crate) fn on_tree(cx: &ChosenTree<'_>) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_tree(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on a project without a usable file.
            pub(crate) fn on_missing(cx: &MissingFile<'_>) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_missing(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on a lock.
            pub(crate) fn on_lock(cx: &LockContext<'_>) -> Vec<Placed<Self>> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_lock(cx).into_iter().map(|one| one.map(Self::from)));)*
                found
            }

            /// The findings of all rules on what input files require of the Python of a target.
            pub(crate) fn on_python(cx: &PythonContext<'_>) -> Vec<Placed<Self>> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_python(cx).into_iter().map(|one| one.map(Self::from)));)*
                found
            }

            /// The findings of all rules on an image by itself.
            pub(crate) fn on_image(cx: &ImageContext<'_>) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_image(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on an installed distribution.
            pub(crate) fn on_installed(cx: &InstalledContext<'_>) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_installed(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on a requirement of an installed distribution.
            pub(crate) fn on_requirement(cx: &InstalledRequirement<'_>) -> Vec<Self> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_requirement(cx).into_iter().map(Self::from));)*
                found
            }

            /// The findings of all rules on the stages of a Dockerfile.
            pub(crate) fn on_stages(cx: &Stages<'_>) -> Vec<Placed<Self>> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_stages(cx).into_iter().map(|one| one.map(Self::from)));)*
                found
            }

            /// The findings of all rules on the path of an install step's result through stages.
            pub(crate) fn on_passage(cx: &Passage<'_>) -> Vec<Placed<Self>> {
                let mut found = Vec::new();
                $(found.extend(<$variant as Rule>::on_passage(cx).into_iter().map(|one| one.map(Self::from)));)*
                found
            }
        }

        $(
            impl From<$variant> for Detail {
                fn from(value: $variant) -> Self {
                    Self::$variant(Box::new(value))
                }
            }
        )*
    };
}

rules! {
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
