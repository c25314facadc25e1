//! Tools that install a project from its lock: poetry, pipenv, pdm; and pip-tools, pipx, setup.py.

use crate::files::Operation;
use crate::gap::DockerfileGap;
use crate::model::{Action, Destination, Exported, FileSource, InputFile, Tool};
use crate::path;
use crate::shell::command::{Arg, Outcome, Status};
use crate::text::Text;
use crate::tools::install::{add_argument, apply, input_file, new_step, project_file, variable_is_true};
use crate::tools::options::{Line, Spec};
use crate::tools::shell::{Shell, active_destination};
use wheelbase_python::lock::{Extras, LockSelection};
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::source::Origin;

const POETRY: Spec = Spec {
    valued: &[
        "with",
        "without",
        "only",
        "extras",
        "directory",
        "project",
        "format",
        "output",
        "group",
        "source",
        "python",
    ],
    short: &[
        ('E', "extras"),
        ('C', "directory"),
        ('P', "project"),
        ('f', "format"),
        ('o', "output"),
        ('G', "group"),
        ('n', "no-interaction"),
        ('v', "verbose"),
        ('q', "quiet"),
    ],
    flags: &[],
};

const PIPENV: Spec = Spec {
    valued: &[
        "requirements",
        "editable",
        "index",
        "extra-index-url",
        "pypi-mirror",
        "python",
        "categories",
        "extra-pip-args",
        "lock-timeout",
    ],
    short: &[
        ('r', "requirements"),
        ('e', "editable"),
        ('i', "index"),
        ('d', "dev"),
        ('v', "verbose"),
        ('q', "quiet"),
    ],
    flags: &[],
};

const PDM: Spec = Spec {
    valued: &[
        "group", "with", "without", "lockfile", "project", "format", "output", "config", "venv", "override",
        "skip",
    ],
    short: &[
        ('G', "group"),
        ('L', "lockfile"),
        ('p', "project"),
        ('f', "format"),
        ('o', "output"),
        ('d', "dev"),
        ('P', "prod"),
        ('c', "config"),
        ('v', "verbose"),
        ('q', "quiet"),
        ('k', "skip"),
    ],
    flags: &[],
};

fn group_names(line: &Line, option: &str) -> Vec<ExtraName> {
    line.values(option)
        .flat_map(|arg| arg.as_str().split([',', ' ', '\t']))
        .filter_map(|name| name.trim().parse().ok())
        .collect()
}

fn extras(selection: &mut LockSelection, names: Vec<ExtraName>) {
    if !names.is_empty() {
        selection.extras = Extras::Some(names);
    }
}

/// Returns the lock and the project file in `folder`.
fn inputs(
    shell: &mut Shell<'_, '_>,
    folder: &str,
    lock: &str,
    project: &str,
    origin: &Origin,
) -> (Option<InputFile>, Option<InputFile>) {
    let lock_file = project_file(shell, &path::join(folder, lock), origin);
    let project_file = project_file(shell, &path::join(folder, project), origin);
    match &lock_file {
        Some(file) => shell.stage.check_source(&file.path, &file.source, origin),
        None => {
            let reason = DockerfileGap::NoLock { folder: folder.to_owned(), lock: lock.to_owned() };
            shell.stage.undetermined(origin.clone(), reason);
        }
    }
    (lock_file, project_file)
}

