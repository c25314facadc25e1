//! Codes of the image area.

use crate::gate::CodeInfo;

pub(super) const CODES: &[CodeInfo] = &[];
