//! `installed-wheel-unsupported`

use crate::findings::{CodeInfo, Level, Rule};

use super::InstalledContext;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "installed-wheel-unsupported",
    level: Level::Deny,
    summary: "an installed wheel is for another interpreter, C library or machine",
    explanation: "The `WHEEL` file of an installed distribution contains the tags of its wheel, and the interpreter \
of the image does not support any of them. The environment was copied from an image with another C library, Python \
or machine, or a wheel was renamed or unpacked by hand. Pure Python code may still work; compiled modules are not \
found or not loaded.\n\n\
`pip check` reports it as `is not supported on this platform`. Distributions without tags, such as those of the \
Linux distribution, are ignored.\n\n\
Install in the image that runs the application, or in one with the same Python, C library and machine.",
    link: "https://packaging.python.org/en/latest/specifications/binary-distribution-format/",
};

/// A distribution was installed from a wheel that its interpreter does not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InstalledWheelUnsupported {
    /// The distribution's name, as it writes it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The tags of the wheel.
    pub tags: Vec<String>,
}

impl Rule for InstalledWheelUnsupported {
    fn on_installed(cx: &InstalledContext<'_>) -> Vec<Self> {
        let one = cx.distribution;
        let fits = |tags: &String| cx.tags.rank_filename(&format!("x-1-{tags}.whl")).is_some();
        if one.tags.is_empty() || one.tags.iter().any(fits) {
            return Vec::new();
        }
        vec![Self { name: one.name.clone(), version: one.version.clone(), tags: one.tags.clone() }]
    }

    fn message(&self) -> String {
        let Self { name, version, tags } = self;
        format!(
            "`{name}` {version} is installed from a wheel for {}, which the interpreter does not support",
            tags.join(", ")
        )
    }
}
