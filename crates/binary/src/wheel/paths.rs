//! The paths of installed files, and the entries of search paths.
//!
//! All paths are relative to the prefix of an installation, or to the directory that was read: without `.`, `..` and a
//! slash at either end, and empty for the top itself.

use wheelbase_formats::limits;

/// Returns the installed path of a member of a wheel, relative to site-packages ([binary distribution
/// format](https://packaging.python.org/en/latest/specifications/binary-distribution-format/#the-data-directory)).
///
/// `NAME.data/platlib` and `NAME.data/purelib` are installed into site-packages. Other schemes are not; their paths start
/// with `../../../`, which is the prefix in the usual layout `lib/pythonX.Y/site-packages`.
pub fn installed_path(member: &str) -> String {
    let mut parts = member.splitn(3, '/');
    if let (Some(data), Some(scheme), Some(rest)) = (parts.next(), parts.next(), parts.next())
        && data.ends_with(".data")
    {
        return match scheme {
            "platlib" | "purelib" => rest.to_owned(),
            "scripts" => format!("../../../bin/{rest}"),
            "headers" => format!("../../../include/{rest}"),
            "data" => format!("../../../{rest}"),
            _ => member.to_owned(),
        };
    }
    member.to_owned()
}

/// Returns an [`installed_path`] relative to the prefix, for site-packages at `site_packages`.
pub fn below_prefix(installed: &str, site_packages: &str) -> String {
    match installed.strip_prefix("../../../") {
        Some(rest) => rest.to_owned(),
        None => child(site_packages, installed),
    }
}

/// Expands `$ORIGIN` in an entry of a search path (gABI chapter 5, "Substitution Sequences") to the directory of its file.
///
/// `None` if the entry does not start with `$ORIGIN`, contains another substitution, or leads out of the top.
pub fn expand_origin(directory: &str, entry: &str) -> Option<String> {
    let rest = entry.strip_prefix("$ORIGIN").or_else(|| entry.strip_prefix("${ORIGIN}"))?;
    if !(rest.is_empty() || rest.starts_with('/')) || rest.contains('$') {
        return None;
    }
    join(directory, rest)
}

/// Returns the path of a file that a symbolic link refers to, after at most 8 links; `None` if a link is absolute, leads
/// out of the top or there are more links. `links` contains paths and targets; a path without a link is returned.
pub fn resolve_link(links: &[(String, String)], path: &str) -> Option<String> {
    let mut place = path.to_owned();
    for _ in 0..=limits::FOLDER_LINKS {
        let Some((_, target)) = links.iter().find(|(link, _)| *link == place) else { return Some(place) };
        if target.starts_with('/') {
            return None;
        }
        place = join(parent(&place), target)?;
    }
    None
}

/// Returns the directory of a path.
pub fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}

/// Returns the path of a file in a directory.
pub fn child(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// A path below a directory with `.` and `..` resolved; `None` if it leads out of the top.
fn join(directory: &str, rest: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(rest.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_is_expanded_in_both_spellings_and_does_not_leave_the_top() {
        assert_eq!(expand_origin("pkg/sub", "$ORIGIN/../../pkg.libs").as_deref(), Some("pkg.libs"));
        assert_eq!(expand_origin("pkg/sub", "${ORIGIN}").as_deref(), Some("pkg/sub"));
        assert_eq!(expand_origin("pkg", "$ORIGIN/..").as_deref(), Some(""));
        assert_eq!(expand_origin("pkg", "$ORIGIN/./x//y/").as_deref(), Some("pkg/x/y"));
        assert_eq!(expand_origin("pkg", "$ORIGIN/../.."), None);
        assert_eq!(expand_origin("pkg", "/usr/lib"), None);
        assert_eq!(expand_origin("pkg", "lib"), None);
        assert_eq!(expand_origin("pkg", ""), None);
        assert_eq!(expand_origin("pkg", "$ORIGINAL/x"), None);
        assert_eq!(expand_origin("pkg", "$ORIGIN/$LIB"), None);
    }

    #[test]
    fn data_schemes_are_installed_where_the_specification_says() {
        assert_eq!(installed_path("x-1.data/platlib/x/a.so"), "x/a.so");
        assert_eq!(installed_path("x-1.data/purelib/x/a.so"), "x/a.so");
        assert_eq!(installed_path("x-1.data/scripts/tool"), "../../../bin/tool");
        assert_eq!(installed_path("x/data/platlib/a.so"), "x/data/platlib/a.so");
        let site = "lib/python3.12/site-packages";
        assert_eq!(below_prefix("x/a.so", site), "lib/python3.12/site-packages/x/a.so");
        assert_eq!(below_prefix("../../../bin/tool", site), "bin/tool");
    }

    #[test]
    fn links_are_followed_to_their_file() {
        let link = |path: &str, target: &str| (path.to_owned(), target.to_owned());
        let links = [
            link("lib/libx.so", "libx.so.1"),
            link("lib/libx.so.1", "../deep/libx.so.1.2"),
            link("lib/host.so", "/usr/lib/host.so"),
            link("lib/out.so", "../../out.so"),
            link("lib/circle.so", "circle.so"),
        ];
        assert_eq!(resolve_link(&links, "lib/libx.so").as_deref(), Some("deep/libx.so.1.2"));
        assert_eq!(resolve_link(&links, "lib/file.so").as_deref(), Some("lib/file.so"));
        assert_eq!(resolve_link(&links, "lib/host.so"), None);
        assert_eq!(resolve_link(&links, "lib/out.so"), None);
        assert_eq!(resolve_link(&links, "lib/circle.so"), None);
    }
}
