//! The options of a line. pip 26.3 splits it by `shlex` and parses it by `optparse`; both are implemented here.

/// A word and its byte offset in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) at: usize,
}

/// Splits a text like `shlex.split` of Python: quotes and backslashes, but no comments.
///
/// # Errors
///
/// If a quote is not closed or a backslash is the last character: the message and the byte offset.
pub(super) fn split(text: &str, offset: usize) -> Result<Vec<Word>, (String, usize)> {
    let mut words = Vec::new();
    let mut word: Option<Word> = None;
    let mut quote: Option<(char, usize)> = None;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        let at = offset + at;
        let open = |word: &mut Option<Word>| {
            word.get_or_insert_with(|| Word { text: String::new(), at });
        };
        match (quote, c) {
            (Some((q, _)), _) if q == c => quote = None,
            (Some(('\'', _)), _) => push(&mut word, c),
            (_, '\\') => {
                open(&mut word);
                let Some((_, escaped)) = chars.next() else {
                    return Err((
                        "this backslash is the last character; expected a character to escape".to_owned(),
                        at,
                    ));
                };
                // Between double quotes, a backslash escapes only itself and the quote.
                if quote.is_some() && !matches!(escaped, '"' | '\\') {
                    push(&mut word, '\\');
                }
                push(&mut word, escaped);
            }
            (Some(_), _) => push(&mut word, c),
            (None, '\'' | '"') => {
                open(&mut word);
                quote = Some((c, at));
            }
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (None, _) => {
                open(&mut word);
                push(&mut word, c);
            }
        }
    }
    if let Some((_, at)) = quote {
        return Err((format!("this `{}` is never closed", quote.map_or('"', |(quote, _)| quote)), at));
    }
    words.extend(word);
    Ok(words)
}

fn push(word: &mut Option<Word>, c: char) {
    if let Some(word) = word {
        word.text.push(c);
    }
}

/// The options that a requirements file may contain (pip 26.3, `SUPPORTED_OPTIONS` and `SUPPORTED_OPTIONS_REQ`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptionName {
    IndexUrl,
    ExtraIndexUrl,
    NoIndex,
    Constraint,
    Requirement,
    Editable,
    FindLinks,
    NoBinary,
    OnlyBinary,
    PreferBinary,
    RequireHashes,
    NoRequireHashes,
    Pre,
    AllReleases,
    OnlyFinal,
    TrustedHost,
    UseFeature,
    Hash,
    ConfigSettings,
}

/// The long spelling, the short spelling, the option, and whether it requires a value.
const OPTIONS: [(&str, Option<char>, OptionName, bool); 20] = [
    ("--index-url", Some('i'), OptionName::IndexUrl, true),
    ("--pypi-url", None, OptionName::IndexUrl, true),
    ("--extra-index-url", None, OptionName::ExtraIndexUrl, true),
    ("--no-index", None, OptionName::NoIndex, false),
    ("--constraint", Some('c'), OptionName::Constraint, true),
    ("--requirement", Some('r'), OptionName::Requirement, true),
    ("--editable", Some('e'), OptionName::Editable, true),
    ("--find-links", Some('f'), OptionName::FindLinks, true),
    ("--no-binary", None, OptionName::NoBinary, true),
    ("--only-binary", None, OptionName::OnlyBinary, true),
    ("--prefer-binary", None, OptionName::PreferBinary, false),
    ("--require-hashes", None, OptionName::RequireHashes, false),
    ("--no-require-hashes", None, OptionName::NoRequireHashes, false),
    ("--pre", None, OptionName::Pre, false),
    ("--all-releases", None, OptionName::AllReleases, true),
    ("--only-final", None, OptionName::OnlyFinal, true),
    ("--trusted-host", None, OptionName::TrustedHost, true),
    ("--use-feature", None, OptionName::UseFeature, true),
    ("--hash", None, OptionName::Hash, true),
    ("--config-settings", Some('C'), OptionName::ConfigSettings, true),
];

impl OptionName {
    /// Returns the long spelling.
    pub(super) fn as_str(self) -> &'static str {
        OPTIONS.iter().find(|(_, _, name, _)| *name == self).map_or("", |(long, ..)| long)
    }
}

/// An option as written; `value` is empty if the option has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrittenOption {
    pub(super) name: OptionName,
    pub(super) value: String,
    /// The byte offset of the option.
    pub(super) at: usize,
    /// The byte offset of its value.
    pub(super) value_at: usize,
}

/// The options, and the words that do not belong to one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) options: Vec<WrittenOption>,
    pub(super) rest: Vec<Word>,
    /// The message and the byte offset of each fault.
    pub(super) faults: Vec<(String, usize)>,
}

