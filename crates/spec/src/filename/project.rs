//! Project names in file names.

use crate::ProjectName;

/// Returns whether `text` is a spelling of the name of `project`: PEP 503 normalization without allocation.
///
/// packaging's `canonicalize_name` does not check the characters. An invalid name never matches a project, because
/// normalized names contain only ASCII letters, digits and single dashes.
pub(super) fn names_project(text: &str, project: &ProjectName) -> bool {
    let mut expected = project.as_str().bytes();
    let mut dash = false;
    for byte in text.bytes() {
        let byte = match byte {
            b'-' | b'_' | b'.' if dash => continue,
            b'-' | b'_' | b'.' => b'-',
            _ => byte.to_ascii_lowercase(),
        };
        dash = byte == b'-';
        if expected.next() != Some(byte) {
            return false;
        }
    }
    expected.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_project_matches() {
        let project: ProjectName = "foo-bar".parse().expect("valid");
        for text in ["foo-bar", "Foo_Bar", "foo.bar", "foo-_.bar", "FOO__BAR"] {
            assert!(names_project(text, &project), "{text}");
        }
        for text in ["foobar", "foo-bar-", "-foo-bar", "foo-ba", "foo-barr", "", "foo bar", "föo-bar"] {
            assert!(!names_project(text, &project), "{text}");
        }
    }
}
