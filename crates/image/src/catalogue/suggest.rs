//! Known names that are similar to an unknown one.

use std::collections::BTreeSet;

/// Returns the tags of `known` that are similar to `tag`, the most similar first. `exists` must accept them.
pub(super) fn tags(tag: &str, known: Vec<String>, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let mut near: Vec<String> =
        reordered(tag).into_iter().filter(|other| other != tag && exists(other)).collect();
    let limit = allowed_distance(tag);
    let mut others = by_distance(tag, known).into_iter().filter(|(_, other)| exists(other)).peekable();
    // A family has few tags, so three of them are listed even if no tag is similar.
    let (most, limit) = match others.peek() {
        Some((distance, _)) if *distance > limit && near.is_empty() => (3, usize::MAX),
        _ => (5, limit),
    };
    near.extend(others.take_while(|(distance, _)| *distance <= limit).map(|(_, other)| other));
    let mut seen = BTreeSet::new();
    near.retain(|other| seen.insert(other.clone()));
    near.truncate(most);
    near
}

/// The tag in lower case with its words in every order, because the order differs between families
/// (`python:3.12-slim-trixie`, but `uv:python3.12-trixie-slim`).
fn reordered(tag: &str) -> Vec<String> {
    let tag = tag.to_ascii_lowercase();
    let words: Vec<&str> = tag.split('-').collect();
    let mut orders: Vec<Vec<&str>> = vec![Vec::new()];
    // Four words have 24 orders. No family has tags with more words that can be swapped.
    for word in words.iter().take(4) {
        orders = orders
            .iter()
            .flat_map(|order| {
                (0..=order.len()).rev().map(|at| {
                    let mut order = order.clone();
                    order.insert(at, word);
                    order
                })
            })
            .collect();
    }
    if words.len() > 4 {
        return vec![tag];
    }
    orders.into_iter().map(|order| order.join("-")).collect()
}

/// The edit distance up to which a name is similar to one of this length.
fn allowed_distance(name: &str) -> usize {
    (name.len() / 3).clamp(2, 6)
}

/// Returns the five names of `known` that are most similar to `name`, the most similar first.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = String>) -> Vec<String> {
    let limit = allowed_distance(name);
    by_distance(name, known)
        .into_iter()
        .filter(|(distance, _)| *distance <= limit)
        .take(5)
        .map(|(_, name)| name)
        .collect()
}

/// Names with their edit distance, the smallest first.
fn by_distance(name: &str, known: impl IntoIterator<Item = String>) -> Vec<(usize, String)> {
    let mut near: Vec<(usize, String)> = known
        .into_iter()
        .map(|known| {
            // A name that contains the other is similar, however long the rest is.
            let within = known.contains(name) || (known.len() > 3 && name.contains(&*known));
            let distance = strsim::damerau_levenshtein(&known, name);
            (if within { distance.min(2) } else { distance }, known)
        })
        .collect();
    near.sort();
    near.dedup();
    near
}
