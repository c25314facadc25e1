//! Zip archives: the directory, all members, and METADATA. The reader requests only ranges inside of the archive.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::metadata::{Ask, SparseBytes, ZipDirectory, find_wheel_metadata};
use wheelbase::sdist::{SdistLimits, Search, read_tarball, read_zip};

fuzz_target!(|bytes: &[u8]| {
    let mut archive = SparseBytes::new(bytes.len() as u64);
    // Each round provides the range that the reader requests, as range requests do.
    for _ in 0..64 {
        match ZipDirectory::read(&archive) {
            Ok(Ask::Need(range)) => {
                let (start, end) = (range.start as usize, range.end as usize);
                archive.insert(range.start, bytes[start..end].to_vec());
            }
            Ok(Ask::Ready(directory)) => {
                let _ = directory.faults();
                break;
            }
            Err(_) => break,
        }
    }
    let whole = SparseBytes::whole(bytes.to_vec());
    let _ = find_wheel_metadata(&whole, None);
    let _ = read_zip(&whole, None, Search::Any, SdistLimits::default());
    let _ = read_tarball(bytes, None, Search::Any, SdistLimits::default());
});
