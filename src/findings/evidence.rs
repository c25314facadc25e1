//! What a finding rests on, as reports write it.

use serde::Serialize;

/// What a finding rests on, besides its member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Evidence {
    /// The library; the first of [`libraries`](Self::libraries) where there are several.
    pub(crate) library: Option<String>,
    /// The symbol, version node, search path, tag or other text.
    pub(crate) symbol: Option<String>,
    /// Further members of which the same is true.
    pub(crate) more_members: Vec<String>,
    /// All libraries it is about, by SONAME.
    pub(crate) libraries: Vec<String>,
    /// The modules that cannot be imported, the programs that do not run, the files that cannot be loaded.
    pub(crate) modules: Vec<String>,
    /// Packages of the distribution that help.
    pub(crate) packages: Vec<String>,
    /// The line that installs them.
    pub(crate) install: Option<String>,
    /// Programs that are started and not there.
    pub(crate) programs: Vec<String>,
    /// Where it was read that the project does so.
    pub(crate) source: Option<String>,
}

impl Evidence {
    /// Whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
