//! Quoted strings of markers, which `packaging` parses as Python string literals (`ast.literal_eval`).

/// Returns the value of the text between the quotes of a Python string literal; `None` if Python rejects it.
pub(super) fn unescape(literal: &str) -> Option<String> {
    // Python: a string in single quotes cannot contain a line end, and source code cannot contain NUL.
    if literal.contains(['\n', '\r', '\0']) {
        return None;
    }
    if !literal.contains('\\') {
        return Some(literal.to_owned());
    }
    let mut out = String::with_capacity(literal.len());
    let mut chars = literal.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next()? {
            plain @ ('\\' | '\'' | '"') => out.push(plain),
            'a' => out.push('\u{7}'),
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            'v' => out.push('\u{b}'),
            'x' => out.push(code_point(&mut chars, 2)?),
            'u' => out.push(code_point(&mut chars, 4)?),
            'U' => out.push(code_point(&mut chars, 8)?),
            // Character names need the complete Unicode table. No known metadata uses them.
            'N' => return None,
            octal @ '0'..='7' => {
                let mut value = octal.to_digit(8)?;
                for _ in 0..2 {
                    let mut ahead = chars.clone();
                    let Some(digit) = ahead.next().and_then(|c| c.to_digit(8)) else { break };
                    value = value * 8 + digit;
                    chars = ahead;
                }
                out.push(char::from_u32(value)?);
            }
            other => {
                out.push('\\');
                out.push(other);
            }
        }
    }
    Some(out)
}

/// Returns the character of a fixed number of hexadecimal digits; `None` for a surrogate, which a Rust string cannot
/// contain.
fn code_point(chars: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let mut value: u32 = 0;
    for _ in 0..digits {
        value = value.checked_mul(16)?.checked_add(chars.next()?.to_digit(16)?)?;
    }
    char::from_u32(value)
}

/// Returns the literal for `value`, as `packaging` writes it: in double quotes unless the value contains one.
pub(super) fn quote(value: &str) -> String {
    let quote = if value.contains('"') && !value.contains('\'') { '\'' } else { '"' };
    let mut out = String::with_capacity(value.len() + 2);
    out.push(quote);
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\x00"),
            // The value contains both kinds of quotes. The tokenizer would end the string at an escaped quote, so
            // write its code.
            '"' if quote == '"' => out.push_str("\\x22"),
            _ => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `packaging.utils.canonicalize_name` for a text that may not be a valid name.
pub(super) fn canonical_name(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '-' | '_' | '.') {
            if !out.ends_with('-') {
                out.push('-');
            }
        } else {
            out.extend(c.to_lowercase());
        }
    }
    out
}
