//! Removal of credentials from URLs.

use std::borrow::Cow;
use std::ops::Range;

/// Removes the user name and password from each URL in a text.
///
/// Messages quote what users and indexes wrote. Such a text may contain a URL anywhere, and a password must not be
/// written to a log. White space, quotation marks and angle brackets end a URL. For a text that is one URL, use
/// [`url_without_credentials`].
///
/// ```
/// use wheelbase::source::without_credentials;
///
/// let text = "`https://me:secret@index.example/simple`: status 401";
/// assert_eq!(without_credentials(text), "`https://index.example/simple`: status 401");
/// ```
pub fn without_credentials(text: &str) -> Cow<'_, str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '<' | '>');
    without(text, &user_infos(text, ends))
}

/// Removes the user name and password from a URL.
///
/// The whole text is one URL, so that a password may contain white space and quotation marks.
pub fn url_without_credentials(url: &str) -> Cow<'_, str> {
    without(url, &user_infos(url, |_| false))
}

/// Returns the user names with passwords of the URLs in a value: `user:password`, or a token.
///
/// White space ends a URL, as in a list of URLs.
pub fn credentials_in(value: &str) -> impl Iterator<Item = &str> {
    let ranges = user_infos(value, char::is_whitespace);
    ranges.into_iter().filter_map(|range| value.get(range)?.strip_suffix('@'))
}

fn without<'t>(text: &'t str, ranges: &[Range<usize>]) -> Cow<'t, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        shown.push_str(text.get(at..range.start).unwrap_or_default());
        at = range.end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(shown)
}

/// Finds the user information of each URL, with its `@`; `ends` are the characters after a URL.
///
/// An authority ends with `/`, `?` or `#`. A password with one of these characters leaves an authority that is not valid,
/// such as `user:pass` with the port `pass`. Then everything up to the last `@` is user information.
fn user_infos(text: &str, ends: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    // No `@` is before this offset, so that each part is searched once.
    let mut searched = 0;
    while let Some((scheme, rest)) = text.get(at..).and_then(|rest| rest.split_once(':')) {
        at += scheme.len() + 1;
        let web = is_web(text.get(..at - 1).unwrap_or_default());
        let begin = if web {
            // Browsers, and the URL parser of installers in Rust, ignore missing and additional slashes.
            at + rest.len() - rest.trim_start_matches(['/', '\\']).len()
        } else if rest.starts_with("//") {
            at + 2
        } else {
            continue;
        };
        let tail = text.get(begin..).unwrap_or_default();
        let end = tail.find(|c: char| matches!(c, '/' | '?' | '#') || ends(c)).unwrap_or(tail.len());
        let authority = tail.get(..end).unwrap_or_default();
        let mut user = authority.rfind('@').map(|at| at + 1);
        let host = authority.get(user.unwrap_or(0)..).unwrap_or_default();
        // `ssh://git@host:path` is a common mistake for `ssh://git@host/path`; its path has no password.
        let name = user.and_then(|end| authority.get(..end)).unwrap_or_default();
        let scheme = text.get(..at - 1).unwrap_or_default();
        let is_ssh = scheme.len().checked_sub(3).and_then(|start| scheme.get(start..));
        let scp = user.is_some()
            && !name.contains(':')
            && is_ssh.is_some_and(|end| end.eq_ignore_ascii_case("ssh"));
        if !scp && !is_host(host, web) && begin + end >= searched {
            let whole = tail.get(end..).unwrap_or_default();
            let whole = whole.split(&ends).next().unwrap_or_default();
            match whole.rfind('@') {
                Some(at) => user = Some(end + at + 1),
                None => searched = begin + end + whole.len(),
            }
        }
        if let Some(user) = user {
            found.push(begin..begin + user);
        }
        // The colon of `http:` in `http://http://user@host` is before the end of the authority.
        at = begin + user.unwrap_or(0).max(end - usize::from(authority.ends_with(':')));
    }
    found
}

/// Returns whether a text ends with a scheme that always has an authority, as in the URL standard
/// (<https://url.spec.whatwg.org/#special-scheme>).
fn is_web(text: &str) -> bool {
    ["http", "https", "ftp", "ws", "wss"].iter().any(|scheme| {
        let Some((before, end)) =
            text.len().checked_sub(scheme.len()).and_then(|at| text.split_at_checked(at))
        else {
            return false;
        };
        let continues = |c: char| c.is_alphanumeric() || matches!(c, '@' | '.' | '-' | '_' | '/');
        end.eq_ignore_ascii_case(scheme) && !before.ends_with(continues)
    })
}

