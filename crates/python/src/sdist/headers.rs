//! Headers of core metadata, written from what other files say.

/// Appends one header; line ends inside a value would make another header of the rest.
pub(super) fn push_header(headers: &mut String, name: &str, value: &str) {
    headers.push_str(name);
    headers.push_str(": ");
    headers.extend(value.trim().chars().map(|c| if matches!(c, '\n' | '\r') { ' ' } else { c }));
    headers.push('\n');
}

/// A requirement line with a further condition.
pub(super) fn with_condition(requirement: &str, condition: &str) -> String {
    let requirement = requirement.trim();
    // PEP 508: after a URL the marker's semicolon needs a space before it, since URLs may hold semicolons.
    let is_url = requirement.split(';').next().is_some_and(|head| head.contains('@'));
    let split = if is_url { requirement.rfind(" ;") } else { requirement.find(';') };
    match split {
        Some(at) => {
            let (head, marker) = requirement.split_at(at);
            let marker = marker.trim_start().trim_start_matches(';').trim();
            if marker.is_empty() {
                return format!("{} ; {condition}", head.trim());
            }
            format!("{} ; ({marker}) and {condition}", head.trim())
        }
        None => format!("{requirement} ; {condition}"),
    }
}
