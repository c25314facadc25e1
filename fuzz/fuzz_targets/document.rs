//! TOML and JSON with positions: every fault has a position inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase_formats::document::{Document, Format};

fuzz_target!(|bytes: &[u8]| {
    let (kind, rest) = bytes.split_first().unwrap_or((&0, bytes));
    let Ok(text) = std::str::from_utf8(rest) else { return };
    let document = Document::new("document", text);
    let root = document.read(if kind % 2 == 0 { Format::Toml } else { Format::Json });
    let _ = document.table(&root, "the document");
    let lines = text.split('\n').count();
    for fault in document.into_faults() {
        assert!(fault.origin.line as usize <= lines, "{fault:?}");
    }
});
