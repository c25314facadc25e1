//! Variable expansion in Dockerfile instructions, as BuildKit's `shell.Lex.ProcessWord` does it
//! (<https://docs.docker.com/reference/dockerfile/#environment-replacement>).

use wheelbase_formats::{glob, limits};

use crate::text::{Text, Variables};

/// Expands a word: quotes are removed, and variables are replaced. A variable that is not set is empty.
///
/// # Errors
///
/// If a substitution is invalid: the reason, as one sentence.
pub(crate) fn expand(word: &str, variables: &Variables, escape: char) -> Result<Text, String> {
    let mut lexer = Lexer { chars: word.chars().collect(), at: 0, variables, escape, depth: 0 };
    let text = lexer.until(None, true)?;
    Ok(text)
}

/// Expands the body of a here-document. Quotes are kept.
pub(crate) fn expand_body(body: &str, variables: &Variables, escape: char) -> Result<Text, String> {
    let mut lexer = Lexer { chars: body.chars().collect(), at: 0, variables, escape, depth: 0 };
    lexer.until(None, false)
}

struct Lexer<'a> {
    chars: Vec<char>,
    at: usize,
    variables: &'a Variables,
    escape: char,
    depth: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    /// Parses up to `end`, which is consumed, or to the end of the text.
    fn until(&mut self, end: Option<char>, quotes: bool) -> Result<Text, String> {
        let mut text = Text::default();
        while let Some(c) = self.next() {
            if text.value.len() > limits::SHELL_VALUE_BYTES {
                return Err("the expanded text is too long".to_owned());
            }
            match c {
                _ if Some(c) == end => return Ok(text),
                '\'' if quotes => loop {
                    match self.next() {
                        Some('\'') => break,
                        Some(c) => text.value.push(c),
                        None => return Err("a single quote has no end".to_owned()),
                    }
                },
                '"' if quotes => self.double_quoted(&mut text)?,
                '$' => {
                    let value = self.dollar()?;
                    text.push(&value);
                }
                _ if c == self.escape => match self.next() {
                    Some(next) if quotes || matches!(next, '$' | '\\') || next == self.escape => {
                        text.value.push(next);
                    }
                    Some(next) => {
                        text.value.push(c);
                        text.value.push(next);
                    }
                    None => text.value.push(c),
                },
                _ => text.value.push(c),
            }
        }
        match end {
            Some(end) => Err(format!("`{end}` is missing at the end of a substitution")),
            None => Ok(text),
        }
    }

    /// Inside double quotes the escape character has an effect only before a quote, a dollar and itself.
    fn double_quoted(&mut self, text: &mut Text) -> Result<(), String> {
        while let Some(c) = self.next() {
            match c {
                '"' => return Ok(()),
                '$' => {
                    let value = self.dollar()?;
                    text.push(&value);
                }
                _ if c == self.escape => match self.peek() {
                    Some(next) if next == '"' || next == '$' || next == self.escape => {
                        text.value.push(next);
                        self.at += 1;
                    }
                    _ => text.value.push(c),
                },
                _ => text.value.push(c),
            }
        }
        Err("a double quote has no end".to_owned())
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        if let Some(c) = self.peek()
            && (c.is_ascii_digit() || matches!(c, '@' | '*' | '#'))
        {
            self.at += 1;
            name.push(c);
            return name;
        }
        while let Some(c) = self.peek().filter(|c| c.is_ascii_alphanumeric() || *c == '_') {
            self.at += 1;
            name.push(c);
        }
        name
    }

    fn lookup(&self, name: &str) -> Option<Text> {
        self.variables.get(name).cloned()
    }

    fn dollar(&mut self) -> Result<Text, String> {
        if self.peek() != Some('{') {
            let name = self.name();
            if name.is_empty() {
                return Ok(Text::known("$"));
            }
            return Ok(self.lookup(&name).unwrap_or_default());
        }
        self.at += 1;
        self.depth += 1;
        if self.depth > limits::DOCKERFILE_EXPANSION_DEPTH {
            return Err("substitutions are nested too deeply".to_owned());
        }
        let value = self.braced()?;
        self.depth -= 1;
        Ok(value)
    }

    /// Parses the text after `${`.
    fn braced(&mut self) -> Result<Text, String> {
        let name = self.name();
        if name.is_empty() {
            return Err("bad substitution: `${` must be followed by a variable name".to_owned());
        }
        let value = self.lookup(&name);
        let Some(operator) = self.next() else {
            return Err(format!("bad substitution: `${{{name}` has no closing brace"));
        };
        match operator {
            '}' => Ok(value.unwrap_or_default()),
            ':' => {
                let Some(operator) = self.next().filter(|c| matches!(c, '-' | '+' | '?')) else {
                    return Err(format!("bad substitution: unsupported modifier in `${{{name}:`"));
                };
                let word = self.until(Some('}'), true)?;
                let set = value.as_ref().is_some_and(|text| !text.value.is_empty() || text.unknown.is_some());
                choose(&name, operator, value, set, word)
            }
            '-' | '+' | '?' => {
                let word = self.until(Some('}'), true)?;
                // Build arguments without a value are treated as unset here.
                let set = value
                    .as_ref()
                    .is_some_and(|text| !(text.value.is_empty() && text.assumed.contains(&name)));
                choose(&name, operator, value, set, word)
            }
            '#' | '%' => {
                let longest = self.peek() == Some(operator);
                self.at += usize::from(longest);
                let pattern = self.until(Some('}'), false)?;
                Ok(trimmed(value.unwrap_or_default(), &pattern, operator == '#', longest))
            }
            '/' => {
                let all = self.peek() == Some('/');
                self.at += usize::from(all);
                let mut pattern = self.until_slash()?;
                let replacement = self.until(Some('}'), false)?;
                pattern.taint(&replacement);
                Ok(replaced(value.unwrap_or_default(), &pattern, &replacement.value, all))
            }
            _ => Err(format!("bad substitution: unsupported modifier `{operator}` in `${{{name}`")),
        }
    }

    fn until_slash(&mut self) -> Result<Text, String> {
        self.until(Some('/'), false)
    }
}

