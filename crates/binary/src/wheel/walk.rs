//! The walk of a loader from one file through all libraries that it requires.
//!
//! The static inspection of a wheel and the simulated loader of an image use this walk. They differ in the files that are
//! searched and in what is known about libraries outside of them ([`LoadableFiles`]).

use std::collections::HashMap;
use std::iter;

use rustc_hash::FxHashSet;

use crate::elf::ElfFacts;
use crate::policy::MuslSymbols;

/// The rules of the search for a required library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SearchRules {
    /// glibc (`elf/dl-load.c`).
    ///
    /// `DT_RUNPATH` applies only to its own file and disables every `DT_RPATH` for it. `DT_RPATH` also applies to the files
    /// that are loaded for its file. A loaded file provides its SONAME.
    Glibc,
    /// musl (`ldso/dynlink.c`).
    ///
    /// Both kinds of search path apply to their own file and to all files that are loaded for it. A loaded file provides
    /// only the name under which it was found. The names of musl itself are never searched.
    Musl,
    /// auditwheel 6.8.2 (`lddtree.py`).
    ///
    /// The search paths of the requiring file and of the file with which the walk starts apply. A file provides only the
    /// name under which it was found.
    Auditwheel,
}

/// The files that a loader can find, and the libraries outside of them.
///
/// A file is identified by an index.
pub trait LoadableFiles<'f> {
    /// What is known about a library that is not one of the files.
    type Outside: Copy;

    /// Returns the facts of a file; `None` for an unknown index.
    fn elf(&self, file: usize) -> Option<&'f ElfFacts>;

    /// Returns the file with a name in the directory of an entry of a search path.
    fn find(&self, entry: SearchEntry<'f>, library: &str) -> Option<usize>;

    /// Returns what is known about a library for which the search ended without a file. `by` is the file that requires it.
    fn outside(&self, by: usize, library: &'f str, end: SearchEnd<'_, 'f>) -> Self::Outside;
}

/// An entry of a search path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SearchEntry<'f> {
    /// The file with the search path, whose directory is `$ORIGIN`.
    pub owner: usize,
    /// The entry as in `DT_RPATH` or `DT_RUNPATH`.
    pub path: &'f str,
}

/// Why the search for a library ended without a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchEnd<'s, 'f> {
    /// The name is one of the C library itself and is not searched.
    Libc,
    /// The name contains a slash, so it is a path and is not searched (ld.so(8)).
    Path,
    /// No entry of this search path leads to a suitable file.
    NotFound(&'s [SearchEntry<'f>]),
}

/// What provides a required library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LibrarySource<O> {
    /// One of the files.
    File(usize),
    /// None of the files.
    Outside(O),
}

/// One required library of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequiredLibrary<'f, O = ()> {
    /// The file that requires it.
    pub by: usize,
    /// The library as in `DT_NEEDED`.
    pub library: &'f str,
    /// What provides it.
    pub source: LibrarySource<O>,
}

impl<O> RequiredLibrary<'_, O> {
    /// Returns the file that provides it; `None` if it is outside of the files.
    pub fn file(&self) -> Option<usize> {
        match self.source {
            LibrarySource::File(file) => Some(file),
            LibrarySource::Outside(_) => None,
        }
    }
}

/// All that is loaded for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadSequence<'f, O = ()> {
    /// The file itself first, then the files that are loaded for it, in the order of the loader.
    pub files: Vec<usize>,
    /// The required libraries of these files, in the same order.
    pub libraries: Vec<RequiredLibrary<'f, O>>,
}

impl<'f, O: Copy> LoadSequence<'f, O> {
    /// Loads one file by the rules of a loader: breadth first, each file once.
    ///
    /// A loader stops at the first missing library. The walk continues, so that all of them are reported.
    pub fn new<F: LoadableFiles<'f, Outside = O>>(files: &F, root: usize, rules: SearchRules) -> Self {
        let mut sequence = Self { files: vec![root], libraries: Vec::new() };
        // For each file the position of the one for which it was loaded.
        let mut openers: Vec<Option<usize>> = vec![None];
        let mut loaded = FxHashSet::from_iter([root]);
        // The names are untrusted, so their hash is keyed.
        let mut known: HashMap<&'f str, LibrarySource<O>> = HashMap::new();
        if let Some(soname) = rules.provided_soname(files.elf(root)) {
            known.insert(soname, LibrarySource::File(root));
        }
        let mut next = 0;
        while let Some(&by) = sequence.files.get(next) {
            let needed = files.elf(by).map(|elf| elf.needed.as_slice()).unwrap_or_default();
            for library in needed {
                let source = match known.get(library.as_str()) {
                    Some(&source) => source,
                    None => {
                        let chain = iter::successors(Some(next), |&at| openers.get(at).copied().flatten());
                        let chain = chain.filter_map(|at| sequence.files.get(at).copied());
                        rules.search(files, library, chain)
                    }
                };
                known.insert(library, source);
                if let LibrarySource::File(file) = source {
                    if let Some(soname) = rules.provided_soname(files.elf(file)) {
                        known.entry(soname).or_insert(source);
                    }
                    if loaded.insert(file) {
                        sequence.files.push(file);
                        openers.push(Some(next));
                    }
                }
                sequence.libraries.push(RequiredLibrary { by, library, source });
            }
            next += 1;
        }
        sequence
    }
}

