//! conda, mamba and micromamba.

use crate::gap::DockerfileGap;
use crate::model::{Action, Destination, FileSource, Tool};
use crate::shell::command::{Arg, Outcome, Status};
use crate::tools::install;
use crate::tools::shell::Shell;
use wheelbase_spec::source::Origin;

/// Reports that the packages of conda, mamba and micromamba are not checked.
pub(super) fn run(
    shell: &mut Shell<'_, '_>,
    name: &str,
    args: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let rest = args.get(1..).unwrap_or_default();
    let words: Vec<&str> = rest.iter().map(Arg::as_str).filter(|word| !word.starts_with('-')).collect();
    match words.as_slice() {
        ["install" | "create" | "update" | "upgrade", ..] | ["env", "create" | "update", ..] => {
            let destination = Destination::Prefix("conda".to_owned());
            let mut step = install::new_step(shell, Tool::Conda, Action::Install, destination, origin);
            let packages = words.iter().skip(1).filter(|word| !matches!(**word, "create" | "update"));
            step.requirements = packages.map(|word| ((*word).to_owned(), origin.clone())).collect();
            shell.stage.install(step);
            shell.stage.undetermined(origin.clone(), DockerfileGap::CondaPackages(name.to_owned()));
            (Status::Success, None)
        }
        ["run", ..] => {
            let mut at = rest.iter().position(|arg| arg.as_str() == "run").map_or(0, |at| at + 1);
            while let Some(arg) = rest.get(at).filter(|arg| arg.as_str().starts_with('-')) {
                at += if ["-n", "--name", "-p", "--prefix", "--cwd"].contains(&arg.as_str()) { 2 } else { 1 };
            }
            shell.command(rest.get(at..).unwrap_or_default(), origin, input)
        }
        _ => (Status::Success, None),
    }
}
