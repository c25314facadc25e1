//! `.dockerignore` (<https://docs.docker.com/build/concepts/context/#dockerignore-files>), matched as by moby's
//! `patternmatcher`.

use crate::path;
use wheelbase_formats::glob;
use wheelbase_spec::source::Origin;

/// The rules of a `.dockerignore` file. The last rule that matches decides.
#[derive(Clone, Debug, Default)]
pub struct Ignore {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
struct Rule {
    parts: Vec<String>,
    exception: bool,
    origin: Origin,
    text: String,
}

impl Ignore {
    /// Parses the rules of a file. Every text is valid.
    ///
    /// ```
    /// use wheelbase::dockerfile::Ignore;
    ///
    /// let ignore = Ignore::parse("*\n!requirements*.txt\n", ".dockerignore");
    /// assert!(ignore.excludes("README.md").is_some());
    /// assert!(ignore.excludes("requirements-dev.txt").is_none());
    /// ```
    pub fn parse(text: &str, file: &str) -> Self {
        let mut rules = Vec::new();
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            // A comment starts in the first column. Blanks around a pattern are removed.
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            let written = line.trim();
            let (exception, pattern) = match written.strip_prefix('!') {
                Some(rest) => (true, rest.trim_start()),
                None => (false, written),
            };
            let parts: Vec<String> = path::relative(pattern).split('/').map(str::to_owned).collect();
            if parts.iter().all(String::is_empty) {
                continue;
            }
            let line = u32::try_from(index + 1).unwrap_or(0);
            rules.push(Rule {
                parts,
                exception,
                origin: Origin::new(file, line, 1),
                text: written.to_owned(),
            });
        }
        Self { rules }
    }

    /// Returns the text and the position of the rule that excludes a file; `None` if the file is in the context.
    pub fn excludes(&self, path: &str) -> Option<(&str, &Origin)> {
        let relative = path::relative(path);
        let parts: Vec<&str> = relative.split('/').collect();
        let mut verdict = None;
        for rule in &self.rules {
            // A rule for a directory applies to its content.
            if matches(&rule.parts, &parts) {
                verdict = if rule.exception { None } else { Some(rule) };
            }
        }
        verdict.map(|rule| (rule.text.as_str(), &rule.origin))
    }
}

/// Returns whether a pattern matches the path or a directory above it. Components are compared one by one; `**` matches
/// any number of components, including none.
///
/// A table instead of recursion: the time for a rule with many `**` is the product of both lengths.
fn matches(pattern: &[String], path: &[&str]) -> bool {
    let mut reach = vec![false; path.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    for part in pattern {
        let mut next = vec![false; path.len() + 1];
        let mut any = false;
        for at in 0..=path.len() {
            let reached = reach.get(at).copied().unwrap_or(false);
            any |= reached;
            if part == "**" {
                if let Some(cell) = next.get_mut(at) {
                    *cell = any;
                }
            } else if reached
                && path.get(at).is_some_and(|component| glob::matches_path(part, component))
                && let Some(cell) = next.get_mut(at + 1)
            {
                *cell = true;
            }
        }
        reach = next;
    }
    reach.iter().skip(1).any(|reached| *reached)
}

#[cfg(test)]
mod tests {
    use super::Ignore;

    fn excluded(rules: &str, path: &str) -> bool {
        Ignore::parse(rules, ".dockerignore").excludes(path).is_some()
    }

    // The examples of the documentation, with `**`, order and exceptions.
    #[test]
    fn patterns_of_the_reference() {
        assert!(excluded("*/temp*", "somedir/temporary.txt"));
        assert!(excluded("*/temp*", "somedir/temp/a.txt"));
        assert!(!excluded("*/temp*", "temp.txt"));
        assert!(excluded("*/*/temp*", "a/b/temporary.txt"));
        assert!(excluded("temp?", "tempa"));
        assert!(!excluded("temp?", "temp"));
        assert!(excluded("**/*.go", "a/b/c.go"));
        assert!(excluded("**/*.go", "c.go"));
        assert!(excluded("/foo/bar", "foo/bar"));
        assert!(excluded("*.md\n!README*.md\nREADME-secret.md", "README-secret.md"));
        assert!(!excluded("*.md\nREADME-secret.md\n!README*.md", "README-secret.md"));
        assert!(excluded("docs/", "docs/a.txt"));
        assert!(!excluded("# *\n\n.\n", "a"));
        assert!(!excluded("*\n!src/**", "src/a/b.py"));
    }
}
