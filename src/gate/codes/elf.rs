//! Codes of the elf area.

use crate::gate::CodeInfo;

pub(super) const CODES: &[CodeInfo] = &[];
