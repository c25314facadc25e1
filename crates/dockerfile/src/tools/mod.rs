//! Which commands matter, and what each of them does to a stage.

mod files;
mod install;
mod nested;
mod options;
mod pip;
mod project;
mod system;
mod uv;

use crate::model::{Action, Destination, FileSource, InstallerVersion, Tool};
use crate::path;
use crate::shell::ast::{Node, Part};
use crate::shell::run::{Arg, Interpreter, Status};
use crate::shell::short;
use crate::tools::nested::{
    environment, installer_script, nested_shell, script_of_context, shell_text, wrapper, xargs,
};
use wheelbase_spec::source::Origin;

type Outcome = (Status, Option<FileSource>);

/// Programs whose presence makes a condition worth a word.
const INSTALLERS: [&str; 24] = [
    "pip",
    "pip3",
    "python",
    "python3",
    "uv",
    "poetry",
    "pipenv",
    "pdm",
    "pip-sync",
    "pipx",
    "conda",
    "mamba",
    "micromamba",
    "apt-get",
    "apt",
    "apk",
    "dnf",
    "yum",
    "microdnf",
    "zypper",
    "tdnf",
    "pacman",
    "sh",
    "bash",
];

/// Whether something in there installs.
pub(super) fn mentions_installer(node: &Node) -> bool {
    match node {
        Node::Simple(simple) => simple.words.iter().any(|word| match word.parts.first() {
            Some(Part::Literal { text, .. }) => INSTALLERS.contains(&path::name(text)),
            _ => false,
        }),
        Node::List(items) => items.iter().any(|(_, node)| mentions_installer(node)),
        Node::Pipeline { parts, .. } => parts.iter().any(mentions_installer),
        Node::Subshell(body)
        | Node::Group { body, .. }
        | Node::Function { body, .. }
        | Node::For { body, .. }
        | Node::While { body, .. } => mentions_installer(body),
        Node::If { arms, otherwise } => {
            arms.iter().any(|(_, body)| mentions_installer(body))
                || otherwise.as_deref().is_some_and(mentions_installer)
        }
        Node::Case { arms, .. } => arms.iter().any(|(_, body)| mentions_installer(body)),
    }
}

/// Runs one command, builtins of the shell aside.
pub(super) fn dispatch(
    shell: &mut Interpreter<'_, '_>,
    args: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
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
            (Status::Maybe(format!("it depends on whether `{what}` is there")), None)
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
            shell.stage.unread = true;
            shell.stage.undetermined(
                origin.clone(),
                &format!("`{}` may install distributions; what it runs is not read", short(&said(args))),
            );
            (Status::Success, None)
        }
        "conda" | "mamba" | "micromamba" => conda(shell, &name, args, origin, input),
        _ if name == "python"
            || is_versioned(&name, "python")
            || is_versioned(&name, "pypy")
            || name == "pypy" =>
        {
            python(shell, args, origin, input)
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
            create_venv(shell, rest, origin, None);
            (Status::Success, None)
        }
        "easy_install" => {
            shell.stage.undetermined(origin.clone(), "`easy_install` is not judged");
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

/// The words of a command as text.
pub(super) fn said(args: &[Arg]) -> String {
    let words: Vec<&str> = args.iter().map(Arg::as_str).collect();
    words.join(" ")
}

/// `pip3.12` is a versioned `pip`.
fn is_versioned(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b't')
    })
}

/// `python -m pip`, `python -m venv`, `python setup.py install`, `python get-pip.py`.
fn python(
    shell: &mut Interpreter<'_, '_>,
    args: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let program = args.first().map(|arg| arg.as_str().to_owned()).unwrap_or_default();
    let mut at = 1;
    while let Some(arg) = args.get(at) {
        let text = arg.as_str();
        let rest = args.get(at + 1..).unwrap_or_default();
        // Letters of python before `-m` and `-c`: `-Im pip`, `-sc`.
        let letters = text.strip_prefix('-').filter(|_| !text.starts_with("--"));
        if let Some(letters) = letters
            && (letters.ends_with('m') || letters.ends_with('c'))
        {
            let after = args.get(at + 2..).unwrap_or_default();
            let Some(what) = rest.first() else { break };
            if letters.ends_with('c') {
                return python_text(shell, what.as_str(), origin);
            }
            return python_module(shell, &program, what.as_str(), after, origin, input);
        }
        match text {
            "-W" | "-X" => at += 2,
            "-" => break,
            _ if text.starts_with('-') => at += 1,
            _ => return python_script(shell, &program, text, rest, origin),
        }
    }
    match input {
        Some(FileSource::Inline { text, .. }) => python_text(shell, &text.clone(), origin),
        Some(FileSource::Url(url)) => {
            installer_script(shell, &url.clone(), origin);
            (Status::Success, None)
        }
        _ => (Status::Success, None),
    }
}

fn python_text(shell: &mut Interpreter<'_, '_>, text: &str, origin: &Origin) -> Outcome {
    if text.contains("pip") && (text.contains("install") || text.contains("subprocess")) {
        shell.stage.undetermined(origin.clone(), "a Python program installs distributions and is not read");
    }
    (Status::Success, Some(FileSource::Unknown("a Python program writes it during the build".to_owned())))
}

