//! The state of a stage while its instructions are walked.

use std::collections::{BTreeMap, BTreeSet};

use crate::context::{Context, Purpose, Wanted};
use crate::files::{Operation, StageFiles};
use crate::model::{
    FileSource, InstallStep, InstallerVersion, StageCopy, Step, SystemStep, Undetermined, Venv,
};
use crate::path;
use crate::shell::run::Source;
use crate::tables;
use crate::value::{Text, Variables};
use wheelbase_spec::source::Origin;

/// What is said about a stage beside its steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) undetermined: BTreeSet<Undetermined>,
    pub(crate) wanted: BTreeSet<Wanted>,
    /// Build arguments whose default decided something, and where.
    pub(crate) assumed: BTreeMap<String, BTreeSet<Origin>>,
}

impl Notes {
    pub(crate) fn merge(&mut self, other: &Self) {
        self.undetermined.extend(other.undetermined.iter().cloned());
        self.wanted.extend(other.wanted.iter().cloned());
        for (name, origins) in &other.assumed {
            self.assumed.entry(name.clone()).or_default().extend(origins.iter().cloned());
        }
    }
}

/// A stage half walked. Cloned where a stage builds on another.
#[derive(Clone, Debug)]
pub(crate) struct StageState<'p> {
    pub(crate) context: &'p Context,
    pub(crate) files: StageFiles,
    pub(crate) arguments: Variables,
    pub(crate) environment: Variables,
    pub(crate) workdir: String,
    pub(crate) user: String,
    pub(crate) shell: Vec<String>,
    pub(crate) venvs: BTreeMap<String, Venv>,
    pub(crate) packages: BTreeSet<String>,
    /// Packages that came without what they recommend.
    pub(crate) bare_packages: BTreeSet<String>,
    /// Packages that were removed alone.
    pub(crate) left_packages: BTreeSet<String>,
    /// Manager of each package, for the table of tools.
    managers: BTreeMap<String, &'static str>,
    /// `apk add --virtual NAME`.
    virtuals: BTreeMap<String, Vec<String>>,
    /// Tools that did not come as packages.
    pub(crate) tools: BTreeMap<String, String>,
    pub(crate) installers: BTreeMap<String, InstallerVersion>,
    pub(crate) pip_config: BTreeMap<String, Text>,
    pub(crate) poetry_config: BTreeMap<String, String>,
    pub(crate) pdm_venv: Option<String>,
    pub(crate) steps: Vec<Step>,
    pub(crate) copies: Vec<StageCopy>,
    pub(crate) notes: Notes,
    pub(crate) onbuild: bool,
    /// Whether commands ran that are not followed.
    pub(crate) unread: bool,
    /// Whether steps were left out because there are too many.
    pub(crate) steps_cut: bool,
    /// Whether all variables that are not set here are empty.
    pub(crate) environment_known: bool,
    /// Set while a condition is read on which installations hang.
    pub(crate) conditions_matter: bool,
    /// Build arguments that gave nothing at all to the words being read.
    pub(crate) empty_assumed: BTreeSet<String>,
}

impl<'p> StageState<'p> {
    pub(crate) fn new(context: &'p Context, base: Option<String>) -> Self {
        let mut environment = Variables::default();
        let search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        environment.set("PATH", Text::known(search));
        Self {
            context,
            environment_known: base.is_none(),
            files: StageFiles::on_image(base),
            arguments: Variables::default(),
            environment,
            workdir: "/".to_owned(),
            user: "root".to_owned(),
            shell: vec!["/bin/sh".to_owned(), "-c".to_owned()],
            venvs: BTreeMap::new(),
            packages: BTreeSet::new(),
            bare_packages: BTreeSet::new(),
            left_packages: BTreeSet::new(),
            managers: BTreeMap::new(),
            virtuals: BTreeMap::new(),
            tools: BTreeMap::new(),
            installers: BTreeMap::new(),
            pip_config: BTreeMap::new(),
            poetry_config: BTreeMap::new(),
            pdm_venv: None,
            steps: Vec::new(),
            copies: Vec::new(),
            notes: Notes::default(),
            onbuild: false,
            unread: false,
            steps_cut: false,
            conditions_matter: false,
            empty_assumed: BTreeSet::new(),
        }
    }

    /// The state of a stage that builds on this one.
    pub(crate) fn child(&self) -> Self {
        Self {
            steps: Vec::new(),
            copies: Vec::new(),
            notes: Notes::default(),
            onbuild: false,
            ..self.clone()
        }
    }

    /// Arguments with the environment over them: an `ENV` always wins
    /// (<https://docs.docker.com/reference/dockerfile/#using-arg-variables>).
    pub(crate) fn variables(&self) -> Variables {
        let mut variables = self.arguments.overlaid(&self.environment);
        if variables.get("HOME").is_none() {
            let home = if self.user == "root" || self.user == "0" {
                "/root".to_owned()
            } else {
                format!("/home/{}", self.user)
            };
            variables.set("HOME", Text::known(home));
        }
        variables
    }

