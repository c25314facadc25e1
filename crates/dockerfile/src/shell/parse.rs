//! A parser of the POSIX shell language, with the parts of bash that Dockerfiles use
//! (IEEE Std 1003.1, Shell Command Language, section 2).

use std::collections::VecDeque;

use wheelbase_formats::limits;

use crate::shell::ast::{Assignment, Connector, Node, Part, Redirect, Simple, Word};
use crate::shell::error::ShellError;

/// Parses a script.
///
/// # Errors
///
/// If the script is invalid: the first error.
pub(crate) fn parse(text: &str) -> Result<Node, ShellError> {
    let mut parser = Parser { text, at: 0, depth: 0, pending: VecDeque::new() };
    let node = parser.list(&[])?;
    parser.blanks();
    match parser.peek() {
        None => Ok(node),
        Some(c) => Err(parser.error(format!("`{c}` is not expected here"))),
    }
}

pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    pub(super) at: usize,
    pub(super) depth: usize,
    /// The here-documents with a body after the next newline, which was read ahead.
    pub(super) pending: VecDeque<usize>,
}

const RESERVED: [&str; 15] = [
    "if", "then", "elif", "else", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "!",
];

impl<'a> Parser<'a> {
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn eat(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        self.at += if found { token.len() } else { 0 };
        found
    }

    pub(super) fn error(&self, message: impl Into<String>) -> ShellError {
        ShellError { offset: self.at, message: message.into() }
    }

    pub(super) fn enter(&mut self) -> Result<(), ShellError> {
        self.depth += 1;
        if self.depth > limits::SHELL_NESTING {
            Err(self.error("commands are nested too deeply"))
        } else {
            Ok(())
        }
    }

