//! The options of a line: words as `shlex` splits them, read as `optparse` does, which is what pip 26.3 uses.

/// A word, and where in the line it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) at: usize,
}

/// Splits like `shlex.split` of Python: quotes, backslashes, no comments.
///
/// # Errors
///
/// A quote or backslash that nothing follows, with its place.
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
                    return Err(("nothing follows this backslash".to_owned(), at));
                };
                // Between double quotes a backslash escapes itself and the quote alone.
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
        return Err(("this quote is never closed".to_owned(), at));
    }
    words.extend(word);
    Ok(words)
}

fn push(word: &mut Option<Word>, c: char) {
    if let Some(word) = word {
        word.text.push(c);
    }
}

/// The options that may stand in a requirements file (pip 26.3, `SUPPORTED_OPTIONS` and `SUPPORTED_OPTIONS_REQ`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
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

/// Long spelling, short one, what it is, whether a value follows.
const OPTIONS: [(&str, Option<char>, Name, bool); 20] = [
    ("--index-url", Some('i'), Name::IndexUrl, true),
    ("--pypi-url", None, Name::IndexUrl, true),
    ("--extra-index-url", None, Name::ExtraIndexUrl, true),
    ("--no-index", None, Name::NoIndex, false),
    ("--constraint", Some('c'), Name::Constraint, true),
    ("--requirement", Some('r'), Name::Requirement, true),
    ("--editable", Some('e'), Name::Editable, true),
    ("--find-links", Some('f'), Name::FindLinks, true),
    ("--no-binary", None, Name::NoBinary, true),
    ("--only-binary", None, Name::OnlyBinary, true),
    ("--prefer-binary", None, Name::PreferBinary, false),
    ("--require-hashes", None, Name::RequireHashes, false),
    ("--no-require-hashes", None, Name::NoRequireHashes, false),
    ("--pre", None, Name::Pre, false),
    ("--all-releases", None, Name::AllReleases, true),
    ("--only-final", None, Name::OnlyFinal, true),
    ("--trusted-host", None, Name::TrustedHost, true),
    ("--use-feature", None, Name::UseFeature, true),
    ("--hash", None, Name::Hash, true),
    ("--config-settings", Some('C'), Name::ConfigSettings, true),
];

impl Name {
    /// The long spelling.
    pub(super) fn as_str(self) -> &'static str {
        OPTIONS.iter().find(|(_, _, name, _)| *name == self).map_or("", |(long, ..)| long)
    }
}

/// An option as it was given; `value` is empty where none belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) name: Name,
    pub(super) value: String,
    /// Where the option starts.
    pub(super) at: usize,
    /// Where its value starts.
    pub(super) value_at: usize,
}

/// What the words say: options, and words that belong to none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parsed {
    pub(super) options: Vec<Given>,
    pub(super) rest: Vec<Word>,
    /// Message and place.
    pub(super) faults: Vec<(String, usize)>,
}

/// Reads words as `optparse` does: `--long value`, `--long=value`, any unambiguous start of a long spelling,
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
                .ok_or_else(|| {
                    format!("there is no option `-{}` in a requirements file", letter.escape_debug())
                });
            (found, value.map(|value| (value, start)))
        };
        match (found, inline) {
            (Err(message), _) => parsed.faults.push((message, word.at)),
            (Ok((name, true)), Some((value, start))) => {
                let value_at = word.at + start;
                parsed.options.push(Given { name, value: value.to_owned(), at: word.at, value_at });
            }
            (Ok((name, true)), None) => match words.next() {
                Some(value) => {
                    parsed.options.push(Given { name, value: value.text, at: word.at, value_at: value.at });
                }
                None => parsed.faults.push((format!("`{}` needs a value", name.as_str()), word.at)),
            },
            (Ok((name, false)), None) => {
                parsed.options.push(Given { name, value: String::new(), at: word.at, value_at: word.at });
            }
            (Ok((name, false)), Some(_)) => {
                parsed.faults.push((format!("`{}` takes no value", name.as_str()), word.at));
            }
        }
    }
    parsed
}

/// The option of a long spelling or of an unambiguous start of one.
fn long(spelling: &str) -> Result<(Name, bool), String> {
    if let Some((_, _, name, takes)) = OPTIONS.iter().find(|(long, ..)| *long == spelling) {
        return Ok((*name, *takes));
    }
    let near: Vec<_> = OPTIONS.iter().filter(|(long, ..)| long.starts_with(spelling)).collect();
    let shown: String = spelling.chars().take(60).flat_map(char::escape_debug).collect();
    match near.as_slice() {
        [] => Err(format!("there is no option `{shown}` in a requirements file")),
        [(_, _, name, takes)] => Ok((*name, *takes)),
        several => {
            let names: Vec<String> = several.iter().map(|(long, ..)| format!("`{long}`")).collect();
            Err(format!("`{shown}` may mean {}", names.join(" or ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, parse, split};

    fn words(text: &str) -> Vec<String> {
        split(text, 0).expect(text).into_iter().map(|word| word.text).collect()
    }

    /// Python 3.11, `shlex.split`.
    #[test]
    fn words_are_those_of_shlex() {
        assert_eq!(words("-f  'a b'\t\"c \\\" d\"e"), ["-f", "a b", "c \" de"]);
        assert_eq!(words(r#"a\ b "\x" '\x' """#), ["a b", r"\x", r"\x", ""]);
        assert_eq!(split("-f 'a", 10).expect_err("open").1, 13);
        assert_eq!(split("-f a\\", 0).expect_err("open").1, 4);
    }

    /// Python 3.11, `optparse`.
    #[test]
    fn options_are_those_of_optparse() {
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
        assert_eq!(read("-rfile"), (vec![(Name::Requirement, value("file"))], 0, vec![]));
        assert_eq!(read("--extra-index=u x"), (vec![(Name::ExtraIndexUrl, value("u"))], 1, vec![]));
        assert_eq!(read("--index-url -i"), (vec![(Name::IndexUrl, value("-i"))], 0, vec![]));
        assert_eq!(read("--require x").2.len(), 1);
        insta::assert_snapshot!(read("--pre=1").2.join("\n"), @"`--pre` takes no value");
        insta::assert_snapshot!(read("-e").2.join("\n"), @"`--editable` needs a value");
        assert_eq!(read("-x --global-option=y").2.len(), 2);
    }
}
