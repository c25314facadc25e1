//! Comparison operators of specifiers.

use std::fmt;

/// The comparison operators of PEP 440.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `==`, or `==X.*` if the specifier is a wildcard
    Equal,
    /// `!=`
    NotEqual,
    /// `<=`
    LessEqual,
    /// `>=`
    GreaterEqual,
    /// `<`
    Less,
    /// `>`
    Greater,
    /// `~=`
    Compatible,
    /// `===`
    Arbitrary,
}

impl Operator {
    /// Returns the operator as written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::LessEqual => "<=",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::Greater => ">",
            Self::Compatible => "~=",
            Self::Arbitrary => "===",
        }
    }

    /// Returns the operator at the start of `text`; the longer one if two match.
    pub(crate) fn at_start(text: &str) -> Option<Self> {
        const LONGEST_FIRST: [Operator; 8] = [
            Operator::Arbitrary,
            Operator::Equal,
            Operator::NotEqual,
            Operator::LessEqual,
            Operator::GreaterEqual,
            Operator::Compatible,
            Operator::Less,
            Operator::Greater,
        ];
        LONGEST_FIRST.into_iter().find(|operator| text.starts_with(operator.as_str()))
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
