//! Commands that create, move and change files.

use crate::files::Operation;
use crate::gap::DockerfileGap;
use crate::model::FileSource;
use crate::path;
use crate::shell::command::{Arg, Outcome, Status, joined, short};
use crate::text::Text;
use crate::tools::options::{Line, Spec};
use crate::tools::shell::Shell;
use wheelbase_formats::glob;
use wheelbase_spec::source::Origin;

/// Runs a command on files; `None` if `name` is another command.
pub(super) fn run(
    shell: &mut Shell<'_, '_>,
    name: &str,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Option<Outcome> {
    let output = match name {
        "echo" | "printf" => Some(print(name, rest, origin)),
        "cat" => cat(shell, rest, input),
        "tee" => {
            for word in rest.iter().filter(|word| !word.as_str().starts_with('-')) {
                if let (Some(source), None) = (input.cloned(), &word.text.unknown) {
                    let at = path::join(&shell.cwd, word.as_str());
                    let operation = match source {
                        FileSource::Inline { text, origin }
                            if rest.iter().any(|arg| arg.as_str() == "-a") =>
                        {
                            Operation::Append { path: at, text, origin }
                        }
                        source => Operation::Combined { path: at, sources: vec![source] },
                    };
                    shell.stage.files.push(operation);
                }
            }
            input.cloned()
        }
        "cp" | "mv" | "install" | "rsync" | "ln" => {
            copy(shell, name, rest);
            None
        }
        "rm" => {
            for word in
                rest.iter().filter(|word| !word.as_str().starts_with('-') && word.text.unknown.is_none())
            {
                let at = path::join(&shell.cwd, word.as_str());
                // The files that a pattern removes are unknown, so only those that are requested by full path are removed.
                let named = at.ends_with("/EXTERNALLY-MANAGED");
                if (named || !glob::is_pattern(word.as_str())) && at != "/" {
                    shell.stage.files.push(Operation::Removed { path: at });
                }
            }
            None
        }
        "mkdir" | "touch" | "chmod" | "chown" | "ls" | "set" | "umask" | "trap" | "ldconfig" | "groupadd"
        | "useradd" | "adduser" | "addgroup" | "sleep" | "alias" | "shopt" | "ulimit" | "kill" | "find" => {
            None
        }
        "curl" | "wget" => {
            shell.stage.steps.unread = true;
            fetch(shell, name, rest)
        }
        "sed" | "perl" | "awk" | "dos2unix" | "iconv" => change(shell, name, rest, origin, input),
        "grep" | "egrep" | "head" | "tail" | "sort" | "uniq" | "tr" | "cut" | "jq" | "yq" | "envsubst"
        | "tac" => {
            Some(FileSource::Unknown(DockerfileGap::OutputOf(short(&format!("{name} {}", joined(rest))))))
        }
        "tar" | "unzip" | "git" | "svn" => {
            shell.stage.steps.unread = true;
            unpack(shell, name, rest);
            None
        }
        _ => return None,
    };
    Some((Status::Success, output))
}

fn print(name: &str, rest: &[Arg], origin: &Origin) -> FileSource {
    let mut text = Text::default();
    let mut words = rest.iter().peekable();
    let mut newline = name == "echo";
    let mut escapes = name == "printf";
    while let Some(word) = words.peek().filter(|word| name == "echo" && is_echo_option(word.as_str())) {
        newline &= !word.as_str().contains('n');
        escapes |= word.as_str().contains('e');
        words.next();
    }
    if name == "printf" {
        if words.peek().is_some_and(|word| word.as_str() == "--") {
            words.next();
        }
        let format = words.next().map(|word| word.text.clone()).unwrap_or_default();
        let values: Vec<&Arg> = words.collect();
        text.taint(&format);
        values.iter().for_each(|value| text.taint(&value.text));
        text.value = formatted(&format.value, &values);
    } else {
        for (index, word) in words.enumerate() {
            if index > 0 {
                text.value.push(' ');
            }
            text.push(&word.text);
        }
        // `echo` of dash, which is /bin/sh on Debian, supports escapes without `-e`.
        if escapes || text.value.contains("\\n") {
            text.value = unescaped(&text.value);
        }
    }
    if newline {
        text.value.push('\n');
    }
    match text.unknown {
        Some(reason) => FileSource::Unknown(reason),
        None => FileSource::Inline {
            text: text.value,
            origin: rest.first().map_or(origin, |word| &word.origin).clone(),
        },
    }
}

fn is_echo_option(text: &str) -> bool {
    text.strip_prefix('-').is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| "neE".contains(c)))
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some('\\')) => out.push('\\'),
            ('\\', Some(other)) => {
                out.push('\\');
                out.push(other);
            }
            (c, _) => out.push(c),
        }
    }
    out
}

