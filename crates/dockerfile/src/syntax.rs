//! Instructions. `parse-dockerfile` parses the segment of each one separately.

use parse_dockerfile as parser;

use crate::fault::Fault;
use crate::segment::{Heredoc, Piece, Segment};
use wheelbase_spec::source::Origin;

/// An instruction and the position of its keyword.
#[derive(Clone, Debug)]
pub(crate) struct Instruction {
    pub(crate) kind: Kind,
    pub(crate) origin: Origin,
}

/// The kind and the arguments of an instruction. `Other` is for those that have no effect on a plan.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    From(From),
    Arg(Vec<NameValue>),
    Env(Vec<NameValue>),
    Workdir(String),
    User(String),
    Shell(Vec<String>),
    Run(Run),
    Copy(Copy),
    Onbuild(Box<Instruction>),
    Other,
}

#[derive(Clone, Debug)]
pub(crate) struct From {
    pub(crate) image: String,
    pub(crate) image_origin: Origin,
    pub(crate) platform: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) name_origin: Origin,
}

#[derive(Clone, Debug)]
pub(crate) struct NameValue {
    pub(crate) name: String,
    /// The value as written, with quotes; `None` for `ARG NAME`.
    pub(crate) value: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Flag {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) origin: Origin,
}

#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) flags: Vec<Flag>,
    pub(crate) command: Command,
    pub(crate) heredocs: Vec<Heredoc>,
}

#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// `["pip", "install", "flask"]`: executed without a shell.
    Exec(Vec<String>),
    Shell(Script),
}

/// Text for a shell, and the positions of its pieces.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) text: String,
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub(crate) struct Copy {
    pub(crate) add: bool,
    pub(crate) flags: Vec<Flag>,
    pub(crate) sources: Vec<String>,
    pub(crate) heredocs: Vec<Heredoc>,
    pub(crate) destination: String,
}

/// Parses one segment. The faults are those for which a builder rejects it.
pub(crate) fn read(segment: &Segment, escape: char, file: &str) -> Result<Instruction, Vec<Fault>> {
    // Each segment is parsed as the first instruction after a `FROM`, with the escape character of the file.
    let prefix = if escape == '`' { "# escape=`\nFROM scratch\n" } else { "FROM scratch\n" };
    let text = format!("{prefix}{}", segment.raw);
    let reader = Reader { segment, escape, file, prefix: prefix.len() };
    let prefix_lines = prefix.matches('\n').count();
    let mut instructions = match parser::parse_iter(&text) {
        Ok(instructions) => instructions.skip(1),
        Err(error) => return Err(vec![reader.fault(&error, prefix_lines)]),
    };
    match instructions.next() {
        Some(Ok(instruction)) => reader.instruction(&instruction),
        Some(Err(error)) => Err(vec![reader.fault(&error, prefix_lines)]),
        None => Ok(Instruction { kind: Kind::Other, origin: reader.origin(prefix.len()) }),
    }
}

struct Reader<'a> {
    segment: &'a Segment,
    escape: char,
    file: &'a str,
    prefix: usize,
}

