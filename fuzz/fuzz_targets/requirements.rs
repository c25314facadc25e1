//! Requirements files, `pyproject.toml` and scripts with inline metadata.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::requirements::{DocumentLocation, Loader, ProjectSelection};

fuzz_target!(|bytes: &[u8]| {
    // The first byte selects the kind of document.
    let (kind, rest) = bytes.split_first().unwrap_or((&0, bytes));
    let variable = |name: &str| (name == "KNOWN").then(|| "value".to_owned());
    let mut loader = Loader::new(&variable);
    let location =
        DocumentLocation::new(["requirements.txt", "pyproject.toml", "script.py"][usize::from(kind % 3)]);
    match kind % 3 {
        1 => loader.add_project(location.clone(), ProjectSelection::default()),
        _ => loader.add_file(location.clone()),
    }
    loader.supply(&location, rest);
    for _ in 0..8 {
        for need in loader.needed() {
            loader.fail(&need.location, "the file does not exist");
        }
    }
    let _ = loader.finish();
});