/// Returns whether poetry creates a virtual environment (<https://python-poetry.org/docs/configuration/>).
fn poetry_environment(
    shell: &mut Shell<'_, '_>,
    folder: &str,
    program: &str,
    origin: &Origin,
) -> Destination {
    let setting = |shell: &Shell<'_, '_>, name: &str, key: &str| {
        let text = shell.variables.get(name).map(|text| text.value.clone());
        text.or_else(|| shell.stage.python.poetry_config.get(key).cloned())
    };
    if let Some(venv) = shell.variables.get("VIRTUAL_ENV").filter(|text| !text.value.is_empty()) {
        return Destination::Venv(venv.value.clone());
    }
    let create = setting(shell, "POETRY_VIRTUALENVS_CREATE", "virtualenvs.create");
    if create.is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "false" | "0")) {
        return match active_destination(shell, "python") {
            // The virtual environment of poetry itself is not the destination.
            Destination::Venv(venv) if !program.starts_with(&venv) => Destination::Venv(venv),
            _ => Destination::Interpreter("python".to_owned()),
        };
    }
    let inside = setting(shell, "POETRY_VIRTUALENVS_IN_PROJECT", "virtualenvs.in-project");
    let inside = inside.is_some_and(|text| matches!(text.to_ascii_lowercase().as_str(), "true" | "1"));
    let in_project = path::join(folder, ".venv");
    let venv = if inside || shell.stage.python.is_venv(&in_project) {
        in_project
    } else {
        let cache = shell.variables.get("POETRY_CACHE_DIR").map(|text| text.value.clone());
        let cache = cache.unwrap_or_else(|| format!("{}/.cache/pypoetry", shell.home()));
        let above = setting(shell, "POETRY_VIRTUALENVS_PATH", "virtualenvs.path");
        above.unwrap_or_else(|| format!("{cache}/virtualenvs"))
    };
    shell.stage.python.add_venv(&venv, None, origin);
    Destination::Venv(venv)
}

fn poetry_selection(line: &Line) -> LockSelection {
    let mut selection = LockSelection::default();
    let only = group_names(line, "only");
    if !only.is_empty() {
        let main = only.iter().any(|group| group.as_str() == "main");
        let root = selection.root && main;
        selection = selection.only_groups(only.into_iter().filter(|group| group.as_str() != "main"));
        selection.project = main;
        selection.root = root;
    }
    selection.with.extend(group_names(line, "with"));
    selection.without.extend(group_names(line, "without"));
    // poetry 1.2 to 1.8, `GroupCommand.activated_groups`: the same as `--only main`.
    if line.has("no-dev") {
        selection.default_groups = false;
    }
    if line.has("only-root") {
        selection = LockSelection::default().only_groups([]);
        selection.root = true;
    }
    if line.has("no-root") {
        selection.root = false;
    }
    selection.all_groups = line.has("all-groups");
    extras(&mut selection, group_names(line, "extras"));
    if line.has("all-extras") {
        selection.extras = Extras::All;
    }
    selection
}

/// `poetry ...`
pub(super) fn poetry(
    shell: &mut Shell<'_, '_>,
    program: &str,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    if let Some(at) = rest.iter().position(|arg| arg.as_str() == "run") {
        return shell.command(rest.get(at + 1..).unwrap_or_default(), origin, input);
    }
    let mut line = Line::read(rest, &POETRY);
    if line.words.is_empty() {
        return (Status::Success, None);
    }
    let subcommand = line.words.remove(0);
    let folder = line.value("directory").or_else(|| line.value("project"));
    let folder = folder.map_or_else(|| shell.cwd.clone(), |arg| path::join(&shell.cwd, arg.as_str()));
    match subcommand.as_str() {
        "config" => {
            if let [key, value, ..] = line.words.as_slice() {
                shell.stage.python.poetry_config.insert(key.as_str().to_owned(), value.as_str().to_owned());
            }
            (Status::Success, None)
        }
        "install" | "sync" if line.has("dry-run") => (Status::Success, None),
        "install" | "sync" | "add" | "update" => {
            let destination = poetry_environment(shell, &folder, program, origin);
            let mut step = new_step(shell, Tool::Poetry, Action::Sync, destination, origin);
            step.selection = Some(poetry_selection(&line));
            if subcommand.as_str() == "add" {
                step.action = Action::Install;
                line.words.iter().for_each(|word| add_argument(shell, &mut step, word, false));
            }
            (step.lock, step.project) = inputs(shell, &folder, "poetry.lock", "pyproject.toml", origin);
            shell.stage.install(step);
            (Status::Success, None)
        }
        "export" => {
            let (lock, _) = inputs(shell, &folder, "poetry.lock", "pyproject.toml", origin);
            let mut selection = poetry_selection(&line);
            // By default the export plugin exports only the main group. It never exports the project.
            selection.root = false;
            if line.has("dev") {
                selection.with.extend("dev".parse::<ExtraName>());
            }
            if !selection.all_groups {
                selection.default_groups = false;
            }
            let from = lock.into_iter().collect();
            let exported = Box::new(Exported {
                tool: Tool::Poetry,
                from,
                selection: Some(selection),
                origin: origin.clone(),
            });
            if let Some(file) = line.value("output").filter(|arg| arg.text.unknown.is_none()) {
                let at = path::join(&folder, file.as_str());
                shell.stage.files.push(Operation::Exported { path: at, exported });
                return (Status::Success, None);
            }
            (Status::Success, Some(FileSource::Exported(exported)))
        }
        _ => (Status::Success, None),
    }
}

