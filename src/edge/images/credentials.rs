//! Credentials for registries, from the file that `docker login` writes.
//!
//! <https://docs.docker.com/reference/cli/docker/login/#credential-stores>. Keys may also be repository prefixes, as
//! podman writes them (containers-auth.json(5)).

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{ErrorKind as IoErrorKind, Read as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::edge::http::Login;
use crate::error::Error;
use crate::image::read::RegistryReference;

/// The credentials for a registry.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Credentials {
    None,
    Password(Login),
    /// A token to be exchanged (`identitytoken`).
    Refresh(String),
    /// A token that is sent unchanged (`registrytoken`).
    Bearer(String),
}

/// Passwords must not be in messages.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Password(_) => "Password(..)",
            Self::Refresh(_) => "Refresh(..)",
            Self::Bearer(_) => "Bearer(..)",
        })
    }
}

/// The credentials in the file for a reference.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FoundCredentials {
    pub(super) credentials: Credentials,
    /// Why credentials in the file are not supported. Reported if the registry refuses access.
    pub(super) unsupported: Option<String>,
}

#[derive(Default, Deserialize)]
struct DockerConfig {
    // Docker accepts `null` for each of these, and for an entry.
    #[serde(default)]
    auths: Option<BTreeMap<String, Option<RegistryEntry>>>,
    #[serde(rename = "credsStore", default)]
    store: Option<String>,
    #[serde(rename = "credHelpers", default)]
    helpers: Option<BTreeMap<String, String>>,
}

#[derive(Default, Deserialize)]
struct RegistryEntry {
    #[serde(default)]
    auth: Option<String>,
    #[serde(default)]
    username: Option<String>,
    #[serde(default)]
    password: Option<String>,
    #[serde(rename = "identitytoken", default)]
    identity_token: Option<String>,
    #[serde(rename = "registrytoken", default)]
    registry_token: Option<String>,
}

/// Reads the credentials. A missing file contains none.
pub(super) fn load(path: Option<&Path>, reference: &RegistryReference) -> Result<FoundCredentials, Error> {
    let nothing = FoundCredentials { credentials: Credentials::None, unsupported: None };
    let Some(path) = path else { return Ok(nothing) };
    let mut text = String::new();
    match File::open(path) {
        Ok(file) => file.take(1 << 20).read_to_string(&mut text).map_err(|error| Error::io(path, error))?,
        Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(nothing),
        Err(error) => return Err(Error::io(path, error)),
    };
    find(&text, reference).map_err(|why| Error::input(format!("`{}`: {why}", path.display())))
}

fn find(text: &str, reference: &RegistryReference) -> Result<FoundCredentials, String> {
    // Some scripts create an empty file. It contains no credentials.
    if text.trim().is_empty() {
        return Ok(FoundCredentials { credentials: Credentials::None, unsupported: None });
    }
    let config: Option<DockerConfig> = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let config = config.unwrap_or_default();
    let auths = config.auths.unwrap_or_default();
    let full = format!("{}/{}", reference.domain(), reference.repository());
    // The longest key that is the repository, one of its parents, or the registry.
    let best = auths
        .iter()
        .map(|(key, entry)| (normal(key), entry))
        .filter(|(key, _)| {
            full == *key || full.strip_prefix(key.as_str()).is_some_and(|rest| rest.starts_with('/'))
        })
        .max_by_key(|(key, _)| key.len());
    let credentials = match &best {
        Some((key, Some(entry))) => of_entry(entry).map_err(|why| format!("the entry for `{key}` {why}"))?,
        Some((_, None)) | None => Credentials::None,
    };
    // With a credential store the entries of `auths` are empty.
    let helpers = config.helpers.unwrap_or_default();
    let helper = helpers.iter().find(|(key, _)| normal(key) == reference.domain()).map(|(_, helper)| helper);
    let store = helper.or(config.store.as_ref()).filter(|store| !store.is_empty());
    let unsupported = match store {
        Some(store) if credentials == Credentials::None && (helper.is_some() || best.is_some()) => {
            Some(format!(
                "the credentials for `{}` are in the credential store `{store}`, which is not run; write them \
             into `auths` of a file named by DOCKER_CONFIG instead",
                reference.domain()
            ))
        }
        _ => None,
    };
    Ok(FoundCredentials { credentials, unsupported })
}