    /// Skips blanks, escaped newlines and comments; not newlines.
    fn blanks(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.rest().starts_with("\\\n") => self.at += 2,
                Some('\\') if self.rest().starts_with("\\\r\n") => self.at += 3,
                Some('#') => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                _ => return,
            }
        }
    }

    /// Skips blanks and newlines. The bodies of here-documents follow the newline of their line.
    fn newlines(&mut self) {
        loop {
            self.blanks();
            if self.peek() != Some('\n') {
                return;
            }
            self.at += 1;
            self.skip_bodies();
        }
    }

    /// Skips the bodies that `here_document` has read ahead.
    fn skip_bodies(&mut self) {
        while let Some(end) = self.pending.pop_front() {
            self.at = self.at.max(end);
        }
    }

    /// Returns the reserved word or plain word at this position, without consuming it.
    fn lookahead_word(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest
            .find(|c: char| c.is_whitespace() || matches!(c, ';' | '&' | '|' | '(' | ')' | '<' | '>'))
            .unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    fn reserved(&mut self, word: &str) -> bool {
        if self.lookahead_word() == word {
            self.at += word.len();
            true
        } else {
            false
        }
    }

    fn expect(&mut self, word: &str) -> Result<(), ShellError> {
        self.newlines();
        if self.reserved(word) { Ok(()) } else { Err(self.error(format!("`{word}` is missing"))) }
    }

    /// Parses a list of commands up to one of `ends`, `)`, `;;` or the end.
    fn list(&mut self, ends: &[&str]) -> Result<Node, ShellError> {
        self.enter()?;
        let mut items = Vec::new();
        let mut connector = Connector::Then;
        loop {
            self.newlines();
            if self.peek().is_none() || self.rest().starts_with(')') || self.rest().starts_with(";;") {
                break;
            }
            let word = self.lookahead_word();
            if ends.contains(&word) {
                break;
            }
            items.push((connector, self.pipeline()?));
            self.blanks();
            connector = if self.eat("&&") {
                self.newlines();
                Connector::And
            } else if self.eat("||") {
                self.newlines();
                Connector::Or
            } else if self.rest().starts_with(";;") {
                break;
            } else if self.eat(";") || self.eat("&") || self.rest().starts_with('\n') {
                Connector::Then
            } else {
                break;
            };
        }
        self.depth -= 1;
        Ok(Node::List(items))
    }

    fn pipeline(&mut self) -> Result<Node, ShellError> {
        let mut negated = false;
        while self.reserved("!") {
            negated = !negated;
            self.blanks();
        }
        let mut parts = vec![self.command()?];
        loop {
            self.blanks();
            if self.rest().starts_with("||") || !self.rest().starts_with('|') {
                break;
            }
            self.at += 1;
            self.eat("&");
            self.newlines();
            parts.push(self.command()?);
        }
        if parts.len() == 1 && !negated {
            return parts.pop().ok_or_else(|| self.error("a command is missing"));
        }
        Ok(Node::Pipeline { parts, negated })
    }

    fn command(&mut self) -> Result<Node, ShellError> {
        self.enter()?;
        let node = self.command_inner();
        self.depth -= 1;
        node
    }

    fn command_inner(&mut self) -> Result<Node, ShellError> {
        if self.eat("((") {
            let end = self.rest().find("))").ok_or_else(|| self.error("`))` is missing"))?;
            self.at += end + 2;
            return Ok(Node::List(Vec::new()));
        }
        if self.eat("(") {
            let body = self.list(&[])?;
            if !self.eat(")") {
                return Err(self.error("`)` is missing"));
            }
            let redirects = self.redirects()?;
            let body = Box::new(body);
            let node = Node::Subshell(body);
            return Ok(if redirects.is_empty() {
                node
            } else {
                Node::Group { body: Box::new(node), redirects }
            });
        }
        let word = self.lookahead_word();
        let node = match word {
            "{" => {
                self.at += 1;
                let body = self.list(&["}"])?;
                self.expect("}")?;
                body
            }
            "if" => self.if_command()?,
            "for" => self.for_command()?,
            "while" | "until" => {
                self.at += word.len();
                let condition = Box::new(self.list(&["do"])?);
                let body = Box::new(self.do_group()?);
                Node::While { condition, body, until: word == "until" }
            }
            "case" => self.case_command()?,
            "function" => {
                self.at += word.len();
                self.blanks();
                let name = self.lookahead_word().to_owned();
                self.at += name.len();
                self.blanks();
                self.eat("()");
                return self.function(name);
            }
            _ if RESERVED.contains(&word) => {
                return Err(self.error(format!("`{word}` is not expected here")));
            }
            _ => return self.simple(),
        };
        let redirects = self.redirects()?;
        Ok(if redirects.is_empty() { node } else { Node::Group { body: Box::new(node), redirects } })
    }

    fn function(&mut self, name: String) -> Result<Node, ShellError> {
        self.newlines();
        let body = Box::new(self.command()?);
        Ok(Node::Function { name, body })
    }

    fn redirects(&mut self) -> Result<Vec<Redirect>, ShellError> {
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            if !self.redirect(&mut redirects)? {
                return Ok(redirects);
            }
        }
    }

    fn if_command(&mut self) -> Result<Node, ShellError> {
        self.at += 2;
        let mut arms = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.list(&["then"])?;
            self.expect("then")?;
            let body = self.list(&["elif", "else", "fi"])?;
            arms.push((condition, body));
            self.newlines();
            if self.reserved("elif") {
                continue;
            }
            if self.reserved("else") {
                otherwise = Some(Box::new(self.list(&["fi"])?));
            }
            self.expect("fi")?;
            return Ok(Node::If { arms, otherwise });
        }
    }

    fn do_group(&mut self) -> Result<Node, ShellError> {
        self.expect("do")?;
        let body = self.list(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn for_command(&mut self) -> Result<Node, ShellError> {
        self.at += 3;
        self.blanks();
        if self.rest().starts_with("((") {
            let end = self.rest().find("))").ok_or_else(|| self.error("`))` is missing"))?;
            self.at += end + 2;
            self.blanks();
            self.eat(";");
            let body = Box::new(self.do_group()?);
            return Ok(Node::For { variable: String::new(), words: None, body });
        }
        let variable = self.lookahead_word().to_owned();
        self.at += variable.len();
        self.newlines();
        let mut words = None;
        if self.reserved("in") {
            let mut list = Vec::new();
            loop {
                self.blanks();
                match self.peek() {
                    None | Some('\n' | ';') => break,
                    Some('&' | '|' | ')' | '(' | '<' | '>') => {
                        return Err(self.error("the words of `for` end unexpectedly"));
                    }
                    _ => list.push(self.word()?),
                }
            }
            words = Some(list);
        }
        self.blanks();
        self.eat(";");
        let body = Box::new(self.do_group()?);
        Ok(Node::For { variable, words, body })
    }

    fn case_command(&mut self) -> Result<Node, ShellError> {
        self.at += 4;
        self.blanks();
        let word = self.word()?;
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.newlines();
            if self.reserved("esac") {
                return Ok(Node::Case { word, arms });
            }
            self.eat("(");
            let mut patterns = Vec::new();
            loop {
                self.blanks();
                patterns.push(self.word()?);
                self.blanks();
                if self.eat(")") {
                    break;
                }
                if !self.eat("|") {
                    return Err(self.error("`)` is missing after a pattern of `case`"));
                }
            }
            let body = self.list(&["esac"])?;
            arms.push((patterns, body));
            self.newlines();
            if self.eat(";;") {
                self.eat("&");
            }
        }
    }

    fn simple(&mut self) -> Result<Node, ShellError> {
        let mut simple = Simple { offset: self.at, ..Simple::default() };
        let mut test = false;
        loop {
            self.blanks();
            if test {
                // Inside `[[ ... ]]` operators are words.
                for operator in ["&&", "||", "(", ")", "<", ">"] {
                    if self.eat(operator) {
                        let text = operator.to_owned();
                        let parts = vec![Part::Literal { text, quoted: false }];
                        simple.words.push(Word { parts, offset: self.at - operator.len() });
                        break;
                    }
                }
                self.blanks();
            }
            if self.redirect(&mut simple.redirects)? {
                continue;
            }
            match self.peek() {
                None | Some('\n' | ';' | '&' | '|' | ')') => break,
                Some('(') => {
                    let name = simple.words.last().and_then(|word| match word.parts.as_slice() {
                        [Part::Literal { text, quoted: false }] => Some(text.clone()),
                        _ => None,
                    });
                    if let (Some(name), 1, true) = (name, simple.words.len(), self.eat("(")) {
                        self.blanks();
                        if self.eat(")") {
                            return self.function(name);
                        }
                    }
                    return Err(self.error("`(` is not expected here"));
                }
                _ => {}
            }
            if simple.words.is_empty()
                && let Some(assignment) = self.assignment()?
            {
                simple.assignments.push(assignment);
                continue;
            }
            let word = self.word()?;
            let is = |text: &str| matches!(word.parts.as_slice(), [Part::Literal { text: found, quoted: false }] if found == text);
            if simple.words.is_empty() && is("[[") {
                test = true;
            } else if is("]]") {
                test = false;
            }
            simple.words.push(word);
        }
        if simple.words.is_empty() && simple.assignments.is_empty() && simple.redirects.is_empty() {
            return Err(self.error("a command is missing"));
        }
        Ok(Node::Simple(simple))
    }

    fn assignment(&mut self) -> Result<Option<Assignment>, ShellError> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or_default();
        let tail = rest.get(end..).unwrap_or_default();
        let append = tail.starts_with("+=");
        if name.is_empty()
            || name.starts_with(|c: char| c.is_ascii_digit())
            || !(append || tail.starts_with('='))
        {
            return Ok(None);
        }
        self.at += end + if append { 2 } else { 1 };
        if self.peek() == Some('(') {
            // An array of bash: only its text is kept.
            let start = self.at;
            self.at += 1;
            self.balanced(')')?;
            let text = self.text.get(start..self.at).unwrap_or_default().to_owned();
            let value = Word { parts: vec![Part::Opaque { text }], offset: start };
            return Ok(Some(Assignment { name: name.to_owned(), value, append }));
        }
        let ends_here = self.peek().is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '&' | '|' | ')'));
        let value = if ends_here { Word { offset: self.at, ..Word::default() } } else { self.word()? };
        Ok(Some(Assignment { name: name.to_owned(), value, append }))
    }

    /// Parses a redirection, if there is one at this position.
    fn redirect(&mut self, redirects: &mut Vec<Redirect>) -> Result<bool, ShellError> {
        let start = self.at;
        let digits = self.rest().chars().take_while(char::is_ascii_digit).count();
        let descriptor = self.rest().get(..digits).unwrap_or_default().to_owned();
        self.at += digits;
        let both = self.rest().starts_with("&>");
        self.at += usize::from(both);
        let operators = ["<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">"];
        let Some(operator) = operators.into_iter().find(|operator| self.rest().starts_with(operator)) else {
            self.at = start;
            return Ok(false);
        };
        // `<(...)` is a word.
        if matches!(operator, "<" | ">") && self.rest().get(1..).is_some_and(|rest| rest.starts_with('(')) {
            self.at = start;
            return Ok(false);
        }
        self.at += operator.len();
        self.blanks();
        match operator {
            "<<" | "<<-" => {
                let body = self.here_document(operator == "<<-")?;
                redirects.push(Redirect::Here(body));
            }
            "<<<" => redirects.push(Redirect::Here(self.word()?)),
            "<&" | ">&" => {
                self.word()?;
            }
            "<" | "<>" => redirects.push(Redirect::In(self.word()?)),
            _ => {
                let target = self.word()?;
                // A file with only standard error does not matter.
                if descriptor.is_empty() || descriptor == "1" {
                    redirects.push(if operator == ">>" {
                        Redirect::Append(target)
                    } else {
                        Redirect::Out(target)
                    });
                }
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simple_words(node: &Node, out: &mut Vec<String>) {
        match node {
            Node::Simple(simple) => {
                let words: Vec<String> = simple
                    .words
                    .iter()
                    .map(|word| {
                        word.parts
                            .iter()
                            .map(|part| match part {
                                Part::Literal { text, .. } | Part::Opaque { text } => text.clone(),
                                Part::Parameter { name, .. } => format!("<{name}>"),
                                Part::Command { text, .. } => format!("<{text}>"),
                            })
                            .collect()
                    })
                    .collect();
                out.push(words.join(" "));
            }
            Node::List(items) => items.iter().for_each(|(_, node)| simple_words(node, out)),
            Node::Pipeline { parts, .. } => parts.iter().for_each(|node| simple_words(node, out)),
            Node::Subshell(body) | Node::Group { body, .. } | Node::Function { body, .. } => {
                simple_words(body, out);
            }
            Node::If { arms, otherwise } => {
                for (condition, body) in arms {
                    simple_words(condition, out);
                    simple_words(body, out);
                }
                if let Some(body) = otherwise {
                    simple_words(body, out);
                }
            }
            Node::For { body, .. } => simple_words(body, out),
            Node::While { condition, body, .. } => {
                simple_words(condition, out);
                simple_words(body, out);
            }
            Node::Case { arms, .. } => arms.iter().for_each(|(_, body)| simple_words(body, out)),
        }
    }

    fn words(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        simple_words(&parse(text).unwrap(), &mut out);
        out
    }

    #[test]
    fn lists_pipes_subshells_and_quotes() {
        assert_eq!(
            words(
                "set -ex; a 'b c' \"d $E\" && (cd /x && pip install f) || true | tee y & z > /dev/null 2>&1"
            ),
            ["set -ex", "a b c d <E>", "cd /x", "pip install f", "true", "tee y", "z"]
        );
    }

    #[test]
    fn compound_commands() {
        assert_eq!(
            words(
                "if [ \"$A\" = b ]; then x; elif y; then z; else w; fi; for p in a b; do pip install $p; done; \
                 case $A in a|b) one;; *) two;; esac; f() { g; }; while read l; do h; done < file; { i; j; }"
            ),
            [
                "[ <A> = b ]",
                "x",
                "y",
                "z",
                "w",
                "pip install <p>",
                "one",
                "two",
                "g",
                "read l",
                "h",
                "i",
                "j"
            ]
        );
    }

    #[test]
    fn here_documents_and_continuations() {
        assert_eq!(words("cat <<EOF > /r.txt && b\nflask\nEOF\nc \\\n d"), ["cat", "b", "c d"]);
    }

    #[test]
    fn substitutions() {
        assert_eq!(words("a $(b (c) ')') `d` ${E:-f g} $((1 + 2))").len(), 1);
        assert_eq!(words("[[ $x == y && -n z ]] && w"), ["[[ <x> == y && -n z ]]", "w"]);
    }

    #[test]
    fn faults_are_errors_not_panics() {
        for text in
            ["a 'b", "if x", "(a", "a )", "case x in", "&& a", "$(a", "${a", "fi", "for x in a b", "a <<E\n"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"(".repeat(5000)).is_err());
        assert!(parse(&"$(".repeat(5000)).is_err());
        assert!(parse(&"${a:-".repeat(5000)).is_err());
    }
}
