//! Notes: build id and GNU properties.

use serde::{Deserialize, Serialize};

use super::ranges::Order;

/// A level of the x86-64 psABI above the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum X86Level {
    /// `x86-64-v2`.
    #[serde(rename = "x86-64-v2")]
    V2,
    /// `x86-64-v3`.
    #[serde(rename = "x86-64-v3")]
    V3,
    /// `x86-64-v4`.
    #[serde(rename = "x86-64-v4")]
    V4,
}

impl X86Level {
    /// `x86-64-v2` and so on.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::V2 => "x86-64-v2",
            Self::V3 => "x86-64-v3",
            Self::V4 => "x86-64-v4",
        }
    }
}

impl std::fmt::Display for X86Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The notes of a file.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) build_id: Option<String>,
    pub(super) isa: Option<X86Level>,
}

const NT_GNU_BUILD_ID: u32 = 3;
const NT_GNU_PROPERTY_TYPE_0: u32 = 5;
/// x86-64 psABI, "program property": the instruction sets that the file requires.
const GNU_PROPERTY_X86_ISA_1_NEEDED: u32 = 0xc000_8002;

impl Notes {
    /// Reads one note segment. It stops at the first damaged note; the loader does not depend on notes.
    pub(super) fn take(&mut self, raw: &[u8], alignment: u64, x86_64: bool, reads: Order) {
        // The gABI requires an alignment of 8 in 64-bit files. Tools use 4, except for property notes with `p_align` 8.
        let step = if alignment == 8 { 8 } else { 4 };
        let mut at = 0;
        while let Some(next) = self.note(raw, at, step, x86_64, reads) {
            at = next;
        }
    }

    fn note(&mut self, raw: &[u8], at: usize, step: usize, x86_64: bool, reads: Order) -> Option<usize> {
        let name_size = usize::try_from(reads.u32(raw, at).ok()?).ok()?;
        let size = usize::try_from(reads.u32(raw, at.checked_add(4)?).ok()?).ok()?;
        let kind = reads.u32(raw, at.checked_add(8)?).ok()?;
        let name_start = at.checked_add(12)?;
        let name = raw.get(name_start..name_start.checked_add(name_size)?)?;
        let start = name_start.checked_add(name_size)?.checked_next_multiple_of(step)?;
        let description = raw.get(start..start.checked_add(size)?)?;
        if name == b"GNU\0" {
            match kind {
                NT_GNU_BUILD_ID if self.build_id.is_none() => self.build_id = Some(hex(description)),
                NT_GNU_PROPERTY_TYPE_0 if x86_64 => self.properties(description, reads),
                _ => {}
            }
        }
        start.checked_add(size)?.checked_next_multiple_of(step)
    }

    fn properties(&mut self, raw: &[u8], reads: Order) {
        let step = if reads.wide { 8 } else { 4 };
        let mut at = 0_usize;
        while let (Ok(kind), Ok(size)) = (reads.u32(raw, at), reads.u32(raw, at + 4)) {
            if kind == GNU_PROPERTY_X86_ISA_1_NEEDED && size == 4 {
                let bits = reads.u32(raw, at + 8).unwrap_or_default();
                let level = match bits {
                    _ if bits & 8 != 0 => Some(X86Level::V4),
                    _ if bits & 4 != 0 => Some(X86Level::V3),
                    _ if bits & 2 != 0 => Some(X86Level::V2),
                    _ => None,
                };
                self.isa = self.isa.max(level);
            }
            let next = usize::try_from(size)
                .ok()
                .and_then(|size| at.checked_add(8)?.checked_add(size)?.checked_next_multiple_of(step));
            match next {
                Some(next) if next < raw.len() => at = next,
                _ => return,
            }
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    // Build ids have 8 to 20 bytes. A longer one is cut, so that a wrong size costs nothing.
    let mut text = String::with_capacity(40);
    for byte in bytes.iter().take(64) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
