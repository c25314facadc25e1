//! The interpreter of shell scripts, which passes commands to the stage.
//!
//! Nothing is executed. Variables, conditions and loops are evaluated as far as the text decides them. If a condition is
//! unknown, both branches are evaluated, and their steps are marked as conditional.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::files::Operation;
use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::FileSource;
use crate::path;
use crate::shell::ast::{Connector, Node, Simple, Word};
use crate::shell::command::{Arg, Outcome, Source, Status};
use crate::shell::parse::parse;
use crate::shell::test::test;
use crate::text::{Text, Variables};
use wheelbase_formats::{glob, limits};
use wheelbase_spec::source::Origin;

/// The stage that an interpreter runs in.
///
/// The interpreter does not depend on the installers. It expands words and evaluates conditions, and passes each command
/// that is not a builtin to [`ShellStage::run`], which may run further commands in the same interpreter.
pub(crate) trait ShellStage: Sized {
    /// Returns the source of the file at an absolute path.
    fn find(&self, at: &str) -> FileSource;

    /// Changes a file.
    fn put(&mut self, operation: Operation);

    /// Returns the text of a script, if it is known.
    fn read_script(&mut self, at: &str, origin: &Origin) -> Option<Source>;

    /// Records an unknown fact and the reason.
    fn undetermined(&mut self, origin: Origin, reason: DockerfileGap);

    /// Records that a text depends on defaults of build arguments.
    fn assume(&mut self, text: &Text, origin: &Origin);

    /// Records for the next step that a word is empty because of build arguments without a value.
    fn assume_empty(&mut self, word: &Text);

    /// Returns whether a variable that is not set here is empty, and not set by the image.
    fn environment_is_known(&self) -> bool;

    /// Returns whether a part of a script may install something, so that the conditions around it matter.
    fn may_install(node: &Node) -> bool;

    /// Runs one command that is not a builtin of the shell.
    fn run(
        shell: &mut Interpreter<'_, Self>,
        args: &[Arg],
        origin: &Origin,
        input: Option<&FileSource>,
    ) -> Outcome;
}

pub(crate) struct Interpreter<'s, S> {
    pub(crate) stage: &'s mut S,
    pub(crate) variables: Variables,
    pub(crate) cwd: String,
    pub(crate) conditional: Option<DockerfileGap>,
    functions: BTreeMap<String, Rc<(Node, Source)>>,
    pub(super) positional: Vec<Text>,
    depth: usize,
    commands: usize,
    /// Whether `exit` ended the script.
    ended: bool,
    pub(super) descriptors: usize,
    /// Whether a condition is evaluated on which installations depend.
    conditions_matter: bool,
}

impl<'s, S: ShellStage> Interpreter<'s, S> {
    pub(crate) fn new(stage: &'s mut S, variables: Variables, cwd: String) -> Self {
        Self {
            stage,
            variables,
            cwd,
            conditional: None,
            functions: BTreeMap::new(),
            positional: Vec::new(),
            depth: 0,
            commands: 0,
            ended: false,
            descriptors: 0,
            conditions_matter: false,
        }
    }

    /// Parses and evaluates a script.
    pub(crate) fn script(&mut self, source: &Source, input: Option<&FileSource>) -> Outcome {
        if self.depth >= limits::SHELL_CALL_DEPTH {
            self.stage.undetermined(source.origin(0), DockerfileGap::DeepScripts);
            return (Status::Success, None);
        }
        match parse(&source.text) {
            Ok(node) => {
                self.depth += 1;
                let result = self.node(&node, source, input);
                self.depth -= 1;
                result
            }
            Err(error) => {
                let reason = DockerfileGap::InvalidScript(error.message);
                self.stage.undetermined(source.origin(error.offset), reason);
                (Status::Success, None)
            }
        }
    }

    /// Runs `work` under an unknown condition.
    fn under<T>(&mut self, reason: Option<DockerfileGap>, work: impl FnOnce(&mut Self) -> T) -> T {
        let kept = self.conditional.clone();
        if self.conditional.is_none() {
            self.conditional = reason;
        }
        let result = work(self);
        self.conditional = kept;
        result
    }

