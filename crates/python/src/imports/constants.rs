//! Names of a file that have one literal value.

use std::collections::BTreeMap;

use super::condition::{Constants, Value, value};
use super::lines::{Statement, Token};

/// Returns the names that are assigned exactly one literal value.
pub(super) fn constants(all: &[Statement<'_>]) -> Constants {
    let mut found: BTreeMap<String, Option<Value>> = BTreeMap::new();
    collect(all, &mut found);
    found.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// Adds the assignments of a block; the value of a name is `None` if it is assigned anything else.
fn collect(all: &[Statement<'_>], found: &mut BTreeMap<String, Option<Value>>) {
    for statement in all {
        let tokens = statement.tokens.as_slice();
        let global = || statement.body.iter().any(|one| one.word() == "global");
        match tokens {
            [Token::Name("global" | "for" | "del" | "with" | "import"), names @ ..] => {
                for token in names {
                    if let Token::Name(name) = token {
                        found.insert((*name).to_owned(), None);
                    }
                }
            }
            [Token::Name("from"), names @ ..] => {
                for token in names {
                    if let Token::Name(name) = token {
                        found.insert((*name).to_owned(), None);
                    }
                }
            }
            [Token::Name(name), Token::Sign('='), rest @ ..]
                if !rest.first().is_some_and(|one| one.is('=')) =>
            {
                let literal = match rest {
                    [Token::Name("None" | "True" | "False") | Token::Text(_) | Token::Number(_)] => {
                        value(rest, &Constants::new())
                    }
                    _ => None,
                };
                let known = found.entry((*name).to_owned()).or_insert_with(|| literal.clone());
                if *known != literal {
                    *known = None;
                }
            }
            // Any other assignment: `a += 1`, `a, b = c`, `a: int = 1`.
            [Token::Name(name), Token::Sign(_), ..] if tokens.iter().any(|token| token.is('=')) => {
                let assigned = tokens.iter().take_while(|token| !token.is('='));
                for token in assigned {
                    if let Token::Name(other) = token {
                        found.insert((*other).to_owned(), None);
                    }
                }
                found.insert((*name).to_owned(), None);
            }
            _ => {}
        }
        // The names of a function are local unless it declares them `global`.
        if statement.word() != "def" || global() {
            collect(&statement.body, found);
        }
    }
}
