//! Numbers of files and names in sentences about binaries.

/// The most findings of one kind; the last one has the number of the others. A wheel can have thousands of members.
pub(super) const MOST: usize = 20;

/// The number of items that are not reported.
pub(super) fn left_out(number: usize, total: usize) -> usize {
    if number + 1 == MOST { total.saturating_sub(MOST) } else { 0 }
}

/// The most names in a sentence about one file of a wheel.
pub(crate) const FEW: usize = 3;
/// The most names in a sentence about loaded files; the JSON reports have all of them.
pub(crate) const SEVERAL: usize = 8;

/// The first names, then the number of the others.
pub(crate) fn plain(names: impl IntoIterator<Item = String>, most: usize) -> String {
    let mut names: Vec<String> = names.into_iter().collect();
    let more = names.len().saturating_sub(most);
    names.truncate(most);
    match more {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// `1 other file`, `3 other files`
pub(crate) fn counted(count: usize, one: &str) -> String {
    match (count, one.strip_suffix('y')) {
        (1, _) => format!("1 {one}"),
        (count, Some(stem)) => format!("{count} {stem}ies"),
        (count, None) => format!("{count} {one}s"),
    }
}

/// `a binary is`, `3 binaries are`
pub(crate) fn binaries(count: usize, one: &str, several: &str) -> String {
    match count {
        1 => format!("a binary {one}"),
        count => format!("{count} binaries {several}"),
    }
}

/// ` (4 more paths like it)`, if more were not reported.
pub(crate) fn like_it(more: usize, what: &str) -> String {
    if more == 0 { String::new() } else { format!(" ({more} more {what} like it)") }
}
