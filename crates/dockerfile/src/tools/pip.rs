//! pip (<https://pip.pypa.io/en/stable/cli/>).

use crate::gap::DockerfileGap;
use crate::model::{Action, Destination, FileSource, Tool};
use crate::path;
use crate::shell::command::{Arg, Outcome, Status};
use crate::text::Text;
use crate::tools::install::{add_argument, apply, input_file, new_step};
use crate::tools::options::{Line, Setting, Spec, from_environment, is_true};
use crate::tools::shell::{Shell, active_destination};
use wheelbase_spec::source::Origin;

/// Options of pip 26.3 with a value.
const SPEC: Spec = Spec {
    valued: &[
        "requirement",
        "constraint",
        "build-constraint",
        "editable",
        "target",
        "platform",
        "python-version",
        "implementation",
        "abi",
        "root",
        "prefix",
        "src",
        "upgrade-strategy",
        "config-settings",
        "global-option",
        "build-option",
        "install-option",
        "no-binary",
        "only-binary",
        "progress-bar",
        "root-user-action",
        "report",
        "group",
        "index-url",
        "pypi-url",
        "extra-index-url",
        "find-links",
        "python",
        "timeout",
        "default-timeout",
        "retries",
        "proxy",
        "trusted-host",
        "cert",
        "client-cert",
        "cache-dir",
        "log",
        "log-file",
        "exists-action",
        "use-feature",
        "use-deprecated",
        "keyring-provider",
        "resume-retries",
        "uploaded-prior-to",
        "requirements-from-script",
        "all-releases",
        "only-final",
        "wheel-dir",
        "dest",
        "destination-dir",
        "build",
        "build-dir",
        "download-cache",
    ],
    short: &[
        ('r', "requirement"),
        ('c', "constraint"),
        ('e', "editable"),
        ('t', "target"),
        ('i', "index-url"),
        ('f', "find-links"),
        ('U', "upgrade"),
        ('q', "quiet"),
        ('v', "verbose"),
        ('I', "ignore-installed"),
        ('C', "config-settings"),
        ('w', "wheel-dir"),
        ('d', "dest"),
        ('b', "build"),
        ('y', "yes"),
    ],
    flags: &[
        "upgrade",
        "force-reinstall",
        "ignore-installed",
        "ignore-requires-python",
        "no-build-isolation",
        "use-pep517",
        "check-build-dependencies",
        "user",
        "compile",
        "no-compile",
        "no-warn-script-location",
        "no-warn-conflicts",
        "prefer-binary",
        "require-hashes",
        "no-clean",
        "no-index",
        "pre",
        "no-deps",
        "no-cache-dir",
        "no-cache",
        "dry-run",
        "break-system-packages",
        "help",
        "debug",
        "isolated",
        "require-virtualenv",
        "verbose",
        "version",
        "quiet",
        "no-input",
        "no-color",
        "disable-pip-version-check",
        "no-python-version-warning",
        "process-dependency-links",
        "only-if-needed",
        "egg",
        "allow-external",
        "allow-unverified",
        "no-verify",
        "yes",
    ],
};

/// Options that may occur several times. In the environment their values are separated by blanks.
const REPEATED: [&str; 14] = [
    "requirement",
    "constraint",
    "build-constraint",
    "editable",
    "extra-index-url",
    "find-links",
    "trusted-host",
    "no-binary",
    "only-binary",
    "platform",
    "abi",
    "group",
    "config-settings",
    "use-feature",
];

