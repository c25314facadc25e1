//! The common parts of pip and `uv pip`, and the creation of steps.

use std::collections::BTreeMap;

use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::{
    Action, Destination, FileSource, FormatRule, InputFile, InstallOptions, InstallStep, InstallerVersion,
    LocalProject, Tool, Toolchain,
};
use crate::path;
use crate::shell::command::Arg;
use crate::tools::options::{Line, Setting, is_true};
use crate::tools::shell::Shell;
use wheelbase_python::index::Cutoff;
use wheelbase_python::lock::{Extras, LockSelection};
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::source::Origin;

/// Prefixes of variables that installers read.
const PREFIXES: [&str; 5] = ["PIP_", "UV_", "POETRY_", "PIPENV_", "PDM_"];

/// Creates a step with the facts of the stage, without requirements.
pub(super) fn new_step(
    shell: &Shell<'_, '_>,
    tool: Tool,
    action: Action,
    destination: Destination,
    origin: &Origin,
) -> InstallStep {
    let mut environment = BTreeMap::new();
    for (name, text) in shell.variables.iter() {
        if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            environment.insert(name.to_owned(), text.value.clone());
        }
    }
    let installer = shell.stage.python.installers.get(&installer_key(tool, &destination)).cloned();
    InstallStep {
        tool,
        action,
        requirements: Vec::new(),
        projects: Vec::new(),
        requirement_files: Vec::new(),
        constraint_files: Vec::new(),
        config_files: Vec::new(),
        override_files: Vec::new(),
        selection: None,
        lock: None,
        project: None,
        options: InstallOptions::default(),
        environment,
        interpreter: destination.clone(),
        destination,
        after_unread: shell.stage.steps.unread,
        installer: installer.unwrap_or(InstallerVersion::OfImage),
        toolchain: Toolchain { tools: shell.stage.packages.toolchain() },
        packages: shell.stage.packages.installed.clone(),
        conditional: shell.conditional.clone(),
        onbuild: shell.stage.steps.onbuild,
        origin: origin.clone(),
        files: shell.stage.files.clone(),
    }
}

/// Returns the key for the version of a tool in a stage. Each virtual environment has a pip of its own.
fn installer_key(tool: Tool, destination: &Destination) -> String {
    match (tool, destination) {
        (Tool::Pip, Destination::Venv(path)) => format!("pip in {path}"),
        (Tool::Pip, _) => "pip".to_owned(),
        (Tool::Uv | Tool::UvPip | Tool::UvTool, _) => "uv".to_owned(),
        (Tool::PipSync, _) => "pip-tools".to_owned(),
        (tool, _) => tool.as_str().to_owned(),
    }
}

/// Returns a file argument. An unknown one is reported, and the result is `None`.
pub(super) fn input_file(
    shell: &mut Shell<'_, '_>,
    arg: &Arg,
    folder: &str,
    input: Option<&FileSource>,
) -> Option<InputFile> {
    if let Some(reason) = &arg.text.unknown {
        shell.stage.undetermined(arg.origin.clone(), UnknownPart::InputPath.because(reason));
        return None;
    }
    shell.stage.assume(&arg.text, &arg.origin);
    let text = arg.as_str();
    if text.contains("://") {
        let source = FileSource::Url(text.to_owned());
        shell.stage.check_source(text, &source, &arg.origin);
        return Some(InputFile { path: text.to_owned(), source, origin: arg.origin.clone() });
    }
    if matches!(text, "-" | "/dev/stdin" | "/proc/self/fd/0") {
        let nothing = || FileSource::Unknown(DockerfileGap::EmptyInput);
        let source = input.cloned().unwrap_or_else(nothing);
        return Some(InputFile { path: "/dev/stdin".to_owned(), source, origin: arg.origin.clone() });
    }
    let at = path::join(folder, text.strip_prefix("file://").unwrap_or(text));
    let source = shell.stage.find(&at);
    shell.stage.check_source(&at, &source, &arg.origin);
    Some(InputFile { path: at, source, origin: arg.origin.clone() })
}

