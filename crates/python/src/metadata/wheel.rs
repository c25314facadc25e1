//! The metadata inside a wheel.

use super::{Ask, InvalidArchive, SparseBytes, ZipDirectory, ZipEntry};
use wheelbase_formats::limits;
use wheelbase_spec::name::ProjectName;

/// A wheel's METADATA file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WheelMetadata {
    /// name in the archive
    pub name: String,
    /// content
    pub bytes: Vec<u8>,
}

/// Finds `*.dist-info/METADATA` in a wheel of `project` from the ranges that are in memory.
///
/// # Errors
///
/// If the archive cannot be read or does not contain metadata.
pub fn find_wheel_metadata(
    archive: &SparseBytes,
    project: Option<&ProjectName>,
) -> Result<Ask<WheelMetadata>, InvalidArchive> {
    let directory = match ZipDirectory::read(archive)? {
        Ask::Ready(directory) => directory,
        Ask::Need(range) => return Ok(Ask::Need(range)),
    };
    let entry = choose(&directory, project)?;
    Ok(match ZipDirectory::extract(archive, entry, limits::METADATA_BYTES)? {
        Ask::Ready(bytes) => Ask::Ready(WheelMetadata { name: entry.name.clone(), bytes }),
        Ask::Need(range) => Ask::Need(range),
    })
}

