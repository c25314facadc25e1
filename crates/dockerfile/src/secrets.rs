//! Values of a Dockerfile that must not be printed.

use std::borrow::Cow;
use std::collections::BTreeSet;

use wheelbase_spec::source::{credentials_in, without_credentials};

/// Shorter values are not removed from messages: they are often ordinary words.
const SHORTEST: usize = 4;
/// The text that replaces a secret.
const HIDDEN: &str = "***";

/// Values of arguments and variables that are secrets because of their name or their position in a URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets {
    values: BTreeSet<String>,
}

impl Secrets {
    /// Adds the secrets of one argument or variable.
    pub(crate) fn learn(&mut self, name: &str, value: &str) {
        let plain = ["true", "false", "none", "null", "auto"].contains(&value);
        if is_secret_name(name) && !plain {
            self.add(value);
        }
        for users in credentials_in(value) {
            // One part may reach over several URLs of a list, because what looks like a host may be a password.
            for user in users.split("://") {
                self.add_user(user);
                if let Some((first, _)) = user.split_once('@') {
                    self.add_user(first);
                }
            }
        }
    }

    /// Adds a user with its password.
    fn add_user(&mut self, user: &str) {
        self.add(user);
        if let Some((_, password)) = user.split_once(':') {
            self.add(password);
        }
    }

    fn add(&mut self, value: &str) {
        // Of a URL only the credentials are secret.
        if value.len() >= SHORTEST && !value.contains("://") {
            self.values.insert(value.to_owned());
        }
    }

    /// Returns the value of an argument without secrets.
    pub(crate) fn shown_value(&self, name: &str, value: &str) -> String {
        if is_secret_name(name) { HIDDEN.to_owned() } else { self.hide(value).into_owned() }
    }

    /// Replaces the values in a text by `***`.
    pub fn hide<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut shown = without_credentials(text);
        // A longer value may contain a shorter one.
        let mut values: Vec<&String> = self.values.iter().collect();
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        for value in values {
            if shown.contains(value.as_str()) {
                shown = Cow::Owned(shown.replace(value.as_str(), HIDDEN));
            }
        }
        match without_assigned(&shown) {
            Some(changed) => Cow::Owned(changed),
            None => shown,
        }
    }

    /// Removes secrets from a text.
    pub(crate) fn hide_in(&self, text: &mut String) {
        if let Cow::Owned(shown) = self.hide(text) {
            *text = shown;
        }
    }
}

/// Returns whether a variable of this name usually contains a secret.
fn is_secret_name(name: &str) -> bool {
    const PARTS: [&str; 6] = ["TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "CREDENTIAL"];
    const WORDS: [&str; 6] = ["KEY", "APIKEY", "AUTH", "PASS", "PAT", "PW"];
    let name = name.to_ascii_uppercase();
    PARTS.iter().any(|part| name.contains(part))
        || name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word))
}

/// Removes the values of `TOKEN=abc` and `?token=abc`; `None` if the text has none.
fn without_assigned(text: &str) -> Option<String> {
    let mut shown = String::new();
    let mut rest = text;
    let mut changed = false;
    while let Some((head, tail)) = rest.split_once('=') {
        shown.push_str(head);
        shown.push('=');
        let begin = head.rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
        let name = head.get(begin.map_or(0, |at| at + 1)..).unwrap_or_default();
        let ends = |c: char| {
            c.is_whitespace() || matches!(c, '&' | '`' | '"' | '\'' | ';' | '#' | ')' | ']' | ',' | '=')
        };
        let end = tail.find(ends).unwrap_or(tail.len());
        let (value, after) = tail.split_at(end);
        let written = value.is_empty() || value.starts_with('$') || value == HIDDEN || value == "VALUE";
        if is_secret_name(name) && !written {
            shown.push_str(HIDDEN);
            changed = true;
            rest = after;
        } else {
            rest = tail;
        }
    }
    shown.push_str(rest);
    changed.then_some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_list_of_urls_are_hidden() {
        for value in [
            "https://h:8080,https://bob:s3cr3t@host/x",
            "https://bob:s3cr3t@h1:1,https://tim:passw0rd@host",
            r#"{"a": "https://h:8080", "b": "https://bob:s3cr3t@h"}"#,
            "postgresql://bob:s3cr3t@h1:1,h2:2/db?x=a@b",
        ] {
            let mut secrets = Secrets::default();
            secrets.learn("URLS", value);
            assert_eq!(secrets.hide("make s3cr3t"), "make ***", "{value}");
        }
    }

    #[test]
    fn values_are_hidden_by_name_and_by_position() {
        let mut secrets = Secrets::default();
        secrets.learn("PIP_INDEX_URL", "https://bob:s3cr3t@host.invalid/simple");
        secrets.learn("GH_TOKEN", "ghp_abc");
        secrets.learn("PYTHON_VERSION", "3.12");
        let hidden = |text: &str| secrets.hide(text).into_owned();
        assert_eq!(hidden("its default `s3cr3t` was used"), "its default `***` was used");
        assert_eq!(hidden("`https://bob:s3cr3t@host.invalid/x`: no"), "`https://host.invalid/x`: no");
        assert_eq!(hidden("make ghp_abc 3.12"), "make *** 3.12");
        assert_eq!(hidden("`curl x?a=b&token=zz`"), "`curl x?a=b&token=***`");
        assert_eq!(hidden("make TOKEN=zz all"), "make TOKEN=*** all");
        assert_eq!(hidden("numpy==1.26 and --build-arg KEY=VALUE"), "numpy==1.26 and --build-arg KEY=VALUE");
    }

    #[test]
    fn a_user_without_password_is_a_token() {
        let mut secrets = Secrets::default();
        secrets.learn("URL", "git+https://abcdef123@host.invalid/a.git");
        assert_eq!(secrets.hide("abcdef123"), "***");
    }
}