/// `pipenv ...` (<https://pipenv.pypa.io/en/latest/cli.html>).
pub(super) fn pipenv(
    shell: &mut Shell<'_, '_>,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    if let Some(at) = rest.iter().position(|arg| arg.as_str() == "run") {
        return shell.command(rest.get(at + 1..).unwrap_or_default(), origin, input);
    }
    let mut line = Line::read(rest, &PIPENV);
    if line.words.is_empty() {
        return (Status::Success, None);
    }
    let subcommand = line.words.remove(0);
    let folder = shell.cwd.clone();
    let dev = line.has("dev") || variable_is_true(shell, "PIPENV_DEV");
    let mut selection = LockSelection { default_groups: false, ..LockSelection::default() };
    if dev {
        selection = selection.with_group(develop());
    }
    let categories = group_names(&line, "categories");
    if !categories.is_empty() {
        let main = categories.iter().any(|name| matches!(name.as_str(), "packages" | "default"));
        let others = categories.into_iter().filter(|name| !matches!(name.as_str(), "packages" | "default"));
        let others: Vec<ExtraName> =
            others.map(|name| if name.as_str() == "dev-packages" { develop() } else { name }).collect();
        selection = LockSelection::default().only_groups(others);
        selection.project = main;
    }
    match subcommand.as_str() {
        "install" | "sync" => {
            let system = line.has("system") || variable_is_true(shell, "PIPENV_SYSTEM");
            let destination = if system {
                active_destination(shell, "python")
            } else if variable_is_true(shell, "PIPENV_VENV_IN_PROJECT") {
                Destination::Venv(path::join(&folder, ".venv"))
            } else {
                Destination::Venv(format!("{}/.local/share/virtualenvs", shell.home()))
            };
            if let Destination::Venv(venv) = &destination {
                shell.stage.python.add_venv(venv, None, origin);
            }
            let mut step = new_step(shell, Tool::Pipenv, Action::Sync, destination, origin);
            step.options.locked = line.has("deploy");
            step.options.frozen = line.has("ignore-pipfile") || subcommand.as_str() == "sync";
            if line.words.is_empty() && line.value("requirements").is_none() {
                step.selection = Some(selection);
                (step.lock, step.project) = inputs(shell, &folder, "Pipfile.lock", "Pipfile", origin);
            } else {
                step.action = Action::Install;
                let files: Vec<Arg> = line.values("requirements").cloned().collect();
                for file in &files {
                    step.requirement_files.extend(input_file(shell, file, &folder, input));
                }
                line.words.iter().for_each(|word| add_argument(shell, &mut step, word, false));
            }
            shell.stage.install(step);
            (Status::Success, None)
        }
        "requirements" | "lock" => {
            if subcommand.as_str() == "lock"
                && !rest.iter().any(|arg| matches!(arg.as_str(), "-r" | "--requirements"))
            {
                return (Status::Success, None);
            }
            let (lock, _) = inputs(shell, &folder, "Pipfile.lock", "Pipfile", origin);
            let from = lock.into_iter().collect();
            let exported =
                Exported { tool: Tool::Pipenv, from, selection: Some(selection), origin: origin.clone() };
            (Status::Success, Some(FileSource::Exported(Box::new(exported))))
        }
        _ => (Status::Success, None),
    }
}

/// The section of `Pipfile.lock` for development.
fn develop() -> ExtraName {
    match "develop".parse() {
        Ok(name) => name,
        Err(_) => unreachable!("the name is valid"),
    }
}

