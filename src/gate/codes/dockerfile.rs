//! Codes of the dockerfile area.

use crate::gate::CodeInfo;

pub(super) const CODES: &[CodeInfo] = &[];
