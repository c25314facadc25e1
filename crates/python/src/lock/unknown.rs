//! Requested extras and groups that a lock does not contain.

use std::fmt;

use crate::lock::{Extras, Lock, LockFormat, LockProject, LockSelection};
use wheelbase_spec::name::ExtraName;
use wheelbase_spec::target::near;

/// What the tool of the lock does with an unknown name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fate {
    /// It stops with an error.
    Refused,
    /// It ignores the name.
    Ignored,
    /// It depends on the project file, which is missing.
    Unclear,
}

/// A requested extra or group that a lock does not contain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct UnknownName {
    /// The name.
    pub name: ExtraName,
    /// Whether it was requested as an extra; otherwise as a group.
    pub is_extra: bool,
    /// What the tool does.
    pub fate: Fate,
    /// The names in the lock; similar ones first.
    known: Vec<String>,
    /// The number of similar names.
    near: usize,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_extra { "extra" } else { "group" };
        write!(f, "the lock has no {kind} `{}`", self.name)?;
        if self.known.is_empty() {
            return write!(f, "; it contains no {kind}s");
        }
        let (word, names) = match self.near {
            0 => ("available:", self.known.as_slice()),
            near => ("similar:", self.known.get(..near).unwrap_or_default()),
        };
        write!(f, "; {word} {}", names.join(", "))
    }
}

impl Lock {
    /// Returns the extras and groups of a selection that the lock does not contain, each once.
    ///
    /// [`select`](Self::select) handles them like the tools. uv 0.13.9 and poetry 2.5.1 stop, also for a group that is
    /// excluded. pdm 2.26.2 ignores them, except a group of the project that is not in the lock. pipenv 2026.10.3 ignores
    /// them.
    ///
    /// ```
    /// use wheelbase::lock::{Lock, LockSelection};
    ///
    /// let text = b"version = 1\n[[package]]\nname = 'app'\nversion = '1'\nsource = { virtual = '.' }\n\
    ///     [package.optional-dependencies]\nfast = []\n";
    /// let lock = Lock::parse(text, "uv.lock")?;
    /// let asked = LockSelection::default().with_extra("fats".parse().expect("a name"));
    /// let unknown = lock.unknown_names(&asked, None);
    /// assert_eq!(unknown[0].to_string(), "the lock has no extra `fats`; similar: fast");
    /// # Ok::<(), wheelbase::source::InvalidInput>(())
    /// ```
    pub fn unknown_names(
        &self,
        selection: &LockSelection,
        project: Option<&LockProject>,
    ) -> Vec<UnknownName> {
        let mut unknown = Vec::new();
        if let Extras::Some(extras) = &selection.extras {
            unknown.extend(extras.iter().filter_map(|name| self.unknown_name(name, true, project)));
        }
        unknown.extend(selection.with.iter().filter_map(|name| self.unknown_name(name, false, project)));
        // To exclude an unknown group is an error only for the tools that stop.
        let left_out = selection.without.iter().filter_map(|name| self.unknown_name(name, false, project));
        unknown.extend(left_out.filter(|unknown| unknown.fate == Fate::Refused));
        unknown.sort();
        unknown.dedup();
        unknown
    }

    fn unknown_name(
        &self,
        name: &ExtraName,
        is_extra: bool,
        project: Option<&LockProject>,
    ) -> Option<UnknownName> {
        // pdm does not distinguish extras from groups.
        let either = self.format == LockFormat::Pdm;
        let mut known: Vec<&ExtraName> = Vec::new();
        if is_extra || either {
            known.extend(&self.extras);
        }
        if !is_extra || either {
            known.extend(self.groups.iter().chain(&self.default_groups));
        }
        let of_project = project.is_some_and(|project| {
            ((is_extra || either) && project.extras.contains_key(name))
                || ((!is_extra || either) && project.groups.contains_key(name))
        });
        let main = match self.format {
            LockFormat::Poetry => name.as_str() == "main",
            LockFormat::Pdm | LockFormat::Pipenv => name.as_str() == "default",
            _ => false,
        };
        if known.contains(&name) || (main && !is_extra) {
            return None;
        }
        let fate = match self.format {
            LockFormat::Pdm if of_project && self.groups.is_empty() => return None,
            LockFormat::Pdm if of_project => Fate::Refused,
            _ if of_project => return None,
            // uv accepts `--no-dev` and `--dev` without such a group, unlike `--no-group dev` and `--group dev`.
            LockFormat::Uv if name.as_str() == "dev" && !is_extra => Fate::Ignored,
            LockFormat::Pdm if project.is_none() => Fate::Unclear,
            LockFormat::Pdm | LockFormat::Pipenv => Fate::Ignored,
            // lock-version 2.0 and older do not list groups; newer ones do not list empty groups.
            LockFormat::Poetry if project.is_none() && !is_extra => Fate::Unclear,
            _ => Fate::Refused,
        };
        known.sort();
        known.dedup();
        let mut names: Vec<&str> = near(name.as_str(), known.iter().map(|name| name.as_str()));
        let near = names.len();
        for other in known {
            if !names.contains(&other.as_str()) {
                names.push(other.as_str());
            }
        }
        let known = names.into_iter().map(str::to_owned).collect();
        Some(UnknownName { name: name.clone(), is_extra, fate, known, near })
    }
}
