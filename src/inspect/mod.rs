//! What a wheel's binaries really need, judged from its facts.
//!
//! [`inspect`] is a function of [`WheelFacts`], the policy tables of this crate and, if
//! given, a [`Target`]: the same wheel gives the same answer on every machine.
//!
//! ```
//! use std::io::Cursor;
//! use wheelbase::inspect::inspect;
//! use wheelbase::wheel::{ReadOptions, WheelFacts};
//!
//! let mut empty = b"PK\x05\x06".to_vec();
//! empty.resize(22, 0);
//! let facts = WheelFacts::read("demo-1.0-py3-none-any.whl", Cursor::new(empty), &ReadOptions::default())?;
//! let inspection = inspect(&facts, None);
//! assert_eq!(inspection.claimed_platforms, ["any"]);
//! assert!(inspection.verdicts.is_empty() && inspection.findings.is_empty());
//! # Ok::<(), wheelbase::Error>(())
//! ```

mod claims;
mod context;
mod findings;
mod json;
mod limits;
mod musl;
mod text;
mod value;

pub use json::{SCHEMA, report};
pub use text::{TextOptions, text};
pub use value::{Cause, Evidence, Inspection, Limit, LimitKind, Limits, Noted, SystemLibrary, Verdict};

pub(crate) use context::{is_loaded, libc_of};

use crate::target::Target;
use crate::wheel::WheelFacts;

/// Judges the facts of a wheel, a directory or a file; with a target also what would happen there.
pub fn inspect(facts: &WheelFacts, target: Option<&Target>) -> Inspection {
    let context = context::Context::new(facts, target);
    let verdicts: Vec<Verdict> =
        context.machines.iter().map(|&machine| limits::verdict(&context, machine)).collect();
    let mut inspection = Inspection::new(&context, verdicts);
    inspection.findings = findings::all(&context, &inspection);
    inspection
}
