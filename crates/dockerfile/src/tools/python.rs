//! `python` itself: its modules, its scripts and its environments.

use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::{FileSource, InstallerVersion};
use crate::path;
use crate::shell::command::{Arg, Outcome, Status, short};
use crate::tools::nested::installer_script;
use crate::tools::shell::Shell;
use crate::tools::{options, pip, project, uv};
use wheelbase_spec::source::Origin;

/// `python -m pip`, `python -m venv`, `python setup.py install`, `python get-pip.py`.
pub(super) fn run(
    shell: &mut Shell<'_, '_>,
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

fn python_text(shell: &mut Shell<'_, '_>, text: &str, origin: &Origin) -> Outcome {
    if text.contains("pip") && (text.contains("install") || text.contains("subprocess")) {
        shell.stage.undetermined(origin.clone(), DockerfileGap::PythonInstalls);
    }
    (Status::Success, Some(FileSource::Unknown(DockerfileGap::WrittenByPython)))
}

fn python_module(
    shell: &mut Shell<'_, '_>,
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
            shell.stage.python.installers.insert("pip".to_owned(), InstallerVersion::OfImage);
            (Status::Success, None)
        }
        _ => (
            Status::Success,
            Some(FileSource::Unknown(DockerfileGap::WrittenBy(format!("python -m {module}")))),
        ),
    }
}

fn python_script(
    shell: &mut Shell<'_, '_>,
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
            shell.stage.python.installers.insert("pip".to_owned(), version);
        }
        "install-poetry.py" | "get-poetry.py" | "install-pdm.py" => installer_script(shell, script, origin),
        "setup.py" if verb == "install" || verb == "develop" => {
            project::setup_py(shell, program, script, verb, origin);
        }
        _ => {}
    }
    (Status::Success, Some(FileSource::Unknown(DockerfileGap::WrittenBy(short(script)))))
}

/// `python -m venv DIR`, `virtualenv DIR`.
pub(super) fn create_venv(shell: &mut Shell<'_, '_>, rest: &[Arg], origin: &Origin, program: Option<&str>) {
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
            shell.stage.undetermined(origin.clone(), UnknownPart::EnvironmentPath.because(reason));
            continue;
        }
        let at = path::join(&shell.cwd.clone(), word.as_str());
        shell.stage.python.add_venv(&at, python.clone(), origin);
    }
}
