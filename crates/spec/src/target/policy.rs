//! The `_manylinux` module, with which a Linux distribution can reject manylinux wheels.

use serde::{Deserialize, Serialize};

/// A `_manylinux` module ([PEP 600](https://peps.python.org/pep-0600/#package-installers), before it
/// [PEP 513](https://peps.python.org/pep-0513/#platform-detection-for-installers)): its attributes and the results of
/// its function. An empty module has no effect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManylinuxPolicy {
    /// `manylinux1_compatible`, used for glibc 2.5.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manylinux1_compatible: Option<bool>,
    /// `manylinux2010_compatible`, used for glibc 2.12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manylinux2010_compatible: Option<bool>,
    /// `manylinux2014_compatible`, used for glibc 2.17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manylinux2014_compatible: Option<bool>,
    /// `manylinux_compatible(major, minor, arch)`; if it exists, the attributes are not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatible: Option<ManylinuxFunction>,
}

/// The results of `manylinux_compatible`: `False` below `deny_below` and above `deny_above`, else `otherwise`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ManylinuxFunction {
    /// glibc versions below this one are rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_below: Option<(u32, u32)>,
    /// glibc versions above this one are rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deny_above: Option<(u32, u32)>,
    /// The result for all other versions; `None` leaves the decision to the version of glibc.
    #[serde(default, rename = "else")]
    pub otherwise: Option<bool>,
}

impl ManylinuxFunction {
    /// Returns a function with this result for all versions.
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
    /// Returns whether tags for this glibc version may be used if glibc is new enough.
    ///
    /// `ask_function` is whether the installer supports the function of PEP 600.
    pub(crate) fn allows(&self, version: (u32, u32), ask_function: bool) -> bool {
        // packaging 26.3, `_manylinux._is_compatible`: if the function returns None, glibc decides. The attributes are
        // used only if there is no function.
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
