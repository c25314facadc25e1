//! Words of the shell: quotes, substitutions and here-documents (IEEE Std 1003.1, Shell Command Language, 2.2, 2.6, 2.7).

use std::collections::VecDeque;

use crate::shell::ast::{Operator, Part, Word};
use crate::shell::error::ShellError;
use crate::shell::parse::Parser;

impl Parser<'_> {
    /// Parses the delimiter, and reads the body ahead, which starts after the current line or the last body.
    pub(super) fn here_document(&mut self, strip_tabs: bool) -> Result<Word, ShellError> {
        let offset = self.at;
        let word = self.word()?;
        let mut quoted = false;
        let mut name = String::new();
        for part in &word.parts {
            match part {
                Part::Literal { text, quoted: is } => {
                    name.push_str(text);
                    quoted |= is;
                }
                _ => {
                    return Err(ShellError {
                        offset,
                        message: "the delimiter of a here-document must be a plain word".to_owned(),
                    });
                }
            }
        }
        let mut at = match self.pending.back() {
            Some(end) => *end,
            None => self.at + self.rest().find('\n').map_or(self.rest().len(), |at| at + 1),
        };
        let start = at;
        let mut body = String::new();
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            if rest.is_empty() {
                return Err(ShellError { offset, message: format!("the here-document `{name}` has no end") });
            }
            let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
            let line = rest.get(..end).unwrap_or_default();
            at += end;
            let line = if strip_tabs { line.trim_start_matches('\t') } else { line };
            let bare = line.strip_suffix('\n').unwrap_or(line);
            if bare.strip_suffix('\r').unwrap_or(bare) == name {
                break;
            }
            body.push_str(line);
        }
        self.pending.push_back(at);
        if quoted {
            return Ok(Word { parts: vec![Part::Literal { text: body, quoted: true }], offset: start });
        }
        let mut inner = Parser { text: &body, at: 0, depth: self.depth, pending: VecDeque::new() };
        let mut parts = Vec::new();
        inner.double_quoted(&mut parts, None)?;
        Ok(Word { parts, offset: start })
    }

    /// Parses a word up to an unquoted blank or operator.
    pub(super) fn word(&mut self) -> Result<Word, ShellError> {
        self.enter()?;
        let offset = self.at;
        let mut parts = Vec::new();
        let mut literal = String::new();
        while let Some(c) = self.peek() {
            match c {
                c if c.is_whitespace() => break,
                ';' | '&' | '|' | ')' | '(' => break,
                '<' | '>' => {
                    if self.rest().get(1..).is_some_and(|rest| rest.starts_with('('))
                        && literal.is_empty()
                        && parts.is_empty()
                    {
                        let start = self.at;
                        self.at += 2;
                        self.balanced(')')?;
                        let text = self.text.get(start..self.at).unwrap_or_default().to_owned();
                        parts.push(Part::Opaque { text });
                        continue;
                    }
                    break;
                }
                '\\' => {
                    self.at += 1;
                    match self.bump() {
                        Some('\n') => {}
                        Some(c) => {
                            flush(&mut parts, &mut literal, false);
                            parts.push(Part::Literal { text: c.to_string(), quoted: true });
                        }
                        None => literal.push('\\'),
                    }
                }
                '\'' => {
                    self.at += 1;
                    flush(&mut parts, &mut literal, false);
                    let end =
                        self.rest().find('\'').ok_or_else(|| self.error("a single quote has no end"))?;
                    let text = self.rest().get(..end).unwrap_or_default().to_owned();
                    self.at += end + 1;
                    parts.push(Part::Literal { text, quoted: true });
                }
                '"' => {
                    self.at += 1;
                    flush(&mut parts, &mut literal, false);
                    parts.push(Part::Literal { text: String::new(), quoted: true });
                    self.double_quoted(&mut parts, Some('"'))?;
                }
                '$' => {
                    // `$'...'` and `$"..."` of bash.
                    if matches!(self.rest().get(1..2), Some("'" | "\"")) {
                        self.at += 1;
                        continue;
                    }
                    flush(&mut parts, &mut literal, false);
                    let part = self.dollar(false)?;
                    parts.push(part);
                }
                '`' => {
                    flush(&mut parts, &mut literal, false);
                    let part = self.backquotes(false)?;
                    parts.push(part);
                }
                _ => {
                    literal.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
        flush(&mut parts, &mut literal, false);
        self.depth -= 1;
        if parts.is_empty() {
            return Err(self.error("a word is missing"));
        }
        Ok(Word { parts, offset })
    }

    /// Parses up to `end`, which is consumed, or to the end of the text if `end` is `None`.
    pub(super) fn double_quoted(
        &mut self,
        parts: &mut Vec<Part>,
        end: Option<char>,
    ) -> Result<(), ShellError> {
        let mut literal = String::new();
        loop {
            let Some(c) = self.peek() else {
                flush(parts, &mut literal, true);
                return if end.is_some() { Err(self.error("a double quote has no end")) } else { Ok(()) };
            };
            match c {
                _ if Some(c) == end => {
                    self.at += 1;
                    flush(parts, &mut literal, true);
                    return Ok(());
                }
                '\\' => {
                    self.at += 1;
                    match self.bump() {
                        Some('\n') => {}
                        Some(c) if matches!(c, '$' | '`' | '\\') || Some(c) == end => literal.push(c),
                        Some(c) => {
                            literal.push('\\');
                            literal.push(c);
                        }
                        None => literal.push('\\'),
                    }
                }
                '$' => {
                    flush(parts, &mut literal, true);
                    let part = self.dollar(true)?;
                    parts.push(part);
                }
                '`' => {
                    flush(parts, &mut literal, true);
                    let part = self.backquotes(true)?;
                    parts.push(part);
                }
                _ => {
                    literal.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    pub(super) fn backquotes(&mut self, quoted: bool) -> Result<Part, ShellError> {
        self.at += 1;
        let end = self.rest().find('`').ok_or_else(|| self.error("a backquote has no end"))?;
        let text = self.rest().get(..end).unwrap_or_default().to_owned();
        self.at += end + 1;
        Ok(Part::Command { text, quoted })
    }

    /// Parses an expansion that starts with `$`.
    pub(super) fn dollar(&mut self, quoted: bool) -> Result<Part, ShellError> {
        let start = self.at;
        self.at += 1;
        if self.eat("((") {
            self.balanced(')')?;
            self.eat(")");
            let text = self.text.get(start..self.at).unwrap_or_default().to_owned();
            return Ok(Part::Opaque { text });
        }
        if self.eat("(") {
            let inner = self.at;
            self.balanced(')')?;
            let text = self.text.get(inner..self.at.saturating_sub(1)).unwrap_or_default().to_owned();
            return Ok(Part::Command { text, quoted });
        }
        if self.eat("{") {
            return self.braced(quoted);
        }
        let name = self.parameter_name();
        if name.is_empty() {
            return Ok(Part::Literal { text: "$".to_owned(), quoted });
        }
        Ok(Part::Parameter { name, operator: None, quoted })
    }

    pub(super) fn parameter_name(&mut self) -> String {
        let rest = self.rest();
        if let Some(c) = rest.chars().next()
            && (c.is_ascii_digit() || "@*#?-$!".contains(c))
        {
            self.at += 1;
            return c.to_string();
        }
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default().to_owned()
    }

    /// Parses the text after `${`.
    pub(super) fn braced(&mut self, quoted: bool) -> Result<Part, ShellError> {
        self.enter()?;
        let start = self.at;
        let name = self.parameter_name();
        let colon =
            self.rest().starts_with(':') && matches!(self.rest().get(1..2), Some("-" | "=" | "+" | "?"));
        self.at += usize::from(colon);
        let operator = match self.peek() {
            Some('}') if !name.is_empty() => {
                self.at += 1;
                self.depth -= 1;
                return Ok(Part::Parameter { name, operator: None, quoted });
            }
            Some('-') => Operator::Default { colon },
            Some('=') => Operator::Assign { colon },
            Some('+') => Operator::Alternative { colon },
            Some('?') => Operator::Require { colon },
            Some('#') => Operator::TrimPrefix { longest: self.rest().starts_with("##") },
            Some('%') => Operator::TrimSuffix { longest: self.rest().starts_with("%%") },
            Some('/') => {
                Operator::Replace { all: self.rest().starts_with("//"), replacement: Word::default() }
            }
            _ => {
                self.balanced('}')?;
                self.depth -= 1;
                let text = self.text.get(start..self.at.saturating_sub(1)).unwrap_or_default().to_owned();
                return Ok(Part::Parameter {
                    name,
                    operator: Some((Operator::Other(text), Word::default())),
                    quoted,
                });
            }
        };
        self.at += match &operator {
            Operator::TrimPrefix { longest: true }
            | Operator::TrimSuffix { longest: true }
            | Operator::Replace { all: true, .. } => 2,
            _ => 1,
        };
        let inner = self.at;
        self.balanced('}')?;
        let text = self.text.get(inner..self.at.saturating_sub(1)).unwrap_or_default();
        let (text, operator) = match operator {
            Operator::Replace { all, .. } => {
                let (pattern, replacement) = text.split_once('/').unwrap_or((text, ""));
                (pattern, Operator::Replace { all, replacement: self.inner_word(replacement, inner)? })
            }
            other => (text, other),
        };
        let word = self.inner_word(text, inner)?;
        self.depth -= 1;
        Ok(Part::Parameter { name, operator: Some((operator, word)), quoted })
    }

    /// Parses the word of `${name-word}`, which may contain blanks.
    pub(super) fn inner_word(&self, text: &str, offset: usize) -> Result<Word, ShellError> {
        let mut inner = Parser { text, at: 0, depth: self.depth, pending: VecDeque::new() };
        let mut parts = Vec::new();
        while inner.peek().is_some() {
            if let Some(c) = inner.peek().filter(|c| c.is_whitespace() || ";&|()<>".contains(*c)) {
                inner.at += c.len_utf8();
                parts.push(Part::Literal { text: c.to_string(), quoted: false });
                continue;
            }
            let word = inner.word().map_err(|error| ShellError { offset: offset + error.offset, ..error })?;
            parts.extend(word.parts);
        }
        Ok(Word { parts, offset })
    }

    /// Skips to the closing bracket. Brackets inside quotes do not count, and inner brackets must be closed.
    pub(super) fn balanced(&mut self, close: char) -> Result<(), ShellError> {
        let open = if close == ')' { '(' } else { '{' };
        let start = self.at;
        let mut depth = 1_usize;
        while let Some(c) = self.bump() {
            match c {
                '\\' => {
                    self.bump();
                }
                '\'' => {
                    let end = self.rest().find('\'').map_or(self.rest().len(), |at| at + 1);
                    self.at += end;
                }
                '"' => {
                    while let Some(c) = self.bump() {
                        match c {
                            '\\' => {
                                self.bump();
                            }
                            '"' => break,
                            _ => {}
                        }
                    }
                }
                _ if c == open => depth += 1,
                _ if c == close => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(ShellError { offset: start, message: format!("`{close}` is missing") })
    }
}

fn flush(parts: &mut Vec<Part>, literal: &mut String, quoted: bool) {
    if !literal.is_empty() {
        parts.push(Part::Literal { text: std::mem::take(literal), quoted });
    }
}
