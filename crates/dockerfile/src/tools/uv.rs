//! uv (<https://docs.astral.sh/uv/reference/cli/>).

use crate::files::Operation;
use crate::gap::DockerfileGap;
use crate::model::{Action, Destination, Exported, FileSource, InputFile, Tool};
use crate::path;
use crate::shell::command::{Arg, Outcome, Status};
use crate::text::Text;
use crate::tools::install::{add_argument, apply, input_file, new_step, project_file, variable_is_true};
use crate::tools::options::{Line, Setting, Spec, from_environment};
use crate::tools::shell::{Shell, active_destination};
use wheelbase_python::lock::{Extras, LockSelection};
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::source::Origin;

/// Options of `uv pip` 0.13 with a value.
const PIP_SPEC: Spec = Spec {
    valued: &[
        "requirement",
        "requirements",
        "constraint",
        "constraints",
        "override",
        "overrides",
        "exclude",
        "excludes",
        "build-constraint",
        "build-constraints",
        "editable",
        "group",
        "extra",
        "python",
        "target",
        "prefix",
        "python-version",
        "python-platform",
        "index",
        "default-index",
        "index-url",
        "extra-index-url",
        "find-links",
        "index-strategy",
        "keyring-provider",
        "resolution",
        "prerelease",
        "fork-strategy",
        "exclude-newer",
        "exclude-newer-package",
        "link-mode",
        "no-binary",
        "only-binary",
        "no-build-package",
        "no-binary-package",
        "config-setting",
        "config-settings",
        "config-settings-package",
        "no-build-isolation-package",
        "cache-dir",
        "directory",
        "project",
        "config-file",
        "upgrade-package",
        "reinstall-package",
        "refresh-package",
        "torch-backend",
        "output-file",
        "color",
        "allow-insecure-host",
        "python-preference",
        "format",
        "annotation-style",
        "no-emit-package",
        "upgrade-group",
    ],
    short: &[
        ('r', "requirement"),
        ('c', "constraint"),
        ('b', "build-constraint"),
        ('e', "editable"),
        ('p', "python"),
        ('i', "index-url"),
        ('f', "find-links"),
        ('C', "config-setting"),
        ('P', "upgrade-package"),
        ('U', "upgrade"),
        ('q', "quiet"),
        ('v', "verbose"),
        ('n', "no-cache"),
        ('o', "output-file"),
        ('t', "target"),
    ],
    flags: &[],
};

/// Options of the project commands of uv with a value. `--no-binary` is a flag there.
const PROJECT_SPEC: Spec = Spec {
    valued: &[
        "extra",
        "no-extra",
        "group",
        "no-group",
        "only-group",
        "package",
        "no-install-package",
        "python",
        "python-platform",
        "index",
        "default-index",
        "index-url",
        "extra-index-url",
        "find-links",
        "index-strategy",
        "keyring-provider",
        "resolution",
        "prerelease",
        "fork-strategy",
        "exclude-newer",
        "exclude-newer-package",
        "link-mode",
        "no-build-package",
        "no-binary-package",
        "config-setting",
        "config-settings-package",
        "no-build-isolation-package",
        "cache-dir",
        "directory",
        "project",
        "config-file",
        "upgrade-package",
        "reinstall-package",
        "refresh-package",
        "output-file",
        "format",
        "output-format",
        "with",
        "with-requirements",
        "with-editable",
        "env-file",
        "color",
        "script",
        "upgrade-group",
        "allow-insecure-host",
        "python-preference",
        "prune",
        "no-emit-package",
        "from",
        "constraints",
        "constraint",
        "overrides",
        "override",
        "build-constraints",
        "only-install-package",
    ],
    short: &[
        ('p', "python"),
        ('i', "index-url"),
        ('f', "find-links"),
        ('C', "config-setting"),
        ('P', "upgrade-package"),
        ('U', "upgrade"),
        ('q', "quiet"),
        ('v', "verbose"),
        ('n', "no-cache"),
        ('o', "output-file"),
        ('w', "with"),
        ('c', "constraints"),
        ('m', "module"),
    ],
    flags: &[],
};

