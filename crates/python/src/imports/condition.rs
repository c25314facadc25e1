//! Conditions with a result on Linux that is known from the source.

use std::collections::BTreeMap;

use super::lines::Token;

/// A value that is known without running code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    None,
    Bool(bool),
    Number(u64),
    Text(String),
    /// The environment of the process; no variable is known to be set.
    Environment,
}

impl Value {
    fn is_true(&self) -> bool {
        match self {
            Self::None | Self::Environment => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0,
            Self::Text(text) => !text.is_empty(),
        }
    }
}

/// The names of a file that have exactly one literal value.
pub(super) type Constants = BTreeMap<String, Value>;

/// The minor version of Python 3 that is always available; current wheels require a newer one.
const GRANTED: u64 = 8;

/// Returns whether a condition is true; `None` if it is unknown. The variables of a project are assumed not to be set.
pub(super) fn holds(tokens: &[Token<'_>], constants: &Constants) -> Option<bool> {
    let tokens = strip(tokens);
    let parts = split(tokens, "or");
    if parts.len() > 1 {
        return any(parts.iter().map(|part| holds(part, constants)), true);
    }
    let parts = split(tokens, "and");
    if parts.len() > 1 {
        return any(parts.iter().map(|part| holds(part, constants)), false);
    }
    if let [Token::Name("not"), rest @ ..] = tokens {
        return holds(rest, constants).map(|value| !value);
    }
    compare(tokens, constants).or_else(|| value(tokens, constants).map(|value| value.is_true()))
}

/// Returns `stop` if one part has this value, and the opposite if all parts have it.
fn any(parts: impl Iterator<Item = Option<bool>>, stop: bool) -> Option<bool> {
    let mut open = false;
    for part in parts {
        match part {
            Some(value) if value == stop => return Some(stop),
            Some(_) => {}
            None => open = true,
        }
    }
    (!open).then_some(!stop)
}

/// Removes brackets around the whole expression.
fn strip<'s, 't>(mut tokens: &'s [Token<'t>]) -> &'s [Token<'t>] {
    while let [Token::Sign('('), inner @ .., Token::Sign(')')] = tokens {
        let mut depth = 0;
        let closed = inner.iter().all(|token| {
            depth += token.depth();
            depth >= 0
        });
        if !closed || inner.iter().any(|token| token.is(',')) {
            break;
        }
        tokens = inner;
    }
    tokens
}

fn split<'s, 't>(tokens: &'s [Token<'t>], word: &str) -> Vec<&'s [Token<'t>]> {
    let mut depth = 0;
    tokens
        .split(|token| {
            depth += token.depth();
            depth == 0 && *token == Token::Name(word)
        })
        .collect()
}

fn compare(tokens: &[Token<'_>], constants: &Constants) -> Option<bool> {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth += token.depth();
        if depth != 0 || at == 0 {
            continue;
        }
        let next = tokens.get(at + 1).copied();
        let (sign, width) = match (token, next) {
            (Token::Sign('='), Some(Token::Sign('='))) => ("==", 2),
            (Token::Sign('!'), Some(Token::Sign('='))) => ("!=", 2),
            (Token::Sign('<'), Some(Token::Sign('='))) => ("<=", 2),
            (Token::Sign('>'), Some(Token::Sign('='))) => (">=", 2),
            (Token::Sign('<'), _) => ("<", 1),
            (Token::Sign('>'), _) => (">", 1),
            (Token::Name("is"), Some(Token::Name("not"))) => ("!=", 2),
            (Token::Name("is"), _) => ("==", 1),
            (Token::Name("not"), Some(Token::Name("in"))) => ("not in", 2),
            (Token::Name("in"), _) => ("in", 1),
            _ => continue,
        };
        let left = strip(tokens.get(..at)?);
        let right = strip(tokens.get(at + width..)?);
        if dotted(left).as_deref() == Some("sys.version_info") {
            return of_version(sign, right);
        }
        let left = value(left, constants)?;
        if let [Token::Sign('(' | '[' | '{'), inner @ .., Token::Sign(_)] = right {
            let found = members(inner, constants)?.contains(&left);
            return match sign {
                "in" => Some(found),
                "not in" => Some(!found),
                _ => None,
            };
        }
        let right = value(right, constants)?;
        return match (sign, &left, &right) {
            ("==", ..) => Some(left == right),
            ("!=", ..) => Some(left != right),
            ("in", _, Value::Environment) => Some(false),
            ("not in", _, Value::Environment) => Some(true),
            _ => None,
        };
    }
    None
}

