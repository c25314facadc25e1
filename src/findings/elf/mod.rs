//! The binaries of wheels.
//!
//! Most of these rules look at a wheel by itself, perhaps with a target: each has a `check`, which is in the list of
//! [`of_wheel`]. Some are also found by the simulated loader of an image, which reports their `OnImage` form.

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

use super::{Detail, Finding};
use crate::inspect::context::Context;

/// Returns the findings of all rules in a wheel by itself, sorted by severity, code and member.
pub(crate) fn of_wheel(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    add(cx, abi3_violation::check, &mut out);
    add(cx, archive_bomb::check, &mut out);
    add(cx, duplicate_member::check, &mut out);
    add(cx, elf_in_pure_wheel::check, &mut out);
    add(cx, encrypted_member::check, &mut out);
    add(cx, executable_stack::check, &mut out);
    add(cx, forbidden_symbol::check, &mut out);
    add(cx, foreign_machine::check, &mut out);
    add(cx, glibc_too_old::check, &mut out);
    add(cx, isa_level::check, &mut out);
    add(cx, labels_disagree::check, &mut out);
    add(cx, libc_family_mismatch::check, &mut out);
    add(cx, library_outside_policy::check, &mut out);
    add(cx, linux_tag::check, &mut out);
    add(cx, load_alignment::check, &mut out);
    add(cx, musl_relr_unsupported::check, &mut out);
    add(cx, musl_symbol_missing::check, &mut out);
    add(cx, not_loadable_libpython::check, &mut out);
    add(cx, private_symbol_version::check, &mut out);
    add(cx, record_disagrees::check, &mut out);
    add(cx, rpath_escapes::check, &mut out);
    add(cx, runpath_not_inherited::check, &mut out);
    add(cx, tag_overstated::check, &mut out);
    add(cx, tag_understated::check, &mut out);
    add(cx, text_relocations::check, &mut out);
    add(cx, unreadable_member::check, &mut out);
    add(cx, unsafe_member_name::check, &mut out);
    out.sort_by(|one, other| {
        let key = |finding: &Finding| (Reverse(finding.level()), finding.code());
        key(one).cmp(&key(other)).then_with(|| one.member().cmp(&other.member()))
    });
    out
}

/// Adds what one rule finds.
fn add<R: Into<Detail>>(cx: &Context<'_>, check: fn(&Context<'_>, &mut Vec<R>), out: &mut Vec<Finding>) {
    let mut found = Vec::new();
    check(cx, &mut found);
    out.extend(found.into_iter().map(Finding::of));
}
