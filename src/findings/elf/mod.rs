//! The rules on wheels by themselves: their binaries, tags and archives.
//!
//! Some of them are also found by the simulated loader of an image, which reports their `OnImage` form.

pub(super) mod abi3_violation;
pub(super) mod archive_bomb;
pub(super) mod duplicate_member;
pub(super) mod elf_in_pure_wheel;
pub(super) mod encrypted_member;
pub(super) mod executable_stack;
pub(super) mod forbidden_symbol;
pub(super) mod foreign_machine;
pub(super) mod glibc_too_old;
pub(super) mod isa_level;
pub(super) mod labels_disagree;
pub(super) mod libc_family_mismatch;
pub(super) mod library_outside_policy;
pub(super) mod linux_tag;
pub(super) mod load_alignment;
pub(super) mod musl_relr_unsupported;
pub(super) mod musl_symbol_missing;
pub(super) mod not_loadable_libpython;
pub(super) mod private_symbol_version;
pub(super) mod record_disagrees;
pub(super) mod rpath_escapes;
pub(super) mod runpath_not_inherited;
pub(super) mod tag_overstated;
pub(super) mod tag_understated;
pub(super) mod text_relocations;
pub(super) mod unreadable_member;
pub(super) mod unsafe_member_name;

pub use abi3_violation::UnstableName;
pub use elf_in_pure_wheel::PureClaim;
pub use foreign_machine::ForeignRole;
pub use libc_family_mismatch::LibcExpectation;
pub use musl_symbol_missing::MissingSymbol;
pub use runpath_not_inherited::LoadedBefore;

use std::cmp::Reverse;

use super::{Detail, Finding, WheelUse};
use crate::inspect::context::WheelContext;

/// Returns the findings of all rules in a wheel by itself, sorted by the severity of the rule, code and member.
pub(crate) fn of_wheel(cx: &WheelContext<'_>, checked: WheelUse) -> Vec<Finding> {
    let mut out = Detail::in_wheel(cx);
    out.sort_by(|one, other| {
        let level = |detail: &Detail| detail.level().unwrap_or(detail.code().default_level());
        let key = |detail: &Detail| (Reverse(level(detail)), detail.code());
        key(one).cmp(&key(other)).then_with(|| one.member().cmp(&other.member()))
    });
    out.into_iter().filter_map(|detail| checked.finding(detail)).collect()
}
