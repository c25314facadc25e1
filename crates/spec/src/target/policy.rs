//! The `_manylinux` module with which a distribution can refuse manylinux wheels.

use serde::{Deserialize, Serialize};

/// A `_manylinux` module ([PEP 600](https://peps.python.org/pep-0600/#package-installers), before it
/// [PEP 513](https://peps.python.org/pep-0513/#platform-detection-for-installers)): its attributes and what its
/// function answers. An empty one decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManylinuxPolicy {
    /// `manylinux1_compatible`, asked for glibc 2.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manylinux1_compatible: Option<bool>,
    /// `manylinux2010_compatible`, asked for glibc 2.12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manylinux2010_compatible: Option<bool>,
    /// `manylinux2014_compatible`, asked for glibc 2.17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manylinux2014_compatible: Option<bool>,
    /// `manylinux_compatible(major, minor, arch)`; where it exists the attributes are not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatible: Option<ManylinuxFunction>,
}

/// What `manylinux_compatible` answers: `False` below `deny_below` and above `deny_above`, else `otherwise`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ManylinuxFunction {
    /// Versions below this one are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_below: Option<(u32, u32)>,
    /// Versions above this one are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_above: Option<(u32, u32)>,
    /// The answer for the rest; `None` leaves it to glibc's version.
    #[serde(default, rename = "else")]
    pub otherwise: Option<bool>,
}

impl ManylinuxFunction {
    /// A function with this answer inside its limits.
    pub fn new(otherwise: Option<bool>) -> Self {
        Self { otherwise, ..Self::default() }
    }

    fn answer(&self, version: (u32, u32)) -> Option<bool> {
        let below = self.deny_below.is_some_and(|limit| version < limit);
        let above = self.deny_above.is_some_and(|limit| version > limit);
        if below || above { Some(false) } else { self.otherwise }
    }
}

impl ManylinuxPolicy {
    /// Whether tags for this glibc version may be used where glibc itself is new enough.
    ///
    /// `ask_function` says whether the installer knows the function of PEP 600.
    pub(crate) fn allows(&self, version: (u32, u32), ask_function: bool) -> bool {
        // packaging 26.3, `_manylinux._is_compatible`: the function's None leaves the decision to glibc, and the
        // attributes are looked at only where there is no function.
        if let Some(function) = self.compatible.as_ref().filter(|_| ask_function) {
            return function.answer(version).unwrap_or(true);
        }
        let attribute = match version {
            (2, 5) => self.manylinux1_compatible,
            (2, 12) => self.manylinux2010_compatible,
            (2, 17) => self.manylinux2014_compatible,
            _ => None,
        };
        attribute.unwrap_or(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // PEP 600, "Package installers".
    #[test]
    fn function_wins_over_attributes_and_none_leaves_it_to_glibc() {
        let policy = ManylinuxPolicy {
            manylinux2014_compatible: Some(false),
            compatible: Some(ManylinuxFunction::new(None)),
            ..ManylinuxPolicy::default()
        };
        assert!(policy.allows((2, 17), true));
        assert!(!policy.allows((2, 17), false));
        assert!(policy.allows((2, 18), false));
    }

    #[test]
    fn shape_is_that_of_the_oracle() {
        let policy: ManylinuxPolicy =
            serde_json::from_str(r#"{"compatible": {"deny_above": [2, 28], "else": null}}"#).expect("valid");
        assert!(policy.allows((2, 28), true) && !policy.allows((2, 29), true));
        assert!(serde_json::from_str::<ManylinuxPolicy>(r#"{"manylinux3": true}"#).is_err());
    }
}
