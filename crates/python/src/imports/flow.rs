//! Where control goes after a statement: which clauses belong together, what a handler catches, what leaves a block.

use super::lines::{Statement, Token};

/// How control leaves a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// It continues after the block.
    On,
    /// A statement may leave the block.
    Perhaps,
    /// `return`, `break` or `continue` leaves it.
    Left,
    /// An exception or `sys.exit` leaves it.
    Raised,
}

/// Returns the index after the last clause of the compound statement at `at`: `if` with `elif` and `else`.
pub(super) fn chain(all: &[Statement<'_>], at: usize) -> usize {
    let follows: &[&str] = match all.get(at).map(Statement::word) {
        Some("if") => &["elif", "else"],
        Some("try") => &["except", "else", "finally"],
        Some("for" | "while") => &[],
        _ => return at + 1,
    };
    let rest = all.iter().skip(at + 1);
    at + 1 + rest.take_while(|next| follows.contains(&next.word())).count()
}

/// Returns the name of the function that a statement defines.
pub(super) fn defines<'t>(statement: &Statement<'t>) -> Option<&'t str> {
    let tokens = match statement.tokens.as_slice() {
        [Token::Name("async"), rest @ ..] => rest,
        all => all,
    };
    match tokens {
        [Token::Name("def"), Token::Name(name), ..] => Some(name),
        _ => None,
    }
}

/// Returns whether a handler catches one of these exceptions or a base class of them. A name that is not a builtin may be
/// one.
pub(super) fn catches(caught: &[Token<'_>], wanted: &[&str]) -> bool {
    const OTHERS: &[&str] = &[
        "ArithmeticError",
        "AssertionError",
        "AttributeError",
        "EOFError",
        "EnvironmentError",
        "FileNotFoundError",
        "IOError",
        "ImportError",
        "IndexError",
        "KeyError",
        "KeyboardInterrupt",
        "LookupError",
        "ModuleNotFoundError",
        "NameError",
        "NotImplementedError",
        "OSError",
        "PermissionError",
        "RuntimeError",
        "StopIteration",
        "SyntaxError",
        "SystemExit",
        "TypeError",
        "UnicodeDecodeError",
        "ValueError",
        "WindowsError",
    ];
    let words: Vec<&str> = caught
        .split(|token| *token == Token::Name("as"))
        .next()
        .unwrap_or_default()
        .iter()
        .filter_map(|token| match token {
            Token::Name(name) => Some(*name),
            _ => None,
        })
        .collect();
    words.is_empty() || words.iter().any(|word| wanted.contains(word) || !OTHERS.contains(word))
}

/// Returns whether a handler tests its exception and raises it again: it ignores a missing module, but not one that fails
/// to load.
pub(super) fn tests_and_raises(handler: &Statement<'_>) -> bool {
    let mut words = handler.tokens.iter().skip_while(|token| **token != Token::Name("as"));
    let Some(bound) = words.nth(1) else { return false };
    let tests = handler.body.iter().any(|one| one.word() == "if" && one.tokens.contains(bound));
    tests && handler.body.iter().any(raises)
}

/// Returns whether a statement ends the interpreter.
pub(super) fn exits(tokens: &[Token<'_>]) -> bool {
    matches!(
        tokens,
        [Token::Name("sys"), Token::Sign('.'), Token::Name("exit"), Token::Sign('('), ..]
            | [Token::Name("exit" | "quit"), Token::Sign('('), ..]
    )
}

/// Returns whether a statement may raise an exception by itself.
pub(super) fn raises(statement: &Statement<'_>) -> bool {
    match statement.word() {
        "def" | "class" => false,
        "raise" => true,
        _ => statement.body.iter().any(raises),
    }
}

/// Returns whether a statement may leave its function.
pub(super) fn returns(statement: &Statement<'_>) -> bool {
    match statement.word() {
        "def" | "class" => false,
        "return" => true,
        _ => statement.body.iter().any(returns),
    }
}
