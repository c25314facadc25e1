//! A step of a build tool: stops the build if a project would be built from source or cannot be installed.
//!
//!     cargo run --example build_tool -- examples/requirements.txt python:3.12-slim python:3.12-alpine

#![expect(clippy::disallowed_methods, reason = "a program reads its files and arguments")]

use std::process::ExitCode;

use wheelbase::edge::EnvironmentVariables;
use wheelbase::{Check, Code, IndexSettings, Kind};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(requirements) = arguments.next() else {
        return fail("usage: build_tool REQUIREMENTS TARGET...");
    };
    // The index that the environment variables of pip and uv select, as in the build that follows.
    let settings =
        IndexSettings::from_environment(EnvironmentVariables::Both, |name| std::env::var(name).ok());
    let check = Check::new().settings(settings).requirements_file(requirements);
    let check = arguments.fold(check, Check::on);
    let denied: Result<Vec<Code>, _> =
        ["builds-from-source", "undetermined"].iter().map(|code| code.parse()).collect();
    let check = match denied {
        Ok(denied) => denied.into_iter().fold(check, Check::deny),
        Err(error) => return fail(&error.to_string()),
    };
    let report = match check.run_blocking() {
        Ok(report) => report,
        Err(error) => return fail(&error.to_string()),
    };
    for (target, result) in report.targets.iter().zip(&report.results) {
        for row in result.distributions.iter().filter(|row| row.kind != Kind::Wheel) {
            let version = row.version.as_ref().map(ToString::to_string).unwrap_or_default();
            let why: Vec<String> = row.reasons.iter().map(ToString::to_string).collect();
            say(&format!(
                "{}: {} {version} ({}): {}",
                target.id,
                row.project,
                row.kind.as_str(),
                why.join("; ")
            ));
        }
    }
    ExitCode::from(report.exit_status())
}

fn fail(message: &str) -> ExitCode {
    say(message);
    ExitCode::from(2)
}

#[expect(clippy::print_stderr, reason = "an example prints")]
fn say(message: &str) {
    eprintln!("{message}");
}