/// Adds a requirement argument: a requirement of PEP 508, a path or an archive.
pub(super) fn add_argument(shell: &mut Shell<'_, '_>, step: &mut InstallStep, arg: &Arg, editable: bool) {
    if let Some(reason) = &arg.text.unknown {
        shell.stage.undetermined(arg.origin.clone(), UnknownPart::Requirement.because(reason));
        return;
    }
    shell.stage.assume(&arg.text, &arg.origin);
    let text = arg.as_str();
    if text.is_empty() {
        return;
    }
    if !arg.text.assumed.is_empty() && text.ends_with(['=', '<', '>', '~', '!', '@', '[', ',']) {
        let arguments = arg.text.assumed.iter().cloned().collect();
        let reason = DockerfileGap::IncompleteRequirement { text: text.to_owned(), arguments };
        shell.stage.undetermined(arg.origin.clone(), reason);
        return;
    }
    if !is_path(text) {
        step.requirements.push((text.to_owned(), arg.origin.clone()));
        return;
    }
    let (bare, extras) = match text.split_once('[') {
        Some((bare, rest)) if rest.ends_with(']') => (bare, rest.trim_end_matches(']')),
        _ => (text, ""),
    };
    let extras = extras.split(',').filter_map(|extra| extra.trim().parse::<ExtraName>().ok()).collect();
    let bare = bare.strip_prefix("file://").unwrap_or(bare);
    let bare = bare.split(" @ ").next().unwrap_or(bare);
    let at = path::join(&shell.cwd.clone(), bare);
    let file_path = if is_archive(bare) || bare.ends_with('*') {
        at
    } else {
        format!("{}/pyproject.toml", at.trim_end_matches('/'))
    };
    // A pattern is kept: the files of the context are `wheels/*.whl`.
    let source = shell.stage.find(&file_path);
    if let FileSource::Unknown(reason) = &source {
        shell.stage.undetermined(arg.origin.clone(), UnknownPart::Project(text.to_owned()).because(reason));
    }
    let file = InputFile { path: file_path, source, origin: arg.origin.clone() };
    step.projects.push(LocalProject { written: bare.to_owned(), file, extras, editable });
}

fn is_archive(text: &str) -> bool {
    [".whl", ".tar.gz", ".tgz", ".zip", ".tar.bz2", ".tar.xz", ".tar"].iter().any(|end| text.ends_with(end))
}

/// pip, `parse_req_from_line`: a path contains a separator, starts with a dot, or is the name of an archive.
fn is_path(text: &str) -> bool {
    if text.starts_with("file://") {
        return true;
    }
    if text.contains("://") || text.contains(" @ ") || text.contains('@') && !text.starts_with(['.', '/']) {
        return false;
    }
    text.starts_with('.') || text.starts_with('/') || text.contains('/') || is_archive(text)
}

/// Applies settings to a step. The names are those of pip; those of uv are converted before.
pub(super) fn apply(
    shell: &mut Shell<'_, '_>,
    step: &mut InstallStep,
    line: &Line,
    input: Option<&FileSource>,
) {
    let folder = shell.cwd.clone();
    for setting in &line.settings {
        if let Some(arg) = &setting.value {
            if let Some(reason) = &arg.text.unknown {
                let reason = UnknownPart::OptionValue(setting.name.clone()).because(reason);
                shell.stage.undetermined(arg.origin.clone(), reason);
                // The destination is unknown, but it is not a directory of the interpreter.
                if matches!(setting.name.as_str(), "target" | "prefix" | "root") {
                    step.destination = Destination::Target(path::join(&folder, arg.as_str()));
                }
                continue;
            }
            shell.stage.assume(&arg.text, &arg.origin);
        }
        match setting.name.as_str() {
            "requirement" | "requirements" | "constraint" | "constraints" | "override" | "overrides" => {
                let Some(arg) = &setting.value else { continue };
                let Some(file) = input_file(shell, arg, &folder, input) else { continue };
                match setting.name.as_str() {
                    "requirement" | "requirements" => step.requirement_files.push(file),
                    "constraint" | "constraints" => step.constraint_files.push(file),
                    _ => step.override_files.push(file),
                }
            }
            "editable" => {
                if let Some(arg) = &setting.value {
                    add_argument(shell, step, arg, true);
                }
            }
            "group" => {
                // PEP 735, and pip's `--group [path:]name`.
                let text = setting.text();
                let (file, group) = text.rsplit_once(':').unwrap_or(("pyproject.toml", text));
                let Ok(group) = group.parse::<ExtraName>() else { continue };
                let selection =
                    step.selection.get_or_insert_with(|| LockSelection::default().only_groups([]));
                selection.with.push(group);
                if step.project.is_none() {
                    step.project = project_file(shell, &path::join(&folder, file), &step.origin.clone());
                }
            }
            "extra" => {
                let Ok(extra) = setting.text().parse::<ExtraName>() else { continue };
                let selection = step.selection.take().unwrap_or_else(of_project_file);
                step.selection = Some(selection.with_extra(extra));
            }
            "exclude-newer" | "uploaded-prior-to" => {
                let Some(arg) = &setting.value else { continue };
                match Cutoff::read(arg.as_str()) {
                    Ok(cutoff) => step.options.exclude_newer = Some(cutoff),
                    Err(fault) => {
                        let (option, text) = (setting.name.clone(), arg.as_str().to_owned());
                        let reason = DockerfileGap::InvalidCutoff { option, text, fault };
                        step.options.exclude_newer_gap = Some((reason.clone(), arg.origin.clone()));
                        shell.stage.undetermined(arg.origin.clone(), reason);
                    }
                }
            }
            "all-extras" => step.selection.get_or_insert_with(of_project_file).extras = Extras::All,
            _ => option(&mut step.options, setting, &mut step.destination, &folder),
        }
    }
}