/// Variables of uv that may contain several values.
const REPEATED: [&str; 9] = [
    "index",
    "extra-index-url",
    "find-links",
    "constraint",
    "override",
    "build-constraint",
    "no-build-package",
    "no-binary-package",
    "no-group",
];

/// `uv ...`
pub(super) fn run(
    shell: &mut Shell<'_, '_>,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    // Global options may precede the command.
    let mut at = 0;
    let mut global = Vec::new();
    while let Some(arg) = rest.get(at).filter(|arg| arg.as_str().starts_with('-')) {
        let valued =
            ["--directory", "--project", "--config-file", "--cache-dir", "--color", "--allow-insecure-host"]
                .contains(&arg.as_str());
        let count = if valued { 2 } else { 1 };
        global.extend(rest.iter().skip(at).take(count).cloned());
        at += count;
    }
    let words = rest.get(at..).unwrap_or_default();
    let command = words.first().map(Arg::as_str).unwrap_or_default().to_owned();
    let mut args = global;
    args.extend(words.iter().skip(1).cloned());
    match command.as_str() {
        "pip" => pip(shell, &args, origin, input),
        "sync" => {
            let line = project_line(shell, &args, origin);
            sync(shell, &line, origin);
            (Status::Success, None)
        }
        "export" => export(shell, &args, origin),
        "run" => run_command(shell, &args, origin, input),
        "add" => {
            let line = project_line(shell, &args, origin);
            let mut step =
                new_step(shell, Tool::Uv, Action::Install, environment_of_project(shell, &line), origin);
            apply(shell, &mut step, &line, input);
            line.words.iter().for_each(|word| add_argument(shell, &mut step, word, false));
            shell.stage.install(step);
            (Status::Success, None)
        }
        "tool" => {
            if matches!(args.first().map(Arg::as_str), Some("install" | "upgrade")) {
                let line = project_line(shell, args.get(1..).unwrap_or_default(), origin);
                let home = shell.home();
                let folder = shell.variables.get("UV_TOOL_DIR").map(|text| text.value.clone());
                let folder = folder.unwrap_or_else(|| format!("{home}/.local/share/uv/tools"));
                let mut step =
                    new_step(shell, Tool::UvTool, Action::Install, Destination::Tools(folder), origin);
                apply(shell, &mut step, &line, input);
                let with: Vec<Arg> = line.values("with").chain(line.values("from")).cloned().collect();
                line.words.iter().chain(&with).for_each(|word| add_argument(shell, &mut step, word, false));
                shell.stage.install(step);
            }
            (Status::Success, None)
        }
        "venv" => {
            let line = Line::read(&args, &PIP_SPEC);
            let folder = line.words.first().map_or(".venv", Arg::as_str).to_owned();
            let at = path::join(&shell.cwd, &folder);
            let python = line.value("python").map(|arg| arg.as_str().to_owned());
            let python = python.or_else(|| shell.variables.get("UV_PYTHON").map(|text| text.value.clone()));
            shell.stage.python.add_venv(&at, python, origin);
            (Status::Success, None)
        }
        _ => (Status::Success, None),
    }
}

fn from_variables(shell: &Shell<'_, '_>, valued: &[&str], origin: &Origin) -> Vec<Setting> {
    let mut settings = from_environment(&shell.variables, "UV_", &REPEATED, valued, origin);
    // These variables differ from the option of the same name, or are handled elsewhere.
    settings.retain(|setting| {
        !matches!(setting.name.as_str(), "python" | "project" | "directory" | "no-binary" | "link-mode")
    });
    if variable_is_true(shell, "UV_NO_BINARY") {
        settings.push(Setting { name: "no-binary-all".to_owned(), value: None });
    }
    settings
}

