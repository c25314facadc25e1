//! What a code is called and means.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::level::Level;
use super::table::Code;

impl Code {
    /// The kebab-case name, such as `builds-from-source`.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The level unless a setting or the circumstances change it.
    pub fn default_level(self) -> Level {
        self.info().level
    }

    /// A summary in one line.
    pub fn summary(self) -> &'static str {
        self.info().summary
    }

    /// The whole text of `wheelbase explain`.
    pub fn explanation(self) -> &'static str {
        self.info().explanation
    }

    /// A specification, or an issue that shows the case.
    pub fn link(self) -> &'static str {
        self.info().link
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The error for an unknown finding code, with the most similar codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    input: String,
    near: Vec<&'static str>,
}

impl fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown finding code `{}`", self.input.escape_default())?;
        if !self.near.is_empty() {
            write!(f, "; similar: {}", self.near.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownCode {}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.name() == text).ok_or_else(|| {
            let mut near: Vec<(usize, &'static str)> = Self::ALL
                .iter()
                .map(|code| (strsim::damerau_levenshtein(code.name(), text), code.name()))
                .collect();
            near.sort_unstable();
            UnknownCode {
                input: text.to_owned(),
                near: near.into_iter().take(3).map(|(_, name)| name).collect(),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Findings of one level are sorted by code, which must be the order of the names.
    #[test]
    fn rows_are_sorted_by_name() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.name()), "{:?}", Code::ALL);
        assert!(Code::ALL.is_sorted());
    }
}
