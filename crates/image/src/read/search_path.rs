//! Search paths in environment variables.

use std::collections::HashSet;

/// The longest environment variable of Linux (`MAX_ARG_STRLEN`, execve(2)).
pub(crate) const MAX_VARIABLE: usize = 128 << 10;

/// Returns the absolute directories of `LD_LIBRARY_PATH`. An empty part means the current directory, which is unknown.
pub(crate) fn library_path(environment: &[(String, String)]) -> Vec<String> {
    let value = environment.iter().rev().find(|(name, _)| name == "LD_LIBRARY_PATH").map(|(_, value)| value);
    let value = value.filter(|value| value.len() <= MAX_VARIABLE);
    let parts = value.into_iter().flat_map(|value| value.split([':', ';']));
    let mut seen = HashSet::new();
    let parts = parts.filter(|part| part.starts_with('/')).map(below_root).filter(|part| !part.is_empty());
    parts.filter(|part| seen.insert(part.clone())).collect()
}

pub(crate) fn below_root(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}
