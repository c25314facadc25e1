//! The typed values of rules, and how they read.

use super::{Code, Evidence, Level};

/// A rule's typed value. Sentences are made here and nowhere else.
pub(crate) trait Rule: Into<Detail> {
    /// The code of what is found.
    const CODE: Code;

    /// One sentence without final period.
    fn message(&self) -> String;

    /// What to do, if something is known to help: a command or a setting to copy.
    fn help(&self) -> Option<String> {
        None
    }

    /// The archive member or image file that it is about.
    fn member(&self) -> Option<&str> {
        None
    }

    /// The level, where the circumstances make it graver or lighter than the code's default.
    fn level(&self) -> Option<Level> {
        None
    }

    /// What it rests on, for machines.
    fn evidence(&self) -> Evidence {
        Evidence::default()
    }
}

/// Makes [`Detail`] from rows of a variant and the module that has the type of that name.
macro_rules! details {
    ($($variant:ident: $($module:ident)::+,)*) => {
        $(pub use super::$($module)::+::$variant;)*

        /// What was found, as a value of its rule.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Detail {
            $(
                #[doc = concat!("See [`", stringify!($variant), "`].")]
                $variant(Box<$variant>),
            )*
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

details! {
    ArchNotPublished: image::arch_not_published,
    BuildArgAssumed: dockerfile::build_arg_assumed,
    BuildNeedsLibrary: build::build_needs_library,
    BuildsFromSource: resolution::builds_from_source,
    BuildsLocalFolder: resolution::builds_local_folder,
    CompilerMissing: build::compiler_missing,
    CopiedVenvDangles: dockerfile::copied_venv_dangles,
    ExternallyManaged: image::externally_managed,
    FileNameDisputed: resolution::file_name_disputed,
    HashMissing: resolution::hash_missing,
    ImageEndOfLife: image::image_end_of_life,
    ImageFactsDisagree: image::image_facts_disagree,
    InputMissing: dockerfile::input_missing,
    InstalledDependencyConflict: installed::installed_dependency_conflict,
    InstalledDependencyMissing: installed::installed_dependency_missing,
    InstalledWheelUnsupported: installed::installed_wheel_unsupported,
    InstallerMissing: dockerfile::installer_missing,
    InstallerTooOld: resolution::installer_too_old,
    LibrariesLeftBehind: dockerfile::libraries_left_behind,
    LockRefused: lock::lock_refused,
    NoCompatibleDistribution: resolution::no_compatible_distribution,
    OlderThanNewest: resolution::older_than_newest,
    ProjectNotFound: resolution::project_not_found,
    PureFallback: resolution::pure_fallback,
    PythonNotSupported: resolution::python_not_supported,
    StageArchMismatch: dockerfile::stage_arch_mismatch,
    StageLibcMismatch: dockerfile::stage_libc_mismatch,
    StagePythonMismatch: dockerfile::stage_python_mismatch,
    UndatedFiles: resolution::undated_files,
    UndefinedMarker: resolution::undefined_marker,
    Undetermined: resolution::undetermined,
    UnknownExtra: resolution::unknown_extra,
    UnpinnedBase: dockerfile::unpinned_base,
    VersionConflict: resolution::version_conflict,
    WheelNotBuilt: dockerfile::wheel_not_built,
    YankedFile: resolution::yanked_file,
}
