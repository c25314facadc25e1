//! Shell commands in one `RUN` instruction, as here-document, so that every byte is shell.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wheelbase::dockerfile::{Context, Dockerfile, PlanOptions};

fuzz_target!(|bytes: &[u8]| {
    let mut text = b"FROM python:3.12-slim\nRUN <<'END-OF-SHELL'\n".to_vec();
    text.extend_from_slice(bytes);
    text.extend_from_slice(b"\nEND-OF-SHELL\n");
    let Ok(file) = Dockerfile::parse(&text, "Dockerfile") else { return };
    let _ = file.plan(&PlanOptions::default(), &Context::new());
});
