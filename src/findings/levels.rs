//! The levels of a run.

use super::{Code, Finding, Level};

/// The levels of a run: the defaults with the changes of the user. The last change of a code wins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    changed: Vec<(Code, Level)>,
}

impl Levels {
    /// The default levels.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the level of a code.
    pub fn set(&mut self, code: Code, level: Level) {
        self.changed.push((code, level));
    }

    /// The level in force for a code.
    pub fn of(&self, code: Code) -> Level {
        self.set_for(code).unwrap_or(code.default_level())
    }

    /// The level that the user set for a code, if one was.
    pub fn set_for(&self, code: Code) -> Option<Level> {
        self.changed.iter().rev().find(|(known, _)| *known == code).map(|(_, level)| *level)
    }

    /// The level in force for a finding: the one that the user set for its code, otherwise that of the finding.
    pub fn of_finding(&self, finding: &Finding) -> Level {
        self.set_for(finding.code()).unwrap_or(finding.level())
    }
}
