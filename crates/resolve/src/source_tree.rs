//! Source trees in locks: directories and checkouts.

use std::fmt;

use wheelbase_spec::source::url_without_credentials;

/// A source tree in a lock, instead of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceTree {
    /// A directory next to the lock, or a member of its workspace.
    Folder {
        /// Its path, as written in the lock.
        path: String,
        /// Whether it is installed as editable.
        editable: bool,
    },
    /// A checkout of a repository.
    Checkout {
        /// The URL of the repository.
        url: String,
        /// The commit, if the lock contains one.
        revision: Option<String>,
        /// The directory in the repository, if it is not the root.
        subdirectory: Option<String>,
    },
}

impl SourceTree {
    /// Returns the location: the path, or the URL with the commit, without credentials.
    ///
    /// ```
    /// use wheelbase::lock::{Lock, LockSelection};
    /// use wheelbase::locked::resolve_locked;
    /// use wheelbase::resolve::{MemoryFacts, Problem, ResolveOptions, Selection as Selected};
    ///
    /// let text = b"version = 1\n[manifest]\nrequirements = [{ name = 'lib' }]\n[[package]]\nname = 'lib'\nversion = '1'\n\
    ///     source = { git = 'https://user:word@host.invalid/lib?rev=main#0123' }\n";
    /// let lock = Lock::parse(text, "tool.py.lock").expect("a lock");
    /// # use wheelbase::target::{Arch, Installer, Libc, Python, Target};
    /// # let target = Target::new("amd64".parse().expect("x"), Libc::Glibc(2, 36), "3.12".parse().expect("x"), Installer::newest(wheelbase::target::InstallerKind::Pip));
    /// # let environment = target.marker_environment();
    /// # let problem = Problem::new(target, Vec::new(), Vec::new(), ResolveOptions::default());
    /// # let selected = lock.select(&environment, &LockSelection::default(), None);
    /// let resolution = resolve_locked(&problem, &selected, &MemoryFacts::new()).expect("no fact is missing");
    /// let Selected::Tree { tree, .. } = &resolution.projects[0].selection else { panic!("a checkout") };
    /// assert_eq!(tree.location(), "git+https://host.invalid/lib@0123");
    /// ```
    pub fn location(&self) -> String {
        match self {
            Self::Folder { path, .. } => path.clone(),
            Self::Checkout { url, revision, subdirectory } => {
                let shown = url_without_credentials(url).into_owned();
                // Some tools write the scheme with the version control system (`git+https`), others do not.
                let bare = shown.split_once("://").is_some_and(|(scheme, _)| scheme.contains('+'));
                let mut text = if bare { shown } else { format!("git+{shown}") };
                for (mark, part) in [("@", revision), ("#subdirectory=", subdirectory)] {
                    if let Some(part) = part {
                        text.push_str(mark);
                        text.push_str(part);
                    }
                }
                text
            }
        }
    }
}

impl fmt::Display for SourceTree {
    /// Writes the kind and the location, such as ``the directory `../lib` ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder { editable: false, .. } => write!(f, "the directory `{}`", self.location()),
            Self::Folder { editable: true, .. } => {
                write!(f, "the directory `{}` (editable)", self.location())
            }
            Self::Checkout { .. } => write!(f, "a checkout of `{}`", self.location()),
        }
    }
}