/// Returns a project file that a command finds by default, if the stage has it.
pub(super) fn project_file(shell: &mut Shell<'_, '_>, at: &str, origin: &Origin) -> Option<InputFile> {
    let source = shell.stage.find(at);
    match source {
        FileSource::Missing | FileSource::Image { .. } | FileSource::Absent(_) => None,
        source => Some(InputFile { path: at.to_owned(), source, origin: origin.clone() }),
    }
}

fn option(options: &mut InstallOptions, setting: &Setting, destination: &mut Destination, folder: &str) {
    let text = || setting.text().to_owned();
    let at = || path::join(folder, setting.text());
    match setting.name.as_str() {
        "index-url" | "default-index" | "pypi-url" => options.index_url = Some(without_name(setting.text())),
        "extra-index-url" | "index" => options.extra_index_urls.push(without_name(setting.text())),
        "no-index" => options.no_index = true,
        "find-links" => {
            let link = setting.text();
            options.find_links.push(if link.contains("://") { text() } else { at() });
        }
        "only-binary" => push_formats(options, setting.text(), FormatRule::OnlyBinary),
        "no-binary" => push_formats(options, setting.text(), FormatRule::NoBinary),
        // `--no-build` of uv excludes sdists.
        "no-build" => options.formats.push(FormatRule::OnlyBinary(":all:".to_owned())),
        "no-build-package" => push_formats(options, setting.text(), FormatRule::OnlyBinary),
        "no-binary-package" => push_formats(options, setting.text(), FormatRule::NoBinary),
        "no-binary-all" => options.formats.push(FormatRule::NoBinary(":all:".to_owned())),
        "prefer-binary" => options.prefer_binary = true,
        "pre" => options.pre = true,
        "prerelease" => options.pre = setting.text() == "allow",
        "no-deps" | "no-dependencies" => options.no_deps = true,
        "require-hashes" => options.require_hashes = true,
        "no-build-isolation" => options.no_build_isolation = true,
        "upgrade" => options.upgrade = true,
        "platform" | "python-platform" => options.platforms.push(text()),
        "python-version" => options.python_version = Some(text()),
        "implementation" => options.implementation = Some(text()),
        "abi" => options.abis.push(text()),
        "python" => options.python = Some(text()),
        "index-strategy" => options.index_strategy = Some(text()),
        "resolution" => options.resolution = Some(text()),
        "locked" => options.locked = true,
        "frozen" => options.frozen = true,
        "break-system-packages" => options.break_system_packages = true,
        "target" => *destination = Destination::Target(at()),
        "prefix" | "root" => *destination = Destination::Prefix(at()),
        _ => {}
    }
}

/// Removes the name of an index from an option of uv: `--index corp=https://...`.
fn without_name(text: &str) -> String {
    match text.split_once('=') {
        Some((name, url)) if url.contains("://") && !name.contains("://") => url.to_owned(),
        _ => text.to_owned(),
    }
}

fn push_formats(options: &mut InstallOptions, text: &str, rule: fn(String) -> FormatRule) {
    for project in text.split(',').map(str::trim).filter(|project| !project.is_empty()) {
        options.formats.push(rule(project.to_owned()));
    }
}

/// Returns whether the value of a variable is true.
pub(super) fn variable_is_true(shell: &Shell<'_, '_>, name: &str) -> bool {
    shell.variables.get(name).is_some_and(|text| is_true(&text.value))
}

/// The selection of `-r pyproject.toml`: the dependencies of the project, without groups (PEP 735 has no default groups).
fn of_project_file() -> LockSelection {
    LockSelection { root: false, default_groups: false, ..LockSelection::default() }
}