impl Reader<'_> {
    fn fault(&self, error: &parser::Error, prefix_lines: usize) -> Fault {
        let line =
            u32::try_from(error.line().saturating_sub(prefix_lines + 1)).unwrap_or(0) + self.segment.line;
        let column = u32::try_from(error.column()).unwrap_or(0);
        let mut message = format!("{error:#}").replace('\'', "`");
        message.truncate(message.char_indices().nth(200).map_or(message.len(), |(at, _)| at));
        Fault::new(Origin::new(self.file, line, column), message)
    }

    /// Returns the position of an offset in the text of the parser.
    fn origin(&self, offset: usize) -> Origin {
        let joined = self.segment.joined_offset(offset.saturating_sub(self.prefix));
        let (line, column) = self.segment.place(joined);
        Origin::new(self.file, line, column)
    }

    fn flags(&self, flags: &[parser::Flag<'_>]) -> Vec<Flag> {
        flags
            .iter()
            .map(|flag| Flag {
                name: flag.name.value.to_string(),
                value: flag.value.as_ref().map(|value| value.value.to_string()).unwrap_or_default(),
                origin: self.origin(flag.span().start),
            })
            .collect()
    }

    fn instruction(&self, instruction: &parser::Instruction<'_>) -> Result<Instruction, Vec<Fault>> {
        let (kind, start) = match instruction {
            parser::Instruction::From(from) => (self.from(from)?, from.from.span.start),
            parser::Instruction::Arg(arg) => {
                (self.pairs(&arg.arguments, true).map(Kind::Arg)?, arg.arg.span.start)
            }
            parser::Instruction::Env(env) => {
                (self.pairs(&env.arguments, false).map(Kind::Env)?, env.env.span.start)
            }
            parser::Instruction::Workdir(workdir) => {
                (Kind::Workdir(workdir.arguments.value.to_string()), workdir.workdir.span.start)
            }
            parser::Instruction::User(user) => {
                (Kind::User(user.arguments.value.to_string()), user.user.span.start)
            }
            parser::Instruction::Shell(shell) => (
                Kind::Shell(shell.arguments.iter().map(|word| word.value.to_string()).collect()),
                shell.shell.span.start,
            ),
            parser::Instruction::Run(run) => (self.run(run), run.run.span.start),
            parser::Instruction::Copy(copy) => {
                (self.copy(false, &copy.options, &copy.src, &copy.dest)?, copy.copy.span.start)
            }
            parser::Instruction::Add(add) => {
                (self.copy(true, &add.options, &add.src, &add.dest)?, add.add.span.start)
            }
            parser::Instruction::Onbuild(onbuild) => {
                let inner = self.instruction(&onbuild.instruction)?;
                // https://docs.docker.com/reference/dockerfile/#onbuild-limitations
                if matches!(inner.kind, Kind::From(_)) {
                    return Err(vec![Fault::new(inner.origin, "`ONBUILD FROM` is not allowed")]);
                }
                (Kind::Onbuild(Box::new(inner)), onbuild.onbuild.span.start)
            }
            _ => (Kind::Other, self.prefix),
        };
        Ok(Instruction { kind, origin: self.origin(start) })
    }

    fn from(&self, from: &parser::FromInstruction<'_>) -> Result<Kind, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut platform = None;
        for flag in self.flags(&from.options) {
            if flag.name == "platform" {
                platform = Some(flag.value);
            } else {
                faults.push(Fault::new(flag.origin, format!("`FROM` has no flag `--{}`", flag.name)));
            }
        }
        let image_origin = self.origin(from.image.span.start);
        let (name, name_origin) = match &from.as_ {
            Some((_, name)) => {
                let origin = self.origin(name.span.start);
                // BuildKit: `^[a-z][a-z0-9-_.]*$` on the lower-cased name.
                let lower = name.value.to_ascii_lowercase();
                let mut chars = lower.chars();
                let valid = chars.next().is_some_and(|c| c.is_ascii_lowercase())
                    && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c));
                if !valid {
                    faults.push(Fault::new(
                        origin.clone(),
                        format!(
                            "`{}` is not a valid stage name: it must start with a letter and contain only letters, digits, \
                             `-`, `_` and `.`",
                            name.value.escape_default()
                        ),
                    ));
                }
                (Some(lower), origin)
            }
            None => (None, image_origin.clone()),
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Kind::From(From {
            image: from.image.value.to_string(),
            image_origin,
            platform,
            name,
            name_origin,
        }))
    }

    /// The arguments of `ARG` and `ENV`.
    fn pairs(&self, text: &parser::UnescapedString<'_>, arg: bool) -> Result<Vec<NameValue>, Vec<Fault>> {
        let origin = self.origin(text.span.start);
        let words = quoted_words(&text.value, self.escape);
        let first = words.first().map(String::as_str).unwrap_or_default();
        // `ENV name value with blanks`, the old form: everything after the name is the value.
        if !arg && !first.contains('=') {
            let rest = text.value.trim_start().get(first.len()..).unwrap_or_default().trim();
            if rest.is_empty() {
                return Err(vec![Fault::new(origin, format!("`ENV {first}` has no value"))]);
            }
            return Ok(vec![NameValue { name: first.to_owned(), value: Some(rest.to_owned()) }]);
        }
        let mut pairs = Vec::new();
        let mut faults = Vec::new();
        for word in words {
            match word.split_once('=') {
                Some(("", _)) => {
                    faults.push(Fault::new(origin.clone(), format!("`{word}` has no name before `=`")));
                }
                Some((name, value)) => {
                    pairs.push(NameValue { name: name.to_owned(), value: Some(value.to_owned()) });
                }
                None if arg => pairs.push(NameValue { name: word, value: None }),
                None => faults.push(Fault::new(
                    origin.clone(),
                    format!("`{word}` is not valid after name=value: expected another name=value"),
                )),
            }
        }
        if faults.is_empty() { Ok(pairs) } else { Err(faults) }
    }

    fn run(&self, run: &parser::RunInstruction<'_>) -> Kind {
        let flags = self.flags(&run.options);
        let command = match &run.arguments {
            parser::Command::Exec(words) => {
                Command::Exec(words.value.iter().map(|word| word.value.to_string()).collect())
            }
            _ => {
                // The parser removes a leading here-document marker, but the shell parser needs it.
                let end = run.options.last().map_or(run.run.span.end, |flag| flag.span().end);
                let start = self.segment.joined_offset(end.saturating_sub(self.prefix));
                Command::Shell(self.script(start))
            }
        };
        Kind::Run(Run { flags, command, heredocs: self.segment.heredocs.clone() })
    }

    fn script(&self, start: usize) -> Script {
        let text = self.segment.joined.get(start..).unwrap_or_default();
        let (line, column) = self.segment.place(start);
        let mut pieces = vec![Piece { joined: 0, raw: 0, line, column }];
        for piece in self.segment.pieces.iter().filter(|piece| piece.joined > start) {
            pieces.push(Piece { joined: piece.joined - start, ..*piece });
        }
        // The shell script contains the here-documents after the line, as in BuildKit.
        let mut text = text.to_owned();
        for heredoc in &self.segment.heredocs {
            text.push('\n');
            pieces.push(Piece { joined: text.len(), raw: 0, line: heredoc.line, column: 1 });
            text.push_str(&heredoc.body);
            text.push_str(&heredoc.name);
        }
        Script { text, pieces }
    }

    fn copy(
        &self,
        add: bool,
        flags: &[parser::Flag<'_>],
        sources: &[parser::Source<'_>],
        destination: &parser::UnescapedString<'_>,
    ) -> Result<Kind, Vec<Fault>> {
        let sources: Vec<String> = sources
            .iter()
            .filter_map(|source| match source {
                parser::Source::Path(path) => Some(unquoted(&path.value)),
                _ => None,
            })
            .collect();
        let destination_text = unquoted(&destination.value);
        let heredocs = self.segment.heredocs.clone();
        // BuildKit: with several sources the destination must be a directory and end with `/`.
        if sources.len() + heredocs.len() > 1
            && !destination_text.ends_with('/')
            && !matches!(destination_text.rsplit('/').next(), Some("." | ".."))
            && !destination_text.contains('$')
        {
            return Err(vec![Fault::new(
                self.origin(destination.span.start),
                format!("with several sources the destination `{destination_text}` must end with `/`"),
            )]);
        }
        Ok(Kind::Copy(Copy {
            add,
            flags: self.flags(flags),
            sources,
            heredocs,
            destination: destination_text,
        }))
    }
}

/// Removes the quotes of a path in `COPY`, which the parser keeps.
fn unquoted(path: &str) -> String {
    for quote in ['"', '\''] {
        if let Some(inner) = path.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.to_owned();
        }
    }
    path.to_owned()
}

/// Words with quotes and escapes kept (BuildKit, `parseWords`).
fn quoted_words(text: &str, escape: char) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match quote {
            None if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                continue;
            }
            None if matches!(c, '"' | '\'') => quote = Some(c),
            Some(open) if c == open => quote = None,
            _ => {}
        }
        word.push(c);
        // Inside single quotes there are no escapes.
        if c == escape
            && quote != Some('\'')
            && let Some(next) = chars.next()
        {
            word.push(next);
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}