/// `pip ...`; `python` is the interpreter of `python -m pip`.
pub(super) fn run(
    shell: &mut Shell<'_, '_>,
    program: &str,
    python: Option<&str>,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let mut line = Line::read(rest, &SPEC);
    if line.words.is_empty() {
        return (Status::Success, None);
    }
    let subcommand = line.words.remove(0);
    let action = match subcommand.as_str() {
        "install" => Action::Install,
        "wheel" => Action::Wheel,
        "download" => Action::Download,
        "config" => {
            configure(shell, &line.words);
            return (Status::Success, None);
        }
        "freeze" | "list" | "lock" | "inspect" | "show" => {
            let reason = DockerfileGap::WrittenBy(format!("pip {}", subcommand.as_str()));
            return (Status::Success, Some(FileSource::Unknown(reason)));
        }
        _ => return (Status::Success, None),
    };
    if line.has("dry-run") || line.has("help") || line.has("version") {
        return (Status::Success, None);
    }
    // Configuration, then environment, then command line (pip, "Precedence / Override order").
    let mut settings = configured(shell, origin);
    settings.extend(from_environment(&shell.variables, "PIP_", &REPEATED, SPEC.valued, origin));
    line.prepend(settings);
    let mut destination = active_destination(shell, python.unwrap_or(program));
    if let Some(other) = line.value("python").filter(|arg| arg.text.unknown.is_none()) {
        destination = match other.as_str() {
            text if shell.stage.python.is_venv(&path::join(&shell.cwd, text)) => {
                Destination::Venv(path::join(&shell.cwd, text))
            }
            text => active_destination(shell, text),
        };
    }
    let interpreter = destination.clone();
    if line.has("user") {
        destination = Destination::User(format!("{}/.local", shell.home()));
    }
    match action {
        Action::Wheel => {
            let folder = line.value("wheel-dir").map_or(".", Arg::as_str).to_owned();
            destination = Destination::Wheels(path::join(&shell.cwd, &folder));
        }
        Action::Download => {
            let folder =
                line.value("dest").or_else(|| line.value("destination-dir")).map_or(".", Arg::as_str);
            destination = Destination::Wheels(path::join(&shell.cwd, folder));
        }
        _ => {}
    }
    let mut step = new_step(shell, Tool::Pip, action, destination, origin);
    step.interpreter = interpreter;
    // `pip wheel` and `pip download` do not support `--target`.
    let folder = step.destination.clone();
    apply(shell, &mut step, &line, input);
    if action != Action::Install {
        step.destination = folder;
    }
    for word in line.words {
        add_argument(shell, &mut step, &word, false);
    }
    // https://pip.pypa.io/en/stable/topics/configuration/#location
    let home = shell.home();
    let mut places = vec![
        "/etc/pip.conf".to_owned(),
        format!("{home}/.pip/pip.conf"),
        format!("{home}/.config/pip/pip.conf"),
    ];
    if let Some(file) = shell.variables.get("PIP_CONFIG_FILE") {
        places.push(file.value.clone());
    }
    if let Destination::Venv(folder) = &step.destination {
        places.push(format!("{folder}/pip.conf"));
    }
    for place in places {
        if shell.stage.is_put(&place) {
            let arg = Arg { text: Text::known(place), origin: origin.clone() };
            step.config_files.extend(input_file(shell, &arg, "/", None));
        }
    }
    shell.stage.install(step);
    (Status::Success, None)
}

/// `pip config set global.index-url URL`.
fn configure(shell: &mut Shell<'_, '_>, words: &[Arg]) {
    let texts: Vec<&str> = words.iter().map(Arg::as_str).collect();
    match texts.as_slice() {
        ["set", key, ..] => {
            let name = key.rsplit('.').next().unwrap_or(key).to_owned();
            if let Some(value) = words.get(2) {
                shell.stage.python.pip_config.insert(name, value.text.clone());
            }
        }
        ["unset", key, ..] => {
            shell.stage.python.pip_config.remove(key.rsplit('.').next().unwrap_or(key));
        }
        _ => {}
    }
}

fn configured(shell: &Shell<'_, '_>, origin: &Origin) -> Vec<Setting> {
    let mut settings = Vec::new();
    for (name, text) in &shell.stage.python.pip_config {
        let arg = |value: &str| Arg {
            text: Text { value: value.to_owned(), ..text.clone() },
            origin: origin.clone(),
        };
        if REPEATED.contains(&name.as_str()) {
            let values = text.value.split_whitespace();
            settings.extend(values.map(|value| Setting { name: name.clone(), value: Some(arg(value)) }));
        } else if SPEC.valued.contains(&name.as_str()) {
            settings.push(Setting { name: name.clone(), value: Some(arg(&text.value)) });
        } else if is_true(&text.value) {
            settings.push(Setting { name: name.clone(), value: None });
        }
    }
    settings
}