/// `uv pip install|sync|compile`.
fn pip(shell: &mut Shell<'_, '_>, args: &[Arg], origin: &Origin, input: Option<&FileSource>) -> Outcome {
    let mut line = Line::read(args, &PIP_SPEC);
    if line.words.is_empty() {
        return (Status::Success, None);
    }
    let subcommand = line.words.remove(0);
    let settings = from_variables(shell, PIP_SPEC.valued, origin);
    line.prepend(settings);
    match subcommand.as_str() {
        "install" if line.has("dry-run") => (Status::Success, None),
        "install" | "sync" => {
            let action = if subcommand.as_str() == "sync" { Action::Sync } else { Action::Install };
            let destination = pip_environment(shell, &line, origin);
            let mut step = new_step(shell, Tool::UvPip, action, destination, origin);
            apply(shell, &mut step, &line, input);
            for word in &line.words {
                if action == Action::Sync {
                    let folder = shell.cwd.clone();
                    step.requirement_files.extend(input_file(shell, word, &folder, input));
                } else {
                    add_argument(shell, &mut step, word, false);
                }
            }
            shell.stage.install(step);
            (Status::Success, None)
        }
        "compile" => {
            let folder = shell.cwd.clone();
            let mut from = Vec::new();
            for word in &line.words {
                from.extend(input_file(shell, word, &folder, input));
            }
            let exported = Exported { tool: Tool::UvPip, from, selection: None, origin: origin.clone() };
            deliver(shell, &line, exported)
        }
        _ => (Status::Success, None),
    }
}

/// Writes an export to `-o`, and to standard output as the tools do.
fn deliver(shell: &mut Shell<'_, '_>, line: &Line, exported: Exported) -> Outcome {
    let exported = Box::new(exported);
    if let Some(file) = line.value("output-file").filter(|arg| arg.text.unknown.is_none()) {
        let at = path::join(&shell.cwd, file.as_str());
        shell.stage.files.push(Operation::Exported { path: at, exported: exported.clone() });
    }
    (Status::Success, Some(FileSource::Exported(exported)))
}

/// Where `uv pip` installs (<https://docs.astral.sh/uv/pip/environments/>): `--python`, `--system`, else
/// VIRTUAL_ENV, else a `.venv` here or above. Without any of them uv fails.
fn pip_environment(shell: &mut Shell<'_, '_>, line: &Line, origin: &Origin) -> Destination {
    let named = line.value("python").cloned();
    let named = named.map(|arg| arg.as_str().to_owned());
    let named = named.or_else(|| shell.variables.get("UV_PYTHON").map(|text| text.value.clone()));
    if let Some(named) = named.filter(|named| named.contains('/')) {
        let at = path::join(&shell.cwd, &named);
        if shell.stage.python.is_venv(&at) {
            return Destination::Venv(at);
        }
        return active_destination(shell, &named);
    }
    if line.has("system") || variable_is_true(shell, "UV_SYSTEM_PYTHON") || line.value("python").is_some() {
        // The first python on PATH. uv skips virtual environments, which are not system interpreters.
        return Destination::Interpreter("python".to_owned());
    }
    if let Some(venv) = shell.variables.get("VIRTUAL_ENV").filter(|text| !text.value.is_empty()) {
        return Destination::Venv(path::join(&shell.cwd, &venv.value));
    }
    let mut folder = shell.cwd.clone();
    loop {
        let venv = path::join(&folder, ".venv");
        if shell.stage.python.is_venv(&venv) {
            return Destination::Venv(venv);
        }
        if folder == "/" {
            break;
        }
        folder = path::parent(&folder).to_owned();
    }
    if line.value("target").is_none() && line.value("prefix").is_none() {
        shell.stage.undetermined(origin.clone(), DockerfileGap::NoVirtualEnvironment);
    }
    Destination::Interpreter("python".to_owned())
}

