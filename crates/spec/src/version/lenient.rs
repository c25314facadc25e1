//! Repairs of invalid specifiers in old metadata.
//!
//! The faults and the order of the repairs are those of uv 0.13.8
//! (`crates/uv-pypi-types/src/lenient_requirement.rs`). pip rejects such specifiers. Each repair is applied to the
//! result of the previous ones, and the first valid text is used.

use super::scan::is_python_space;

const REPAIRS: [fn(&str) -> String; 8] = [
    missing_comma,
    tilde_after_not_equal,
    wildcard_after_order,
    missing_dot,
    trailing_comma,
    development_without_number,
    number_after_label,
    quotes,
];

/// Parses `text` with as few repairs as needed. Returns the error of the text as written if no repair helps.
pub(crate) fn parse_repaired<T, E>(text: &str, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, E> {
    let fault = match parse(text) {
        Ok(value) => return Ok(value),
        Err(fault) => fault,
    };
    let mut repaired = text.to_owned();
    for repair in REPAIRS {
        let next = repair(&repaired);
        if next != repaired {
            if let Ok(value) = parse(&next) {
                return Ok(value);
            }
            repaired = next;
        }
    }
    Err(fault)
}

/// `>=7.2.0<8.0.0`. Only after the first operator: the name before it may end in a digit.
fn missing_comma(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut operator_seen = false;
    let mut last = ' ';
    for c in text.chars() {
        let operator = matches!(c, '<' | '>' | '=' | '~' | '^' | '!');
        if operator && operator_seen && (last.is_ascii_digit() || last == '*') {
            out.push(',');
        }
        operator_seen |= operator;
        out.push(c);
        last = c;
    }
    out
}

/// `!=~5.0`, which was meant as `!=5.0.*`.
fn tilde_after_not_equal(text: &str) -> String {
    replace_each(text, "!=~", |rest| {
        let number = release(rest);
        (number > 0).then(|| (number, format!("!={}.*", rest.get(..number).unwrap_or_default())))
    })
}

/// `>=1.9.*` and similar: the wildcard has no meaning there.
fn wildcard_after_order(text: &str) -> String {
    let mut out = text.to_owned();
    for operator in ["<", ">"] {
        out = replace_each(&out, operator, |rest| {
            let equals = usize::from(rest.starts_with('='));
            let after = rest.get(equals..)?;
            let space = after.len() - after.trim_start_matches(is_python_space).len();
            let end = equals + space + release(after.get(space..)?);
            let written = rest.get(..end)?;
            (end > equals + space && rest.get(end..)?.starts_with(".*"))
                .then(|| (end + 2, format!("{operator}{written}")))
        });
    }
    out
}

/// `!=3.0*`
fn missing_dot(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut last = ' ';
    for c in text.chars() {
        if c == '*' && last.is_ascii_digit() {
            out.push('.');
        }
        out.push(c);
        last = c;
    }
    out
}

/// `>=3.6,`
fn trailing_comma(text: &str) -> String {
    let text = text.trim_end_matches(is_python_space);
    text.strip_suffix(',').unwrap_or(text).to_owned()
}

/// `>dev`
fn development_without_number(text: &str) -> String {
    text.replace(">dev", ">0.0.0dev")
}

/// `>=9.0.0a1.0`
fn number_after_label(text: &str) -> String {
    let mut out = text.to_owned();
    for label in ["a", "b", "rc", "post", "dev"] {
        let mut from = 0;
        while let Some(found) = out.get(from..).and_then(|rest| rest.find(label)) {
            let at = from + found;
            let after = at + label.len();
            let digits =
                out.get(after..).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
            let after_number =
                out.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()));
            let end = after + digits;
            if after_number && digits > 0 && out.get(end..).is_some_and(|rest| rest.starts_with(".0")) {
                out.replace_range(end..end + 2, "");
            }
            from = after;
        }
    }
    out
}

/// `>= '2.7'`
fn quotes(text: &str) -> String {
    text.replace(['\'', '"'], "")
}

/// Replaces each `what` for which `with` returns a replacement. `with` gets the text after `what` and returns how many
/// bytes of it to remove, and the replacement.
fn replace_each(text: &str, what: &str, with: impl Fn(&str) -> Option<(usize, String)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(found) = rest.find(what) {
        let (before, from) = rest.split_at(found);
        let after = from.get(what.len()..).unwrap_or_default();
        out.push_str(before);
        match with(after) {
            Some((used, replacement)) => {
                out.push_str(&replacement);
                rest = after.get(used..).unwrap_or_default();
            }
            None => {
                out.push_str(what);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Returns the length of the dotted numbers at the start of `text`.
fn release(text: &str) -> usize {
    let mut end = 0;
    loop {
        let digits = text.get(end..).map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
        if digits == 0 {
            // The dot before it, if any, is not part of the release.
            return end.saturating_sub(usize::from(end > 0));
        }
        end += digits;
        if !text.get(end..).is_some_and(|rest| rest.starts_with('.')) {
            return end;
        }
        end += 1;
    }
}