fn of_entry(entry: &RegistryEntry) -> Result<Credentials, String> {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    if let Some(token) = given(&entry.registry_token) {
        return Ok(Credentials::Bearer(token));
    }
    if let Some(token) = given(&entry.identity_token) {
        return Ok(Credentials::Refresh(token));
    }
    if let Some(auth) = given(&entry.auth) {
        let decoded = STANDARD.decode(auth.trim()).map_err(|_| "has an `auth` that is not base64")?;
        let decoded = String::from_utf8(decoded).map_err(|_| "has an `auth` that is not text")?;
        let (user, password) = decoded.split_once(':').ok_or("has an `auth` without a colon")?;
        // `docker login` of old versions padded the password with NUL bytes.
        let password = password.trim_matches('\0');
        return Ok(Credentials::Password(Login { user: user.to_owned(), password: password.to_owned() }));
    }
    match (given(&entry.username), given(&entry.password)) {
        (Some(user), Some(password)) => Ok(Credentials::Password(Login { user, password })),
        _ => Ok(Credentials::None),
    }
}

/// `https://index.docker.io/v1/` is Docker Hub's key; others may carry a scheme and a `/v1/` or `/v2/`.
fn normal(key: &str) -> String {
    let key = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let key = key.trim_end_matches('/');
    let key = key.strip_suffix("/v1").or_else(|| key.strip_suffix("/v2")).unwrap_or(key);
    match key.strip_prefix("index.docker.io").or_else(|| key.strip_prefix("registry-1.docker.io")) {
        Some(rest) => format!("docker.io{rest}"),
        None => key.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn credentials(text: &str, reference: &str) -> FoundCredentials {
        find(text, &reference.parse().unwrap()).unwrap()
    }

    fn password(user: &str, password: &str) -> Credentials {
        Credentials::Password(Login { user: user.to_owned(), password: password.to_owned() })
    }

    // `printf 'me:s3:cret' | base64`
    const FILE: &str = r#"{"auths": {"https://index.docker.io/v1/": {"auth": "bWU6czM6Y3JldA=="},
        "quay.io": {"username": "a", "password": "b"}, "quay.io/team": {"username": "c", "password": "d"},
        "azure.example": {"identitytoken": "refresh"}}}"#;

    #[test]
    fn docker_hub_is_stored_under_its_first_address() {
        assert_eq!(credentials(FILE, "python:3.12").credentials, password("me", "s3:cret"));
        assert_eq!(credentials(FILE, "ghcr.io/a/b").credentials, Credentials::None);
    }

    #[test]
    fn longest_prefix_of_the_repository_wins() {
        assert_eq!(credentials(FILE, "quay.io/team/app").credentials, password("c", "d"));
        assert_eq!(credentials(FILE, "quay.io/teams/app").credentials, password("a", "b"));
        assert_eq!(
            credentials(FILE, "azure.example/x").credentials,
            Credentials::Refresh("refresh".to_owned())
        );
    }

    #[test]
    fn credential_store_is_reported_not_run() {
        let text = r#"{"auths": {"ghcr.io": {}}, "credsStore": "osxkeychain"}"#;
        let found = credentials(text, "ghcr.io/a/b");
        assert!(found.unsupported.is_some_and(|why| why.contains("osxkeychain")));
        assert_eq!(credentials(text, "quay.io/a/b").unsupported, None);
        let helpers = r#"{"credHelpers": {"gcr.io": "gcloud"}}"#;
        assert!(credentials(helpers, "gcr.io/a/b").unsupported.is_some());
    }

    #[test]
    fn file_that_says_nothing_leaves_everybody_anonymous() {
        for text in [
            "",
            " \n",
            "null",
            "{}",
            r#"{"auths": null, "credHelpers": null}"#,
            r#"{"auths": {"quay.io": null}}"#,
        ] {
            let found = credentials(text, "quay.io/a/b");
            assert_eq!((found.credentials, found.unsupported), (Credentials::None, None), "{text}");
        }
    }

    #[test]
    fn damaged_file_is_an_error_without_its_secrets() {
        let reference: RegistryReference = "quay.io/a/b".parse().unwrap();
        let why = find(r#"{"auths": {"quay.io": {"auth": "hunter2!"}}}"#, &reference).unwrap_err();
        assert!(why.contains("quay.io") && !why.contains("hunter2"), "{why}");
    }
}
