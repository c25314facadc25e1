//! The command line interface of wheelbase.

mod args;
mod check;
mod explain;
mod image;
mod inspect;
mod output;
mod progress;
mod settings;
mod tags;
mod targets;

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;

use args::{CacheAction, CacheArgs, Cli, Command};
use output::Output;
use wheelbase::error::Error;

/// The exit status for invalid options or input.
///
/// The others are 0 (passed), 1 (a finding with the level `deny`) and 3 (undetermined).
const USAGE: u8 = 2;
const UNDECIDED: u8 = 3;

/// Runs the command with the arguments of the process; returns its exit status.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // If the message cannot be written, there is no other way to report it.
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => ExitCode::from(USAGE),
            };
        }
    };
    let output = Output::new(&cli.global);
    match wheelbase::edge::block_on(run(cli.command, &output)) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            output.error(&error);
            ExitCode::from(if error.is_network() || error.is_undetermined() { UNDECIDED } else { USAGE })
        }
    }
}

async fn run(command: Command, output: &Output) -> Result<u8, Error> {
    match command {
        Command::Check(args) => check::run(&args, output).await,
        Command::Tags(args) => tags::run(&args, output).await,
        Command::Image(args) => image::run(&args, output).await,
        Command::Inspect(args) => inspect::run(&args, output).await,
        Command::Explain(args) => explain::run(&args, output),
        Command::Cache(args) => cache(&args, output),
    }
}

fn cache(args: &CacheArgs, output: &Output) -> Result<u8, Error> {
    let dir = check::cache_dir(args.cache_dir.as_deref())?;
    match args.action {
        CacheAction::Dir => output.print(&format!("{}\n", dir.display())),
        CacheAction::Clear => {
            match std::fs::remove_dir_all(&dir) {
                Ok(()) => output.note(&format!("deleted {}", dir.display())),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    output.note(&format!("{} does not exist", dir.display()));
                }
                Err(error) => return Err(Error::io(&dir, error)),
            }
            Ok(0)
        }
    }
}