/// `printf`: the format is used again while values are left (POSIX, printf, "extended description").
fn formatted(format: &str, values: &[&Arg]) -> String {
    let format = unescaped(format);
    let mut out = String::new();
    let mut values = values.iter();
    loop {
        let before = values.len();
        let mut chars = format.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '%' {
                out.push(c);
                continue;
            }
            match chars.next() {
                Some('%') => out.push('%'),
                Some('s' | 'b' | 'd' | 'q') => {
                    out.push_str(values.next().map(|arg| arg.as_str()).unwrap_or_default());
                }
                Some(other) => {
                    out.push('%');
                    out.push(other);
                }
                None => out.push('%'),
            }
        }
        if values.len() == 0 || values.len() == before {
            return out;
        }
    }
}

fn cat(shell: &Shell<'_, '_>, rest: &[Arg], input: Option<&FileSource>) -> Option<FileSource> {
    let files: Vec<&Arg> =
        rest.iter().filter(|arg| !arg.as_str().starts_with('-') || arg.as_str() == "-").collect();
    if files.is_empty() {
        return input.cloned();
    }
    let mut sources = Vec::new();
    for file in files {
        sources.push(match &file.text.unknown {
            Some(reason) => FileSource::Unknown(reason.clone()),
            None if file.as_str() == "-" => input.cloned()?,
            None => {
                let at = path::join(&shell.cwd, file.as_str());
                if glob::is_pattern(file.as_str()) {
                    FileSource::Unknown(DockerfileGap::MatchedFiles(file.as_str().to_owned()))
                } else {
                    shell.stage.find(&at)
                }
            }
        });
    }
    if sources.len() > 1 { Some(FileSource::Combined(sources)) } else { sources.pop() }
}

fn copy(shell: &mut Shell<'_, '_>, name: &str, rest: &[Arg]) {
    const SPEC: Spec = Spec {
        valued: &["target-directory", "mode", "owner", "group", "suffix", "exclude"],
        short: &[('t', "target-directory"), ('m', "mode"), ('o', "owner"), ('g', "group"), ('S', "suffix")],
        flags: &[],
    };
    let line = Line::read(rest, &SPEC);
    if line.words.iter().any(|word| word.text.unknown.is_some()) || (name == "install" && line.has("d")) {
        return;
    }
    // Only the word can be a pattern; the working directory is a path.
    let mut words: Vec<(bool, String)> = line
        .words
        .iter()
        .map(|word| (glob::is_pattern(word.as_str()), path::join(&shell.cwd, word.as_str())))
        .collect();
    let target = line.value("target-directory").map(|arg| path::join(&shell.cwd, arg.as_str()));
    let several = words.len() > 2 || target.is_some();
    let last_is_folder =
        line.words.last().is_some_and(|word| word.as_str().ends_with('/') || word.as_str() == ".");
    let Some(destination) = target.or_else(|| words.pop().map(|(_, path)| path)) else { return };
    for (is_pattern, source) in words {
        if is_pattern {
            let above = path::parent(&source).to_owned();
            shell.stage.files.push(Operation::Local { source: above, destination: destination.clone() });
            continue;
        }
        let at = if several || last_is_folder {
            path::join(&destination, path::name(&source))
        } else {
            destination.clone()
        };
        shell.stage.files.push(Operation::Local { source: source.clone(), destination: at.clone() });
        shell.stage.python.move_venv(&source, &at);
        if name == "mv" {
            // The old path is not marked as removed, because the source of the new path is found through it.
        }
    }
}

