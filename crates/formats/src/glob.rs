//! Patterns of file names and texts: `*`, `?`, `[...]` and `\`.
//!
//! There are two variants that differ only in the meaning of `/`:
//!
//! - [`matches_path`] is Go's `filepath.Match` ([documentation](https://pkg.go.dev/path/filepath#Match)), which BuildKit
//!   uses for the sources of `COPY` and moby's `patternmatcher` for the components of `.dockerignore` patterns.
//! - [`matches_text`] is the pattern matching of a shell (POSIX, Shell Command Language, 2.14.1), as in `case` and
//!   `${name#pattern}`.
//!
//! Both variants accept `!` and `^` after `[`; Go documents only `^` and POSIX only `!`. Character classes such as
//! `[:digit:]` are not supported. An invalid pattern, such as `[a`, matches nothing.
//!
//! ```
//! use wheelbase_formats::glob::{matches_path, matches_text};
//!
//! assert!(matches_path("requirements*.txt", "requirements-dev.txt"));
//! assert!(!matches_path("*", "a/b"));
//! assert!(matches_text("*", "a/b"));
//! ```

/// Returns whether a whole path matches a pattern. `*`, `?` and `[...]` do not match `/`.
pub fn matches_path(pattern: &str, path: &str) -> bool {
    matches(pattern, path, true)
}

/// Returns whether a whole text matches a pattern. `/` is a character like any other.
pub fn matches_text(pattern: &str, text: &str) -> bool {
    matches(pattern, text, false)
}

/// Returns whether a text contains a special character of patterns, so that it may match more than one name.
pub fn is_pattern(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Returns whether a word of a shell contains `*` or `?`, so that the shell probably replaces it by the names of files.
///
/// A word with `[`, such as `uvicorn[standard]`, is usually an extra of a project. If a pattern matches no file, the shell
/// does not change the word (POSIX, Shell Command Language, 2.13.3).
pub fn has_wildcard(word: &str) -> bool {
    word.contains(['*', '?'])
}

/// Backtracks only to the last `*`, so that the time is at most the product of both lengths.
fn matches(pattern: &str, text: &str, path: bool) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let next = match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some('*'), _) => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            (Some(_), Some(&c)) => {
                after_match(&pattern, p, c).filter(|_| !(path && c == '/' && pattern.get(p) != Some(&'/')))
            }
            _ => None,
        };
        if let Some(next) = next {
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

/// Returns the start of the next pattern element if the element at `p` matches `c`.
fn after_match(pattern: &[char], p: usize, c: char) -> Option<usize> {
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
    use super::*;

    #[test]
    fn stars_of_paths_do_not_match_slashes() {
        assert!(matches_path("requirements*.txt", "requirements-dev.txt"));
        assert!(matches_path("a/*/c", "a/b/c"));
        assert!(!matches_path("*", "a/b"));
        assert!(!matches_path("a?b", "a/b"));
        assert!(!matches_path("a[!x]b", "a/b"));
        assert!(matches_text("*", "a/b"));
        assert!(matches_text("a?b", "a/b"));
    }

    // https://pkg.go.dev/path/filepath#Match and the table of its tests (`path/filepath/match_test.go`).
    #[test]
    fn patterns_match_as_in_go() {
        for (pattern, text, expected) in [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*c", "abc", true),
            ("a*", "ab/c", false),
            ("a*/b", "abc/b", true),
            ("a*/b", "a/c/b", false),
            ("a*b*c*d*e*/f", "axbxcxdxe/f", true),
            ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[e-g]", "abc", false),
            ("ab[^c]", "abc", false),
            ("ab[^b-d]", "abc", false),
            ("ab[^e-g]", "abc", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("a???b", "a\u{263a}b", false),
            ("[a-\u{3b6}]*", "\u{3b1}", true),
            ("*[a-\u{3b6}]", "A", false),
            ("[", "[", false),
            ("[^", "a", false),
            ("a[", "ab", false),
            ("*x", "xxx", true),
        ] {
            assert_eq!(matches_path(pattern, text), expected, "{pattern} {text}");
        }
        assert!(matches_path("[!a]", "b"));
        assert!(matches_path("[a-c]?\\*", "bx*"));
    }

    #[test]
    fn extras_are_patterns_without_wildcards() {
        assert!(is_pattern("a[bc]") && is_pattern("a*") && is_pattern("a?") && !is_pattern("a"));
        assert!(has_wildcard("a*") && has_wildcard("a?") && !has_wildcard("uvicorn[standard]"));
    }

    #[test]
    fn many_stars_take_little_time() {
        assert!(!matches_path(&"*a".repeat(400), &"a".repeat(399)));
    }
}