    pub(crate) fn undetermined(&mut self, origin: Origin, reason: &str) {
        self.notes.undetermined.insert(Undetermined { origin, reason: reason.to_owned() });
    }

    /// Notes that a text hangs on the default of a build argument.
    pub(crate) fn assume(&mut self, text: &Text, origin: &Origin) {
        for name in &text.assumed {
            self.notes.assumed.entry(name.clone()).or_default().insert(origin.clone());
        }
    }

    /// Arguments that expanded to nothing belong to the next step.
    pub(crate) fn used_assumptions(&mut self, step: &InstallStep) {
        for name in std::mem::take(&mut self.empty_assumed) {
            self.notes.assumed.entry(name).or_default().insert(step.origin.clone());
        }
    }

    /// Where a file comes from; candidates that the caller has said not to exist are left out.
    pub(crate) fn find(&self, at: &str) -> FileSource {
        self.settle(self.files.find(at, self.context.ignore()))
    }

    fn settle(&self, source: FileSource) -> FileSource {
        match source {
            FileSource::Context(candidates) => {
                let mut left = Vec::new();
                for candidate in &candidates {
                    match self.context.text(candidate) {
                        Some(None) => {}
                        Some(Some(_)) => {
                            left.push(candidate.clone());
                            break;
                        }
                        None => left.push(candidate.clone()),
                    }
                }
                if left.is_empty() { FileSource::Absent(candidates) } else { FileSource::Context(left) }
            }
            FileSource::Combined(parts) => {
                FileSource::Combined(parts.into_iter().map(|part| self.settle(part)).collect())
            }
            other => other,
        }
    }

    /// Whether the Dockerfile itself puts a file exactly there, not as part of a folder.
    pub(crate) fn is_put(&self, at: &str) -> bool {
        match self.files.find(at, self.context.ignore()) {
            FileSource::Inline { .. } => true,
            // A copied folder has every name; only a source of the same name speaks for the file.
            FileSource::Context(candidates) => {
                candidates.first().is_some_and(|first| path::name(first).ends_with(".conf"))
                    && self.files.names(at)
            }
            _ => false,
        }
    }

    /// Says what cannot be known of a file that a step reads.
    pub(crate) fn check_source(&mut self, at: &str, source: &FileSource, origin: &Origin) {
        let reason = match source {
            FileSource::Ignored { path, rule, origin } => {
                format!("`{at}` is `{path}` of the context, which `{rule}` at {origin} keeps out")
            }
            FileSource::Absent(paths) => {
                format!(
                    "`{at}` is copied from the build context, which has no `{}`",
                    paths.join("` and no `")
                )
            }
            FileSource::Missing => format!("nothing in the Dockerfile puts `{at}` there"),
            FileSource::Image { reference, .. } => {
                format!("nothing in the Dockerfile puts `{at}` there; the image `{reference}` may have it")
            }
            FileSource::Unknown(reason) => format!("`{at}` is not known: {reason}"),
            FileSource::Combined(parts) => {
                for part in parts {
                    self.check_source(at, part, origin);
                }
                return;
            }
            FileSource::Exported(exported) if exported.selection.is_none() => {
                format!("`{at}` is solved anew during the build at {}", exported.origin)
            }
            FileSource::Url(url) if url == at => format!("`{url}` is fetched during the build"),
            FileSource::Url(url) => format!("`{at}` is downloaded from `{url}` during the build"),
            _ => return,
        };
        self.undetermined(origin.clone(), &reason);
    }

    /// Asks for the context files that a step reads.
    pub(crate) fn want_inputs(&mut self, step: &InstallStep) {
        let mut sources: Vec<&FileSource> = step.inputs().map(|file| &file.source).collect();
        while let Some(source) = sources.pop() {
            match source {
                FileSource::Context(candidates) => {
                    for candidate in candidates {
                        self.want(candidate, Purpose::Input);
                    }
                }
                FileSource::Combined(parts) => sources.extend(parts),
                FileSource::Exported(exported) => {
                    sources.extend(exported.from.iter().map(|file| &file.source));
                }
                _ => {}
            }
        }
    }

    fn want(&mut self, candidate: &str, purpose: Purpose) {
        let archive = [".whl", ".gz", ".zip", ".bz2", ".xz"].iter().any(|end| candidate.ends_with(end));
        if self.context.text(candidate).is_none() && !candidate.contains(['*', '?', '[']) && !archive {
            self.notes.wanted.insert(Wanted { path: candidate.to_owned(), purpose });
        }
    }

