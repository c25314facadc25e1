//! The requirements of the binaries of a wheel, computed from its facts.
//!
//! [`inspect`] is a function of [`WheelFacts`], the policy tables of this crate and, if
//! given, a [`Target`]: the result does not depend on the machine that runs it.
//!
//! ```
//! use std::io::Cursor;
//! use wheelbase::inspect::inspect;
//! use wheelbase::wheel::{WheelReadOptions, WheelFacts};
//!
//! let mut empty = b"PK\x05\x06".to_vec();
//! empty.resize(22, 0);
//! let facts = WheelFacts::read("demo-1.0-py3-none-any.whl", Cursor::new(empty), &WheelReadOptions::default())?;
//! let inspection = inspect(&facts, None);
//! assert_eq!(inspection.claimed_platforms, ["any"]);
//! assert!(inspection.verdicts.is_empty() && inspection.findings.is_empty());
//! # Ok::<(), wheelbase::Error>(())
//! ```

pub(crate) mod binary;
pub(crate) mod claims;
pub(crate) mod context;
mod json;
mod limits;
mod musl;
mod report;
mod text;
pub(crate) mod verdict;

pub use binary::{MuslVersion, StackRequest};
pub use json::{SCHEMA, report};
pub use report::Inspection;
pub use text::{InspectionTextOptions, text};
pub use verdict::{Cause, Limit, LimitKind, MachineRequirements, PolicyLimits, SystemLibrary};

use crate::findings::{self, Finding, Levels, WheelUse};
use crate::target::Target;
use crate::wheel::WheelFacts;

/// Checks the facts of a wheel, a directory or a file; with a target also whether it can be loaded there.
pub fn inspect(facts: &WheelFacts, target: Option<&Target>) -> Inspection {
    Inspection::new(context(facts, target), WheelUse::ByItself, Vec::new(), Levels::new())
}

/// The same by itself, with levels of findings that differ from the defaults.
pub(crate) fn inspect_with(facts: &WheelFacts, levels: &Levels) -> Inspection {
    Inspection::new(context(facts, None), WheelUse::ByItself, Vec::new(), levels.clone())
}

/// The same with the findings of the simulated loader of the target, which reports some facts more exactly.
pub(crate) fn inspect_loaded(
    facts: &WheelFacts,
    target: &Target,
    of_loader: Vec<Finding>,
    levels: &Levels,
) -> Inspection {
    Inspection::new(context(facts, Some(target)), WheelUse::Loaded, of_loader, levels.clone())
}

/// Returns the findings on a wheel of an installation, in addition to those on its loading.
pub(crate) fn findings_of_installed(facts: &WheelFacts) -> Vec<Finding> {
    findings::of_wheel(&context(facts, None), WheelUse::Installed)
}

fn context<'a>(facts: &'a WheelFacts, target: Option<&'a Target>) -> context::WheelContext<'a> {
    let mut context = context::WheelContext::new(facts, target);
    let with_musl = context.machines.iter().copied().filter(|machine| context.is_for_musl(*machine));
    context.musl_needs = with_musl.map(|machine| (machine, musl::needs(&context, machine))).collect();
    context.verdicts = context.machines.iter().map(|&machine| limits::verdict(&context, machine)).collect();
    context
}