    fn node(&mut self, node: &Node, source: &Source, input: Option<&FileSource>) -> Outcome {
        // Lists are counted too: nested loops can be long without a single command.
        self.commands += 1;
        if self.commands == limits::SHELL_COMMANDS {
            self.stage.undetermined(source.origin(0), DockerfileGap::ManyCommands);
        }
        if self.ended || self.commands >= limits::SHELL_COMMANDS {
            return (Status::Success, None);
        }
        match node {
            Node::Simple(simple) => self.simple(simple, source, input),
            Node::List(items) => self.list(items, source, input),
            Node::Pipeline { parts, negated } => {
                let mut data: Option<FileSource> = input.cloned();
                let mut status = Status::Success;
                for part in parts {
                    (status, data) = self.node(part, source, data.as_ref());
                }
                if *negated {
                    status = match status {
                        Status::True => Status::False,
                        Status::False => Status::True,
                        other => other,
                    };
                }
                (status, data)
            }
            Node::Subshell(body) => {
                let variables = self.variables.clone();
                let cwd = self.cwd.clone();
                let result = self.node(body, source, input);
                self.variables = variables;
                self.cwd = cwd;
                self.ended = false;
                result
            }
            Node::Group { body, redirects } => {
                let (target, fed) = self.redirects(redirects, source);
                let (status, output) = self.node(body, source, fed.as_ref().or(input));
                (status, self.write(target, output, &source.origin(0)))
            }
            Node::If { arms, otherwise } => self.if_command(arms, otherwise.as_deref(), source, input),
            Node::For { variable, words, body } => {
                let values = words.as_ref().map(|words| self.words(words, source));
                self.for_command(variable, values, body, source, input)
            }
            Node::While { condition, body, until } => {
                let (status, _) = self.node(condition, source, input);
                let never = if *until { Status::True } else { Status::False };
                if status != never {
                    self.under(Some(DockerfileGap::WhileLoop), |this| this.node(body, source, input));
                }
                (Status::Success, None)
            }
            Node::Case { word, arms } => self.case(word, arms, source, input),
            Node::Function { name, body } => {
                self.functions.insert(name.clone(), Rc::new(((**body).clone(), source.clone())));
                (Status::Success, None)
            }
        }
    }

    fn list(&mut self, items: &[(Connector, Node)], source: &Source, input: Option<&FileSource>) -> Outcome {
        let mut status = Status::Success;
        let mut outputs: Vec<FileSource> = Vec::new();
        let matters = items.iter().any(|(connector, _)| *connector != Connector::Then)
            && items.iter().any(|(_, node)| S::may_install(node));
        let kept = self.conditions_matter;
        for (connector, node) in items {
            self.conditions_matter = kept || matters;
            let reason = match (connector, &status) {
                (Connector::Then, _) | (Connector::And, Status::Success | Status::True) => None,
                (Connector::And, Status::False) | (Connector::Or, Status::True) => continue,
                (Connector::Or, Status::False) => None,
                (Connector::And | Connector::Or, Status::Maybe(reason)) => Some(reason.clone()),
                (Connector::Or, Status::Success) => Some(DockerfileGap::OnlyOnFailure),
            };
            let conditional = reason.is_some();
            let before = status.clone();
            let output;
            (status, output) = self.under(reason, |this| this.node(node, source, input));
            if conditional {
                // `a || b`: the whole list is assumed to succeed.
                status = if matches!(before, Status::Maybe(_)) { before } else { Status::Success };
                self.ended = false;
            }
            outputs.extend(output);
            if self.ended {
                break;
            }
        }
        self.conditions_matter = kept;
        let output = if outputs.len() > 1 { Some(FileSource::Combined(outputs)) } else { outputs.pop() };
        (status, output)
    }

    fn if_command(
        &mut self,
        arms: &[(Node, Node)],
        otherwise: Option<&Node>,
        source: &Source,
        input: Option<&FileSource>,
    ) -> Outcome {
        let mut outputs = Vec::new();
        let mut pending: Option<DockerfileGap> = None;
        for (condition, body) in arms {
            let matters =
                arms.iter().any(|(_, body)| S::may_install(body)) || otherwise.is_some_and(S::may_install);
            let kept = std::mem::replace(&mut self.conditions_matter, matters);
            let (status, _) = self.under(pending.clone(), |this| this.node(condition, source, input));
            self.conditions_matter = kept;
            match status {
                Status::False => continue,
                Status::True => {
                    let (_, output) = self.under(pending.clone(), |this| this.node(body, source, input));
                    self.ended &= pending.is_none();
                    outputs.extend(output);
                    return (Status::Success, outputs.pop());
                }
                Status::Success | Status::Maybe(_) => {
                    let reason = match status {
                        Status::Maybe(reason) => reason,
                        _ => DockerfileGap::OtherCommand,
                    };
                    let (_, output) = self.under(Some(reason.clone()), |this| this.node(body, source, input));
                    self.ended = false;
                    outputs.extend(output);
                    pending.get_or_insert(reason);
                }
            }
        }
        if let Some(body) = otherwise {
            let (_, output) = self.under(pending.clone(), |this| this.node(body, source, input));
            self.ended &= pending.is_none();
            outputs.extend(output);
        }
        (Status::Success, outputs.pop())
    }