    /// The text of a shell script in the stage, if it is known; asks for it if it is not.
    pub(crate) fn read_script(&mut self, at: &str, origin: &Origin) -> Option<Source> {
        match self.find(at) {
            FileSource::Inline { text, origin } => {
                is_shell(&text).then(|| Source::of_lines(&origin.file, &text, origin.line))
            }
            FileSource::Context(candidates) => {
                for candidate in &candidates {
                    if let Some(Some(text)) = self.context.text(candidate) {
                        return is_shell(text).then(|| Source::of_lines(candidate, text, 1));
                    }
                }
                for candidate in &candidates {
                    self.want(candidate, Purpose::Script);
                }
                let reason = format!("the script `{}` has not been read", candidates.join("`, `"));
                self.undetermined(origin.clone(), &reason);
                None
            }
            FileSource::Unknown(reason) => {
                self.undetermined(origin.clone(), &format!("the script `{at}` is not read: {reason}"));
                None
            }
            FileSource::Absent(paths) => {
                let reason = format!("the build context has no script `{}`", paths.join("` and no `"));
                self.undetermined(origin.clone(), &reason);
                None
            }
            FileSource::Missing => {
                self.undetermined(
                    origin.clone(),
                    &format!("nothing in the Dockerfile puts the script `{at}` there"),
                );
                None
            }
            _ => None,
        }
    }

    pub(crate) fn is_venv(&self, at: &str) -> bool {
        self.venvs.contains_key(at)
    }

    pub(crate) fn add_venv(&mut self, at: &str, python: Option<String>, origin: &Origin) {
        self.venvs.entry(at.to_owned()).or_insert_with(|| Venv {
            path: at.to_owned(),
            python,
            origin: origin.clone(),
        });
    }

    /// `cp -r` and `mv` of a venv.
    pub(crate) fn move_venv(&mut self, from: &str, to: &str) {
        if let Some(venv) = self.venvs.get(from).cloned() {
            self.venvs.insert(to.to_owned(), Venv { path: to.to_owned(), ..venv });
        }
    }

    /// The tools that the packages in force and other installers bring.
    pub(crate) fn toolchain(&self) -> BTreeMap<String, String> {
        let mut tools = self.tools.clone();
        for package in &self.packages {
            let manager = self.managers.get(package).copied().unwrap_or("apt");
            for tool in tables::tools_of(manager, package) {
                tools.entry(tool).or_insert_with(|| package.clone());
            }
        }
        tools
    }

    /// Applies a step of a package manager to the packages in force.
    pub(crate) fn change_packages(&mut self, step: &SystemStep, group: Option<&str>) {
        if !step.removes {
            let manager = step.manager.as_str();
            for package in &step.packages {
                // What came without recommended packages gets them with a later installation.
                if step.recommends {
                    self.bare_packages.remove(package);
                } else if !self.packages.contains(package) {
                    self.bare_packages.insert(package.clone());
                }
            }
            let along = step.packages.iter().filter(|_| step.recommends);
            let along = along.flat_map(|package| tables::recommended(manager, package));
            for package in step.packages.iter().chain(along) {
                self.left_packages.remove(package);
                self.packages.insert(package.clone());
                self.managers.insert(package.clone(), manager);
            }
            if let Some(group) = group {
                self.virtuals.entry(group.to_owned()).or_default().extend(step.packages.iter().cloned());
            }
            return;
        }
        // With `--auto-remove` everything goes that nothing needs any more, whoever left it.
        if step.autoremove {
            self.left_packages.clear();
        }
        for package in &step.packages {
            match self.virtuals.remove(package) {
                Some(members) => {
                    for member in members {
                        // A package that another group holds stays.
                        if !self.virtuals.values().any(|others| others.contains(&member)) {
                            self.packages.remove(&member);
                        }
                    }
                }
                None => {
                    let glob = package.contains('*');
                    let goes = |name: &String| {
                        name == package || glob && crate::value::glob_matches(package, name, false)
                    };
                    let gone: Vec<String> = self.packages.iter().filter(|name| goes(name)).cloned().collect();
                    self.packages.retain(|name| !goes(name));
                    if !step.autoremove {
                        self.left_packages.extend(gone);
                    }
                }
            }
        }
    }

    /// Puts mounts into place; gives back where they begin and how many they are.
    pub(crate) fn mount(&mut self, operations: Vec<Operation>) -> (usize, usize) {
        let at = self.files.len();
        let count = operations.len();
        for operation in operations {
            self.files.push(operation);
        }
        (at, count)
    }
}

/// A first line of another language means that the text is not for a shell.
pub(crate) fn is_shell(text: &str) -> bool {
    match text.strip_prefix("#!") {
        Some(rest) => {
            let line = rest.lines().next().unwrap_or_default();
            line.split(['/', ' '])
                .any(|word| ["sh", "bash", "ash", "dash", "ksh", "zsh"].contains(&word.trim()))
        }
        None => !text.contains('\0'),
    }
}