/// The options of a project command, with those of the environment before them.
fn project_line(shell: &Shell<'_, '_>, args: &[Arg], origin: &Origin) -> Line {
    let mut line = Line::read(args, &PROJECT_SPEC);
    for setting in &mut line.settings {
        if setting.name == "no-binary" {
            setting.name = "no-binary-all".to_owned();
        }
    }
    line.prepend(from_variables(shell, PROJECT_SPEC.valued, origin));
    line
}

/// Returns the directory of the project: `--project`, `--directory`, otherwise the working directory.
fn project_folder(shell: &Shell<'_, '_>, line: &Line) -> String {
    let named = line.value("directory").or_else(|| line.value("project"));
    let named = named.map(|arg| arg.as_str().to_owned());
    let named = named.or_else(|| shell.variables.get("UV_PROJECT").map(|text| text.value.clone()));
    named.map_or_else(|| shell.cwd.clone(), |named| path::join(&shell.cwd, &named))
}

/// <https://docs.astral.sh/uv/concepts/projects/config/#project-environment-path>
fn environment_of_project(shell: &Shell<'_, '_>, line: &Line) -> Destination {
    if line.has("active")
        && let Some(venv) = shell.variables.get("VIRTUAL_ENV")
    {
        return Destination::Venv(venv.value.clone());
    }
    let root = project_folder(shell, line);
    match shell.variables.get("UV_PROJECT_ENVIRONMENT").filter(|text| !text.value.is_empty()) {
        Some(text) => {
            let at = path::join(&root, &text.value);
            if matches!(at.as_str(), "/usr/local" | "/usr") {
                Destination::Interpreter(format!("{at}/bin/python"))
            } else {
                Destination::Venv(at)
            }
        }
        None => Destination::Venv(path::join(&root, ".venv")),
    }
}

/// Returns the lock in the directory of the project, or above it in a workspace.
fn lock_file(shell: &mut Shell<'_, '_>, folder: &str, name: &str, origin: &Origin) -> Option<InputFile> {
    let mut folder = folder.to_owned();
    loop {
        if let Some(file) = project_file(shell, &path::join(&folder, name), origin) {
            return Some(file);
        }
        if folder == "/" {
            return None;
        }
        folder = path::parent(&folder).to_owned();
    }
}

/// `uv sync`: the project with its default groups (`dev`, or `tool.uv.default-groups`).
pub(super) fn sync(shell: &mut Shell<'_, '_>, line: &Line, origin: &Origin) {
    let folder = project_folder(shell, line);
    let destination = environment_of_project(shell, line);
    let mut step = new_step(shell, Tool::Uv, Action::Sync, destination.clone(), origin);
    let selection = selection(line);
    // Groups and extras are already in the selection.
    let mut rest = line.clone();
    rest.settings.retain(|setting| !matches!(setting.name.as_str(), "extra" | "all-extras" | "group"));
    apply(shell, &mut step, &rest, None);
    step.selection = Some(selection);
    step.lock = lock_file(shell, &folder, "uv.lock", origin);
    step.project = project_file(shell, &path::join(&folder, "pyproject.toml"), origin);
    if step.lock.is_none() {
        shell.stage.undetermined(origin.clone(), DockerfileGap::NoUvLock(folder));
    }
    if let Some(lock) = step.lock.clone() {
        shell.stage.check_source(&lock.path, &lock.source, origin);
    }
    if let Destination::Venv(at) = &destination {
        let python = line.value("python").map(|arg| arg.as_str().to_owned());
        let python = python.or_else(|| shell.variables.get("UV_PYTHON").map(|text| text.value.clone()));
        shell.stage.python.add_venv(at, python, origin);
    }
    shell.stage.install(step);
}

