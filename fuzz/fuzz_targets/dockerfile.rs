//! Dockerfiles with the shell in `RUN`: parsing, planning and the flow between stages end without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::dockerfile::{Context, Dockerfile, PlanOptions};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = Dockerfile::parse(bytes, "Dockerfile") else { return };
    let Ok(plan) = file.plan(&PlanOptions::default(), &Context::new()) else { return };
    let _ = plan.flows();
});