    fn for_command(
        &mut self,
        variable: &str,
        values: Option<Vec<Arg>>,
        body: &Node,
        source: &Source,
        input: Option<&FileSource>,
    ) -> Outcome {
        let known = values.filter(|values| {
            values.iter().all(|value| value.text.unknown.is_none() && !glob::has_wildcard(value.as_str()))
        });
        match known {
            Some(values) => {
                for value in values {
                    self.variables.set(variable, value.text);
                    self.node(body, source, input);
                }
            }
            None => {
                let reason = DockerfileGap::LoopVariable(variable.to_owned());
                self.variables.set(variable, Text::unknown(reason.clone()));
                self.under(Some(reason), |this| this.node(body, source, input));
            }
        }
        (Status::Success, None)
    }

    fn case(
        &mut self,
        word: &Word,
        arms: &[(Vec<Word>, Node)],
        source: &Source,
        input: Option<&FileSource>,
    ) -> Outcome {
        let text = self.single(word, source);
        let matters = arms.iter().any(|(_, body)| S::may_install(body));
        if matters {
            self.stage.assume(&text, &source.origin(word.offset));
        }
        for (patterns, body) in arms {
            let patterns: Vec<Text> = patterns.iter().map(|pattern| self.single(pattern, source)).collect();
            if let Some(reason) = &text.unknown {
                self.under(Some(reason.clone()), |this| this.node(body, source, input));
                self.ended = false;
                continue;
            }
            if patterns.iter().any(|pattern| glob::matches_text(&pattern.value, &text.value)) {
                return self.node(body, source, input);
            }
        }
        (Status::Success, None)
    }

    fn simple(&mut self, simple: &Simple, source: &Source, input: Option<&FileSource>) -> Outcome {
        let origin = source.origin(simple.words.first().map_or(simple.offset, |word| word.offset));
        let mut assigned = Variables::default();
        for assignment in &simple.assignments {
            let mut value = self.single(&assignment.value, source);
            if assignment.append {
                let mut whole = self.variables.get(&assignment.name).cloned().unwrap_or_default();
                whole.push(&value);
                value = whole;
            }
            if value.value.len() > limits::SHELL_VALUE_BYTES {
                value = Text::unknown(DockerfileGap::LongValue { variable: Some(assignment.name.clone()) });
            }
            assigned.set(assignment.name.clone(), value);
        }
        let args = self.words(&simple.words, source);
        let (target, fed) = self.redirects(&simple.redirects, source);
        if args.is_empty() {
            self.variables = self.variables.overlaid(&assigned);
            // `> file` without a command empties the file.
            return (Status::Success, self.write(target, None, &origin));
        }
        let kept = self.variables.clone();
        let name = args.first().map(|arg| arg.as_str().to_owned()).unwrap_or_default();
        let special = matches!(
            name.as_str(),
            "export"
                | "unset"
                | "read"
                | "source"
                | "."
                | "eval"
                | "local"
                | "readonly"
                | "declare"
                | "typeset"
        );
        self.variables = self.variables.overlaid(&assigned);
        let (status, output) = self.command(&args, &origin, fed.as_ref().or(input));
        if !special && !simple.assignments.is_empty() {
            self.variables = kept;
        }
        (status, self.write(target, output, &origin))
    }

