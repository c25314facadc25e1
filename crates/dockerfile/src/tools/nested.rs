//! Commands that run other commands: shells, scripts, wrappers.

use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::{FileSource, InstallerVersion};
use crate::path;
use crate::shell::command::{Arg, Outcome, Source, Status, short};
use crate::text::Text;
use crate::tools::shell::Shell;
use wheelbase_spec::source::Origin;

/// `sh -c TEXT`, `bash script.sh`, `sh < file`, `curl | sh`.
pub(super) fn nested_shell(
    shell: &mut Shell<'_, '_>,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let mut at = 0;
    while let Some(arg) = rest.get(at) {
        let text = arg.as_str();
        // `-euxo pipefail`: the last letter has a value.
        let takes_word =
            text.starts_with(['-', '+']) && !text.starts_with("--") && text.ends_with(['o', 'O']);
        if takes_word {
            at += 2;
        } else if text.starts_with('-') && !text.starts_with("--") && text.ends_with('c') {
            return shell_text(
                shell,
                rest.get(at + 1),
                rest.get(at + 3..).unwrap_or_default(),
                origin,
                input,
            );
        } else if text == "-s" || text == "--" {
            return piped_shell(shell, origin, input);
        } else if text.starts_with('-') || text.starts_with('+') {
            at += 1;
        } else {
            return script_file(shell, text, rest.get(at + 1..).unwrap_or_default(), origin, input);
        }
    }
    piped_shell(shell, origin, input)
}

pub(super) fn shell_text(
    shell: &mut Shell<'_, '_>,
    text: Option<&Arg>,
    positional: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let Some(text) = text else { return (Status::Success, None) };
    if let Some(reason) = &text.text.unknown {
        shell.stage.undetermined(origin.clone(), UnknownPart::InnerScript.because(reason));
        return (Status::Success, None);
    }
    let script = Source::of_lines(&text.origin.file, text.as_str(), text.origin.line);
    shell.nested(&script, positional, input)
}

pub(super) fn piped_shell(shell: &mut Shell<'_, '_>, origin: &Origin, input: Option<&FileSource>) -> Outcome {
    match input {
        Some(FileSource::Inline { text, origin }) => {
            let script = Source::of_lines(&origin.file, text, origin.line);
            shell.nested(&script, &[], None)
        }
        Some(FileSource::Url(url)) => {
            installer_script(shell, &url.clone(), origin);
            (Status::Success, None)
        }
        Some(_) => {
            shell.stage.undetermined(origin.clone(), DockerfileGap::CreatedScript);
            (Status::Success, None)
        }
        None => (Status::Success, None),
    }
}

/// Installation scripts that are piped into a shell or interpreter.
pub(super) fn installer_script(shell: &mut Shell<'_, '_>, url: &str, origin: &Origin) {
    if url.contains("sh.rustup.rs") || url.contains("rustup") {
        for tool in ["rust", "cargo"] {
            shell.stage.packages.other_tools.insert(tool.to_owned(), "rustup".to_owned());
        }
    } else if url.contains("astral.sh/uv") {
        shell.stage.python.installers.insert("uv".to_owned(), version_in(url));
    } else if url.contains("install.python-poetry.org")
        || url.contains("get-poetry")
        || url.contains("install-poetry")
    {
        let version = shell.variables.get("POETRY_VERSION").filter(|text| text.unknown.is_none());
        let version = version.map_or(InstallerVersion::Newest, |text| {
            InstallerVersion::Specified(format!("=={}", text.value))
        });
        shell.stage.python.installers.insert("poetry".to_owned(), version);
    } else if url.contains("pdm") && url.contains("install") {
        shell.stage.python.installers.insert("pdm".to_owned(), InstallerVersion::Newest);
    } else if url.contains("get-pip") {
        shell.stage.python.installers.insert("pip".to_owned(), InstallerVersion::Newest);
    } else if url.contains("nodesource") || url.contains("nvm") {
        // Installs no Python distributions.
    } else {
        shell.stage.undetermined(origin.clone(), DockerfileGap::ScriptCommands(short(url)));
    }
}

/// A version as a component of a URL (`.../uv/0.8.3/install.sh`).
pub(super) fn version_in(url: &str) -> InstallerVersion {
    let found = url.split('/').find(|part| {
        part.contains('.')
            && !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    });
    found.map_or(InstallerVersion::Newest, |version| InstallerVersion::Specified(format!("=={version}")))
}

