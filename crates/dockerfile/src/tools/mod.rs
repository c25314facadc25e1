//! The commands that matter, and their effects on a stage.

mod conda;
mod files;
mod install;
mod interest;
mod nested;
mod options;
mod pip;
mod project;
mod python;
mod shell;
mod system;
mod uv;

use crate::files::Operation;
use crate::gap::DockerfileGap;
use crate::model::FileSource;
use crate::path;
use crate::shell::ast::Node;
use crate::shell::command::{Arg, Outcome, Source, Status, joined, short};
use crate::shell::run::{Interpreter, ShellStage};
use crate::stage::StageState;
use crate::text::Text;
use crate::tools::interest::mentions_installer;
use crate::tools::nested::{environment, nested_shell, script_of_context, shell_text, wrapper, xargs};
use crate::tools::shell::Shell;
use wheelbase_spec::source::Origin;

impl ShellStage for StageState<'_> {
    fn find(&self, at: &str) -> FileSource {
        Self::find(self, at)
    }

    fn put(&mut self, operation: Operation) {
        self.files.push(operation);
    }

    fn read_script(&mut self, at: &str, origin: &Origin) -> Option<Source> {
        Self::read_script(self, at, origin)
    }

    fn undetermined(&mut self, origin: Origin, reason: DockerfileGap) {
        self.notes.undetermined(origin, reason);
    }

    fn assume(&mut self, text: &Text, origin: &Origin) {
        self.notes.assume(text, origin);
    }

    fn assume_empty(&mut self, word: &Text) {
        self.notes.assume_empty(word);
    }

    fn environment_is_known(&self) -> bool {
        self.environment.known
    }

    fn may_install(node: &Node) -> bool {
        mentions_installer(node)
    }

    fn run(
        shell: &mut Interpreter<'_, Self>,
        args: &[Arg],
        origin: &Origin,
        input: Option<&FileSource>,
    ) -> Outcome {
        dispatch(shell, args, origin, input)
    }
}

/// Runs a command that is not a builtin of the shell.
fn dispatch(shell: &mut Shell<'_, '_>, args: &[Arg], origin: &Origin, input: Option<&FileSource>) -> Outcome {
    let Some(first) = args.first() else { return (Status::Success, None) };
    let rest = args.get(1..).unwrap_or_default();
    let program = first.as_str().to_owned();
    let name = path::name(&program).to_owned();
    if let Some(skip) = wrapper(&name, rest) {
        return shell.command(rest.get(skip..).unwrap_or_default(), origin, input);
    }
    match name.as_str() {
        "env" => environment(shell, rest, origin, input),
        "command" | "which" | "type" | "hash" => {
            let asks = name != "command" || rest.first().is_some_and(|arg| arg.as_str().starts_with("-v"));
            if !asks {
                return shell.command(rest, origin, input);
            }
            let what = rest.last().map(Arg::as_str).unwrap_or_default();
            (Status::Maybe(DockerfileGap::Existence(what.to_owned())), None)
        }
        "sh" | "bash" | "ash" | "dash" | "zsh" | "ksh" => nested_shell(shell, rest, origin, input),
        "xargs" => xargs(shell, rest, origin, input),
        "su" | "runuser" => match rest.iter().position(|arg| arg.as_str() == "-c") {
            Some(at) => shell_text(shell, rest.get(at + 1), &[], origin, input),
            None => (Status::Success, None),
        },
        "make" | "gmake" | "just" | "task" | "invoke" | "nox" | "tox" | "rake" | "ansible-playbook"
        | "salt-call" | "bazel" | "pants" | "hatch" | "rye" | "pixi" | "nix" | "nix-env" | "brew"
        | "spack" => {
            shell.stage.steps.unread = true;
            shell.stage.undetermined(origin.clone(), DockerfileGap::MayInstall(short(&joined(args))));
            (Status::Success, None)
        }
        "conda" | "mamba" | "micromamba" => conda::run(shell, &name, args, origin, input),
        _ if name == "python"
            || is_versioned(&name, "python")
            || is_versioned(&name, "pypy")
            || name == "pypy" =>
        {
            python::run(shell, args, origin, input)
        }
        _ if name == "pip" || is_versioned(&name, "pip") => {
            pip::run(shell, &program, None, rest, origin, input)
        }
        "uv" => uv::run(shell, rest, origin, input),
        "uvx" => (Status::Success, None),
        "poetry" => project::poetry(shell, &program, rest, origin, input),
        "pipenv" => project::pipenv(shell, rest, origin, input),
        "pdm" => project::pdm(shell, rest, origin, input),
        "pip-sync" => project::pip_sync(shell, rest, origin),
        "pip-compile" => project::pip_compile(shell, rest, origin),
        "pipx" => project::pipx(shell, rest, origin),
        "virtualenv" => {
            python::create_venv(shell, rest, origin, None);
            (Status::Success, None)
        }
        "easy_install" => {
            shell.stage.undetermined(origin.clone(), DockerfileGap::EasyInstall);
            (Status::Success, None)
        }
        _ => {
            if let Some(outcome) = system::run(shell, &name, rest, origin) {
                return outcome;
            }
            if let Some(outcome) = files::run(shell, &name, rest, origin, input) {
                return outcome;
            }
            script_of_context(shell, &program, rest, origin, input)
        }
    }
}

/// `pip3.12` is a versioned `pip`.
fn is_versioned(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b't')
    })
}
