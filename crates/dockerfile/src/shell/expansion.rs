//! Expansion of words in the interpreter (POSIX, Shell Command Language, 2.6).

use crate::expand::{replaced, trimmed};
use crate::files::Operation;
use crate::gap::DockerfileGap;
use crate::model::FileSource;
use crate::shell::ast::{Operator, Part, Word};
use crate::shell::command::{Arg, Source, short};
use crate::shell::run::{Interpreter, ShellStage};
use crate::text::Text;
use wheelbase_formats::limits;

impl<S: ShellStage> Interpreter<'_, S> {
    /// Expands words to arguments, with field splitting and without pathname expansion.
    pub(super) fn words(&mut self, words: &[Word], source: &Source) -> Vec<Arg> {
        let mut args = Vec::new();
        for word in words {
            if args.len() >= limits::SHELL_WORDS {
                break;
            }
            let origin = source.origin(word.offset);
            args.extend(
                self.fields(word, source).into_iter().map(|text| Arg { text, origin: origin.clone() }),
            );
        }
        args.truncate(limits::SHELL_WORDS);
        args
    }

    /// Expands a word to one text, without field splitting.
    pub(crate) fn single(&mut self, word: &Word, source: &Source) -> Text {
        let mut text = Text::default();
        for part in &word.parts {
            let value = self.part(part, source);
            text.push(&value);
            if text.value.len() > limits::SHELL_VALUE_BYTES {
                return Text::unknown(DockerfileGap::LongValue { variable: None });
            }
        }
        text
    }

    /// Expands a word with field splitting (POSIX 2.6.5): unquoted expansions are split at blanks.
    pub(super) fn fields(&mut self, word: &Word, source: &Source) -> Vec<Text> {
        let mut done: Vec<Text> = Vec::new();
        let mut current: Option<Text> = None;
        for (index, part) in word.parts.iter().enumerate() {
            // An unquoted `~` at the start is the home directory.
            if let (0, Part::Literal { text, quoted: false }) = (index, part)
                && let Some(rest) = text.strip_prefix('~')
                && (rest.is_empty() || rest.starts_with('/'))
            {
                current = Some(Text::known(format!("{}{rest}", self.home())));
                continue;
            }
            if let Part::Parameter { name, operator: None, .. } = part
                && (name == "@" || name == "*")
            {
                done.extend(current.take());
                done.extend(self.positional.iter().cloned());
                continue;
            }
            let value = self.part(part, source);
            let split =
                matches!(part, Part::Parameter { quoted: false, .. } | Part::Command { quoted: false, .. });
            if !split || value.unknown.is_some() {
                current.get_or_insert_with(Text::default).push(&value);
                continue;
            }
            let pieces: Vec<&str> = value.value.split_ascii_whitespace().collect();
            if value.value.starts_with(char::is_whitespace) {
                done.extend(current.take());
            }
            for (number, piece) in pieces.iter().enumerate() {
                if number > 0 {
                    done.extend(current.take());
                }
                let piece = Text { value: (*piece).to_owned(), ..value.clone() };
                current.get_or_insert_with(Text::default).push(&piece);
            }
            if value.value.ends_with(char::is_whitespace) {
                done.extend(current.take());
            }
            if done.len() > limits::SHELL_WORDS {
                break;
            }
            if pieces.is_empty() {
                match &mut current {
                    Some(current) => current.taint(&value),
                    // The word is dropped, but the command still depends on the build argument.
                    None => self.stage.assume_empty(&value),
                }
            }
        }
        done.extend(current);
        done
    }

    pub(super) fn part(&mut self, part: &Part, source: &Source) -> Text {
        match part {
            Part::Literal { text, .. } => Text::known(text.clone()),
            Part::Parameter { name, operator, .. } => self.parameter(name, operator.as_ref(), source),
            Part::Command { text, .. } => self.substitution(text, source),
            Part::Opaque { text } => {
                let Some(inner) = text.strip_prefix("<(").and_then(|rest| rest.strip_suffix(')')) else {
                    return Text::unknown(DockerfileGap::Evaluated(short(text)));
                };
                // `-r <(poetry export)`: the output is a file with a name of its own.
                let script = Source::of_lines(&source.file, inner, source.origin(0).line);
                let (_, output) = self.nested(&script, &[], None);
                self.descriptors += 1;
                let at = format!("/dev/fd/{}", 60 + self.descriptors);
                let reason = DockerfileGap::WrittenBy(short(inner));
                let output = output.unwrap_or(FileSource::Unknown(reason));
                self.stage.put(Operation::Combined { path: at.clone(), sources: vec![output] });
                Text::known(at)
            }
        }
    }

    pub(super) fn substitution(&mut self, text: &str, source: &Source) -> Text {
        let script = Source::of_lines(&source.file, text, source.origin(0).line);
        let reason = DockerfileGap::Substitution(short(text));
        if text.trim() == "pwd" {
            return Text::known(self.cwd.clone());
        }
        // The commands inside may install something too, so they are evaluated.
        let kept = self.conditional.clone();
        let (_, output) = self.nested(&script, &[], None);
        self.conditional = kept;
        match output {
            Some(FileSource::Inline { text, .. }) => Text::known(text.trim_end_matches('\n')),
            _ => Text::unknown(reason),
        }
    }

    pub(super) fn parameter(
        &mut self,
        name: &str,
        operator: Option<&(Operator, Word)>,
        source: &Source,
    ) -> Text {
        let value = self.lookup(name);
        let Some((operator, word)) = operator else {
            return value.unwrap_or_else(|| self.unset(name));
        };
        let colon = match operator {
            Operator::Default { colon }
            | Operator::Assign { colon }
            | Operator::Alternative { colon }
            | Operator::Require { colon } => *colon,
            _ => false,
        };
        let set =
            value.as_ref().is_some_and(|text| text.unknown.is_some() || !colon || !text.value.is_empty());
        match operator {
            Operator::Default { .. } | Operator::Assign { .. } => {
                if set {
                    return value.unwrap_or_default();
                }
                let mut text = self.single(word, source);
                if let Some(value) = &value {
                    text.taint(value);
                }
                if matches!(operator, Operator::Assign { .. }) {
                    self.variables.set(name, text.clone());
                }
                text
            }
            Operator::Alternative { .. } => {
                let mut text = if set { self.single(word, source) } else { Text::default() };
                if let Some(value) = &value {
                    text.taint(value);
                }
                text
            }
            Operator::Require { .. } => value.unwrap_or_else(|| self.unset(name)),
            Operator::TrimPrefix { longest } | Operator::TrimSuffix { longest } => {
                let pattern = self.single(word, source);
                let front = matches!(operator, Operator::TrimPrefix { .. });
                let value = value.unwrap_or_else(|| self.unset(name));
                trimmed(value, &pattern, front, *longest)
            }
            Operator::Replace { all, replacement } => {
                let pattern = self.single(word, source);
                let with = self.single(replacement, source);
                let value = value.unwrap_or_else(|| self.unset(name));
                replaced(value, &pattern, &with.value, *all)
            }
            Operator::Other(text) => Text::unknown(DockerfileGap::Expansion(short(text))),
        }
    }

    pub(super) fn lookup(&self, name: &str) -> Option<Text> {
        if let Ok(number) = name.parse::<usize>() {
            return match number {
                0 => Some(Text::known("sh")),
                _ => Some(self.positional.get(number - 1).cloned().unwrap_or_default()),
            };
        }
        match name {
            "PWD" => Some(Text::known(self.cwd.clone())),
            "#" => Some(Text::known(self.positional.len().to_string())),
            "@" | "*" => {
                let mut text = Text::default();
                for (index, value) in self.positional.iter().enumerate() {
                    if index > 0 {
                        text.value.push(' ');
                    }
                    text.push(value);
                }
                Some(text)
            }
            "?" => Some(Text::known("0")),
            "-" | "$" | "!" => Some(Text::unknown(DockerfileGap::SpecialParameter(name.to_owned()))),
            _ => self.variables.get(name).cloned(),
        }
    }

    /// Returns the value of a variable. The image may set one that the Dockerfile does not set.
    pub(super) fn unset(&self, name: &str) -> Text {
        if self.stage.environment_is_known() {
            return Text::default();
        }
        Text::unknown(DockerfileGap::UnsetVariable(name.to_owned()))
    }
}
