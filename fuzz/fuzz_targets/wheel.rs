//! Bytes as a wheel: facts, their encoding, findings and both renderings.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::inspect::{InspectionTextOptions, inspect, report, text};
use wheelbase::wheel::{WheelFacts, WheelReadOptions};

fuzz_target!(|bytes: &[u8]| {
    // The name decides which rules run; the first byte chooses it, so that the corpus reaches all of them.
    let name = match bytes.first().copied().unwrap_or_default() % 4 {
        0 => "demo-1.0-cp312-cp312-manylinux_2_17_x86_64.whl",
        1 => "demo-1.0-cp38-abi3-musllinux_1_2_aarch64.whl",
        2 => "demo-1.0-py3-none-any.whl",
        _ => "demo-1.0-cp312-cp312-manylinux2014_s390x.manylinux_2_28_s390x.whl",
    };
    let rest = bytes.get(1..).unwrap_or_default();
    let Ok(facts) = WheelFacts::read_bytes(name, rest, &WheelReadOptions::default()) else { return };
    let encoded = facts.to_bytes().expect("facts encode");
    assert_eq!(WheelFacts::from_bytes(&encoded).as_ref(), Some(&facts));
    let found = inspect(&facts, None);
    let _ = text(std::slice::from_ref(&found), InspectionTextOptions::default().with_members(true));
    let _ = report(&[found]);
});