fn pdm_selection(line: &Line) -> LockSelection {
    let mut selection = LockSelection::default();
    for group in group_names(line, "group").into_iter().chain(group_names(line, "with")) {
        if group.as_str() == "all" {
            selection.all_groups = true;
            selection.extras = Extras::All;
        } else {
            // pdm uses the same option for extras and development groups.
            selection = selection.with_group(group.clone()).with_extra(group);
        }
    }
    selection.without = group_names(line, "without");
    if line.has("prod") || line.has("production") || line.has("no-dev") {
        selection.default_groups = false;
    }
    if line.has("no-default") {
        selection.project = false;
    }
    if line.has("no-self") || line.has("no-default") {
        selection.root = false;
    }
    selection
}

/// `pdm ...` (<https://pdm-project.org/latest/reference/cli/>).
pub(super) fn pdm(
    shell: &mut Shell<'_, '_>,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    if let Some(at) = rest.iter().position(|arg| arg.as_str() == "run") {
        return shell.command(rest.get(at + 1..).unwrap_or_default(), origin, input);
    }
    let mut line = Line::read(rest, &PDM);
    if line.words.is_empty() {
        return (Status::Success, None);
    }
    let subcommand = line.words.remove(0);
    let folder =
        line.value("project").map_or_else(|| shell.cwd.clone(), |arg| path::join(&shell.cwd, arg.as_str()));
    let lock_name = line.value("lockfile").map_or("pdm.lock", Arg::as_str).to_owned();
    match subcommand.as_str() {
        "use" => {
            if let Some(word) = line.words.first() {
                let at = path::join(&folder, word.as_str());
                let venv = path::parent(path::parent(&at)).to_owned();
                let found = [at, venv].into_iter().find(|at| shell.stage.python.is_venv(at));
                shell.stage.python.pdm_venv = found;
            }
            (Status::Success, None)
        }
        "install" | "sync" | "add" | "update" => {
            let venv = match (&shell.stage.python.pdm_venv, shell.variables.get("VIRTUAL_ENV")) {
                (Some(venv), _) => venv.clone(),
                (None, Some(venv)) if !venv.value.is_empty() => venv.value.clone(),
                _ => path::join(&folder, ".venv"),
            };
            let destination =
                if variable_is_true(shell, "PDM_USE_VENV") || shell.variables.get("PDM_USE_VENV").is_none() {
                    shell.stage.python.add_venv(&venv, None, origin);
                    Destination::Venv(venv)
                } else {
                    Destination::Target(path::join(&folder, "__pypackages__"))
                };
            let mut step = new_step(shell, Tool::Pdm, Action::Sync, destination, origin);
            step.selection = Some(pdm_selection(&line));
            step.options.frozen = line.has("frozen-lockfile") || line.has("no-lock");
            step.options.locked = line.has("check") || line.has("locked");
            (step.lock, step.project) = inputs(shell, &folder, &lock_name, "pyproject.toml", origin);
            if subcommand.as_str() == "add" {
                step.action = Action::Install;
                line.words.iter().for_each(|word| add_argument(shell, &mut step, word, false));
            }
            shell.stage.install(step);
            (Status::Success, None)
        }
        "export" => {
            let (lock, _) = inputs(shell, &folder, &lock_name, "pyproject.toml", origin);
            let from = lock.into_iter().collect();
            let mut selection = pdm_selection(&line);
            selection.root = false;
            selection.all_groups |= line.has("all-groups");
            let exported = Box::new(Exported {
                tool: Tool::Pdm,
                from,
                selection: Some(selection),
                origin: origin.clone(),
            });
            if let Some(file) = line.value("output").filter(|arg| arg.text.unknown.is_none()) {
                let at = path::join(&folder, file.as_str());
                shell.stage.files.push(Operation::Exported { path: at, exported });
                return (Status::Success, None);
            }
            (Status::Success, Some(FileSource::Exported(exported)))
        }
        _ => {
            let _ = input;
            (Status::Success, None)
        }
    }
}

const PIP_TOOLS: Spec = Spec {
    valued: &[
        "python-executable",
        "index-url",
        "extra-index-url",
        "find-links",
        "trusted-host",
        "pip-args",
        "output-file",
        "extra",
        "resolver",
        "constraint",
        "cert",
        "cache-dir",
        "upgrade-package",
        "config",
        "no-binary",
        "only-binary",
    ],
    short: &[
        ('i', "index-url"),
        ('f', "find-links"),
        ('o', "output-file"),
        ('c', "constraint"),
        ('q', "quiet"),
        ('P', "upgrade-package"),
        ('U', "upgrade"),
    ],
    flags: &[],
};

