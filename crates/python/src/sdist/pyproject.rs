//! Static dependencies in the `[project]` table of `pyproject.toml` (PEP 621).

use toml::{Table, Value};

use super::headers::{push_header, with_condition};
use wheelbase_spec::name::{ExtraName, ProjectName};

/// The table as headers, if what it says of dependencies is all there is to say.
pub(super) fn static_headers(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let document: Table = text.parse().ok()?;
    let project = document.get("project")?.as_table()?;
    let name = project.get("name")?.as_str()?;
    name.parse::<ProjectName>().ok()?;
    // PEP 621, "dynamic": a field that is listed there is filled in by the build backend.
    let dynamic = match project.get("dynamic") {
        Some(fields) => fields.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?,
        None => Vec::new(),
    };
    if dynamic.iter().any(|field| matches!(*field, "dependencies" | "optional-dependencies")) {
        return None;
    }
    let dependencies = project.get("dependencies");
    // A `[project]` without dependencies beside Poetry's own list is one that Poetry fills in; uv 0.13 reads it so.
    let has_poetry = document
        .get("tool")
        .and_then(|tool| tool.get("poetry"))
        .and_then(|poetry| poetry.get("dependencies"))
        .is_some();
    if dependencies.is_none() && has_poetry {
        return None;
    }
    let mut headers = String::new();
    push_header(&mut headers, "name", name);
    if let Some(version) = project.get("version").and_then(Value::as_str) {
        push_header(&mut headers, "version", version);
    }
    if let Some(specifiers) = project.get("requires-python").and_then(Value::as_str) {
        push_header(&mut headers, "requires-python", specifiers);
    }
    for line in lines(dependencies)? {
        push_header(&mut headers, "requires-dist", line);
    }
    let extras = match project.get("optional-dependencies") {
        Some(extras) => extras.as_table()?,
        None => return Some(headers),
    };
    for (extra, requirements) in extras {
        let extra = extra.parse::<ExtraName>().ok()?;
        push_header(&mut headers, "provides-extra", extra.as_str());
        let condition = format!("extra == \"{extra}\"");
        for line in lines(Some(requirements))? {
            push_header(&mut headers, "requires-dist", &with_condition(line, &condition));
        }
    }
    Some(headers)
}

/// The `build-backend` that the file names (PEP 517).
pub(super) fn build_backend(bytes: &[u8]) -> Option<String> {
    let document: Table = std::str::from_utf8(bytes).ok()?.parse().ok()?;
    Some(document.get("build-system")?.as_table()?.get("build-backend")?.as_str()?.to_owned())
}

fn lines(value: Option<&Value>) -> Option<Vec<&str>> {
    match value {
        Some(value) => value.as_array()?.iter().map(Value::as_str).collect(),
        None => Some(Vec::new()),
    }
}
