//! The `wheelbase` command.
fn main() {}
