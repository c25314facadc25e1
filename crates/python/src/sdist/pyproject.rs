//! Static dependencies in the `[project]` table of `pyproject.toml` (PEP 621).

use wheelbase_formats::document::{Document, Entry, Format, Node, Value};

use super::headers::{push_header, with_condition};
use wheelbase_spec::name::{ExtraName, ProjectName};

/// The table as headers, if what it says of dependencies is all there is to say.
pub(super) fn static_headers(bytes: &[u8]) -> Option<String> {
    let root = root(bytes)?;
    let project = root.get("project")?;
    let name = project.get("name")?.text()?;
    name.parse::<ProjectName>().ok()?;
    // PEP 621, "dynamic": a field that is listed there is filled in by the build backend.
    let dynamic = match project.get("dynamic") {
        Some(fields) => lines(fields)?,
        None => Vec::new(),
    };
    if dynamic.iter().any(|field| matches!(*field, "dependencies" | "optional-dependencies")) {
        return None;
    }
    let dependencies = project.get("dependencies");
    // If Poetry's own table lists dependencies and `[project]` does not, Poetry adds them; uv 0.13 does the same.
    let tool = root.get("tool");
    let has_poetry =
        tool.is_some_and(|tool| tool.get("poetry").is_some_and(|own| own.get("dependencies").is_some()));
    if dependencies.is_none() && has_poetry {
        return None;
    }
    let mut headers = String::new();
    push_header(&mut headers, "name", name);
    if let Some(version) = project.get("version").and_then(Node::text) {
        push_header(&mut headers, "version", version);
    }
    if let Some(specifiers) = project.get("requires-python").and_then(Node::text) {
        push_header(&mut headers, "requires-python", specifiers);
    }
    if let Some(dependencies) = dependencies {
        for line in lines(dependencies)? {
            push_header(&mut headers, "requires-dist", line);
        }
    }
    let mut extras: Vec<&Entry> = match project.get("optional-dependencies").map(|extras| &extras.value) {
        Some(Value::Table(extras)) => extras.iter().collect(),
        Some(_) => return None,
        None => return Some(headers),
    };
    extras.sort_by(|a, b| a.key.cmp(&b.key));
    for entry in extras {
        let extra = entry.key.parse::<ExtraName>().ok()?;
        push_header(&mut headers, "provides-extra", extra.as_str());
        let condition = format!("extra == \"{extra}\"");
        for line in lines(&entry.node)? {
            push_header(&mut headers, "requires-dist", &with_condition(line, &condition));
        }
    }
    Some(headers)
}

/// The `build-backend` that the file names (PEP 517).
pub(super) fn build_backend(bytes: &[u8]) -> Option<String> {
    Some(root(bytes)?.get("build-system")?.get("build-backend")?.text()?.to_owned())
}

/// The document, if it has no fault.
fn root(bytes: &[u8]) -> Option<Node> {
    let document = Document::new("pyproject.toml", std::str::from_utf8(bytes).ok()?);
    let root = document.read(Format::Toml);
    document.finish(Some(root)).ok()
}

/// The members of an array of texts.
fn lines(node: &Node) -> Option<Vec<&str>> {
    match &node.value {
        Value::Array(items) => items.iter().map(Node::text).collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::static_headers;

    /// Values of 6,240 levels, by keys of 79 parts in 78 inline tables.
    #[test]
    fn a_deeply_nested_file_gives_no_headers() {
        let key = ["a"; 79].join(".");
        let value = (0..78).fold("1".to_owned(), |value, _| format!("{{{key} = {value}}}"));
        let text = format!("[project]\nname = 'x'\n[{key}]\n{key} = {value}\n");
        assert_eq!(static_headers(text.as_bytes()), None);
        assert!(static_headers(b"[project]\nname = 'x'\n").is_some());
    }
}
