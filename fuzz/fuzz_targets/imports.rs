//! Import statements of Python files.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::imports::{ImportWalk, Imports};

fuzz_target!(|bytes: &[u8]| {
    let files = ["demo/__init__.py", "demo/part.py", "demo/_fast.abi3.so", "demo/libdemo.so.1"];
    let mut walk = ImportWalk::new("demo", files);
    while let [path, ..] = walk.wants().as_slice() {
        walk.give(path, Some(bytes));
    }
    let imports = walk.finish();
    let encoded = imports.to_bytes().expect("imports encode");
    assert_eq!(Imports::from_bytes(&encoded).as_ref(), Some(&imports));
});
