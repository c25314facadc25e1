//! Credentials from URLs or else from a netrc file. They are sent only to their own host.

use std::path::PathBuf;
use std::sync::OnceLock;

use url::Url;

use super::http::Login;

/// Removes the credentials from a URL and returns them.
pub(super) fn split_credentials(url: &mut Url) -> Option<Login> {
    let user = decode(url.username());
    let password = url.password().map(decode);
    let _ = url.set_username("");
    let _ = url.set_password(None);
    match (user, password) {
        (user, None) if user.is_empty() => None,
        (user, password) => Some(Login { user, password: password.unwrap_or_default() }),
    }
}

/// The credentials of a run.
#[derive(Debug, Default)]
pub(super) struct Auth {
    /// From the URLs of indexes: the URL, without credentials, and the credentials.
    known: Vec<(Url, Login)>,
    netrc_file: Option<PathBuf>,
    netrc: OnceLock<NetrcEntries>,
}

struct NetrcEntries {
    entries: Vec<(String, Login)>,
    problem: Option<String>,
}

impl std::fmt::Debug for NetrcEntries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} entries", self.entries.len())
    }
}

impl Auth {
    pub(super) fn new(known: Vec<(Url, Login)>, netrc_file: Option<PathBuf>) -> Self {
        Self { known, netrc_file, netrc: OnceLock::new() }
    }

    /// Returns whether these are the credentials in the URLs of the indexes.
    pub(super) fn is_for(&self, known: &[(Url, Login)]) -> bool {
        self.known == known
    }

    /// Returns the credentials for a request. They belong to an origin: scheme, host and port.
    pub(super) fn for_url(&self, url: &Url) -> Option<Login> {
        self.for_redirect(url).or_else(|| self.of_machine("default"))
    }

    /// Returns the credentials for a URL from a redirect of another host. The `default` entry of a netrc file does not
    /// apply, because the user did not choose the host.
    pub(super) fn for_redirect(&self, url: &Url) -> Option<Login> {
        let same_origin = |known: &&(Url, Login)| known.0.origin() == url.origin();
        // Of several indexes on one host, the one with the longest common path applies.
        let from_index = self.known.iter().filter(same_origin).max_by_key(|(index, _)| {
            if url.path().starts_with(index.path()) { index.path().len() + 1 } else { 0 }
        });
        match from_index {
            Some((_, credentials)) => Some(credentials.clone()),
            None => self.of_machine(url.host_str()?),
        }
    }

    fn of_machine(&self, host: &str) -> Option<Login> {
        let entries = &self.netrc().entries;
        entries.iter().find(|(name, _)| name == host).map(|(_, credentials)| credentials.clone())
    }

    /// Returns why the netrc file is not valid, if so.
    pub(super) fn netrc_problem(&self) -> Option<&str> {
        self.netrc.get()?.problem.as_deref()
    }

    fn netrc(&self) -> &NetrcEntries {
        self.netrc.get_or_init(|| {
            let none = |problem| NetrcEntries { entries: Vec::new(), problem };
            let Some(path) = self.netrc_file.as_deref().filter(|path| path.exists()) else {
                return none(None);
            };
            match netrc::Netrc::from_file(path) {
                Ok(netrc) => NetrcEntries {
                    entries: netrc
                        .hosts
                        .into_iter()
                        .map(|(host, entry)| (host, Login { user: entry.login, password: entry.password }))
                        .collect(),
                    problem: None,
                },
                // The message of the parser may quote a password, so only the path is reported.
                Err(netrc::Error::Io(error)) => none(Some(format!("`{}`: {error}", path.display()))),
                Err(_) => none(Some(format!("`{}`: not a valid netrc file; it is ignored", path.display()))),
            }
        })
    }
}

/// Percent-decoding of the user-info part.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = (byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn credentials_leave_the_url_decoded() {
        let mut url: Url = "https://me%40corp:p%3As@h.example/x".parse().unwrap();
        let credentials = split_credentials(&mut url).unwrap();
        assert_eq!((credentials.user.as_str(), credentials.password.as_str()), ("me@corp", "p:s"));
        assert_eq!(url.as_str(), "https://h.example/x");
        let mut url: Url = "https://token@h.example/x".parse().unwrap();
        assert_eq!(split_credentials(&mut url).unwrap().password, "");
        assert_eq!(split_credentials(&mut url), None);
    }

    #[test]
    fn credentials_belong_to_scheme_host_and_port() {
        let index: Url = "https://h.example/a/simple/".parse().unwrap();
        let other: Url = "https://h.example/b/simple/".parse().unwrap();
        let credentials = |user: &str| Login { user: user.to_owned(), password: "s".to_owned() };
        let auth = Auth::new(vec![(index, credentials("a")), (other, credentials("b"))], None);
        let user = |url: &str| auth.for_url(&url.parse().unwrap()).map(|c| c.user);
        assert_eq!(user("https://h.example/b/simple/x/").as_deref(), Some("b"));
        assert_eq!(user("https://h.example/a/simple/x/").as_deref(), Some("a"));
        assert!(user("https://h.example/files/x.whl").is_some());
        assert_eq!(user("http://h.example/a/simple/"), None);
        assert_eq!(user("https://h.example:8443/a/simple/"), None);
        assert_eq!(user("https://h.example.org/a/simple/"), None);
    }

    #[test]
    fn netrc_is_asked_after_urls() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "machine n.example login me password s3cret").unwrap();
        let auth = Auth::new(Vec::new(), Some(file.path().to_owned()));
        assert_eq!(auth.for_url(&"http://n.example/".parse().unwrap()).unwrap().password, "s3cret");
        assert_eq!(auth.for_url(&"http://m.example/".parse().unwrap()), None);
        assert!(!format!("{auth:?}").contains("s3cret"));
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "machine n.example login me passwd s3cret").unwrap();
        let auth = Auth::new(Vec::new(), Some(file.path().to_owned()));
        assert_eq!(auth.for_url(&"http://n.example/".parse().unwrap()), None);
        let problem = auth.netrc_problem().unwrap();
        assert!(problem.contains("netrc") && !problem.contains("s3cret"), "{problem}");
    }
}
