//! The walk of a loader through installed wheels and the libraries of an image.

use crate::elf::ElfFacts;
use crate::image::{LibrarySet, Presence};
use crate::wheel::{LoadSequence, LoadableFiles, SearchEnd, SearchEntry};

use super::layout::Layout;

/// What is known about a library that no search path of a wheel leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outside<'a> {
    /// The image has it.
    Image,
    /// Not on any search path.
    Absent {
        /// A file of that name elsewhere, which is used only if it is already loaded.
        elsewhere: Option<usize>,
        /// A search path leads to a directory of a wheel that was not read.
        leads_out: bool,
    },
    /// Unknown, with the reason.
    Unknown(&'a str),
}

/// All that is loaded for one file.
pub(super) type Walk<'a> = LoadSequence<'a, Outside<'a>>;

/// Loads one file.
pub(super) fn walk<'a>(layout: &'a Layout<'a>, root: usize, libraries: &'a LibrarySet) -> Walk<'a> {
    LoadSequence::new(&ImageFiles { layout, libraries }, root, layout.rules)
}

/// All installed files, and the libraries of the image.
struct ImageFiles<'a> {
    layout: &'a Layout<'a>,
    libraries: &'a LibrarySet,
}

impl<'a> LoadableFiles<'a> for ImageFiles<'a> {
    type Outside = Outside<'a>;

    fn elf(&self, file: usize) -> Option<&'a ElfFacts> {
        self.layout.files.get(file).map(|file| &file.member.elf)
    }

    fn find(&self, entry: SearchEntry<'a>, library: &str) -> Option<usize> {
        self.layout.find(entry, library)
    }

    fn outside(&self, by: usize, library: &'a str, end: SearchEnd<'_, 'a>) -> Outside<'a> {
        let entries = match end {
            SearchEnd::Libc => return Outside::Image,
            SearchEnd::Path => return Outside::Unknown("it is required by path and not by name"),
            SearchEnd::NotFound(entries) => entries,
        };
        let presence = self.libraries.find(library);
        if matches!(presence, Presence::Present(_)) {
            return Outside::Image;
        }
        let elsewhere = self.layout.anywhere(library, by);
        match presence {
            Presence::Unknown(why) if elsewhere.is_none() => Outside::Unknown(why),
            _ => {
                let leads_out = entries.iter().any(|&entry| self.layout.leads_out(entry));
                Outside::Absent { elsewhere, leads_out }
            }
        }
    }
}
