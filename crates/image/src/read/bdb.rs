//! `Packages`: a Berkeley DB hash, which rpm used before 4.16 (Amazon Linux 2, UBI 7 and 8).
//!
//! Format: Berkeley DB's `dbinc/db_page.h`. Package headers are too large for hash pages, so they are on chains of
//! overflow pages, and hash pages refer to them. The key 0 has the next number instead of a package.

use super::databases::PackageDatabase;
use super::limits::Budget;
use super::rpm::{self, DatabaseError};

const HASH_MAGIC: u32 = 0x0006_1561;
const HASH_META: u8 = 8;
const HASH_UNSORTED: u8 = 2;
const HASH: u8 = 13;
const OVERFLOW: u8 = 7;
/// `H_KEYDATA`: the item is on the page. `H_OFFPAGE`: it is on overflow pages.
const KEY_DATA: u8 = 1;
const OFF_PAGE: u8 = 3;
const PAGE_HEADER: usize = 26;

pub(super) fn packages(bytes: &[u8], budget: &Budget) -> Result<PackageDatabase, DatabaseError> {
    let big = match bytes.get(12..16).and_then(<[u8]>::first_chunk::<4>) {
        Some(raw) if u32::from_le_bytes(*raw) == HASH_MAGIC => false,
        Some(raw) if u32::from_be_bytes(*raw) == HASH_MAGIC => true,
        _ => return Err("it is not a Berkeley DB hash".into()),
    };
    let file = File { bytes, big, size: 0 };
    let size = file.u32(20).unwrap_or(0) as usize;
    if bytes.get(25) != Some(&HASH_META) || !(512..=65536).contains(&size) || !size.is_power_of_two() {
        return Err("its first page is damaged".into());
    }
    if bytes.get(24).is_some_and(|algorithm| *algorithm != 0) {
        return Err("it is encrypted".into());
    }
    let file = File { size, ..file };
    let mut headers = rpm::Headers::of_file(bytes.len(), budget);
    for page in 1..bytes.len() / size {
        file.items(page, &mut headers)?;
    }
    headers.finish()
}

struct File<'a> {
    bytes: &'a [u8],
    big: bool,
    size: usize,
}

impl File<'_> {
    fn u32(&self, at: usize) -> Option<u32> {
        let raw = *self.bytes.get(at..)?.first_chunk::<4>()?;
        Some(if self.big { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) })
    }

    fn u16(&self, at: usize) -> Option<usize> {
        let raw = *self.bytes.get(at..)?.first_chunk::<2>()?;
        Some(usize::from(if self.big { u16::from_be_bytes(raw) } else { u16::from_le_bytes(raw) }))
    }

    /// The values of one hash page; items alternate between keys and values.
    fn items(&self, page: usize, headers: &mut rpm::Headers<'_>) -> Result<(), DatabaseError> {
        let start = page * self.size;
        if !matches!(self.bytes.get(start + 25), Some(&HASH | &HASH_UNSORTED)) {
            return Ok(());
        }
        let damaged = || format!("its page {page} is damaged");
        let entries = self.u16(start + 20).ok_or_else(damaged)?;
        for index in (1..entries).step_by(2) {
            let offset = self.u16(start + PAGE_HEADER + 2 * index).ok_or_else(damaged)?;
            let item = start + offset;
            match self.bytes.get(item).filter(|_| offset < self.size) {
                Some(&OFF_PAGE) => {
                    // type, three unused bytes, page number, total length
                    let first = self.u32(item + 4).ok_or_else(damaged)?;
                    let length = self.u32(item + 8).ok_or_else(damaged)? as usize;
                    headers.add(&self.chain(first, length).ok_or_else(damaged)?)?;
                }
                Some(&KEY_DATA) => {
                    let above = self.u16(start + PAGE_HEADER + 2 * (index - 1)).ok_or_else(damaged)?;
                    let blob = self.bytes.get(item + 1..start + above).ok_or_else(damaged)?;
                    // Only the counter at key 0 is smaller than a package header.
                    if blob.len() > 8 {
                        headers.add(blob)?;
                    }
                }
                _ => return Err(damaged().into()),
            }
        }
        Ok(())
    }

    fn chain(&self, first: u32, length: usize) -> Option<Vec<u8>> {
        if length > self.bytes.len() {
            return None;
        }
        let mut blob = Vec::with_capacity(length);
        let mut next = first;
        while next != 0 && blob.len() < length {
            let start = usize::try_from(next).ok()?.checked_mul(self.size)?;
            if self.bytes.get(start + 25) != Some(&OVERFLOW) {
                return None;
            }
            let used = self.u16(start + 22)?.min(self.size - PAGE_HEADER);
            if used == 0 {
                return None;
            }
            blob.extend_from_slice(self.bytes.get(start + PAGE_HEADER..start + PAGE_HEADER + used)?);
            next = self.u32(start + 16)?;
        }
        (blob.len() == length).then_some(blob)
    }
}
