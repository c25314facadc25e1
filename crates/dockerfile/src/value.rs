//! Text with what is known of where it came from.

use std::collections::{BTreeMap, BTreeSet};

/// A text that was put together from variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Text {
    pub(crate) value: String,
    /// Build arguments whose default (or lack of one) was used and that the caller may set.
    pub(crate) assumed: BTreeSet<String>,
    /// Why some part of the value is not known, if one is not.
    pub(crate) unknown: Option<String>,
}

impl Text {
    pub(crate) fn known(value: impl Into<String>) -> Self {
        Self { value: value.into(), ..Self::default() }
    }

    pub(crate) fn unknown(reason: impl Into<String>) -> Self {
        Self { unknown: Some(reason.into()), ..Self::default() }
    }

    /// Appends another text with what is known of it.
    pub(crate) fn push(&mut self, other: &Self) {
        self.value.push_str(&other.value);
        self.taint(other);
    }

    /// Takes over the assumptions and gaps of another text, not its value.
    pub(crate) fn taint(&mut self, other: &Self) {
        self.assumed.extend(other.assumed.iter().cloned());
        if self.unknown.is_none() {
            self.unknown.clone_from(&other.unknown);
        }
    }
}

/// Variables in force: build arguments, environment and, in the shell, shell variables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    values: BTreeMap<String, Text>,
}

impl Variables {
    pub(crate) fn get(&self, name: &str) -> Option<&Text> {
        self.values.get(name)
    }

    pub(crate) fn set(&mut self, name: impl Into<String>, value: Text) {
        self.values.insert(name.into(), value);
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.values.remove(name);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Text)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// These variables with others laid over them.
    pub(crate) fn overlaid(&self, over: &Self) -> Self {
        let mut values = self.values.clone();
        values.extend(over.values.iter().map(|(name, value)| (name.clone(), value.clone())));
        Self { values }
    }
}

/// Whether `text` matches a shell pattern of `*`, `?`, `[...]` and `\`; `*` stops at `/` if `path` is set.
///
/// Backtracks only to the last star, so it takes at most the product of both lengths.
pub(crate) fn glob_matches(pattern: &str, text: &str, path: bool) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some('*'), _) => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            (Some(_), Some(&c)) => {
                one_matches(&pattern, p, c).filter(|_| !(path && c == '/' && pattern.get(p) != Some(&'/')))
            }
            _ => None,
        };
        if let Some(next) = step {
            p = next;
            t += 1;
            continue;
        }
        match (star, star.and_then(|(_, at)| text.get(at))) {
            (Some((after, at)), Some(&c)) if !(path && c == '/') => {
                star = Some((after, at + 1));
                p = after;
                t = at + 1;
            }
            _ => return false,
        }
    }
}

/// If the pattern element at `p` takes `c`: where the next element begins.
fn one_matches(pattern: &[char], p: usize, c: char) -> Option<usize> {
    match pattern.get(p)? {
        '?' => Some(p + 1),
        '\\' => (pattern.get(p + 1).copied().unwrap_or('\\') == c).then_some(p + 2),
        '[' => {
            let mut at = p + 1;
            let negated = matches!(pattern.get(at), Some('!' | '^'));
            at += usize::from(negated);
            let mut found = false;
            let first = at;
            loop {
                let low = *pattern.get(at)?;
                if low == ']' && at > first {
                    return (found != negated).then_some(at + 1);
                }
                if pattern.get(at + 1) == Some(&'-') && pattern.get(at + 2).is_some_and(|high| *high != ']') {
                    let high = *pattern.get(at + 2)?;
                    found |= (low..=high).contains(&c);
                    at += 3;
                } else {
                    found |= low == c;
                    at += 1;
                }
            }
        }
        literal => (*literal == c).then_some(p + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::glob_matches;

    #[test]
    fn globs() {
        assert!(glob_matches("requirements*.txt", "requirements-dev.txt", true));
        assert!(glob_matches("*", "a/b", false));
        assert!(!glob_matches("*", "a/b", true));
        assert!(glob_matches("a/*/c", "a/b/c", true));
        assert!(glob_matches("[a-c]?\\*", "bx*", true));
        assert!(glob_matches("[!a]", "b", true));
        assert!(!glob_matches("[", "[", true));
        assert!(!glob_matches(&"*a".repeat(40), &"a".repeat(39), true));
    }
}
