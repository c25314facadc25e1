//! The variable parts of a text with a fixed form.

/// Returns the parts of a text that starts with `start`, where each part is followed by its end. The last end is the end of
/// the text. `None` if the text has another form.
pub(crate) fn captured<'t, const N: usize>(
    text: &'t str,
    start: &str,
    ends: [&str; N],
) -> Option<[&'t str; N]> {
    let mut rest = text.strip_prefix(start)?;
    let mut parts = [""; N];
    for (index, (part, end)) in parts.iter_mut().zip(ends).enumerate() {
        let last = index + 1 == N;
        (*part, rest) = if last { (rest.strip_suffix(end)?, "") } else { rest.split_once(end)? };
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::captured;

    #[test]
    fn parts_are_between_the_fixed_texts() {
        assert_eq!(captured("pip 1 of 2 (3)", "pip ", [" of ", " (", ")"]), Some(["1", "2", "3"]));
        assert_eq!(captured("pip 1", "pip ", [""]), Some(["1"]));
        for other in ["uv 1 of 2 (3)", "pip 1 of 2", "pip 1 of 2 (3) "] {
            assert_eq!(captured(other, "pip ", [" of ", " (", ")"]), None, "{other}");
        }
    }
}
