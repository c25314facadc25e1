//! Installation records, `RECORD` of a distribution.

use std::io::Read;

use super::databases::{lines, text_weight};
use super::fault::ImageFault;
use super::limits::Budget;

/// Returns the shared objects in a `RECORD`, with or without a version in the name.
pub(super) fn compiled_members(record: impl Read, budget: &Budget) -> Result<Vec<String>, ImageFault> {
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn compiled_members_of_a_record_are_found() {
        let record = "numpy/__init__.py,sha256=x,1\nnumpy/_core/_umath.cpython-312-x86_64-linux-gnu.so,sha256=y,2\n\
                      numpy.libs/libopenblas.so.0.3,sha256=z,3\n\"odd,name.so\",,\n";
        assert_eq!(
            compiled_members(record.as_bytes(), &Budget::default()).unwrap(),
            [
                "numpy/_core/_umath.cpython-312-x86_64-linux-gnu.so",
                "numpy.libs/libopenblas.so.0.3",
                "odd,name.so"
            ]
        );
    }
}
