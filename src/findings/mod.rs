//! Findings: the problems that a check reports.
//!
//! Every code has one file, `AREA/CODE.rs`: its [level and explanation](Code), the typed value of the rule, where the rule
//! applies, and how its value reads. The table has one row for each. CONTRIBUTING.md shows how to add one.

pub(crate) mod affected;
mod archive;
mod code;
pub(crate) mod counts;
mod fact;
mod finding;
mod info;
mod install_help;
mod json;
mod level;
mod levels;
mod on_image;
mod placed;
mod redaction;
mod rule;
mod table;
mod unknown_cause;
pub(crate) mod words;

mod build;
pub(crate) mod dockerfile;
mod elf;
pub(crate) mod image;
pub(crate) mod installed;
pub(crate) mod lock;
pub(crate) mod resolution;

pub use affected::{Affected, Certainty, Opener, OpenerKind};
pub use archive::ArchiveProblem;
pub use build::BuildRemedy;
pub use code::UnknownCode;
pub use dockerfile::{
    AbsentFile, LeftBehindGap, LibcCause, LibcCrossing, LinkedFrom, LinkedLibrary, NeededLibrary,
};
pub(crate) use elf::of_wheel;
pub use elf::{ForeignRole, LibcExpectation, LoadedBefore, MissingSymbol, PureClaim, UnstableName};
pub(crate) use fact::Fact;
pub use finding::Finding;
pub use image::{NeededProgram, NeededWhen, OldLibrary, PartFailure, RefusedStep};
pub(crate) use info::CodeInfo;
pub(crate) use json::FactFields;
pub use level::Level;
pub use levels::Levels;
pub(crate) use on_image::WheelUse;
pub(crate) use placed::Placed;
pub(crate) use redaction::Redaction;
pub use resolution::{BuiltSource, LibraryVersion, UsableVersion, WheelVersion};
pub(crate) use rule::Rule;
pub use table::*;
pub use unknown_cause::{ReadFailure, UnknownCause};
