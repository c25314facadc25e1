//! `test`, `[` and `[[`.

use crate::gap::DockerfileGap;
use crate::model::FileSource;
use crate::shell::command::{Arg, Status};
use wheelbase_formats::glob;

/// Returns the source of a file in a test.
type Find<'a> = &'a dyn Fn(&str) -> FileSource;

/// Evaluates a test. `words` are those after its name.
pub(crate) fn test(name: &str, words: &[Arg], find: Find<'_>) -> Status {
    let close = match name {
        "[" => "]",
        "[[" => "]]",
        _ => "",
    };
    let words = match words.split_last() {
        Some((last, rest)) if last.as_str() == close => rest,
        _ => words,
    };
    any(words, name == "[[", find)
}

/// Splits at `-o` and `||`, then at `-a` and `&&`.
fn any(words: &[Arg], double: bool, find: Find<'_>) -> Status {
    let mut result = Status::False;
    for alternative in words.split(|word| matches!(word.as_str(), "||" | "-o")) {
        let mut whole = Status::True;
        for term in alternative.split(|word| matches!(word.as_str(), "&&" | "-a")) {
            match (&whole, one(term, double, find)) {
                (_, Status::False) => {
                    whole = Status::False;
                    break;
                }
                (Status::True, other) => whole = other,
                _ => {}
            }
        }
        match whole {
            Status::True => return Status::True,
            Status::Maybe(reason) => result = Status::Maybe(reason),
            _ => {}
        }
    }
    result
}

fn truth(value: bool) -> Status {
    if value { Status::True } else { Status::False }
}

fn one(words: &[Arg], double: bool, find: Find<'_>) -> Status {
    if let Some(reason) = words.iter().find_map(|word| word.text.unknown.clone()) {
        return Status::Maybe(reason);
    }
    let texts: Vec<&str> = words.iter().map(Arg::as_str).collect();
    match texts.as_slice() {
        [] => Status::False,
        ["!", ..] => match one(words.get(1..).unwrap_or_default(), double, find) {
            Status::True => Status::False,
            Status::False => Status::True,
            other => other,
        },
        ["(", inner @ .., ")"] => any(words.get(1..=inner.len()).unwrap_or_default(), double, find),
        ["-n", text] => truth(!text.is_empty()),
        // `[ -n $EMPTY ]` has only one word, so the text `-n` itself is tested.
        ["-z"] | ["-n"] => Status::True,
        ["-z", text] => truth(text.is_empty()),
        ["-f" | "-e" | "-s" | "-r", file] => match find(file) {
            FileSource::Inline { .. } | FileSource::Exported(_) => Status::True,
            _ => Status::Maybe(DockerfileGap::Existence((*file).to_owned())),
        },
        [flag, subject] if flag.starts_with('-') && flag.len() == 2 => Status::Maybe(DockerfileGap::Test {
            operator: (*flag).to_owned(),
            operand: (*subject).to_owned(),
        }),
        [text] => truth(!text.is_empty()),
        [left, "=" | "==", right] if double => truth(glob::matches_text(right, left)),
        [left, "!=", right] if double => truth(!glob::matches_text(right, left)),
        [left, "=" | "==", right] => truth(left == right),
        [left, "!=", right] => truth(left != right),
        [left, operator @ ("-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge"), right] => {
            match (left.trim().parse::<i64>(), right.trim().parse::<i64>()) {
                (Ok(left), Ok(right)) => truth(match *operator {
                    "-eq" => left == right,
                    "-ne" => left != right,
                    "-lt" => left < right,
                    "-le" => left <= right,
                    "-gt" => left > right,
                    _ => left >= right,
                }),
                _ => Status::Maybe(DockerfileGap::NumberComparison),
            }
        }
        _ => Status::Maybe(DockerfileGap::UnsupportedTest(texts.join(" "))),
    }
}
