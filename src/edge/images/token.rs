//! What a registry asks for before it answers, and whom credentials may be shown to.
//!
//! <https://distribution.github.io/distribution/spec/auth/token/>

use url::{Host, Url};

/// A demand in `WWW-Authenticate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

/// The strongest demand we can meet in the header's values (RFC 9110, section 11.6.1): tokens before passwords.
pub(super) fn challenge<'a>(values: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut basic = None;
    for value in values {
        let (scheme, rest) = value.trim().split_once([' ', '\t']).unwrap_or((value.trim(), ""));
        if scheme.eq_ignore_ascii_case("bearer") {
            let parameters = parameters(rest);
            let field = |name: &str| {
                parameters
                    .iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.clone())
            };
            if let Some(realm) = field("realm") {
                return Some(Challenge::Bearer { realm, service: field("service") });
            }
        } else if scheme.eq_ignore_ascii_case("basic") {
            basic = Some(Challenge::Basic);
        }
    }
    basic
}

/// `name="quoted, text",name=token`
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', '\t', ',']).to_owned();
        let mut value = String::new();
        if let Some(quoted) = after.strip_prefix('"') {
            let mut escaped = false;
            let mut end = quoted.len();
            for (at, c) in quoted.char_indices() {
                match c {
                    _ if escaped => {
                        value.push(c);
                        escaped = false;
                    }
                    '\\' => escaped = true,
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    _ => value.push(c),
                }
            }
            rest = quoted.get(end..).unwrap_or_default();
        } else {
            let end = after.find(',').unwrap_or(after.len());
            value.push_str(after.get(..end).unwrap_or_default().trim());
            rest = after.get(end..).unwrap_or_default();
        }
        found.push((name, value));
    }
    found
}

/// Whether the token server may see what is stored for the registry.
///
/// The registry alone says where that server is, so that a registry in the wrong hands could send a password
/// anywhere. Every public registry keeps it under its own name or beside it (`registry-1.docker.io` and
/// `auth.docker.io`, `registry.gitlab.com` and `gitlab.com`), which is what is asked here.
pub(super) fn may_see_credentials(registry: &Url, realm: &Url) -> bool {
    if registry.scheme() == "https" && realm.scheme() != "https" {
        return false;
    }
    match (registry.host(), realm.host()) {
        (Some(Host::Domain(own)), Some(Host::Domain(other))) => {
            own.eq_ignore_ascii_case(other) || {
                let shared = own
                    .rsplit('.')
                    .zip(other.rsplit('.'))
                    .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
                    .count();
                shared >= organisation(own)
            }
        }
        (own, other) => own == other,
    }
}

/// Labels at the end of a name that one party holds. Registries of countries that sell names below a second label
/// (`co.uk`, `com.au`) use short ones for it.
fn organisation(host: &str) -> usize {
    let mut labels = host.rsplit('.');
    match (labels.next(), labels.next()) {
        (Some(country), Some(second)) if country.len() == 2 && second.len() <= 3 => 3,
        _ => 2,
    }
}

/// Whether a host is this machine itself, the one place where plain http is no risk.
pub(super) fn is_loopback(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    // The header that Docker Hub sends.
    #[test]
    fn bearer_challenge_names_realm_and_service() {
        let header =
            r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="a:b,c:d""#;
        assert_eq!(
            challenge([header].into_iter()),
            Some(Challenge::Bearer {
                realm: "https://auth.docker.io/token".to_owned(),
                service: Some("registry.docker.io".to_owned())
            })
        );
        assert_eq!(challenge([r#"Basic realm="Registry""#].into_iter()), Some(Challenge::Basic));
        assert!(matches!(
            challenge(["Basic realm=x", "bearer realm=https://a/b"].into_iter()),
            Some(Challenge::Bearer { .. })
        ));
        assert_eq!(challenge(["Negotiate"].into_iter()), None);
    }

    #[test]
    fn credentials_go_to_the_registry_and_its_neighbours_only() {
        for (registry, realm, allowed) in [
            ("https://registry-1.docker.io", "https://auth.docker.io/token", true),
            ("https://registry.gitlab.com", "https://gitlab.com/jwt/auth", true),
            ("https://ghcr.io", "https://ghcr.io/token", true),
            ("https://quay.io:8443", "https://quay.io/v2/auth", true),
            ("https://ghcr.io", "http://ghcr.io/token", false),
            ("https://registry.example.com", "https://example.org/token", false),
            ("https://ghcr.io", "https://evil.io/token", false),
            ("https://registry.shop.co.uk", "https://evil.co.uk/token", false),
            ("https://registry.shop.co.uk", "https://auth.shop.co.uk/token", true),
            ("http://127.0.0.1:5000", "http://127.0.0.1:5001/token", true),
            ("http://127.0.0.1:5000", "http://127.0.0.2:5001/token", false),
            ("https://notghcr.io", "https://ghcr.io", false),
        ] {
            assert_eq!(may_see_credentials(&url(registry), &url(realm)), allowed, "{registry} {realm}");
        }
    }
}