/// `curl -o file URL`, `wget -O file URL`, or to standard output.
fn fetch(shell: &mut Shell<'_, '_>, name: &str, rest: &[Arg]) -> Option<FileSource> {
    const CURL: Spec = Spec {
        valued: &[
            "output",
            "header",
            "user-agent",
            "retry",
            "retry-delay",
            "max-time",
            "connect-timeout",
            "request",
            "data",
            "proto",
            "cacert",
            "user",
            "url",
            "output-dir",
        ],
        short: &[
            ('o', "output"),
            ('H', "header"),
            ('A', "user-agent"),
            ('X', "request"),
            ('d', "data"),
            ('m', "max-time"),
            ('u', "user"),
            ('O', "remote-name"),
            ('x', "proxy"),
        ],
        flags: &[],
    };
    const WGET: Spec = Spec {
        valued: &[
            "output-document",
            "directory-prefix",
            "tries",
            "timeout",
            "header",
            "user-agent",
            "output-file",
            "progress",
        ],
        short: &[
            ('O', "output-document"),
            ('P', "directory-prefix"),
            ('t', "tries"),
            ('T', "timeout"),
            ('o', "output-file"),
            ('q', "quiet"),
        ],
        flags: &[],
    };
    let curl = name == "curl";
    let line = Line::read(rest, if curl { &CURL } else { &WGET });
    let url = line
        .value("url")
        .or_else(|| line.words.iter().find(|word| word.as_str().contains("://")))
        .or(line.words.first())?;
    let source = match &url.text.unknown {
        Some(_) if url.as_str().is_empty() => FileSource::Unknown(DockerfileGap::Address),
        _ => FileSource::Url(url.as_str().to_owned()),
    };
    let file = line.value(if curl { "output" } else { "output-document" }).map(|arg| arg.as_str().to_owned());
    let remote = !curl || line.has("remote-name") || line.has("remote-name-all");
    let file = match file.as_deref() {
        Some("-" | "/dev/stdout") => None,
        Some(file) => Some(file.to_owned()),
        None if remote => Some(path::name(url.as_str()).to_owned()),
        None => None,
    };
    let Some(file) = file else { return Some(source) };
    let folder = line.value("directory-prefix").or_else(|| line.value("output-dir")).map_or(".", Arg::as_str);
    let at = path::join(&path::join(&shell.cwd, folder), &file);
    let operation = match source {
        FileSource::Url(url) => Operation::Url { path: at, url },
        _ => Operation::Unknown { path: at, reason: DockerfileGap::Downloaded },
    };
    shell.stage.files.push(operation);
    None
}

/// `sed -i`: the content of the file is unknown afterwards. Without `-i`, the output is unknown.
fn change(
    shell: &mut Shell<'_, '_>,
    name: &str,
    rest: &[Arg],
    origin: &Origin,
    input: Option<&FileSource>,
) -> Option<FileSource> {
    let in_place = name == "dos2unix"
        || rest.iter().any(|arg| {
            let text = arg.as_str();
            text == "--in-place" || (text.starts_with('-') && !text.starts_with("--") && text.contains('i'))
        });
    if !in_place {
        let _ = input;
        return Some(FileSource::Unknown(DockerfileGap::ChangedBy { program: name.to_owned(), at: None }));
    }
    if name == "dos2unix" {
        return None;
    }
    let words: Vec<&Arg> = rest.iter().filter(|arg| !arg.as_str().starts_with('-')).collect();
    let scripted = rest.iter().any(|arg| matches!(arg.as_str(), "-e" | "-f"));
    for word in words.iter().skip(usize::from(!scripted)) {
        let at = path::join(&shell.cwd, word.as_str());
        // A later step can read only files of known source.
        if word.text.unknown.is_none()
            && !matches!(shell.stage.find(&at), FileSource::Missing | FileSource::Image { .. })
        {
            let reason = DockerfileGap::ChangedBy { program: name.to_owned(), at: Some(origin.clone()) };
            shell.stage.files.push(Operation::Unknown { path: at, reason });
        }
    }
    None
}

/// Archives and clones add files that are not in the context.
fn unpack(shell: &mut Shell<'_, '_>, name: &str, rest: &[Arg]) {
    let words: Vec<&Arg> = rest.iter().filter(|arg| !arg.as_str().starts_with('-')).collect();
    if name != "git" || words.first().map(|arg| arg.as_str()) != Some("clone") {
        return;
    }
    let Some(url) = words.get(1) else { return };
    let folder = words.get(2).map_or_else(
        || path::name(url.as_str()).trim_end_matches(".git").to_owned(),
        |folder| folder.as_str().to_owned(),
    );
    let at = path::join(&shell.cwd, &folder);
    let reason = DockerfileGap::Cloned(short(url.as_str()));
    shell.stage.files.push(Operation::Unknown { path: at, reason });
}
