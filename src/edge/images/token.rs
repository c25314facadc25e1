//! The authentication of registries: challenges, and the hosts that credentials are sent to.
//!
//! <https://distribution.github.io/distribution/spec/auth/token/>

use url::{Host, Url};

/// A challenge in `WWW-Authenticate`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

/// Returns the strongest supported challenge in the header's values (RFC 9110, section 11.6.1): tokens before
/// passwords.
pub(super) fn challenge<'a>(values: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let mut basic = None;
    for (scheme, parameters) in values.flat_map(challenges) {
        let field = |name: &str| {
            parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        if scheme.eq_ignore_ascii_case("basic") {
            basic = Some(Challenge::Basic);
        } else if scheme.eq_ignore_ascii_case("bearer")
            && let Some(realm) = field("realm")
        {
            return Some(Challenge::Bearer { realm, service: field("service") });
        }
    }
    basic
}

type Parameters = Vec<(String, String)>;

/// The schemes of one header value, with their parameters.
///
/// Commas separate challenges as well as the parameters of one challenge; an element that does not start with
/// `name=` starts a challenge. What follows the scheme without being a parameter (the base64 text of NTLM) is left
/// out. Values may be unquoted URLs, which the grammar excludes and registries send.
fn challenges(value: &str) -> Vec<(&str, Parameters)> {
    let mut found: Vec<(&str, Parameters)> = Vec::new();
    for element in elements(value) {
        let end = element.find([' ', '\t', '=']).unwrap_or(element.len());
        let (word, rest) = element.split_at(end);
        let rest = rest.trim_start();
        let parameter = match rest.strip_prefix('=') {
            Some(value) => Some((word, value)),
            None => {
                found.push((word, Vec::new()));
                rest.split_once('=').map(|(name, value)| (name.trim_end(), value))
            }
        };
        if let (Some((_, parameters)), Some((name, value))) = (found.last_mut(), parameter) {
            parameters.push((name.to_owned(), unquoted(value.trim())));
        }
    }
    found
}

/// The elements of a list that is separated by commas outside of quotes.
fn elements(text: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        let separates = c == ',' && !quoted;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        separates
    })
    .map(str::trim)
    .filter(|element| !element.is_empty())
}

/// A token, or the text of a quoted string (RFC 9110, section 5.6.4).
fn unquoted(value: &str) -> String {
    let Some(quoted) = value.strip_prefix('"') else { return value.to_owned() };
    let mut text = String::new();
    let mut rest = quoted.chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => break,
            '\\' => text.extend(rest.next()),
            c => text.push(c),
        }
    }
    text
}

/// Returns whether the credentials for a registry may be sent to its token server.
///
/// The registry chooses that server, so a malicious registry could send a password to any host. All public registries
/// have it on a host with the same domain (`registry-1.docker.io` and `auth.docker.io`, `registry.gitlab.com` and
/// `gitlab.com`), which is checked here.
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

/// Returns whether a host is this machine, for which plain HTTP is not a risk.
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

    // RFC 9110, section 11.6.1: several challenges in one value, and several values, mean the same.
    #[test]
    fn one_value_may_contain_several_challenges() {
        let bearer = |realm: &str, service: Option<&str>| {
            Some(Challenge::Bearer { realm: realm.to_owned(), service: service.map(str::to_owned) })
        };
        for (value, expected) in [
            (r#"Basic realm=x, Bearer realm="https://a/b""#, bearer("https://a/b", None)),
            (r#"Bearer realm="https://a/b", Basic realm=x"#, bearer("https://a/b", None)),
            (r#"Negotiate, Basic realm="x""#, Some(Challenge::Basic)),
            (r#"Basic realm="x", Negotiate"#, Some(Challenge::Basic)),
            ("NTLM TlRMTVNTUAAB==, Basic realm=x", Some(Challenge::Basic)),
            // Text in quotes begins no challenge.
            (r#"Digest realm="a, Basic realm=x", nonce="y""#, None),
            (r#"Digest realm="a \", Basic realm=x", nonce="y""#, None),
            (
                r#"Negotiate,Bearer realm = "https://a/b?c=d" ,, service="e \"f\", g",scope=h"#,
                bearer("https://a/b?c=d", Some(r#"e "f", g"#)),
            ),
            ("Bearer  realm=https://a/b,\tservice=c", bearer("https://a/b", Some("c"))),
            // A Bearer challenge without its token server cannot be met.
            (r#"Bearer service="c", Basic realm=x"#, Some(Challenge::Basic)),
            ("realm=x", None),
            (r#"Bearer realm="https://a"#, bearer("https://a", None)),
            ("", None),
        ] {
            assert_eq!(challenge([value].into_iter()), expected, "{value}");
        }
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
