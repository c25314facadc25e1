//! `rpmdb.sqlite`: the blobs of the table `Packages`, read from the pages of the file.
//!
//! A database engine would be the largest dependency of this crate, for one table. Format:
//! <https://www.sqlite.org/fileformat2.html>, the sections are named at the functions.

use super::databases::PackageDatabase;
use super::limits::Budget;
use super::rpm::{self, DatabaseError};
use wheelbase_formats::limits::SQLITE_DEPTH;

const MAGIC: &[u8] = b"SQLite format 3\0";

pub(super) fn packages(bytes: &[u8], budget: &Budget) -> Result<PackageDatabase, DatabaseError> {
    let file = Pages::open(bytes)?;
    let root = file.packages_root()?;
    let mut headers = rpm::Headers::of_file(bytes.len(), budget);
    file.rows(root, 0, &mut Walk::default(), &mut |record| {
        let columns = columns(record).ok_or("one of its records is damaged")?;
        // CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)
        headers.add(columns.get(1).ok_or("its table `Packages` has no second column")?)
    })?;
    headers.finish()
}

/// The pages and bytes of one table that were read.
#[derive(Default)]
struct Walk {
    pages: usize,
    bytes: usize,
}

struct Pages<'a> {
    bytes: &'a [u8],
    size: usize,
    /// Size without the bytes reserved at the end of each page.
    usable: usize,
}

impl<'a> Pages<'a> {
    /// Section 1.3, "The Database Header".
    fn open(bytes: &'a [u8]) -> Result<Self, String> {
        let head =
            bytes.get(..100).filter(|head| head.starts_with(MAGIC)).ok_or("it is not an SQLite database")?;
        let size = match be16(head, 16).unwrap_or(0) {
            1 => 65536,
            size => usize::from(size),
        };
        let reserved = usize::from(head.get(20).copied().unwrap_or(0));
        if size < 512 || !size.is_power_of_two() || size - reserved < 480 {
            return Err(format!("its page size {size} is invalid"));
        }
        Ok(Self { bytes, size, usable: size - reserved })
    }

    /// Pages are counted from 1.
    fn page(&self, number: u32) -> Result<&'a [u8], String> {
        let start =
            usize::try_from(number).ok().and_then(|number| number.checked_sub(1)?.checked_mul(self.size));
        let page = start.and_then(|start| self.bytes.get(start..start.checked_add(self.size)?));
        page.ok_or_else(|| format!("its page {number} is missing"))
    }

    /// Section 2.6, "Storage Of The SQL Database Schema": type, name, table name, root page, SQL.
    fn packages_root(&self) -> Result<u32, DatabaseError> {
        let mut root = None;
        self.rows(1, 0, &mut Walk::default(), &mut |record| {
            let columns = columns(record).ok_or("its schema is damaged")?;
            if columns.first() == Some(&&b"table"[..]) && columns.get(1) == Some(&&b"Packages"[..]) {
                let number = columns.get(3).copied().unwrap_or_default();
                root = Some(number.iter().fold(0_u32, |sum, byte| sum.wrapping_shl(8) | u32::from(*byte)));
            }
            Ok(())
        })?;
        root.ok_or_else(|| "it has no table `Packages`".into())
    }

    /// Section 1.6, "B-tree Pages": interior pages (5) lead to leaf pages (13).
    fn rows(
        &self,
        number: u32,
        depth: usize,
        walk: &mut Walk,
        row: &mut impl FnMut(&[u8]) -> Result<(), DatabaseError>,
    ) -> Result<(), DatabaseError> {
        // A page is in a tree only once. A loop would visit more pages than the file has.
        walk.pages += 1;
        if depth > SQLITE_DEPTH || walk.pages > self.bytes.len() / self.size + 1 {
            return Err("the pages of one of its tables form a loop".into());
        }
        let damaged = || format!("its page {number} is damaged");
        let page = self.page(number)?;
        let start = if number == 1 { 100 } else { 0 };
        let kind = *page.get(start).ok_or_else(damaged)?;
        let cells = usize::from(be16(page, start + 3).ok_or_else(damaged)?);
        let pointers = start + if kind == 5 { 12 } else { 8 };
        for index in 0..cells {
            let at = usize::from(be16(page, pointers + 2 * index).ok_or_else(damaged)?);
            match kind {
                5 => {
                    let child = rpm::be32(page, at).ok_or_else(damaged)?;
                    self.rows(child, depth + 1, walk, row)?;
                }
                13 => {
                    let record = self.record(page, at).ok_or_else(damaged)?;
                    // A byte is in only one row. A hostile page may refer to it many times.
                    walk.bytes += record.len();
                    if walk.bytes > self.bytes.len() {
                        return Err("the rows of one of its tables are larger than the file".into());
                    }
                    row(&record)?;
                }
                _ => return Err(damaged().into()),
            }
        }
        if kind == 5 {
            let last = rpm::be32(page, start + 8).ok_or_else(damaged)?;
            self.rows(last, depth + 1, walk, row)?;
        }
        Ok(())
    }

    /// Section 1.6, "Table B-Tree Leaf Cell" and section 1.5, "Cell Payload Overflow Pages".
    fn record(&self, page: &[u8], at: usize) -> Option<Vec<u8>> {
        let (length, used) = varint(page.get(at..)?)?;
        let (_, key) = varint(page.get(at + used..)?)?;
        let length = usize::try_from(length).ok().filter(|length| *length <= self.bytes.len())?;
        let start = at + used + key;
        let largest = self.usable - 35;
        if length <= largest {
            return page.get(start..start.checked_add(length)?).map(<[u8]>::to_vec);
        }
        let smallest = (self.usable - 12) * 32 / 255 - 23;
        let spread = smallest + (length - smallest) % (self.usable - 4);
        let local = if spread <= largest { spread } else { smallest };
        let mut record = page.get(start..start + local)?.to_vec();
        let mut next = rpm::be32(page, start + local)?;
        while next != 0 && record.len() < length {
            let page = self.page(next).ok()?;
            let take = (length - record.len()).min(self.usable - 4);
            record.extend_from_slice(page.get(4..4 + take)?);
            next = rpm::be32(page, 0)?;
        }
        (record.len() == length).then_some(record)
    }
}

/// Section 2.1, "Record Format": the bytes of the first columns.
fn columns(record: &[u8]) -> Option<Vec<&[u8]>> {
    let (header, mut at) = varint(record)?;
    let header = usize::try_from(header).ok()?;
    let mut body = header;
    let mut columns = Vec::new();
    // The schema has five columns and `Packages` two; a header of a million would only fill memory.
    while at < header && columns.len() < 5 {
        let (kind, used) = varint(record.get(at..)?)?;
        at += used;
        let size = match kind {
            0 | 8 | 9 => 0,
            1..=4 => usize::try_from(kind).ok()?,
            5 => 6,
            6 | 7 => 8,
            kind => usize::try_from((kind.checked_sub(12)?) / 2).ok()?,
        };
        columns.push(record.get(body..body.checked_add(size)?)?);
        body += size;
    }
    Some(columns)
}

/// Big-endian, seven bits a byte, all eight of the ninth.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for index in 0..9 {
        let byte = *bytes.get(index)?;
        if index == 8 {
            return Some((value << 8 | u64::from(byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk::<2>().map(|raw| u16::from_be_bytes(*raw))
}