/// Evaluates comparisons such as `sys.version_info >= (3, 6)`.
fn of_version(sign: &str, right: &[Token<'_>]) -> Option<bool> {
    let [Token::Sign('('), inner @ .., Token::Sign(')')] = right else { return None };
    let numbers: Vec<u64> = inner
        .iter()
        .filter_map(|token| match token {
            Token::Number(digits) => digits.parse().ok(),
            _ => None,
        })
        .collect();
    let old = match numbers.as_slice() {
        [major, ..] if *major < 3 => true,
        [3] => true,
        [3, minor, ..] => *minor <= GRANTED,
        _ => false,
    };
    match sign {
        ">=" | ">" if old => Some(true),
        "<" | "<=" if old => Some(false),
        _ => None,
    }
}

fn members(inner: &[Token<'_>], constants: &Constants) -> Option<Vec<Value>> {
    let parts = inner.split(|token| token.is(',')).filter(|part| !part.is_empty());
    parts.map(|part| value(part, constants)).collect()
}

/// Returns a dotted name: `a.b.c`.
pub(super) fn dotted(tokens: &[Token<'_>]) -> Option<String> {
    let mut name = String::new();
    for (at, token) in tokens.iter().enumerate() {
        match (at % 2, token) {
            (0, Token::Name(part)) => name.push_str(part),
            (1, Token::Sign('.')) => name.push('.'),
            _ => return None,
        }
    }
    (tokens.len() % 2 == 1).then_some(name)
}

/// Returns the value of an expression on Linux.
pub(super) fn value(tokens: &[Token<'_>], constants: &Constants) -> Option<Value> {
    let tokens = strip(tokens);
    match tokens {
        [Token::Text(text)] => return Some(Value::Text((*text).to_owned())),
        [Token::Number(digits)] => return digits.parse().ok().map(Value::Number),
        [Token::Name("None")] => return Some(Value::None),
        [Token::Name("True")] => return Some(Value::Bool(true)),
        [Token::Name("False")] => return Some(Value::Bool(false)),
        // An imported file is not the main program.
        [Token::Name("__name__")] => return Some(Value::Text(String::new())),
        [Token::Name("__debug__")] => return Some(Value::Bool(true)),
        [Token::Name(name)] if constants.contains_key(*name) => return constants.get(*name).cloned(),
        _ => {}
    }
    if let Some(name) = dotted(tokens) {
        // `typing.TYPE_CHECKING` is false at run time (PEP 484).
        return match name.rsplit('.').next()? {
            "TYPE_CHECKING" => Some(Value::Bool(false)),
            "platform" if name == "sys.platform" => Some(Value::Text("linux".to_owned())),
            "name" if name == "os.name" => Some(Value::Text("posix".to_owned())),
            "environ" if matches!(name.as_str(), "environ" | "os.environ" | "_os.environ") => {
                Some(Value::Environment)
            }
            "major" if name == "sys.version_info.major" => Some(Value::Number(3)),
            _ => None,
        };
    }
    if let [
        Token::Name("sys"),
        Token::Sign('.'),
        Token::Name("version_info"),
        Token::Sign('['),
        Token::Number("0"),
        Token::Sign(']'),
    ] = tokens
    {
        return Some(Value::Number(3));
    }
    let open = tokens.iter().position(|token| token.is('('))?;
    let [inner @ .., Token::Sign(')')] = tokens.get(open + 1..)? else { return None };
    // The bracket must close at the end, not before.
    let mut depth = 0;
    for token in inner {
        depth += token.depth();
        if depth < 0 {
            return None;
        }
    }
    let name = dotted(tokens.get(..open)?)?;
    let mut arguments = inner.split(|token| token.is(','));
    match name.as_str() {
        "os.environ.get" | "environ.get" | "os.getenv" | "getenv" | "_os.environ.get" => {
            let default = arguments.nth(1).filter(|part| !part.is_empty());
            default.map_or(Some(Value::None), |default| value(default, constants))
        }
        "platform.system" => Some(Value::Text("Linux".to_owned())),
        "sys.platform.startswith" => match value(inner, constants)? {
            Value::Text(text) => Some(Value::Bool("linux".starts_with(text.as_str()))),
            _ => None,
        },
        "getattr"
            if dotted(arguments.next()?).as_deref() == Some("sys")
                && inner.contains(&Token::Text("frozen")) =>
        {
            Some(Value::Bool(false))
        }
        "hasattr"
            if dotted(arguments.next()?).as_deref() == Some("sys")
                && inner.contains(&Token::Text("frozen")) =>
        {
            Some(Value::Bool(false))
        }
        "bool" | "int" | "str" => match (name.as_str(), value(inner, constants)?) {
            ("bool", found) => Some(Value::Bool(found.is_true())),
            ("int", Value::Text(text)) => text.parse().ok().map(Value::Number),
            ("str", Value::Text(text)) => Some(Value::Text(text)),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::statements;
    use super::*;

    #[test]
    fn literal_conditions_are_known() {
        let constants = Constants::from([("__SETUP__".to_owned(), Value::Bool(false))]);
        for (text, expected) in [
            ("TYPE_CHECKING", Some(false)),
            ("typing.TYPE_CHECKING", Some(false)),
            ("not __SETUP__", Some(true)),
            ("sys.platform == 'win32'", Some(false)),
            ("sys.platform in ('win32', 'cygwin')", Some(false)),
            ("sys.platform.startswith('win') or os.name == 'nt'", Some(false)),
            ("platform.system() != 'Windows'", Some(true)),
            ("environ.get('DOC', 'False') == 'True'", Some(false)),
            ("(unknown or os.getenv('A')) and platform.system() == 'Windows'", Some(false)),
            ("unknown or os.getenv('A')", None),
            ("'A' in os.environ", Some(false)),
            ("sys.version_info >= (3, 7)", Some(true)),
            ("sys.version_info >= (3, 13)", None),
            ("sys.version_info[0] == 2", Some(false)),
            ("__name__ == '__main__'", Some(false)),
            ("getattr(sys, 'frozen', False)", Some(false)),
            ("os.path.exists(x)", None),
            ("a < b", None),
            ("", None),
        ] {
            let all = statements(text);
            let tokens = all.first().map(|one| one.tokens.clone()).unwrap_or_default();
            assert_eq!(holds(&tokens, &constants), expected, "{text}");
        }
    }
}
