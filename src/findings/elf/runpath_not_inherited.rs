//! `runpath-not-inherited`

use std::collections::BTreeMap;

use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::MOST;
use crate::findings::{CodeInfo, Evidence, Level, Rule};
use crate::inspect::context::Context;
use crate::target::LibcFamily;
use crate::wheel::SearchRules;

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "runpath-not-inherited",
    level: Level::Warn,
    summary: "a bundled library is found only through a search path that is not passed on",
    explanation: "DT_RUNPATH serves the file that has it, and not the libraries that this file loads (DT_RPATH \
        does both). A library in the wheel needs another one there, has no search path of its own that leads to \
        it, and relies on that of its parent. glibc does not find it unless something loaded it before; musl \
        does.\n\nGive the library a `$ORIGIN` path of its own, as `auditwheel repair` does.",
    link: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
};

/// A library of the wheel is where no search path leads that serves the file that needs it: `DT_RUNPATH` is not passed
/// on (ld.so(8), `DT_RUNPATH`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunpathNotInherited {
    /// A member would find it only if a search path were passed on, as auditwheel assumes.
    InWheel {
        /// The member.
        member: String,
        /// The library.
        library: String,
        /// The member whose search path leads to it.
        root: String,
    },
    /// The loader of an image does not find it.
    OnImage {
        /// The files, and what does not work.
        affected: Affected,
        /// The libraries.
        libraries: Vec<String>,
        /// The file of the first of them.
        file: String,
        /// Whether something loads them before.
        before: LoadedBefore,
    },
}

/// Whether something loads a library before the file that does not find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadedBefore {
    /// Something does.
    Yes,
    /// Something may: Python code that runs with the import opens libraries of the wheel, or a script that starts a
    /// program names their directory (`LD_LIBRARY_PATH`).
    Likely,
    /// It is not known whether something does.
    Perhaps,
    /// Nothing does.
    No,
}

impl RunpathNotInherited {
    /// Whether it says that something fails.
    pub(crate) fn fails(&self) -> bool {
        matches!(self, Self::OnImage { before: LoadedBefore::No, .. })
    }
}

impl Rule for RunpathNotInherited {
    fn message(&self) -> String {
        match self {
            Self::InWheel { library, root, .. } => format!(
                "needs `{library}`, which only the search path of `{root}` would find, and DT_RUNPATH is not passed on"
            ),
            Self::OnImage { affected, libraries, file, before } => {
                let library = libraries.first().map_or("", String::as_str);
                let rest = match libraries.len().saturating_sub(1) {
                    0 => String::new(),
                    more => format!(" (and {more} like it)"),
                };
                let one = affected.files.len() == 1;
                let need = if one { "needs" } else { "need" };
                let before_text = match before {
                    LoadedBefore::No => "which nothing loads before",
                    LoadedBefore::Yes => "which is loaded before",
                    _ if affected.all_programs() => "so that it runs only where `LD_LIBRARY_PATH` does",
                    _ if one => "so that it loads only after something has loaded that",
                    _ => "so that they load only after something has loaded that",
                };
                let by = affected.needed_by();
                let why = format!(
                    "{by} {need} `{library}`, and no search path leads to `{file}`, {before_text}{rest}"
                );
                if self.fails() { affected.sentence(Verb::Fails, &why) } else { why }
            }
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::InWheel { .. } => Some(
                "the import fails unless something else loads the library first; give the file a `$ORIGIN` path of \
                 its own (auditwheel repair does)"
                    .to_owned(),
            ),
            Self::OnImage { .. } => None,
        }
    }

    fn member(&self) -> Option<&str> {
        match self {
            Self::InWheel { member, .. } => Some(member),
            Self::OnImage { affected, .. } => affected.member(),
        }
    }

    fn level(&self) -> Option<Level> {
        let Self::OnImage { affected, before, .. } = self else { return None };
        Some(match before {
            LoadedBefore::Yes | LoadedBefore::Likely => Level::Allow,
            LoadedBefore::Perhaps => affected.level(false),
            LoadedBefore::No => affected.level(true),
        })
    }

    fn evidence(&self) -> Evidence {
        match self {
            Self::InWheel { library, .. } => {
                Evidence { library: Some(library.clone()), ..Evidence::default() }
            }
            Self::OnImage { affected, libraries, .. } => affected.evidence(libraries, None),
        }
    }
}

pub(in crate::findings) fn check(cx: &Context<'_>, out: &mut Vec<RunpathNotInherited>) {
    let mut lost: BTreeMap<(usize, &str), &str> = BTreeMap::new();
    for (root, assumed) in &cx.walks {
        // musl passes both kinds on.
        if cx.loader(*root) == Some(LibcFamily::Musl) {
            continue;
        }
        let real = cx.resolver.walk(*root, SearchRules::Glibc);
        for need in assumed.iter().filter(|need| need.found.is_some() && need.by != *root) {
            let same = |one: &&crate::wheel::Need| one.by == need.by && one.library == need.library;
            if real.iter().filter(same).any(|one| one.found.is_none()) {
                lost.entry((need.by, &need.library)).or_insert(cx.path(*root));
            }
        }
    }
    for ((by, library), root) in lost.into_iter().take(MOST) {
        out.push(RunpathNotInherited::InWheel {
            member: cx.path(by).to_owned(),
            library: library.to_owned(),
            root: root.to_owned(),
        });
    }
}
