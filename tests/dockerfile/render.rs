//! A plan as compact text, for snapshots that a person reads.

use std::fmt::Write as _;

use wheelbase::dockerfile::{
    Base, CopyOrigin, Destination, DockerfileGap, FileSource, FormatRule, InputFile, InstallStep,
    InstallerVersion, Plan, Step,
};
use wheelbase::lock::{Extras, LockSelection};

pub(super) fn plan(plan: &Plan) -> String {
    let mut out = String::new();
    for stage in plan.stages.iter() {
        let base = match &stage.base {
            Base::Image(image) => image.to_string(),
            Base::Stage(number) => format!("stage {number}"),
            Base::Scratch => "scratch".to_owned(),
            Base::Unknown(reason) => format!("unknown: {reason}"),
            _ => "?".to_owned(),
        };
        let mark = match (stage.index == plan.target, stage.needed) {
            (true, _) => " [target]",
            (false, true) => "",
            (false, false) => " [not needed]",
        };
        let platform = stage.platform.as_ref().map(|platform| format!(" on {platform}")).unwrap_or_default();
        writeln!(out, "{} stage {}: {base}{platform}{mark}", stage.origin, stage.label()).unwrap();
        for step in &stage.steps {
            match step {
                Step::Install(step) => install(&mut out, step),
                Step::System(step) => {
                    let verb = if step.removes { "remove" } else { "add" };
                    write!(
                        out,
                        "  {} {} {verb}: {}",
                        step.origin,
                        step.manager.as_str(),
                        step.packages.join(" ")
                    )
                    .unwrap();
                    condition(&mut out, step.conditional.as_ref());
                }
            }
        }
        for copy in &stage.copies {
            let from = match &copy.from {
                CopyOrigin::Stage(number) => format!("stage {number}"),
                CopyOrigin::Image(image) => image.clone(),
                _ => "?".to_owned(),
            };
            let kind = if copy.temporary { "mount" } else { "copy" };
            writeln!(out, "  {} {kind} {from}:{} -> {}", copy.origin, copy.source, copy.destination).unwrap();
        }
        if !stage.packages.is_empty() {
            let packages: Vec<&str> = stage.packages.iter().map(String::as_str).collect();
            writeln!(out, "  packages left: {}", packages.join(" ")).unwrap();
        }
    }
    for assumed in plan.assumed() {
        let uses: Vec<String> = assumed.uses.iter().map(ToString::to_string).collect();
        writeln!(out, "assumed {}={:?} at {}", assumed.name, assumed.default, uses.join(", ")).unwrap();
    }
    for gap in &plan.undetermined {
        writeln!(out, "{} undetermined: {}", gap.origin, gap.reason).unwrap();
    }
    for wanted in plan.wanted() {
        writeln!(out, "wanted {:?} {}", wanted.purpose, wanted.path).unwrap();
    }
    out
}

fn condition(out: &mut String, reason: Option<&DockerfileGap>) {
    match reason {
        Some(reason) => writeln!(out, "  [if: {reason}]").unwrap(),
        None => out.push('\n'),
    }
}

fn install(out: &mut String, step: &InstallStep) {
    write!(out, "  {} {} {:?} into {}", step.origin, step.tool, step.action, step.destination).unwrap();
    match &step.installer {
        InstallerVersion::OfImage => {}
        InstallerVersion::Specified(specifier) => write!(out, ", {} {specifier}", step.tool).unwrap(),
        InstallerVersion::Newest => write!(out, ", newest {}", step.tool).unwrap(),
    }
    if step.onbuild {
        out.push_str(" [onbuild]");
    }
    condition(out, step.conditional.as_ref());
    if !step.requirements.is_empty() {
        let requirements: Vec<&str> = step.requirements.iter().map(|(text, _)| text.as_str()).collect();
        writeln!(out, "    requirements: {}", requirements.join(" | ")).unwrap();
    }
    for project in &step.projects {
        let extras: Vec<&str> = project.extras.iter().map(|extra| extra.as_str()).collect();
        let editable = if project.editable { "-e " } else { "" };
        writeln!(
            out,
            "    project: {editable}{} [{}] {}",
            project.written,
            extras.join(","),
            input(&project.file)
        )
        .unwrap();
    }
    for (name, files) in [
        ("-r", &step.requirement_files),
        ("-c", &step.constraint_files),
        ("override", &step.override_files),
        ("config", &step.config_files),
    ] {
        for file in files {
            writeln!(out, "    {name}: {}", input(file)).unwrap();
        }
    }
    for (name, file) in [("lock", &step.lock), ("project file", &step.project)] {
        if let Some(file) = file {
            writeln!(out, "    {name}: {}", input(file)).unwrap();
        }
    }
    if let Some(chosen) = &step.selection {
        writeln!(out, "    selection: {}", selection(chosen)).unwrap();
    }
    let options = options(step);
    if !options.is_empty() {
        writeln!(out, "    options: {}", options.join(" ")).unwrap();
    }
    if !step.toolchain.tools.is_empty() {
        let tools: Vec<String> =
            step.toolchain.tools.iter().map(|(tool, from)| format!("{tool} ({from})")).collect();
        writeln!(out, "    toolchain: {}", tools.join(", ")).unwrap();
    }
}

