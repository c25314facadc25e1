//! Python source as logical lines of tokens.
//!
//! After "Lexical analysis" of the Python reference (sections 2.1 and 2.4), as far as statements need it: strings,
//! comments, joined lines and indentation. Every text is accepted; text that is not Python results in meaningless lines.

/// A token; only the kinds that statements require are distinguished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// A name or keyword.
    Name(&'t str),
    /// The text between quotes; escapes are not replaced.
    Text(&'t str),
    Number(&'t str),
    Sign(char),
}

impl Token<'_> {
    pub(super) fn is(self, sign: char) -> bool {
        self == Token::Sign(sign)
    }

    /// Returns 1 for an opening bracket, -1 for a closing one, and 0 for other tokens.
    pub(super) fn depth(self) -> i32 {
        match self {
            Token::Sign('(' | '[' | '{') => 1,
            Token::Sign(')' | ']' | '}') => -1,
            _ => 0,
        }
    }
}

/// A logical line.
#[derive(Debug)]
pub(super) struct Line<'t> {
    pub(super) indent: usize,
    pub(super) tokens: Vec<Token<'t>>,
}

/// A tab advances to the next multiple of this (reference, 2.1.8).
const TAB: usize = 8;

/// All logical lines.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let mut indent = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b' ' => indent += 1,
                b'\t' => indent = (indent / TAB + 1) * TAB,
                b'\x0c' => indent = 0,
                _ => break,
            }
            at += 1;
        }
        let tokens = line(text, &mut at);
        if !tokens.is_empty() {
            all.push(Line { indent, tokens });
        }
    }
    all
}

/// Returns the tokens of a logical line and moves after its end.
fn line<'t>(text: &'t str, at: &mut usize) -> Vec<Token<'t>> {
    let bytes = text.as_bytes();
    let mut tokens: Vec<Token<'t>> = Vec::new();
    let mut depth = 0_i32;
    while let Some(&byte) = bytes.get(*at) {
        match byte {
            b'\n' | b'\r' => {
                *at += 1;
                if depth <= 0 {
                    break;
                }
            }
            b'\\' if matches!(bytes.get(*at + 1), Some(b'\n' | b'\r')) => {
                let both = bytes.get(*at + 1) == Some(&b'\r') && bytes.get(*at + 2) == Some(&b'\n');
                *at += if both { 3 } else { 2 };
            }
            b'#' => {
                while bytes.get(*at).is_some_and(|byte| !matches!(byte, b'\n' | b'\r')) {
                    *at += 1;
                }
            }
            b'"' | b'\'' => tokens.push(Token::Text(string(text, at))),
            byte if byte == b'_' || byte.is_ascii_alphabetic() || byte >= 0x80 => {
                let word = run(text, at, |byte| byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80);
                // A prefix of a string (reference, 2.4.1) is not a name.
                let prefix = word.len() <= 2 && word.bytes().all(|byte| b"rRbBuUfFtT".contains(&byte));
                if !(prefix && matches!(bytes.get(*at), Some(b'"' | b'\''))) {
                    tokens.push(Token::Name(word));
                }
            }
            byte if byte.is_ascii_digit() => {
                let digits =
                    run(text, at, |byte| byte == b'_' || byte == b'.' || byte.is_ascii_alphanumeric());
                tokens.push(Token::Number(digits));
            }
            byte if byte.is_ascii_whitespace() || byte.is_ascii_control() => *at += 1,
            byte => {
                let token = Token::Sign(char::from(byte));
                depth += token.depth();
                tokens.push(token);
                *at += 1;
            }
        }
    }
    tokens
}

fn run<'t>(text: &'t str, at: &mut usize, belongs: impl Fn(u8) -> bool) -> &'t str {
    let start = *at;
    while text.as_bytes().get(*at).is_some_and(|byte| belongs(*byte)) {
        *at += 1;
    }
    text.get(start..*at).unwrap_or_default()
}

/// Reads a string with its quotes. A string that is not closed ends with its line, or with the text if it has three
/// quotes.
fn string<'t>(text: &'t str, at: &mut usize) -> &'t str {
    let bytes = text.as_bytes();
    let quote = bytes.get(*at).copied().unwrap_or(b'"');
    let triple = bytes.get(*at + 1) == Some(&quote) && bytes.get(*at + 2) == Some(&quote);
    let width = if triple { 3 } else { 1 };
    *at += width;
    let start = *at;
    while let Some(&byte) = bytes.get(*at) {
        match byte {
            // A quote after a backslash does not end the string, not even in a raw string.
            b'\\' => *at += 2,
            b'\n' if !triple => break,
            byte if byte == quote => {
                let rest = bytes.get(*at..*at + width).unwrap_or_default();
                if rest.len() == width && rest.iter().all(|byte| *byte == quote) {
                    let found = text.get(start..*at).unwrap_or_default();
                    *at += width;
                    return found;
                }
                *at += 1;
            }
            _ => *at += 1,
        }
    }
    *at = (*at).min(bytes.len());
    text.get(start..*at).unwrap_or_default()
}

