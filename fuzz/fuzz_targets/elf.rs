//! Bytes as one ELF file: whole, and range by range as from a disk. Both ways must return the same
//! facts, and the check of these facts must end.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use wheelbase::elf::ElfFacts;
use wheelbase::inspect::{InspectionTextOptions, inspect, report, text};
use wheelbase::wheel::WheelFacts;

fuzz_target!(|bytes: &[u8]| {
    let whole = ElfFacts::read(bytes);
    let ranges = WheelFacts::read_elf("lib.so", Cursor::new(bytes));
    match (whole, ranges) {
        (Ok(whole), Ok(ranges)) => {
            let member = &ranges.members[0];
            assert_eq!(whole.imports, member.elf.imports);
            assert_eq!(whole.needed, member.elf.needed);
            assert_eq!(whole.faults, member.elf.faults);
            let found = inspect(&ranges, None);
            let _ = text(std::slice::from_ref(&found), InspectionTextOptions::default().with_members(true));
            let _ = report(&[found]);
        }
        (Err(_), Err(_)) => {}
        (whole, ranges) => panic!("{whole:?} but {ranges:?}"),
    }
});
