//! One requirement of a requirements file or of the command line, after pip 26.3 (`constructors.py`).

use super::direct::{self, Known};
use super::{Fault, RequirementKind};
use wheelbase_spec::marker::Marker;
use wheelbase_spec::requirement::{Requirement, RequirementSource};
use wheelbase_spec::source::{Origin, without_credentials};
use wheelbase_spec::version::is_python_space;

/// The message and the byte offset of a fault.
pub(super) type LineFault = (String, usize);

/// Parses a requirement, path or URL, each with an optional marker (`parse_req_from_line`).
///
/// pip looks for a directory of this name in the file system. Here the form decides: a separator or a leading dot, and
/// not `NAME @ LOCATION`. A missing directory is reported when it is opened.
pub(super) fn read(text: &str) -> Result<RequirementKind, LineFault> {
    // A URL may contain `;`, so a marker after a URL requires a space.
    let separator = if direct::is_url(text) { "; " } else { ";" };
    let (head, marker) = match text.split_once(separator) {
        None => (text, None),
        Some((head, marker)) => (head, read_marker(marker, head.len() + separator.len())?),
    };
    let start = head.len() - head.trim_start_matches(is_python_space).len();
    let head = head.trim_matches(is_python_space);
    let placed = |message: String| (message, start);
    if direct::is_url(head) {
        // uv accepts extras after a URL. For pip they are part of the last segment, and the file is not found.
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

/// Returns whether pip looks for a file or directory of this name (`_get_url_from_path`).
fn is_path(text: &str) -> bool {
    let without_extras = direct::split_extras(text).map_or(text, |(path, _)| path);
    if !direct::looks_like_path(text) && !direct::is_archive(without_extras) {
        return false;
    }
    // `NAME @ LOCATION`: the text before `@` does not look like a path.
    match text.split_once('@') {
        Some((before, _)) => direct::looks_like_path(before),
        None => true,
    }
}

/// Returns the kind of a requirement; one with a URL is direct.
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
        return format!("{message}; write `==` instead of `=`");
    }
    message
}

/// Parses the value of `-e` (`parse_editable`): a directory, a repository, or `NAME @ REPOSITORY`.
pub(super) fn read_editable(text: &str) -> Result<RequirementKind, LineFault> {
    let whole = |message: String| (message, 0);
    if let Ok(requirement) = text.parse::<Requirement>()
        && matches!(requirement.source, RequirementSource::Url(_))
    {
        let kind = of_requirement(requirement).map_err(whole)?;
        return editable(kind).map_err(whole);
    }
    // pip does not accept a marker after a path; uv does.
    let (head, marker) = match text.split_once(" ;").or_else(|| text.split_once("; ")) {
        Some((head, marker)) => (head, read_marker(marker, head.len() + 2)?),
        None => (text, None),
    };
    let head = head.trim_matches(is_python_space);
    // `git:...` and similar URLs are repositories without the prefix of their system.
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
            Err("an editable repository requires a name; write `NAME @ URL`, or add `#egg=NAME` to the URL"
                .to_owned())
        }
        _ => Err("this cannot be installed as editable; expected the directory of a project or a repository"
            .to_owned()),
    }
}

/// Returns the reason why a requirement is not allowed as a constraint (pip 26.3, `check_invalid_constraint_type`).
pub(super) fn constraint_fault(line: &super::RequirementLine) -> Option<Fault> {
    let message = if line.editable {
        "a constraint cannot be editable; remove `-e`"
    } else if line.name().is_none() {
        "a constraint requires the name of its project; write `NAME @ URL`"
    } else if !line.extras().is_empty() {
        "a constraint cannot have extras; remove the brackets"
    } else {
        return None;
    };
    Some(Fault::new(line.origin.clone(), message))
}

/// Parses an argument of the command line like a line of a file; its position has no line number.
pub(super) fn of_argument(text: &str, editable: bool) -> Result<super::RequirementLine, Fault> {
    let trimmed = text.trim_matches(is_python_space);
    let kind = if editable { read_editable(trimmed) } else { read(trimmed) };
    argument(kind.map_err(|(message, _)| message), trimmed, editable)
}

/// Returns the line of a requirement that is already parsed.
pub(super) fn of_parsed(requirement: Requirement, editable: bool) -> Result<super::RequirementLine, Fault> {
    let text = requirement.to_string();
    let kind = of_requirement(requirement);
    let kind = if editable { kind.and_then(self::editable) } else { kind };
    argument(kind, &text, editable)
}

/// Returns the line of a path to an archive or a directory.
pub(super) fn of_path(path: &str, editable: bool) -> Result<super::RequirementLine, Fault> {
    let kind = direct::read_path(path);
    let kind = if editable { kind.and_then(self::editable) } else { kind };
    argument(kind, path, editable)
}

fn argument(
    kind: Result<RequirementKind, String>,
    text: &str,
    editable: bool,
) -> Result<super::RequirementLine, Fault> {
    let origin = Origin::new("argument", 0, 0);
    match kind {
        Ok(kind) => Ok(super::RequirementLine {
            kind,
            origin,
            text: text.to_owned(),
            hashes: Vec::new(),
            editable,
            config_settings: Vec::new(),
        }),
        Err(message) => {
            // The credentials are removed first: a part of them is not recognised.
            let shown: String =
                without_credentials(text).chars().take(120).flat_map(char::escape_debug).collect();
            Err(Fault::new(origin, format!("`{shown}`: {message}")))
        }
    }
}