fn selection(selection: &LockSelection) -> String {
    let mut parts = vec![
        match (selection.project, selection.root) {
            (true, true) => "project and its dependencies",
            (true, false) => "dependencies of the project",
            (false, true) => "the project alone",
            (false, false) => "groups alone",
        }
        .to_owned(),
    ];
    match &selection.extras {
        Extras::None => {}
        Extras::Some(extras) => {
            let names: Vec<&str> = extras.iter().map(|extra| extra.as_str()).collect();
            parts.push(format!("extras {}", names.join(",")));
        }
        Extras::All => parts.push("all extras".to_owned()),
    }
    if selection.default_groups {
        parts.push("default groups".to_owned());
    }
    if selection.all_groups {
        parts.push("all groups".to_owned());
    }
    for (word, names) in [("with", &selection.with), ("without", &selection.without)] {
        if !names.is_empty() {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            parts.push(format!("{word} {}", names.join(",")));
        }
    }
    parts.join("; ")
}

fn input(file: &InputFile) -> String {
    format!("{} <- {}", file.path, source(&file.source))
}

fn source(from: &FileSource) -> String {
    match from {
        FileSource::Context(paths) => format!("context {}", paths.join(" or ")),
        FileSource::Inline { text, origin } => format!("inline at {origin} {text:?}"),
        FileSource::Exported(exported) => {
            let from: Vec<String> = exported.from.iter().map(input).collect();
            let chosen = exported.selection.as_ref().map_or("solved anew".to_owned(), selection);
            format!("{} export at {} of {} ({chosen})", exported.tool, exported.origin, from.join(" and "))
        }
        FileSource::Combined(parts) => parts.iter().map(source).collect::<Vec<_>>().join(" + "),
        FileSource::Url(url) => url.clone(),
        FileSource::Image { reference, path } => format!("image {reference}:{path}"),
        FileSource::Ignored { path, rule, origin } => format!("ignored {path} by {rule} at {origin}"),
        FileSource::Built(origin) => format!("built at {origin}"),
        FileSource::Absent(paths) => format!("absent {}", paths.join(" and ")),
        FileSource::Missing => "missing".to_owned(),
        FileSource::Unknown(reason) => format!("unknown: {reason}"),
    }
}

fn options(step: &InstallStep) -> Vec<String> {
    let options = &step.options;
    let mut out = Vec::new();
    let mut flag = |set: bool, name: &str| {
        if set {
            out.push(name.to_owned());
        }
    };
    flag(options.no_index, "no-index");
    flag(options.prefer_binary, "prefer-binary");
    flag(options.pre, "pre");
    flag(options.no_deps, "no-deps");
    flag(options.require_hashes, "require-hashes");
    flag(options.no_build_isolation, "no-build-isolation");
    flag(options.upgrade, "upgrade");
    flag(options.locked, "locked");
    flag(options.frozen, "frozen");
    for (name, value) in [
        ("index", &options.index_url),
        ("python-version", &options.python_version),
        ("python", &options.python),
    ] {
        if let Some(value) = value {
            out.push(format!("{name}={value}"));
        }
    }
    if let Some(cutoff) = options.exclude_newer {
        out.push(format!("exclude-newer={}", cutoff.seconds()));
    }
    for (name, values) in [
        ("extra-index", &options.extra_index_urls),
        ("find-links", &options.find_links),
        ("platform", &options.platforms),
    ] {
        out.extend(values.iter().map(|value| format!("{name}={value}")));
    }
    for rule in &options.formats {
        out.push(match rule {
            FormatRule::OnlyBinary(project) => format!("only-binary={project}"),
            FormatRule::NoBinary(project) => format!("no-binary={project}"),
        });
    }
    let _ = Destination::Interpreter(String::new());
    out
}
