//! `COPY`, `ADD` and `RUN` with its mounts: the files that they add to a stage.

use std::collections::BTreeMap;

use crate::expand::expand_body;
use crate::fault::Fault;
use crate::files::{OfStage, Operation};
use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::{CopyOrigin, InstallerVersion, StageCopy, Venv};
use crate::path;
use crate::shell::command::{Arg, Source};
use crate::shell::run::Interpreter;
use crate::stage::{StageState, is_shell};
use crate::syntax::{Command, Copy, Flag, Run};
use crate::text::Text;
use crate::walk::Walk;
use wheelbase_formats::glob;
use wheelbase_image::ImageRef;
use wheelbase_spec::source::Origin;

impl<'d> Walk<'d> {
    /// Applies `COPY` or `ADD`. A source in the context is relative to the root of the context.
    pub(super) fn copy(&mut self, copy: &Copy, index: usize, state: &mut StageState<'d>, origin: &Origin) {
        let variables = state.environment.variables();
        let destination = self.expand(&copy.destination, &variables, origin);
        if let Some(reason) = &destination.unknown {
            state.undetermined(origin.clone(), UnknownPart::CopyDestination.because(reason));
            return;
        }
        let folder = destination.value.ends_with('/') || matches!(path::name(&destination.value), "." | "..");
        let at = path::join(&state.environment.workdir, &destination.value);
        let from = copy.flags.iter().find(|flag| flag.name == "from").map(|flag| flag.value.clone());
        let parents = copy.flags.iter().any(|flag| flag.name == "parents" && flag.value != "false");
        for heredoc in &copy.heredocs {
            let body = if heredoc.expand {
                match expand_body(&heredoc.body, &variables, self.dockerfile.escape) {
                    Ok(text) => text,
                    Err(message) => {
                        let place = Origin::new(self.dockerfile.file.clone(), heredoc.line, 1);
                        self.faults.push(Fault::new(place, message));
                        continue;
                    }
                }
            } else {
                Text::known(heredoc.body.clone())
            };
            let path = if folder { path::join(&at, &heredoc.name) } else { at.clone() };
            let place = Origin::new(self.dockerfile.file.clone(), heredoc.line, 1);
            state.assume(&body, &place);
            state.files.push(Operation::Inline { path, text: body.value, origin: place });
        }
        for written in &copy.sources {
            let source = self.expand(written, &variables, origin);
            if let Some(reason) = &source.unknown {
                state.undetermined(origin.clone(), UnknownPart::CopySource.because(reason));
                continue;
            }
            let operation =
                self.copy_operation(copy, &source.value, &at, folder, parents, from.as_deref(), index);
            if let Some((Operation::Stage { source, .. } | Operation::Image { source, .. }, copied)) =
                operation.as_ref().map(|(operation, from)| (operation, from.clone()))
                && let Some(copied) = copied
            {
                let source = source.clone();
                self.record_copy(copied, &source, &at, folder, false, state, origin);
            }
            if let Some((operation, _)) = operation {
                state.files.push(operation);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one instruction")]
    pub(super) fn copy_operation(
        &self,
        copy: &Copy,
        source: &str,
        at: &str,
        folder: bool,
        parents: bool,
        from: Option<&str>,
        index: usize,
    ) -> Option<(Operation, Option<CopyOrigin>)> {
        let destination = at.to_owned();
        let Some(from) = from else {
            if copy.add && (source.contains("://") || source.starts_with("git@")) {
                let name = path::name(source.split(['?', '#']).next().unwrap_or(source)).to_owned();
                let path = if folder { path::join(at, &name) } else { destination };
                return Some((Operation::Url { path, url: source.to_owned() }, None));
            }
            let source = path::relative(source);
            let destination = if parents {
                path::join(at, path::parent(&source).trim_start_matches('/'))
            } else {
                destination
            };
            let source = if source.is_empty() { ".".to_owned() } else { source };
            return Some((Operation::Context { source, destination, folder }, None));
        };
        let source = path::join("/", source);
        match self.resolve_from(from, index) {
            CopyOrigin::Stage(number) => {
                let files = OfStage::new(self.states.get(number)?.files.clone());
                let operation = Operation::Stage { files, source, destination, folder };
                Some((operation, Some(CopyOrigin::Stage(number))))
            }
            CopyOrigin::Image(reference) => {
                let operation = Operation::Image { reference: reference.clone(), source, destination };
                Some((operation, Some(CopyOrigin::Image(reference))))
            }
        }
    }

    /// Resolves `--from`: the number or the name of a stage, otherwise an image.
    pub(super) fn resolve_from(&self, from: &str, index: usize) -> CopyOrigin {
        if let Ok(number) = from.parse::<usize>() {
            return CopyOrigin::Stage(number);
        }
        match self.find_stage(from, index) {
            Some(number) => CopyOrigin::Stage(number),
            None => CopyOrigin::Image(from.to_owned()),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one instruction")]
    pub(super) fn record_copy(
        &self,
        from: CopyOrigin,
        source: &str,
        at: &str,
        folder: bool,
        temporary: bool,
        state: &mut StageState<'d>,
        origin: &Origin,
    ) {
        match &from {
            CopyOrigin::Stage(number) => {
                let venvs: Vec<Venv> = self
                    .states
                    .get(*number)
                    .map(|state| state.python.venvs.values().cloned().collect())
                    .unwrap_or_default();
                for venv in venvs {
                    if let Some(rest) = path::below(&venv.path, source) {
                        let path = path::join(at, rest);
                        state.python.venvs.entry(path.clone()).or_insert(Venv { path, ..venv });
                    }
                }
            }
            CopyOrigin::Image(reference) => {
                // The uv images contain only `/uv` and `/uvx`; the tag is the version.
                let image = reference.parse::<ImageRef>();
                if let Ok(image) = image
                    && image.name().ends_with("/uv")
                    && path::name(source).starts_with("uv")
                {
                    let number = image.tag().filter(|tag| tag.starts_with(|c: char| c.is_ascii_digit()));
                    let version = number.map_or(InstallerVersion::Newest, |tag| {
                        let digits: String =
                            tag.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                        let exact = digits.matches('.').count() >= 2;
                        InstallerVersion::Specified(if exact {
                            format!("=={digits}")
                        } else {
                            format!("=={digits}.*")
                        })
                    });
                    state.python.installers.insert("uv".to_owned(), version);
                }
            }
        }
        let destination = if folder && !glob::is_pattern(source) && path::name(source).contains('.') {
            path::join(at, path::name(source))
        } else {
            at.to_owned()
        };
        state.steps.copies.push(StageCopy {
            from,
            source: source.to_owned(),
            destination,
            temporary,
            origin: origin.clone(),
        });
    }

    pub(super) fn run(&mut self, run: &Run, index: usize, state: &mut StageState<'d>, origin: &Origin) {
        let mounts = self.mounts(&run.flags, index, state);
        let (at, count) = state.mount(mounts);
        let variables = state.environment.variables();
        let workdir = state.environment.workdir.clone();
        let file = self.dockerfile.file.clone();
        match &run.command {
            Command::Exec(words) => {
                let args: Vec<Arg> = words
                    .iter()
                    .map(|word| Arg { text: Text::known(word.clone()), origin: origin.clone() })
                    .collect();
                let mut shell = Interpreter::new(state, variables, workdir);
                shell.command(&args, origin, None);
            }
            Command::Shell(script) => {
                let program =
                    path::name(state.environment.shell.first().map(String::as_str).unwrap_or_default())
                        .to_owned();
                if matches!(program.as_str(), "cmd" | "powershell" | "pwsh") {
                    state.undetermined(origin.clone(), DockerfileGap::OtherShell(program));
                } else {
                    let mut source = Source {
                        file: (&*file).into(),
                        text: script.text.as_str().into(),
                        pieces: script.pieces.clone().into(),
                    };
                    // Only `RUN <<EOF`: the body is the script. Its first line decides the language.
                    let head = script.text.lines().next().unwrap_or_default().trim();
                    if let [heredoc] = run.heredocs.as_slice()
                        && head.starts_with("<<")
                        && !head.contains(char::is_whitespace)
                    {
                        if is_shell(&heredoc.body) {
                            source = Source::of_lines(&file, &heredoc.body, heredoc.line);
                        } else {
                            if heredoc.body.contains("pip") {
                                state.undetermined(origin.clone(), DockerfileGap::OtherLanguage);
                            }
                            source = Source::of_lines(&file, "", heredoc.line);
                        }
                    }
                    let mut shell = Interpreter::new(state, variables, workdir);
                    shell.script(&source, None);
                }
            }
        }
        state.files.remove_range(at, count);
    }

    /// Returns the files of `--mount=type=bind,...`. Other types add no files that matter here.
    pub(super) fn mounts(
        &mut self,
        flags: &[Flag],
        index: usize,
        state: &mut StageState<'d>,
    ) -> Vec<Operation> {
        let mut operations = Vec::new();
        for flag in flags {
            if flag.name != "mount" {
                if !matches!(flag.name.as_str(), "network" | "security" | "device") {
                    self.faults.push(Fault::new(
                        flag.origin.clone(),
                        format!("`RUN` has no flag `--{}`", flag.name),
                    ));
                }
                continue;
            }
            let variables = state.environment.variables();
            let mut fields: BTreeMap<String, String> = BTreeMap::new();
            for field in flag.value.split(',') {
                let (key, value) = field.split_once('=').unwrap_or((field, ""));
                let value = self.expand(value, &variables, &flag.origin);
                fields.insert(key.trim().to_ascii_lowercase(), value.value);
            }
            let kind = fields.get("type").map_or("bind", String::as_str);
            let target = ["target", "dst", "destination"].iter().find_map(|key| fields.get(*key));
            let source = ["source", "src"].iter().find_map(|key| fields.get(*key));
            match kind {
                "cache" | "tmpfs" | "ssh" | "secret" => continue,
                "bind" => {}
                other => {
                    self.faults.push(Fault::new(
                        flag.origin.clone(),
                        format!("`{other}` is not a valid type of mount"),
                    ));
                    continue;
                }
            }
            let Some(target) = target else {
                self.faults.push(Fault::new(flag.origin.clone(), "a bind mount requires a `target`"));
                continue;
            };
            let destination = path::join(&state.environment.workdir, target);
            match fields.get("from") {
                Some(from) => {
                    let source = path::join("/", source.map_or("/", String::as_str));
                    match self.resolve_from(from, index) {
                        CopyOrigin::Stage(number) => {
                            let Some(other) = self.states.get(number) else {
                                let message = format!("`from={from}` is not an earlier stage");
                                self.faults.push(Fault::new(flag.origin.clone(), message));
                                continue;
                            };
                            let files = OfStage::new(other.files.clone());
                            operations.push(Operation::Stage {
                                files,
                                source: source.clone(),
                                destination: destination.clone(),
                                folder: false,
                            });
                            self.record_copy(
                                CopyOrigin::Stage(number),
                                &source,
                                &destination,
                                false,
                                true,
                                state,
                                &flag.origin,
                            );
                        }
                        CopyOrigin::Image(reference) => {
                            operations.push(Operation::Image {
                                reference: reference.clone(),
                                source: source.clone(),
                                destination: destination.clone(),
                            });
                            self.record_copy(
                                CopyOrigin::Image(reference),
                                &source,
                                &destination,
                                false,
                                true,
                                state,
                                &flag.origin,
                            );
                        }
                    }
                }
                None => {
                    let source = path::relative(source.map_or("", String::as_str));
                    let source = if source.is_empty() { ".".to_owned() } else { source };
                    operations.push(Operation::Context { source, destination, folder: false });
                }
            }
        }
        operations
    }
}
