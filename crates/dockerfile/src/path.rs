//! Paths inside images and build contexts: text with slashes, never the host's.

/// `path` seen from `folder`, absolute, without `.`, `..` and doubled slashes; `..` stops at the root.
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

/// A path relative to the context's root: `./a//b/` is `a/b`, the root is the empty text.
pub(crate) fn relative(path: &str) -> String {
    join("/", path).trim_start_matches('/').to_owned()
}

/// What is left of `path` below `folder`; empty if they are the same.
pub fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let folder = folder.trim_end_matches('/');
    let rest = path.strip_prefix(folder)?;
    if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
}

/// The last component.
pub fn name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// Everything before the last component; `/` at the top.
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