/// Parses words like `optparse`: `--long value`, `--long=value`, any unambiguous prefix of a long spelling,
/// `-s value` and `-svalue`.
pub(super) fn parse(words: Vec<Word>) -> Parsed {
    let mut parsed = Parsed::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        let text = word.text.as_str();
        if text == "--" {
            parsed.rest.extend(words);
            return parsed;
        }
        if text == "-" || !text.starts_with('-') {
            parsed.rest.push(word);
            continue;
        }
        let (found, inline) = if text.starts_with("--") {
            let (spelling, value) = match text.split_once('=') {
                Some((spelling, value)) => (spelling, Some((value, spelling.len() + 1))),
                None => (text, None),
            };
            (long(spelling), value)
        } else {
            let letter = text.chars().nth(1).unwrap_or_default();
            let start = 1 + letter.len_utf8();
            let value = text.get(start..).filter(|value| !value.is_empty());
            let found = OPTIONS
                .iter()
                .find(|(_, short, ..)| *short == Some(letter))
                .map(|(_, _, name, takes)| (*name, *takes))
                .ok_or_else(|| format!("unknown option `-{}` in a requirements file", letter.escape_debug()));
            (found, value.map(|value| (value, start)))
        };
        match (found, inline) {
            (Err(message), _) => parsed.faults.push((message, word.at)),
            (Ok((name, true)), Some((value, start))) => {
                let value_at = word.at + start;
                parsed.options.push(WrittenOption { name, value: value.to_owned(), at: word.at, value_at });
            }
            (Ok((name, true)), None) => match words.next() {
                Some(value) => {
                    parsed.options.push(WrittenOption {
                        name,
                        value: value.text,
                        at: word.at,
                        value_at: value.at,
                    });
                }
                None => parsed.faults.push((format!("`{}` requires a value", name.as_str()), word.at)),
            },
            (Ok((name, false)), None) => {
                parsed.options.push(WrittenOption {
                    name,
                    value: String::new(),
                    at: word.at,
                    value_at: word.at,
                });
            }
            (Ok((name, false)), Some(_)) => {
                parsed.faults.push((format!("`{}` does not accept a value", name.as_str()), word.at));
            }
        }
    }
    parsed
}

/// Returns the option with this long spelling, or with this unambiguous prefix.
fn long(spelling: &str) -> Result<(OptionName, bool), String> {
    if let Some((_, _, name, takes)) = OPTIONS.iter().find(|(long, ..)| *long == spelling) {
        return Ok((*name, *takes));
    }
    let near: Vec<_> = OPTIONS.iter().filter(|(long, ..)| long.starts_with(spelling)).collect();
    let shown: String = spelling.chars().take(60).flat_map(char::escape_debug).collect();
    match near.as_slice() {
        [] => Err(format!("unknown option `{shown}` in a requirements file")),
        [(_, _, name, takes)] => Ok((*name, *takes)),
        several => {
            let names: Vec<String> = several.iter().map(|(long, ..)| format!("`{long}`")).collect();
            Err(format!("`{shown}` is ambiguous; it matches {}", names.join(" and ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{OptionName, parse, split};

    fn words(text: &str) -> Vec<String> {
        split(text, 0).expect(text).into_iter().map(|word| word.text).collect()
    }

    /// Python 3.11, `shlex.split`.
    #[test]
    fn words_are_split_like_shlex() {
        assert_eq!(words("-f  'a b'\t\"c \\\" d\"e"), ["-f", "a b", "c \" de"]);
        assert_eq!(words(r#"a\ b "\x" '\x' """#), ["a b", r"\x", r"\x", ""]);
        assert_eq!(split("-f 'a", 10).expect_err("open").1, 13);
        assert_eq!(split("-f a\\", 0).expect_err("open").1, 4);
    }

    /// Python 3.11, `optparse`.
    #[test]
    fn options_are_parsed_like_optparse() {
        let read = |text: &str| {
            let parsed = parse(split(text, 0).expect(text));
            let options: Vec<_> = parsed.options.into_iter().map(|given| (given.name, given.value)).collect();
            (
                options,
                parsed.rest.len(),
                parsed.faults.into_iter().map(|(message, _)| message).collect::<Vec<_>>(),
            )
        };
        let value = |text: &str| text.to_owned();
        assert_eq!(read("-rfile"), (vec![(OptionName::Requirement, value("file"))], 0, vec![]));
        assert_eq!(read("--extra-index=u x"), (vec![(OptionName::ExtraIndexUrl, value("u"))], 1, vec![]));
        assert_eq!(read("--index-url -i"), (vec![(OptionName::IndexUrl, value("-i"))], 0, vec![]));
        assert_eq!(read("--require x").2.len(), 1);
        insta::assert_snapshot!(read("--pre=1").2.join("\n"), @"`--pre` does not accept a value");
        insta::assert_snapshot!(read("-e").2.join("\n"), @"`--editable` requires a value");
        assert_eq!(read("-x --global-option=y").2.len(), 2);
    }
}