/// A statement with its block.
#[derive(Debug)]
pub(super) struct Statement<'t> {
    /// The statement, or the head of a compound one without its colon.
    pub(super) tokens: Vec<Token<'t>>,
    pub(super) body: Vec<Self>,
}

impl Statement<'_> {
    /// Returns the first word; empty if it is not a name.
    pub(super) fn word(&self) -> &str {
        match self.tokens.first() {
            Some(Token::Name(word)) => word,
            _ => "",
        }
    }
}

/// CPython rejects deeper indentation (`MAXINDENT` of Parser/tokenizer).
const DEEPEST: usize = 100;

/// Returns the statements of a file.
pub(super) fn statements(text: &str) -> Vec<Statement<'_>> {
    let mut lines = lines(text).into_iter().peekable();
    block(&mut lines, 0, 0)
}

fn block<'t>(
    lines: &mut std::iter::Peekable<std::vec::IntoIter<Line<'t>>>,
    indent: usize,
    depth: usize,
) -> Vec<Statement<'t>> {
    let mut all = Vec::new();
    while let Some(line) = lines.next_if(|line| line.indent >= indent) {
        let own = line.indent;
        let inner = |lines: &mut std::iter::Peekable<_>| {
            let deeper = lines.peek().filter(|next: &&Line<'_>| next.indent > own).map(|next| next.indent);
            match deeper {
                Some(deeper) if depth < DEEPEST => block(lines, deeper, depth + 1),
                _ => Vec::new(),
            }
        };
        match head(&line.tokens) {
            Some(end) => {
                let rest = line.tokens.get(end + 1..).unwrap_or_default();
                let mut body = simple(rest);
                body.extend(inner(lines));
                let tokens = line.tokens.get(..end).unwrap_or_default().to_vec();
                all.push(Statement { tokens, body });
            }
            None => all.extend(simple(&line.tokens)),
        }
    }
    all
}

/// Returns the statements of one line.
fn simple<'t>(tokens: &[Token<'t>]) -> Vec<Statement<'t>> {
    let mut depth = 0;
    let parts = tokens.split(|token| {
        depth += token.depth();
        depth == 0 && token.is(';')
    });
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(|part| Statement { tokens: part.to_vec(), body: Vec::new() }).collect()
}

/// Returns the index of the colon of a compound statement; `None` for other lines (reference, chapter 8).
fn head(tokens: &[Token<'_>]) -> Option<usize> {
    let Some(Token::Name(word)) = tokens.first() else { return None };
    const HEADS: &[&str] =
        &["async", "class", "def", "elif", "else", "except", "finally", "for", "if", "try", "while", "with"];
    // `match` and `case` are names as well.
    let soft = matches!(*word, "match" | "case") && tokens.len() > 2;
    if !soft && !HEADS.contains(word) {
        return None;
    }
    let mut depth = 0;
    let mut lambdas = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth += token.depth();
        match token {
            Token::Name("lambda") if depth == 0 => lambdas += 1,
            Token::Sign(':') if depth == 0 && lambdas > 0 => lambdas -= 1,
            Token::Sign(':') if depth == 0 && !tokens.get(at + 1).is_some_and(|next| next.is('=')) => {
                return (at > 0 && (!soft || at > 1)).then_some(at);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_comments_and_joined_lines_are_not_statements() {
        let text = "a = '''\nimport no\n''' # import no\nb = (1,\n  import_no)\nc = 'x\\'y' \\\n  + r'z'\nimport yes\n";
        let all = statements(text);
        let words: Vec<&str> = all.iter().map(Statement::word).collect();
        assert_eq!(words, ["a", "b", "c", "import"], "{all:#?}");
    }

    #[test]
    fn blocks_belong_to_their_heads() {
        let text =
            "if x: import a; import b\nelse:\n\timport c\n        import d\nif y[1:2]: pass\nmatch = 1\n";
        let all = statements(text);
        let bodies: Vec<usize> = all.iter().map(|one| one.body.len()).collect();
        assert_eq!(bodies, [2, 2, 1, 0], "{all:#?}");
    }

    #[test]
    fn damaged_text_is_accepted() {
        for text in
            ["'''", "\"", "(", "\\", "if", "if:", ":", "é = 'ü\\", "\u{feff}import a", "lambda: 0\n)))]\nx"]
        {
            statements(text);
        }
        let deep: String = (0..5000).map(|at| format!("{}if x:\n", " ".repeat(at))).collect();
        statements(&deep);
    }
}
