//! setuptools' `requires.txt`: requirement lines in sections `[extra]`, `[:marker]` and `[extra:marker]`
//! (setuptools documentation, "The Internal Structure of Python Eggs", `requires.txt`).

use super::headers::{push_header, with_condition};
use wheelbase_spec::name::ExtraName;

/// The lines as `Requires-Dist` and `Provides-Extra` headers.
pub(super) fn headers(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut headers = String::new();
    let mut condition: Option<String> = None;
    for line in text.lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (extra, marker) = section.split_once(':').unwrap_or((section, ""));
            let extra = extra.trim();
            if !extra.is_empty() {
                push_header(&mut headers, "provides-extra", extra);
            }
            condition = section_condition(extra, marker.trim());
            continue;
        }
        let requirement = match &condition {
            Some(condition) => with_condition(line, condition),
            None => line.to_owned(),
        };
        push_header(&mut headers, "requires-dist", &requirement);
    }
    headers
}

fn section_condition(extra: &str, marker: &str) -> Option<String> {
    let extra = (!extra.is_empty()).then(|| {
        let name = extra
            .parse::<ExtraName>()
            .map_or_else(|_| extra.replace(['"', '\''], ""), |name| name.to_string());
        format!("extra == \"{name}\"")
    });
    match (extra, marker) {
        (None, "") => None,
        (None, marker) => Some(format!("({marker})")),
        (Some(extra), "") => Some(extra),
        (Some(extra), marker) => Some(format!("({marker}) and {extra}")),
    }
}
