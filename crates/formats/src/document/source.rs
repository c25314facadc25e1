//! The text of a document, the positions in it, and the faults found so far.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use wheelbase_spec::source::{Fault, Origin};

use super::node::{Node, Value};
use crate::limits;

/// The text of a document, and its faults.
#[derive(Debug)]
pub(super) struct Source<'t> {
    pub(super) file: Arc<str>,
    pub(super) text: &'t str,
    /// The byte offset of each line.
    pub(super) starts: Vec<usize>,
    /// For each line of the text: its line in the file, and the characters before it. Empty if the text is the file.
    lines: Vec<(u32, u32)>,
    faults: RefCell<Vec<Fault>>,
    /// Parts of the text in which a syntax error may cause further faults.
    broken: RefCell<Vec<Range<usize>>>,
}

impl<'t> Source<'t> {
    pub(super) fn new(file: &str, text: &'t str, lines: Vec<(u32, u32)>) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self {
            file: Arc::from(file),
            text,
            starts,
            lines,
            faults: RefCell::default(),
            broken: RefCell::default(),
        }
    }

    /// Returns the position of a byte.
    pub(super) fn origin(&self, offset: usize) -> Origin {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let mut start = self.starts.get(line).copied().unwrap_or(0);
        if line == 0 && offset > 0 && self.text.starts_with('\u{feff}') {
            // Editors do not count a byte order mark.
            start = '\u{feff}'.len_utf8();
        }
        let before = match self.text.get(start..offset) {
            Some(text) if text.len() <= limits::DOCUMENT_COLUMN_BYTES => text.chars().count(),
            _ => offset.saturating_sub(start),
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
        let (line, shift) = self.lines.get(line).copied().unwrap_or((number(line), 0));
        Origin::new(Arc::clone(&self.file), line, number(before).saturating_add(shift))
    }

    /// Adds a fault of the content, unless a syntax error may have caused it.
    pub(super) fn fault(&self, offset: usize, message: impl Into<String>) {
        let broken = self.broken.borrow();
        // A fault of the whole document may be about the part that could not be read.
        if !broken.is_empty() && (offset == 0 || broken.iter().any(|range| range.contains(&offset))) {
            return;
        }
        self.syntax_fault(offset, message);
    }

    /// Adds a fault of the syntax.
    pub(super) fn syntax_fault(&self, offset: usize, message: impl Into<String>) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < limits::DOCUMENT_FAULTS {
            faults.push(Fault::new(self.origin(offset), message));
        }
    }

    /// Records that a part of the text could not be read. Further faults of its content are dropped.
    pub(super) fn mark_broken(&self, range: Range<usize>) {
        self.broken.borrow_mut().push(range);
    }

    /// Records that the text could not be read. Further faults of its content are dropped.
    pub(super) fn mark_all_broken(&self) {
        self.mark_broken(0..usize::MAX);
    }

    /// Adds the fault that a value has another type than expected.
    pub(super) fn mismatch(&self, node: &Node, what: impl fmt::Display, expected: &str) {
        // The syntax error at this position is reported already.
        if node.value != Value::Broken {
            self.fault(node.offset, format!("{what} must be {expected}"));
        }
    }

    pub(super) fn fault_count(&self) -> usize {
        self.faults.borrow().len()
    }

    /// Returns the faults, sorted by position, without duplicates.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }
}