fn names(line: &Line, option: &str) -> Vec<ExtraName> {
    line.values(option)
        .flat_map(|arg| arg.as_str().split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect()
}

/// <https://docs.astral.sh/uv/concepts/projects/sync/>
fn selection(line: &Line) -> LockSelection {
    let mut selection = LockSelection::default();
    let only = names(line, "only-group");
    if !only.is_empty() {
        selection = selection.only_groups(only);
    }
    if line.has("only-dev") {
        selection = LockSelection::default().only_groups("dev".parse::<ExtraName>());
    }
    selection.with.extend(names(line, "group"));
    selection.without.extend(names(line, "no-group"));
    if line.has("no-dev") {
        selection.without.extend("dev".parse::<ExtraName>());
    }
    if line.has("no-default-groups") {
        selection.default_groups = false;
    }
    selection.all_groups = line.has("all-groups");
    let extras = names(line, "extra");
    if line.has("all-extras") {
        selection.extras = Extras::All;
    } else if !extras.is_empty() {
        selection.extras = Extras::Some(extras);
    }
    if line.has("no-install-project")
        || line.has("no-install-workspace")
        || line.has("no-install-local")
        || line.has("no-emit-project")
    {
        selection.root = false;
    }
    selection.skip = line.values("no-install-package").filter_map(|arg| arg.as_str().parse().ok()).collect();
    selection.member = line.value("package").and_then(|arg| arg.as_str().parse().ok());
    selection.all_members = line.has("all-packages");
    selection
}

/// `uv export -o requirements.txt`.
fn export(shell: &mut Shell<'_, '_>, args: &[Arg], origin: &Origin) -> Outcome {
    let line = project_line(shell, args, origin);
    let folder = project_folder(shell, &line);
    let from: Vec<InputFile> = lock_file(shell, &folder, "uv.lock", origin).into_iter().collect();
    if from.is_empty() {
        shell.stage.undetermined(origin.clone(), DockerfileGap::NoUvLockForExport);
    }
    let selection = Some(selection(&line));
    deliver(shell, &line, Exported { tool: Tool::Uv, from, selection, origin: origin.clone() })
}

/// `uv run [--with X] command`: syncs the project first.
fn run_command(
    shell: &mut Shell<'_, '_>,
    args: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    // Only options before the command are those of uv.
    let mut at = 0;
    while let Some(arg) = args.get(at).filter(|arg| arg.as_str().starts_with('-')) {
        let name = arg.as_str().trim_start_matches('-');
        let short = PROJECT_SPEC.short.iter().find(|(letter, _)| arg.as_str() == format!("-{letter}"));
        let name = short.map_or(name, |(_, long)| long);
        let valued = PROJECT_SPEC.valued.contains(&name) && !arg.as_str().contains('=');
        at += if valued { 2 } else { 1 };
        if arg.as_str() == "--" || name == "module" {
            break;
        }
    }
    let line = project_line(shell, args.get(..at).unwrap_or_default(), origin);
    let folder = project_folder(shell, &line);
    let has_project = project_file(shell, &path::join(&folder, "pyproject.toml"), origin).is_some();
    if has_project && !line.has("no-sync") && !line.has("no-project") && !line.has("script") {
        sync(shell, &line, origin);
    }
    let with: Vec<Arg> = line.values("with").cloned().collect();
    if !with.is_empty() {
        let folder = format!("{}/.cache/uv", shell.home());
        let mut step = new_step(shell, Tool::UvTool, Action::Install, Destination::Tools(folder), origin);
        with.iter().for_each(|word| add_argument(shell, &mut step, word, false));
        shell.stage.install(step);
    }
    let kept = shell.variables.clone();
    if let Destination::Venv(venv) = environment_of_project(shell, &line)
        && has_project
    {
        let text = Text::known(format!("{venv}/bin:/usr/local/bin:/usr/bin:/bin"));
        shell.variables.set("PATH", text);
        shell.variables.set("VIRTUAL_ENV", Text::known(venv));
    }
    let outcome = shell.command(args.get(at..).unwrap_or_default(), origin, input);
    shell.variables = kept;
    outcome
}