impl SearchRules {
    /// Returns whether a file with the required name can be used for the file that requires it. The search continues
    /// after a file that cannot.
    ///
    /// glibc skips files of another class or machine (`open_verify`). musl skips no file; one of another machine fails
    /// when it is relocated, so it is not used either. `EI_OSABI` is compared only by auditwheel
    /// (`Platform.is_compatible`): glibc ends the search with an error, and musl ignores the field.
    pub fn accepts(self, by: &ElfFacts, file: &ElfFacts) -> bool {
        let usual = |abi: u8| matches!(abi, 0 | 3);
        (by.class, by.order, by.raw_machine) == (file.class, file.order, file.raw_machine)
            && (self != Self::Auditwheel
                || by.os_abi == file.os_abi
                || usual(by.os_abi) && usual(file.os_abi))
    }

    /// The SONAME of a loaded file, if the loader uses the file for requirements of that name.
    ///
    /// glibc compares the name with the SONAMEs of all loaded files, also of the first (`_dl_map_object`). musl and
    /// auditwheel compare it only with the names that were searched before (`load_library`; `ldd`).
    fn provided_soname(self, file: Option<&ElfFacts>) -> Option<&str> {
        match self {
            Self::Glibc => file?.soname.as_deref(),
            Self::Musl | Self::Auditwheel => None,
        }
    }

    /// Searches a library for the first file of a chain. Each file of the chain was loaded for the next one.
    fn search<'f, F: LoadableFiles<'f>>(
        self,
        files: &F,
        library: &'f str,
        chain: impl Iterator<Item = usize> + Clone,
    ) -> LibrarySource<F::Outside> {
        let by = chain.clone().next().unwrap_or_default();
        let outside = |end: SearchEnd<'_, 'f>| LibrarySource::Outside(files.outside(by, library, end));
        if self == Self::Musl && MuslSymbols::table().is_libc(library) {
            return outside(SearchEnd::Libc);
        }
        if library.contains('/') {
            return outside(SearchEnd::Path);
        }
        let entries = self.search_path(files, chain);
        let suitable =
            |file: usize| files.elf(by).zip(files.elf(file)).is_some_and(|(by, file)| self.accepts(by, file));
        let found = entries.iter().find_map(|&entry| files.find(entry, library).filter(|&at| suitable(at)));
        match found {
            Some(file) => LibrarySource::File(file),
            None => outside(SearchEnd::NotFound(&entries)),
        }
    }

    /// The entries of the search paths that apply to the requirements of the first file of a chain, in order.
    fn search_path<'f>(
        self,
        files: &impl LoadableFiles<'f>,
        chain: impl Iterator<Item = usize>,
    ) -> Vec<SearchEntry<'f>> {
        let mut chain = chain.filter_map(|at| Some((at, files.elf(at)?)));
        let Some((by, elf)) = chain.next() else { return Vec::new() };
        let of =
            |owner: usize, paths: &'f [String]| paths.iter().map(move |path| SearchEntry { owner, path });
        match self {
            Self::Glibc if !elf.runpath.is_empty() => of(by, &elf.runpath).collect(),
            Self::Glibc => {
                let chain = iter::once((by, elf)).chain(chain).filter(|(_, elf)| elf.runpath.is_empty());
                chain.flat_map(|(at, elf)| of(at, &elf.rpath)).collect()
            }
            Self::Musl => {
                let chain =
                    iter::once((by, elf)).chain(chain).filter(|(_, elf)| musl_expands(elf.search_path()));
                chain.flat_map(|(at, elf)| of(at, elf.search_path())).collect()
            }
            // `ldd`: `ldpaths["rpath"] + rpaths + runpaths + ldpaths["runpath"]`. `ldpaths` has the entries of the first file.
            Self::Auditwheel => {
                let (root, first) = chain.last().unwrap_or((by, elf));
                let rpath = if first.runpath.is_empty() { first.rpath.as_slice() } else { &[] };
                of(root, rpath).chain(of(by, elf.search_path())).chain(of(root, &first.runpath)).collect()
            }
        }
    }
}

/// Returns whether musl uses a search path: it ignores the whole path if one entry contains a `$` that is not part of
/// `$ORIGIN` or `${ORIGIN}` (`fixup_rpath`).
fn musl_expands(entries: &[String]) -> bool {
    let known = |rest: &str| rest.starts_with("$ORIGIN") || rest.starts_with("${ORIGIN}");
    entries.iter().all(|entry| entry.match_indices('$').all(|(at, _)| entry.get(at..).is_some_and(known)))
}

#[cfg(test)]
pub(super) mod tests;
