//! Project pages of an index: HTML and JSON, with the type that the server sends and without one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::index::parse_page;

fuzz_target!(|bytes: &[u8]| {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, bytes));
    let types = [
        None,
        Some("text/html; charset=utf-8"),
        Some("application/vnd.pypi.simple.v1+json"),
        Some("text/html"),
    ];
    let _ = parse_page(rest, types[usize::from(kind % 4)], "https://index.example/simple/demo/");
});
