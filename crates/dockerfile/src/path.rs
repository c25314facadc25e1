//! Paths inside images and build contexts: texts with slashes, independent of the host.

/// Returns `path` relative to `folder` as an absolute path without `.`, `..` and double slashes. `..` at the root is the
/// root.
pub fn join(folder: &str, path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let folder = if path.starts_with('/') { "" } else { folder };
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Returns a path relative to the root of the context: `./a//b/` is `a/b`, and the root is the empty text.
pub(crate) fn relative(path: &str) -> String {
    join("/", path).trim_start_matches('/').to_owned()
}

/// Returns `path` relative to `folder`; empty if they are the same, `None` if `path` is not below `folder`.
pub fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let folder = folder.trim_end_matches('/');
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// Returns the last component.
pub fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// Returns the path without the last component; `/` for a path at the root.
pub fn parent(path: &str) -> &str {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((parent, _)) => parent,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_splits() {
        assert_eq!(join("/app", "../x/./y//z/"), "/x/y/z");
        assert_eq!(join("/app", "/a"), "/a");
        assert_eq!(relative("./a/../b"), "b");
        assert_eq!(below("/app/x/y", "/app"), Some("x/y"));
        assert_eq!(below("/app", "/app/"), Some(""));
        assert_eq!(below("/application", "/app"), None);
        assert_eq!(below("/x", "/"), Some("x"));
        assert_eq!((name("/a/b/"), parent("/a/b"), parent("/a")), ("b", "/a", "/"));
    }
}
