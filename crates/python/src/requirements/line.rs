//! One requirement of a requirements file or of the command line, after pip 26.3 (`constructors.py`).

use super::direct::{self, Known};
use super::{Fault, RequirementKind};
use wheelbase_spec::marker::Marker;
use wheelbase_spec::requirement::{Requirement, RequirementSource};
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::is_python_space;

/// What is wrong, and the byte where it stands.
pub(super) type LineFault = (String, usize);

/// Reads a requirement, path or URL, each with an optional marker (`parse_req_from_line`).
///
/// pip asks the file system whether a text is a folder. Here the look decides: a separator or a dot in front, and
/// nothing that makes it `NAME @ PLACE`. A folder that does not exist is found missing when it is looked at.
pub(super) fn read(text: &str) -> Result<RequirementKind, LineFault> {
    // A `;` can be part of a URL, so that one needs a space before its marker ends there.
    let separator = if direct::is_url(text) { "; " } else { ";" };
    let (head, marker) = match text.split_once(separator) {
        None => (text, None),
        Some((head, marker)) => (head, read_marker(marker, head.len() + separator.len())?),
    };
    let start = head.len() - head.trim_start_matches(is_python_space).len();
    let head = head.trim_matches(is_python_space);
    let placed = |message: String| (message, start);
    if direct::is_url(head) {
        // uv takes extras behind a URL; to pip they are part of its last segment, which nothing is called.
        let (place, extras) = direct::split_extras(head).map_err(placed)?;
        return direct::read(place, Known { name: None, extras, marker }).map_err(placed);
    }
    if is_path(head) {
        let (place, extras) = direct::split_extras(head).map_err(placed)?;
        return direct::read(place, Known { name: None, extras, marker }).map_err(placed);
    }
    let requirement = Requirement::parse_without_marker(head, marker)
        .map_err(|fault| (with_hint(fault.to_string(), head), start + fault.offset()))?;
    of_requirement(requirement).map_err(placed)
}

fn read_marker(text: &str, offset: usize) -> Result<Option<Marker>, LineFault> {
    let start = offset + text.len() - text.trim_start_matches(is_python_space).len();
    let text = text.trim_matches(is_python_space);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|fault: wheelbase_spec::marker::InvalidMarker| (fault.to_string(), start + fault.offset()))
}

/// Whether pip would look for a file or folder of this name (`_get_url_from_path`).
fn is_path(text: &str) -> bool {
    let without_extras = direct::split_extras(text).map_or(text, |(path, _)| path);
    if !direct::looks_like_path(text) && !direct::is_archive(without_extras) {
        return false;
    }
    // `NAME @ PLACE`: what stands before the `@` does not look like a path.
    match text.split_once('@') {
        Some((before, _)) => direct::looks_like_path(before),
        None => true,
    }
}

/// A requirement with a URL is one by its place.
pub(super) fn of_requirement(requirement: Requirement) -> Result<RequirementKind, String> {
    match requirement.source {
        RequirementSource::Specifiers(_) => Ok(RequirementKind::Index(requirement)),
        RequirementSource::Url(url) => {
            let known = Known {
                name: Some(requirement.name),
                extras: requirement.extras,
                marker: requirement.marker,
            };
            direct::read(&url, known)
        }
    }
}

fn with_hint(message: String, text: &str) -> String {
    let compares = ["~=", "==", "!=", "<=", ">=", "<", ">"].iter().any(|operator| text.contains(operator));
    if text.contains('=') && !compares {
        return format!("{message}; `=` is not an operator, `==` is");
    }
    message
}

/// Reads the value of `-e` (`parse_editable`): a folder, a repository, or `NAME @ REPOSITORY`.
pub(super) fn read_editable(text: &str) -> Result<RequirementKind, LineFault> {
    let whole = |message: String| (message, 0);
    if let Ok(requirement) = text.parse::<Requirement>()
        && matches!(requirement.source, RequirementSource::Url(_))
    {
        let kind = of_requirement(requirement).map_err(whole)?;
        return editable(kind).map_err(whole);
    }
    // pip takes no marker behind a path; uv does, and nothing else can be meant by it.
    let (head, marker) = match text.split_once(" ;").or_else(|| text.split_once("; ")) {
        Some((head, marker)) => (head, read_marker(marker, head.len() + 2)?),
        None => (text, None),
    };
    let head = head.trim_matches(is_python_space);
    // `git:...` and the like are repositories without the name of their system in front.
    let system = ["git", "hg", "svn", "bzr"].into_iter().find(|system| {
        let scheme = direct::scheme(head);
        scheme.as_deref() == Some(*system)
    });
    let kind = match system {
        Some(system) => direct::read(&format!("{system}+{head}"), Known { marker, ..Known::default() }),
        None => direct::split_extras(head)
            .and_then(|(place, extras)| direct::read(place, Known { name: None, extras, marker })),
    };
    kind.and_then(editable).map_err(whole)
}

fn editable(kind: RequirementKind) -> Result<RequirementKind, String> {
    match &kind {
        RequirementKind::Directory(_) => Ok(kind),
        RequirementKind::Vcs(direct) if direct.name.is_some() => Ok(kind),
        RequirementKind::Vcs(_) => {
            Err("an editable repository needs a name: write `NAME @ URL`, or end it in `#egg=NAME`"
                .to_owned())
        }
        _ => Err("only a project's folder or a repository can be editable".to_owned()),
    }
}

/// Why a requirement cannot be a constraint (pip 26.3, `check_invalid_constraint_type`).
pub(super) fn constraint_fault(line: &super::RequirementLine) -> Option<Fault> {
    let message = if line.editable {
        "a constraint cannot be editable"
    } else if line.name().is_none() {
        "a constraint must name its project"
    } else if !line.extras().is_empty() {
        "a constraint cannot have extras"
    } else {
        return None;
    };
    Some(Fault::new(line.origin.clone(), message))
}

/// An argument of the command line is read like a line of a file; it has no line number.
pub(super) fn of_argument(text: &str, editable: bool) -> Result<super::RequirementLine, Fault> {
    let origin = Origin::new("argument", 0, 0);
    let trimmed = text.trim_matches(is_python_space);
    let kind = if editable { read_editable(trimmed) } else { read(trimmed) };
    match kind {
        Ok(kind) => Ok(super::RequirementLine {
            kind,
            origin,
            text: trimmed.to_owned(),
            hashes: Vec::new(),
            editable,
            config_settings: Vec::new(),
        }),
        Err((message, _)) => {
            let shown: String = trimmed.chars().take(120).flat_map(char::escape_debug).collect();
            Err(Fault::new(origin, format!("`{shown}`: {message}")))
        }
    }
}