/// `pip-sync [files]`.
pub(super) fn pip_sync(shell: &mut Shell<'_, '_>, rest: &[Arg], origin: &Origin) -> Outcome {
    let mut line = Line::read(rest, &PIP_TOOLS);
    if line.words.is_empty() {
        let text = Text::known("requirements.txt");
        line.words.push(Arg { text, origin: origin.clone() });
    }
    let destination = match line.value("python-executable").map(|arg| arg.as_str().to_owned()) {
        Some(python) => active_destination(shell, &python),
        None => active_destination(shell, "python"),
    };
    let mut step = new_step(shell, Tool::PipSync, Action::Sync, destination, origin);
    apply(shell, &mut step, &line, None);
    let folder = shell.cwd.clone();
    for word in &line.words {
        step.requirement_files.extend(input_file(shell, word, &folder, None));
    }
    shell.stage.install(step);
    (Status::Success, None)
}

/// `pip-compile requirements.in`: creates `requirements.txt` during the build.
pub(super) fn pip_compile(shell: &mut Shell<'_, '_>, rest: &[Arg], origin: &Origin) -> Outcome {
    let line = Line::read(rest, &PIP_TOOLS);
    let folder = shell.cwd.clone();
    let mut from = Vec::new();
    for word in &line.words {
        from.extend(input_file(shell, word, &folder, None));
    }
    let named = line.value("output-file").map(|arg| path::join(&folder, arg.as_str()));
    let default = from.first().map(|file| {
        let stem = file.path.rsplit_once('.').map_or(file.path.as_str(), |(stem, _)| stem);
        let stem = if path::name(&file.path).ends_with(".in") {
            stem.to_owned()
        } else {
            path::join(&folder, "requirements")
        };
        format!("{stem}.txt")
    });
    if let Some(at) = named.or(default) {
        let exported =
            Box::new(Exported { tool: Tool::PipSync, from, selection: None, origin: origin.clone() });
        shell.stage.files.push(Operation::Exported { path: at, exported });
    }
    (Status::Success, None)
}

/// `pipx install X`.
pub(super) fn pipx(shell: &mut Shell<'_, '_>, rest: &[Arg], origin: &Origin) -> Outcome {
    const SPEC: Spec = Spec {
        valued: &["python", "index-url", "pip-args", "suffix", "spec", "preinstall", "backend"],
        short: &[('i', "index-url"), ('f', "force"), ('e', "editable")],
        flags: &[],
    };
    let mut line = Line::read(rest, &SPEC);
    if line.words.is_empty() {
        return (Status::Success, None);
    }
    let subcommand = line.words.remove(0);
    let words = match subcommand.as_str() {
        "install" | "install-all" => line.words.clone(),
        "inject" => line.words.get(1..).unwrap_or_default().to_vec(),
        "run" => return (Status::Success, None),
        _ => return (Status::Success, None),
    };
    let home = shell.variables.get("PIPX_HOME").map(|text| text.value.clone());
    let folder = home.unwrap_or_else(|| format!("{}/.local/share/pipx", shell.home()));
    let mut step = new_step(shell, Tool::Pipx, Action::Install, Destination::Tools(folder), origin);
    words.iter().for_each(|word| add_argument(shell, &mut step, word, false));
    shell.stage.install(step);
    (Status::Success, None)
}

/// `python setup.py install`: neither pip nor wheels.
pub(super) fn setup_py(shell: &mut Shell<'_, '_>, program: &str, script: &str, verb: &str, origin: &Origin) {
    let destination = active_destination(shell, program);
    let mut step = new_step(shell, Tool::SetupPy, Action::Install, destination, origin);
    let at = path::join(&shell.cwd, script);
    step.project = project_file(shell, &at, origin);
    shell.stage.undetermined(origin.clone(), DockerfileGap::SetupPy(verb.to_owned()));
    shell.stage.install(step);
}
