//! Command line options, parsed with tables.

use crate::shell::command::Arg;
use crate::text::{Text, Variables};
use wheelbase_spec::source::Origin;

/// The options of a program that matter for parsing its command line: those with a value.
pub(super) struct Spec {
    /// Long names without dashes.
    pub(super) valued: &'static [&'static str],
    /// Letters and their long names, with or without value.
    pub(super) short: &'static [(char, &'static str)],
    /// Long flags. Set only for programs that accept unique prefixes of long names, as `optparse` of Python does.
    pub(super) flags: &'static [&'static str],
}

/// One option with its value; empty for a flag.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) name: String,
    pub(super) value: Option<Arg>,
}

impl Setting {
    pub(super) fn text(&self) -> &str {
        self.value.as_ref().map(Arg::as_str).unwrap_or_default()
    }
}

/// A parsed command line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pub(super) settings: Vec<Setting>,
    pub(super) words: Vec<Arg>,
}

impl Line {
    pub(super) fn read(args: &[Arg], spec: &Spec) -> Self {
        let mut line = Self::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let text = arg.as_str();
            if text == "--" {
                line.words.extend(args.by_ref().cloned());
                break;
            }
            if let Some(long) = text.strip_prefix("--") {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (long, None),
                };
                let name = spec.full_name(name);
                let value = match value {
                    Some(value) => Some(with_text(arg, value)),
                    None if spec.valued.contains(&name.as_str()) => args.next().cloned(),
                    None => None,
                };
                line.settings.push(Setting { name, value });
            } else if text.len() > 1 && text.starts_with('-') {
                line.cluster(arg, text, &mut args, spec);
            } else {
                line.words.push(arg.clone());
            }
        }
        line
    }

    /// `-qr file`, `-rfile`, `-U`.
    fn cluster<'a>(&mut self, arg: &Arg, text: &str, args: &mut impl Iterator<Item = &'a Arg>, spec: &Spec) {
        let letters: Vec<char> = text.chars().skip(1).collect();
        for (index, letter) in letters.iter().enumerate() {
            let name = spec.short.iter().find(|(short, _)| short == letter).map(|(_, name)| *name);
            let Some(name) = name else {
                self.settings.push(Setting { name: letter.to_string(), value: None });
                continue;
            };
            if !spec.valued.contains(&name) {
                self.settings.push(Setting { name: name.to_owned(), value: None });
                continue;
            }
            let rest: String = letters.iter().skip(index + 1).collect();
            let value = if rest.is_empty() {
                args.next().cloned()
            } else {
                Some(with_text(arg, rest.strip_prefix('=').unwrap_or(&rest)))
            };
            self.settings.push(Setting { name: name.to_owned(), value });
            return;
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|setting| setting.name == name)
    }

    /// Returns the last value of an option.
    pub(super) fn value(&self, name: &str) -> Option<&Arg> {
        self.settings
            .iter()
            .rev()
            .find(|setting| setting.name == name)
            .and_then(|setting| setting.value.as_ref())
    }

    /// Returns all values of an option, in order.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Arg> + 'a {
        self.settings
            .iter()
            .filter(move |setting| setting.name == name)
            .filter_map(|setting| setting.value.as_ref())
    }

    /// Inserts settings of the environment or a configuration before those of the command line.
    pub(super) fn prepend(&mut self, mut settings: Vec<Setting>) {
        settings.append(&mut self.settings);
        self.settings = settings;
    }
}

impl Spec {
    fn full_name(&self, name: &str) -> String {
        let exact = self.valued.contains(&name) || self.flags.contains(&name);
        if !exact && !self.flags.is_empty() && name.len() > 2 {
            let mut hits = self.valued.iter().chain(self.flags).filter(|known| known.starts_with(name));
            if let (Some(known), None) = (hits.next(), hits.next()) {
                return (*known).to_owned();
            }
        }
        name.to_owned()
    }
}

fn with_text(arg: &Arg, value: &str) -> Arg {
    Arg { text: Text { value: value.to_owned(), ..arg.text.clone() }, origin: arg.origin.clone() }
}

/// Settings that the environment gives: `PREFIX_SOME_NAME` is `--some-name`.
///
/// Values of options that may be repeated are split at blanks, as pip and uv do.
pub(super) fn from_environment(
    variables: &Variables,
    prefix: &str,
    repeated: &[&str],
    valued: &[&str],
    origin: &Origin,
) -> Vec<Setting> {
    let mut settings = Vec::new();
    for (name, text) in variables.iter() {
        let Some(name) = name.strip_prefix(prefix) else { continue };
        let name = name.to_ascii_lowercase().replace('_', "-");
        let arg = |value: &str| Arg {
            text: Text { value: value.to_owned(), ..text.clone() },
            origin: origin.clone(),
        };
        if repeated.contains(&name.as_str()) {
            for value in text.value.split_whitespace() {
                settings.push(Setting { name: name.clone(), value: Some(arg(value)) });
            }
        } else if valued.contains(&name.as_str()) {
            if !text.value.is_empty() || text.unknown.is_some() {
                settings.push(Setting { name, value: Some(arg(&text.value)) });
            }
        } else if is_true(&text.value) {
            settings.push(Setting { name, value: None });
        }
    }
    settings
}

/// What pip (`strtobool`) and uv take for yes.
pub(super) fn is_true(value: &str) -> bool {
    ["1", "true", "yes", "on", "y", "t"].iter().any(|yes| value.trim().eq_ignore_ascii_case(yes))
}