/// Returns whether a text is a host with an optional port, as far as this can be decided without its name resolution.
fn is_host(text: &str, web: bool) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if port.is_empty() || port.starts_with(':') => {
            (address, port.strip_prefix(':').unwrap_or_default())
        }
        Some(_) => return false,
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let forbidden = |c: char| {
        c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '[' | ']' | '\\' | '^' | '|' | '%')
    };
    (!web || !name.is_empty())
        && !name.contains(forbidden)
        && (port.is_empty() || port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(url: &str, expected: &str) {
        assert_eq!(without_credentials(url), expected);
        assert_eq!(url_without_credentials(url), expected);
    }

    #[test]
    fn users_passwords_and_tokens_are_removed() {
        check("https://u:p@h/x", "https://h/x");
        check("https://token@h", "https://h");
        check("http://u:p@ss@h:8/a@b", "http://h:8/a@b");
        check("git+https://u:p@h/x.git@v1#egg=x", "git+https://h/x.git@v1#egg=x");
        check("HTTPS://u:p@[::1]:8/", "HTTPS://[::1]:8/");
        check("file://u:p@h/x", "file://h/x");
        check("git+ssh://git@h:org/x.git@v1", "git+ssh://h:org/x.git@v1");
        check("SSH://git@h:org/x@v1", "SSH://h:org/x@v1");
        check("://@", "://");
    }

    #[test]
    fn other_texts_with_at_signs_are_kept() {
        for text in [
            "https://h/a@b?c=d@e#f@g",
            "https://h:8080/me@corp",
            "https://[::1]:80/x@y",
            "https://h?x@y",
            "git@github.com:org/x.git",
            "git@ws:a@b",
            "file:///home/me@corp/x",
            "git+file:///x@v1",
            "mailto:a@b.example",
            "./wheels@home",
            "a@b ://c/d@e",
            "numpy @ https://h/numpy-1-py3-none-any.whl",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn each_url_of_a_text_is_changed() {
        let shown = |text| without_credentials(text).into_owned();
        assert_eq!(shown("x @ git+https://u:p@h/x.git#egg=x ; y"), "x @ git+https://h/x.git#egg=x ; y");
        assert_eq!(
            shown("`https://t@h`: 401, `http://u:p@ss@h:8/a@b`"),
            "`https://h`: 401, `http://h:8/a@b`"
        );
        assert_eq!(shown("https://h or me@x, https://u@h"), "https://h or me@x, https://h");
        assert_eq!(shown("https://p/?u=https://u:p@h"), "https://p/?u=https://h");
        assert_eq!(shown("http://https://u:p@h"), "http://https://h");
    }

    #[test]
    fn passwords_may_contain_any_character() {
        check("https://u:p/w@h/x", "https://h/x");
        check("https://u:p?w@h/x", "https://h/x");
        check("https://u:p#w@h/x", "https://h/x");
        check("https://u:p@s:s/w@h/x", "https://h/x");
        check("https://u:70000/w@h/x", "https://h/x");
        check("https://u:+123/w@h/x", "https://h/x");
        check("ssh://u:pa@ss:w/rd@h/x", "ssh://h/x");
        check("https://a:b@h:port/x", "https://h:port/x");
        assert_eq!(url_without_credentials("https://u:p'w d@h/x"), "https://h/x");
        assert_eq!(url_without_credentials("https://u w:p/x@h/x"), "https://h/x");
    }

    #[test]
    fn slashes_of_web_urls_may_be_missing() {
        check("https:u:p@h/x", "https:h/x");
        check("http:/u:p@h/x", "http:/h/x");
        check("https:///u:p@h/x", "https:///h/x");
    }

    #[test]
    fn credentials_of_a_list_of_urls_are_found() {
        let found: Vec<&str> =
            credentials_in("https://u:p'x@h/simple https://t@h git+https://h/a@b").collect();
        assert_eq!(found, ["u:p'x", "t"]);
    }

    #[test]
    fn long_texts_take_little_time() {
        let text = "http://a:b/".repeat(200_000);
        assert_eq!(without_credentials(&text), text);
        let text = "http:".repeat(400_000);
        assert_eq!(without_credentials(&text), text);
    }
}
