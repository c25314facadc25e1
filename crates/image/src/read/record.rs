//! Installation records, `RECORD` of a distribution.

use std::io::Read;

use super::databases::{lines, text_weight};
use super::fault::Fault;
use super::limits::Budget;

/// Members of a `RECORD` that a loader would open: shared objects, with or without a version in the name.
pub(super) fn compiled_members(record: impl Read, budget: &Budget) -> Result<Vec<String>, Fault> {
    let mut members = Vec::new();
    lines(record, |line| {
        // A path with a comma or a quote is quoted as in CSV.
        let path = match line.strip_prefix('"') {
            Some(quoted) => quoted.split("\",").next().unwrap_or(quoted).replace("\"\"", "\""),
            None => line.split(',').next().unwrap_or_default().to_owned(),
        };
        let name = path.rsplit('/').next().unwrap_or_default();
        if name.ends_with(".so") || name.contains(".so.") {
            budget.keep(text_weight(&path))?;
            members.push(path);
        }
        Ok(())
    })?;
    Ok(members)
}