/// Binary distribution format, "File contents": there is one `{distribution}-{version}.dist-info/`. Vendored copies of
/// others, which some wheels carry at the top, have another project's name.
fn choose<'a>(
    directory: &'a ZipDirectory,
    project: Option<&ProjectName>,
) -> Result<&'a ZipEntry, InvalidArchive> {
    let mut candidates: Vec<_> = directory
        .entries()
        .iter()
        .filter_map(|entry| {
            let folder = entry.name.strip_suffix("/METADATA")?;
            let stem = folder.strip_suffix(".dist-info").filter(|stem| !stem.contains('/'))?;
            Some((stem, entry))
        })
        .collect();
    if candidates.len() > 1
        && let Some(project) = project
    {
        let named = |stem: &str| {
            let name = stem.rsplit_once('-').map_or(stem, |(name, _)| name);
            name.parse::<ProjectName>().is_ok_and(|name| name == *project)
        };
        if candidates.iter().any(|(stem, _)| named(stem)) {
            candidates.retain(|(stem, _)| named(stem));
        }
    }
    match candidates.as_slice() {
        // Of two entries with the same name, installers unpack the later one last.
        [.., (stem, entry)] if candidates.iter().all(|(other, _)| other == stem) => Ok(entry),
        [] => Err(InvalidArchive::new("the wheel does not contain `.dist-info/METADATA`")),
        _ => Err(InvalidArchive::new("the wheel contains several `.dist-info` directories; expected one")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn wheel(names: &[&str], padding: usize, method: zip::CompressionMethod) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().compression_method(method);
        for name in names {
            writer.start_file(*name, options).unwrap();
            writer
                .write_all(format!("Metadata-Version: 2.1\nName: x\nKeywords: {name}\n").as_bytes())
                .unwrap();
        }
        writer.start_file("x/last.bin", options).unwrap();
        writer.write_all(&vec![7; padding]).unwrap();
        writer.finish().unwrap().into_inner()
    }

    /// Fetches the requested ranges and records them.
    fn run(bytes: &[u8], tail: usize) -> (Result<WheelMetadata, InvalidArchive>, Vec<std::ops::Range<u64>>) {
        let mut sparse = SparseBytes::new(bytes.len() as u64);
        let start = bytes.len().saturating_sub(tail);
        sparse.insert(start as u64, bytes[start..].to_vec());
        let mut asked = Vec::new();
        let project = "x".parse().unwrap();
        loop {
            match find_wheel_metadata(&sparse, Some(&project)) {
                Ok(Ask::Ready(metadata)) => return (Ok(metadata), asked),
                Err(error) => return (Err(error), asked),
                Ok(Ask::Need(range)) => {
                    assert!(!range.is_empty() && range.end <= bytes.len() as u64, "{range:?}");
                    assert!(sparse.get(range.clone()).is_none(), "asked for what is there: {range:?}");
                    let piece = bytes[range.start as usize..range.end as usize].to_vec();
                    sparse.insert(range.start, piece);
                    asked.push(range);
                }
            }
        }
    }

    #[test]
    fn metadata_in_the_tail_needs_no_further_bytes() {
        let bytes = wheel(&["x-1.dist-info/METADATA"], 10, zip::CompressionMethod::Deflated);
        let (metadata, asked) = run(&bytes, 16 << 10);
        assert_eq!(metadata.unwrap().name, "x-1.dist-info/METADATA");
        assert_eq!(asked, []);
    }

    #[test]
    fn metadata_elsewhere_needs_one_further_range() {
        let bytes = wheel(&["x-1.dist-info/METADATA"], 100_000, zip::CompressionMethod::Stored);
        let (metadata, asked) = run(&bytes, 16 << 10);
        assert!(metadata.unwrap().bytes.starts_with(b"Metadata-Version"));
        assert_eq!(asked.len(), 1);
    }

    #[test]
    fn any_tail_leads_to_the_same_metadata() {
        let bytes = wheel(&["a/b", "x-1.dist-info/METADATA"], 3_000, zip::CompressionMethod::Stored);
        for tail in [0, 1, 21, 22, 60, 200, 1_000, 10_000] {
            let (metadata, asked) = run(&bytes, tail);
            assert!(metadata.is_ok(), "{tail}: {metadata:?}");
            assert!(asked.len() <= 4, "{tail}: {asked:?}");
        }
    }

    #[test]
    fn the_folder_of_the_project_is_chosen() {
        let names = ["y-2.dist-info/METADATA", "X-1.dist-info/METADATA", "x/_vendor/z-3.dist-info/METADATA"];
        let bytes = wheel(&names, 10, zip::CompressionMethod::Deflated);
        assert_eq!(run(&bytes, 99_999).0.unwrap().name, "X-1.dist-info/METADATA");
        let bytes =
            wheel(&["y-2.dist-info/METADATA", "z-1.dist-info/METADATA"], 10, zip::CompressionMethod::Stored);
        insta::assert_snapshot!(run(&bytes, 99_999).0.unwrap_err(), @"the wheel contains several `.dist-info` directories; expected one");
        let bytes = wheel(&["x/METADATA"], 10, zip::CompressionMethod::Stored);
        insta::assert_snapshot!(run(&bytes, 99_999).0.unwrap_err(), @"the wheel does not contain `.dist-info/METADATA`");
    }

    #[test]
    fn a_damaged_archive_is_an_error_at_every_byte() {
        let bytes = wheel(&["x-1.dist-info/METADATA"], 10, zip::CompressionMethod::Deflated);
        for cut in 0..bytes.len() {
            assert!(run(&bytes[..cut], 50).0.is_err(), "cut at {cut}");
        }
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0xff;
            // Some bytes (times, versions) mean nothing to a reader; none may panic or loop.
            let _ = run(&damaged, 30);
        }
    }

    /// `zipfile`, which pip uses, rejects both.
    #[test]
    fn metadata_with_another_local_name_or_size_is_refused() {
        let bytes = wheel(&["x-1.dist-info/METADATA"], 10, zip::CompressionMethod::Deflated);
        let mut renamed = bytes.clone();
        renamed[30] = b'y';
        insta::assert_snapshot!(run(&renamed, 99).0.unwrap_err(), @"`x-1.dist-info/METADATA` in the zip archive cannot be read: its local header has another name than the directory");
        let entry = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        let mut longer = bytes;
        longer[entry + 24] += 1;
        insta::assert_snapshot!(run(&longer, 99).0.unwrap_err(), @"`x-1.dist-info/METADATA` in the zip archive cannot be read: its data does not have the size that the directory gives");
    }

    #[test]
    fn sparse_pieces_join() {
        let mut sparse = SparseBytes::new(10);
        sparse.insert(6, vec![6, 7]);
        sparse.insert(2, vec![2, 3]);
        assert_eq!(sparse.get(2..8), None);
        sparse.insert(3, vec![3, 4, 5, 6]);
        assert_eq!(sparse.get(2..8), Some(&[2, 3, 4, 5, 6, 7][..]));
        sparse.insert(0, (0..10).collect());
        assert_eq!(sparse.get(0..10).unwrap().len(), 10);
        assert_eq!(sparse.get(0..11), None);
    }
}
