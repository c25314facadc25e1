//! `runpath-not-inherited`

use std::collections::BTreeMap;

use crate::findings::affected::{Affected, Verb};
use crate::findings::counts::MOST;
use crate::findings::{CodeInfo, Fact, Level, Rule};
use crate::inspect::context::WheelContext;
use crate::target::LibcFamily;
use crate::wheel::{RequiredLibrary, SearchRules};

pub(in crate::findings) const INFO: CodeInfo = CodeInfo {
    name: "runpath-not-inherited",
    level: Level::Warn,
    summary: "a bundled library is found only through a search path that is not inherited",
    explanation: "DT_RUNPATH applies only to the file that has it, and not to the libraries that this file loads \
(DT_RPATH applies to both). A library in the wheel requires another library of the wheel, has no search path to it, \
and relies on the path of its parent. glibc does not find the library unless it is already loaded; musl does.\n\n\
Give the library a `$ORIGIN` path, as `auditwheel repair` does.",
    link: "https://man7.org/linux/man-pages/man8/ld.so.8.html",
};

/// A library of the wheel is not on the search paths of the file that requires it: `DT_RUNPATH` is not inherited
/// (ld.so(8), `DT_RUNPATH`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunpathNotInherited {
    /// A member would find it only if search paths were inherited, as auditwheel assumes.
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
    /// program sets `LD_LIBRARY_PATH`.
    Likely,
    /// It is unknown.
    Perhaps,
    /// Nothing does.
    No,
}

impl RunpathNotInherited {
    /// Whether it reports a failure.
    pub(crate) fn fails(&self) -> bool {
        matches!(self, Self::OnImage { before: LoadedBefore::No, .. })
    }
}

impl Rule for RunpathNotInherited {
    fn in_wheel(cx: &WheelContext<'_>) -> Vec<Self> {
        let mut lost: BTreeMap<(usize, &str), &str> = BTreeMap::new();
        for (root, assumed) in &cx.walks {
            // musl inherits both kinds.
            if cx.loader(*root) == Some(LibcFamily::Musl) {
                continue;
            }
            let real = cx.resolver.walk(*root, SearchRules::Glibc);
            for need in assumed.iter().filter(|need| need.file().is_some() && need.by != *root) {
                let same = |one: &&RequiredLibrary<'_>| one.by == need.by && one.library == need.library;
                if real.iter().filter(same).any(|one| one.file().is_none()) {
                    lost.entry((need.by, need.library)).or_insert(cx.path(*root));
                }
            }
        }
        let mut out = Vec::new();
        for ((by, library), root) in lost.into_iter().take(MOST) {
            out.push(Self::InWheel {
                member: cx.path(by).to_owned(),
                library: library.to_owned(),
                root: root.to_owned(),
            });
        }
        out
    }

    fn message(&self) -> String {
        match self {
            Self::InWheel { library, root, .. } => format!(
                "requires `{library}`, which only the search path of `{root}` finds, and DT_RUNPATH is not inherited"
            ),
            Self::OnImage { affected, libraries, file, before } => {
                let library = libraries.first().map_or("", String::as_str);
                let rest = match libraries.len().saturating_sub(1) {
                    0 => String::new(),
                    more => format!(" (and {more} like it)"),
                };
                let one = affected.files.len() == 1;
                let (need, paths) = match one {
                    true => ("requires", "its search path does not contain"),
                    false => ("require", "their search paths do not contain"),
                };
                let loads = if one { "it loads" } else { "they load" };
                let directory = match file.rsplit_once('/') {
                    Some((directory, _)) => format!("`{directory}`"),
                    None => format!("the directory of `{file}`"),
                };
                let end = match before {
                    LoadedBefore::No => format!(", and nothing loads `{file}` before"),
                    LoadedBefore::Yes => format!(", but `{file}` was loaded before"),
                    _ if affected.all_programs() => {
                        format!("; {loads} only if `LD_LIBRARY_PATH` contains {directory}")
                    }
                    _ => format!("; {loads} only if `{file}` was loaded before"),
                };
                let joint = if *before == LoadedBefore::Yes { "and" } else { "but" };
                let by = affected.needed_by();
                let why = format!("{by} {need} `{library}`{rest}, {joint} {paths} {directory}{end}");
                if self.fails() { affected.sentence(Verb::Fails, &why) } else { why }
            }
        }
    }

    fn help(&self) -> Option<String> {
        match self {
            Self::InWheel { .. } => Some(
                "set a `$ORIGIN` search path (`auditwheel repair` does); the import fails unless the library is already \
                 loaded"
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

    fn facts(&self) -> Vec<Fact<'_>> {
        match self {
            Self::InWheel { library, .. } => vec![Fact::Library(library)],
            Self::OnImage { affected, libraries, .. } => {
                [Fact::libraries(libraries)].into_iter().chain(affected.facts()).collect()
            }
        }
    }
}