fn python_module(
    shell: &mut Interpreter<'_, '_>,
    program: &str,
    module: &str,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    match module {
        "pip" => pip::run(shell, "pip", Some(program), rest, origin, input),
        "venv" | "virtualenv" => {
            create_venv(shell, rest, origin, Some(program));
            (Status::Success, None)
        }
        "poetry" => project::poetry(shell, program, rest, origin, input),
        "pipenv" => project::pipenv(shell, rest, origin, input),
        "pdm" => project::pdm(shell, rest, origin, input),
        "uv" => uv::run(shell, rest, origin, input),
        "pipx" => project::pipx(shell, rest, origin),
        "piptools" => match rest.first().map(Arg::as_str) {
            Some("sync") => project::pip_sync(shell, rest.get(1..).unwrap_or_default(), origin),
            Some("compile") => project::pip_compile(shell, rest.get(1..).unwrap_or_default(), origin),
            _ => (Status::Success, None),
        },
        "ensurepip" => {
            shell.stage.installers.insert("pip".to_owned(), InstallerVersion::OfImage);
            (Status::Success, None)
        }
        _ => (
            Status::Success,
            Some(FileSource::Unknown(format!("`python -m {module}` writes it during the build"))),
        ),
    }
}

fn python_script(
    shell: &mut Interpreter<'_, '_>,
    program: &str,
    script: &str,
    rest: &[Arg],
    origin: &Origin,
) -> Outcome {
    let verb = rest.first().map(Arg::as_str).unwrap_or_default();
    match path::name(script) {
        name if name.starts_with("get-pip") || name.starts_with("get_pip") => {
            let pinned = rest.iter().map(Arg::as_str).find_map(|text| text.strip_prefix("pip"));
            let version =
                pinned.map_or(InstallerVersion::Newest, |spec| InstallerVersion::Specified(spec.to_owned()));
            shell.stage.installers.insert("pip".to_owned(), version);
        }
        "install-poetry.py" | "get-poetry.py" | "install-pdm.py" => installer_script(shell, script, origin),
        "setup.py" if verb == "install" || verb == "develop" => {
            project::setup_py(shell, program, script, verb, origin);
        }
        _ => {}
    }
    (Status::Success, Some(FileSource::Unknown(format!("`{}` writes it during the build", short(script)))))
}

/// `python -m venv DIR`, `virtualenv DIR`.
fn create_venv(shell: &mut Interpreter<'_, '_>, rest: &[Arg], origin: &Origin, program: Option<&str>) {
    const SPEC: options::Spec = options::Spec {
        valued: &[
            "prompt",
            "python",
            "pip",
            "setuptools",
            "wheel",
            "app-data",
            "extra-search-dir",
            "seeder",
            "creator",
        ],
        short: &[('p', "python")],
        flags: &[],
    };
    let line = options::Line::read(rest, &SPEC);
    let python =
        line.value("python").map(|arg| arg.as_str().to_owned()).or_else(|| program.map(str::to_owned));
    for word in &line.words {
        if let Some(reason) = &word.text.unknown {
            shell.stage.undetermined(origin.clone(), &format!("where a venv is made is not known: {reason}"));
            continue;
        }
        let at = path::join(&shell.cwd.clone(), word.as_str());
        shell.stage.add_venv(&at, python.clone(), origin);
    }
}

/// conda and its kin: recognised, and said to be not judged.
fn conda(
    shell: &mut Interpreter<'_, '_>,
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
            install::push(shell, step);
            shell.stage.undetermined(
                origin.clone(),
                &format!("what `{name}` installs is not judged: its packages are not wheels"),
            );
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

/// Where an unqualified `python` or `pip` installs to: the first venv on PATH, else the image's interpreter.
pub(super) fn active_destination(shell: &Interpreter<'_, '_>, program: &str) -> Destination {
    let at = if program.contains('/') { Some(path::join(&shell.cwd, program)) } else { None };
    if let Some(at) = at {
        let bin = path::parent(&at);
        let folder = path::parent(bin).to_owned();
        if shell.stage.is_venv(&folder) || !is_system_bin(bin) {
            return Destination::Venv(folder);
        }
        return Destination::Interpreter(program.to_owned());
    }
    let search = shell.variables.get("PATH").map(|text| text.value.clone()).unwrap_or_default();
    for folder in search.split(':') {
        let Some(venv) = folder.strip_suffix("/bin").filter(|venv| shell.stage.is_venv(venv)) else {
            if is_system_bin(folder) {
                break;
            }
            continue;
        };
        return Destination::Venv(venv.to_owned());
    }
    Destination::Interpreter(program.to_owned())
}

fn is_system_bin(folder: &str) -> bool {
    matches!(
        folder,
        "/usr/bin"
            | "/usr/local/bin"
            | "/bin"
            | "/opt/bin"
            | "/var/lang/bin"
            | "/opt/app-root/bin"
            | "/opt/conda/bin"
    ) || folder.starts_with("/opt/python/")
        || folder.starts_with("/opt/bitnami/")
        || folder.starts_with("/usr/lib")
        || folder.starts_with("/opt/homebrew")
}
