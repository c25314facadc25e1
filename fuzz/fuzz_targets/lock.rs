//! Lock files of all formats.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::lock::Lock;

fuzz_target!(|bytes: &[u8]| {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, bytes));
    let names = ["pylock.toml", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"];
    let file = names[usize::from(kind % 5)];
    match Lock::parse(rest, file) {
        Ok(lock) => assert_eq!(lock.file(), file),
        Err(invalid) => assert!(invalid.to_string().contains(file)),
    }
});