/// Runs a shell script of the stage, if the build context has it.
pub(super) fn script_file(
    shell: &mut Shell<'_, '_>,
    file: &str,
    positional: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let at = path::join(&shell.cwd.clone(), file);
    if let FileSource::Url(url) = shell.stage.find(&at) {
        installer_script(shell, &url, origin);
        return (Status::Success, None);
    }
    match shell.stage.read_script(&at, origin) {
        Some(source) => shell.nested(&source, positional, input),
        None => (Status::Success, None),
    }
}

/// Runs a program by its path, which may be a script of the build context.
pub(super) fn script_of_context(
    shell: &mut Shell<'_, '_>,
    program: &str,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let at = path::join(&shell.cwd.clone(), program);
    let found = if program.contains('/') {
        shell.stage.find(&at)
    } else {
        // A name without a path is a script only if it was copied to a directory of PATH.
        let named = ["/usr/local/bin", "/usr/bin", "/usr/local/sbin"]
            .iter()
            .map(|folder| shell.stage.find(&format!("{folder}/{program}")));
        named
            .into_iter()
            .find(|found| matches!(found, FileSource::Inline { .. }))
            .unwrap_or(FileSource::Missing)
    };
    match found {
        FileSource::Context(_) | FileSource::Inline { .. } => script_file(shell, &at, rest, origin, input),
        FileSource::Url(url) => {
            installer_script(shell, &url, origin);
            (Status::Success, None)
        }
        // The output of an unknown program is unknown, and most of them install nothing.
        _ => {
            shell.stage.steps.unread = true;
            (Status::Success, Some(FileSource::Unknown(DockerfileGap::WrittenBy(short(program)))))
        }
    }
}

/// `xargs pip install < file`.
pub(super) fn xargs(
    shell: &mut Shell<'_, '_>,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let mut at = 0;
    while let Some(arg) = rest.get(at).filter(|arg| arg.as_str().starts_with('-')) {
        let valued = ["-n", "-L", "-P", "-I", "-d", "-a", "-s", "-E", "-i"].contains(&arg.as_str());
        at += if valued { 2 } else { 1 };
    }
    let mut args = rest.get(at..).unwrap_or_default().to_vec();
    match input {
        Some(FileSource::Inline { text, origin: at }) => {
            for word in text.split_whitespace() {
                args.push(Arg { text: Text::known(word), origin: at.clone() });
            }
        }
        _ => {
            let text = Text::unknown(DockerfileGap::XargsArguments);
            args.push(Arg { text, origin: origin.clone() });
        }
    }
    shell.command(&args, origin, None)
}

/// `env A=b program`.
pub(super) fn environment(
    shell: &mut Shell<'_, '_>,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Outcome {
    let kept = shell.variables.clone();
    let mut at = 0;
    while let Some(arg) = rest.get(at) {
        let text = arg.as_str();
        if text == "-u" {
            if let Some(name) = rest.get(at + 1) {
                shell.variables.remove(name.as_str());
            }
            at += 2;
        } else if text.starts_with('-') {
            at += 1;
        } else if let Some((name, value)) = text.split_once('=') {
            shell.variables.set(name, Text { value: value.to_owned(), ..arg.text.clone() });
            at += 1;
        } else {
            break;
        }
    }
    let outcome = shell.command(rest.get(at..).unwrap_or_default(), origin, input);
    shell.variables = kept;
    outcome
}

/// Returns the number of words before the inner command, if the program runs another command.
pub(super) fn wrapper(name: &str, rest: &[Arg]) -> Option<usize> {
    // Options with a value, and the number of other words before the command.
    let (valued, own): (&[&str], usize) = match name {
        "sudo" | "doas" => (&["-u", "-g", "-h", "-p", "-C", "--user", "--group"], 0),
        "exec" | "nohup" | "time" | "builtin" | "eatmydata" | "setsid" | "linux32" | "linux64" => {
            (&["-a"], 0)
        }
        "nice" | "ionice" | "stdbuf" | "unbuffer" => (&["-n", "-c", "-i", "-o", "-e"], 0),
        "timeout" => (&["-s", "-k", "--signal", "--kill-after"], 1),
        "gosu" | "su-exec" | "chroot" | "retry" => (&["-t", "-d"], usize::from(name != "retry")),
        "scl" => return rest.iter().position(|arg| arg.as_str() == "--").map(|at| at + 1),
        _ => return None,
    };
    let mut at = 0;
    while let Some(arg) = rest.get(at).filter(|arg| arg.as_str().starts_with('-')) {
        at += if valued.contains(&arg.as_str()) { 2 } else { 1 };
        if arg.as_str() == "--" {
            break;
        }
    }
    Some(at + own)
}