    /// Runs one command after the expansion of its words.
    pub(crate) fn command(&mut self, args: &[Arg], origin: &Origin, input: Option<&FileSource>) -> Outcome {
        let Some(first) = args.first() else { return (Status::Success, None) };
        if let Some(reason) = &first.text.unknown {
            self.stage.undetermined(origin.clone(), UnknownPart::Command.because(reason));
            return (Status::Success, None);
        }
        let rest = args.get(1..).unwrap_or_default();
        let name = first.as_str();
        if let Some(function) = self.functions.get(name).cloned() {
            return self.call(&function, rest, origin, input);
        }
        match name {
            ":" | "true" => return (Status::True, None),
            "false" => return (Status::False, None),
            "exit" | "return" => {
                self.ended = true;
                return (Status::Success, None);
            }
            "cd" | "pushd" => {
                if let Some(arg) = rest.iter().find(|arg| !arg.as_str().starts_with('-')) {
                    if arg.text.unknown.is_none() {
                        self.cwd = path::join(&self.cwd, arg.as_str());
                    }
                } else {
                    self.cwd = self.home();
                }
                return (Status::Success, None);
            }
            "export" | "local" | "readonly" | "declare" | "typeset" => {
                for arg in rest {
                    if let Some((name, value)) = arg.as_str().split_once('=') {
                        let text = Text { value: value.to_owned(), ..arg.text.clone() };
                        self.variables.set(name, text);
                    }
                }
                return (Status::Success, None);
            }
            "unset" => {
                rest.iter().for_each(|arg| self.variables.remove(arg.as_str()));
                return (Status::Success, None);
            }
            "read" => {
                for arg in rest.iter().filter(|arg| !arg.as_str().starts_with('-')) {
                    let reason = DockerfileGap::ReadVariable(arg.as_str().to_owned());
                    self.variables.set(arg.as_str(), Text::unknown(reason));
                }
                return (Status::Maybe(DockerfileGap::ReadStatus), None);
            }
            "shift" => {
                if !self.positional.is_empty() {
                    self.positional.remove(0);
                }
                return (Status::Success, None);
            }
            "[" | "test" | "[[" => {
                if self.conditions_matter {
                    for arg in rest {
                        self.stage.assume(&arg.text, origin);
                    }
                }
                let find = |file: &str| self.stage.find(&path::join(&self.cwd, file));
                return (test(name, rest, &find), None);
            }
            "." | "source" => {
                self.source(rest, origin);
                return (Status::Success, None);
            }
            "eval" => {
                let words: Vec<&str> = rest.iter().map(Arg::as_str).collect();
                if let Some(reason) = rest.iter().find_map(|arg| arg.text.unknown.as_ref()) {
                    self.stage.undetermined(origin.clone(), UnknownPart::EvalCommands.because(reason));
                    return (Status::Success, None);
                }
                let script = Source::of_lines(&origin.file, &words.join(" "), origin.line);
                return self.script(&script, input);
            }
            _ => {}
        }
        S::run(self, args, origin, input)
    }

    fn call(
        &mut self,
        function: &Rc<(Node, Source)>,
        rest: &[Arg],
        origin: &Origin,
        input: Option<&FileSource>,
    ) -> Outcome {
        if self.depth >= limits::SHELL_CALL_DEPTH {
            self.stage.undetermined(origin.clone(), DockerfileGap::DeepFunctions);
            return (Status::Success, None);
        }
        self.depth += 1;
        let kept = std::mem::replace(&mut self.positional, rest.iter().map(|arg| arg.text.clone()).collect());
        let (node, source) = &**function;
        let result = self.node(node, source, input);
        self.positional = kept;
        self.ended = false;
        self.depth -= 1;
        result
    }

    /// Runs `. /venv/bin/activate` or another script in this shell.
    fn source(&mut self, rest: &[Arg], origin: &Origin) {
        let Some(arg) = rest.first().filter(|arg| arg.text.unknown.is_none()) else { return };
        let at = path::join(&self.cwd, arg.as_str());
        if path::name(&at).starts_with("activate") {
            let bin = path::parent(&at).to_owned();
            let venv = path::parent(&bin).to_owned();
            let search = self.variables.get("PATH").cloned().unwrap_or_default();
            let mut text = Text::known(format!("{bin}:"));
            text.push(&search);
            self.variables.set("PATH", text);
            self.variables.set("VIRTUAL_ENV", Text::known(venv));
            return;
        }
        // The `env` of rustup only extends PATH.
        if at.ends_with("/.cargo/env") || at.starts_with("/etc/") {
            return;
        }
        if let Some(source) = self.stage.read_script(&at, origin) {
            self.script(&source, None);
        }
    }

    /// Runs a script in a new shell.
    pub(crate) fn nested(
        &mut self,
        source: &Source,
        positional: &[Arg],
        input: Option<&FileSource>,
    ) -> Outcome {
        let variables = self.variables.clone();
        let cwd = self.cwd.clone();
        let kept =
            std::mem::replace(&mut self.positional, positional.iter().map(|arg| arg.text.clone()).collect());
        let functions = std::mem::take(&mut self.functions);
        let result = self.script(source, input);
        self.functions = functions;
        self.positional = kept;
        self.cwd = cwd;
        self.variables = variables;
        self.ended = false;
        result
    }

    pub(crate) fn home(&self) -> String {
        self.variables.get("HOME").map_or_else(|| "/root".to_owned(), |text| text.value.clone())
    }
}
