//! `Packages.db`: rpm's own `ndb` storage, which SUSE uses.
//!
//! Format: rpm's `lib/backend/ndb/rpmpkg.c`. A head of 32 bytes, pages of 4096 bytes with slots of 16 bytes, then blobs
//! in units of 16 bytes. All numbers are little-endian.

use super::databases::PackageDatabase;
use super::limits::Budget;
use super::rpm::{self, DatabaseError};

const PAGE: usize = 4096;
const SLOT: usize = 16;
const UNIT: usize = 16;

pub(super) fn packages(bytes: &[u8], budget: &Budget) -> Result<PackageDatabase, DatabaseError> {
    if bytes.get(..4) != Some(b"RpmP") {
        return Err("it is not an ndb database".into());
    }
    let pages = le32(bytes, 12).ok_or("it ends within its head")? as usize;
    let slots =
        pages.checked_mul(PAGE).filter(|end| *end <= bytes.len()).ok_or("its slot pages are missing")?;
    let mut headers = rpm::Headers::of_file(bytes.len(), budget);
    // The first two slots are the head.
    for at in (2 * SLOT..slots).step_by(SLOT) {
        let damaged = || format!("its slot at byte {at} is damaged");
        if bytes.get(at..at + 4) != Some(b"Slot") {
            return Err(damaged().into());
        }
        let package = le32(bytes, at + 4).ok_or_else(damaged)?;
        let offset = le32(bytes, at + 8).ok_or_else(damaged)? as usize;
        if package == 0 || offset == 0 {
            continue;
        }
        let start = offset.checked_mul(UNIT).ok_or_else(damaged)?;
        let named = bytes.get(start..).and_then(|blob| blob.get(..4)) == Some(b"BlbS");
        if !named || le32(bytes, start + 4) != Some(package) {
            return Err(damaged().into());
        }
        let length = le32(bytes, start + 12).ok_or_else(damaged)? as usize;
        let blob = (start + 16).checked_add(length).and_then(|end| bytes.get(start + 16..end));
        headers.add(blob.ok_or_else(damaged)?)?;
    }
    headers.finish()
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk::<4>().map(|raw| u32::from_le_bytes(*raw))
}
