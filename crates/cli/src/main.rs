//! The `wheelbase` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    wheelbase_cli::main()
}
