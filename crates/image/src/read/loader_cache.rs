//! The cache of the loader of glibc, `etc/ld.so.cache`.

use super::databases::text_weight;
use super::fault::ImageFault;
use super::limits::Budget;

/// `etc/ld.so.cache`: the map from names to files that the loader of glibc uses before it searches
/// directories.
#[derive(Debug, Default)]
pub(crate) struct LoaderCache {
    /// In the order of the file, which is the order of preference.
    entries: Vec<(String, String)>,
}

const OLD_MAGIC: &[u8] = b"ld.so-1.7.0\0";

const NEW_MAGIC: &[u8] = b"glibc-ld.so.cache1.1";

/// `struct cache_file_new` and `struct file_entry_new` of glibc's `dl-cache.h`.
const NEW_HEADER: usize = 48;

const NEW_ENTRY: usize = 24;

const OLD_HEADER: usize = 16;

const OLD_ENTRY: usize = 12;

impl LoaderCache {
    /// Parses the format that `ldconfig` writes since glibc 2.2. The older format may be in front of it and is skipped.
    ///
    /// The outer error is an exceeded limit. The inner error is the cause why the file cannot be read.
    pub(super) fn parse(bytes: &[u8], budget: &Budget) -> Result<Result<Self, String>, ImageFault> {
        let entries = match table(bytes) {
            Ok(entries) => entries,
            Err(why) => return Ok(Err(why)),
        };
        let mut kept = Vec::new();
        for (index, entry) in entries.enumerate() {
            let Some((key, value)) = entry else {
                return Ok(Err(format!("its entry {index} is outside of the file")));
            };
            let value = value.trim_start_matches('/').to_owned();
            // Counted one by one, because all entries of a small file may refer to one long text.
            budget.keep(text_weight(&key) + text_weight(&value))?;
            kept.push((key, value));
        }
        Ok(Ok(Self { entries: kept }))
    }

    pub(crate) fn entries(&self) -> &[(String, String)] {
        &self.entries
    }
}

/// The entries of the map; `None` for one outside of the file.
fn table(bytes: &[u8]) -> Result<impl Iterator<Item = Option<(String, String)>> + '_, String> {
    let new = if bytes.starts_with(NEW_MAGIC) {
        Some(bytes)
    } else if bytes.starts_with(OLD_MAGIC) {
        let count = u32_at(bytes, 12, false).ok_or("it ends within its header")? as usize;
        let end = count.checked_mul(OLD_ENTRY).and_then(|size| size.checked_add(OLD_HEADER));
        // The new part is aligned to the strictest member, an eight-byte number.
        end.map(|end| end.next_multiple_of(8)).and_then(|start| bytes.get(start..))
    } else {
        None
    };
    let Some(new) = new.filter(|new| new.starts_with(NEW_MAGIC)) else {
        return Err("it is not in the format of glibc 2.2 or later".to_owned());
    };
    // The byte order is not always marked. Then the order with a possible count is used.
    let big = match new.get(28) {
        Some(3) => true,
        Some(2) => false,
        _ => u32_at(new, 20, false).is_none_or(|count| count as usize > new.len() / NEW_ENTRY),
    };
    let count = u32_at(new, 20, big).ok_or("it ends within its header")? as usize;
    Ok((0..count.min(new.len() / NEW_ENTRY)).map(move |index| {
        let at = NEW_HEADER + index * NEW_ENTRY;
        let text = |at| u32_at(new, at, big).and_then(|offset| string_at(new, offset));
        Some((text(at + 4)?, text(at + 8)?))
    }))
}

fn u32_at(bytes: &[u8], at: usize, big: bool) -> Option<u32> {
    let raw = bytes.get(at..)?.first_chunk::<4>()?;
    Some(if big { u32::from_be_bytes(*raw) } else { u32::from_le_bytes(*raw) })
}

fn string_at(bytes: &[u8], offset: u32) -> Option<String> {
    let rest = bytes.get(usize::try_from(offset).ok()?..)?;
    let end = rest.iter().take(4096).position(|byte| *byte == 0)?;
    Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
}