/// `-` uses the word if the variable is not set, `+` if it is set, and `?` fails if it is not set.
fn choose(name: &str, operator: char, value: Option<Text>, set: bool, word: Text) -> Result<Text, String> {
    let value = value.unwrap_or_default();
    let (mut chosen, other) = match operator {
        '-' if set => (value, None),
        '-' => (word, Some(value)),
        '+' if set => (word, Some(value)),
        '+' => (Text::default(), Some(value)),
        _ if set => (value, None),
        _ => {
            let reason = if word.value.is_empty() { "it is not set" } else { word.value.as_str() };
            return Err(format!("`{name}` is required: {reason}"));
        }
    };
    if let Some(other) = other {
        chosen.taint(&other);
    }
    Ok(chosen)
}

/// `${name#pattern}`, `${name##pattern}`, `${name%pattern}` and `${name%%pattern}`.
pub(crate) fn trimmed(mut text: Text, pattern: &Text, front: bool, longest: bool) -> Text {
    text.taint(pattern);
    let value = text.value.clone();
    let mut cuts: Vec<usize> = value.char_indices().map(|(at, _)| at).chain([value.len()]).collect();
    if front == longest {
        cuts.reverse();
    }
    if cuts.len() > 4096 {
        return text;
    }
    for cut in cuts {
        let (head, tail) = value.split_at(cut);
        if glob::matches_text(&pattern.value, if front { head } else { tail }) {
            text.value = if front { tail } else { head }.to_owned();
            break;
        }
    }
    text
}

/// `${name/pattern/replacement}`.
pub(crate) fn replaced(mut text: Text, pattern: &Text, replacement: &str, all: bool) -> Text {
    text.taint(pattern);
    let value = text.value.clone();
    if pattern.value.is_empty() || value.len() > 1024 {
        return text;
    }
    let mut out = String::new();
    let mut at = 0;
    let mut done = false;
    while at < value.len() {
        let rest = value.get(at..).unwrap_or_default();
        let ends: Vec<usize> = rest.char_indices().map(|(i, c)| i + c.len_utf8()).collect();
        let hit = if done && !all {
            None
        } else {
            ends.iter()
                .rev()
                .find(|end| glob::matches_text(&pattern.value, rest.get(..**end).unwrap_or_default()))
        };
        match hit {
            Some(end) => {
                out.push_str(replacement);
                at += end;
                done = true;
            }
            None => {
                let Some(c) = rest.chars().next() else { break };
                out.push(c);
                at += c.len_utf8();
            }
        }
        if out.len() > limits::SHELL_VALUE_BYTES {
            break;
        }
    }
    text.value = out;
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables() -> Variables {
        let mut variables = Variables::default();
        variables.set("A", Text::known("3.12"));
        variables.set("EMPTY", Text::known(""));
        variables.set("P", Text::known("foo/bar/baz"));
        variables
    }

    // https://docs.docker.com/reference/dockerfile/#environment-replacement
    #[test]
    fn forms_of_the_reference() {
        for (word, want) in [
            ("python:${A}-slim", "python:3.12-slim"),
            ("$A", "3.12"),
            ("\\$A", "$A"),
            ("\\${A}", "${A}"),
            ("'$A'", "$A"),
            ("\"$A x\"", "3.12 x"),
            ("${A:-x}", "3.12"),
            ("${EMPTY:-x}", "x"),
            ("${EMPTY-x}", ""),
            ("${NONE-x}", "x"),
            ("${NONE:-${A}}", "3.12"),
            ("${A:+yes}", "yes"),
            ("${NONE:+yes}", ""),
            ("${NONE+yes}", ""),
            ("${EMPTY+yes}", "yes"),
            ("${P#*/}", "bar/baz"),
            ("${P##*/}", "baz"),
            ("${P%/*}", "foo/bar"),
            ("${P%%/*}", "foo"),
            ("${P/ba/x}", "foo/xr/baz"),
            ("${P//ba/x}", "foo/xr/xz"),
            ("$NONE.", "."),
            ("a$", "a$"),
        ] {
            assert_eq!(
                expand(word, &variables(), '\\').map(|text| text.value).as_deref(),
                Ok(want),
                "{word}"
            );
        }
    }

    #[test]
    fn invalid_substitutions_are_errors() {
        for word in ["${", "${A", "${A:x}", "${}", "${NONE:?needed}", "'a", "\"a", "${A!x}"] {
            assert!(expand(word, &variables(), '\\').is_err(), "{word}");
        }
    }
}
