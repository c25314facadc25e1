//! Lines of a requirements file, after pip 26.3 (`req_file.py`, `preprocess`): joined, without comments, with
//! variables replaced. Every byte of the result keeps its original position.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use super::Remark;
use wheelbase_spec::source::Origin;
use wheelbase_spec::version::is_python_space;

/// Returns whether a character ends a line in `str.splitlines` of Python; `\r\n` is one end.
fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Returns the physical lines, like `str.splitlines` of Python.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(ends_line).unwrap_or(rest.len());
        let (line, behind) = rest.split_at(end);
        let mut ends = behind.chars();
        let length = match ends.next() {
            Some('\r') if ends.next() == Some('\n') => 2,
            Some(c) => c.len_utf8(),
            None => 0,
        };
        rest = behind.get(length..).unwrap_or_default();
        Some(line)
    })
}

/// Returns the line and column of the end of `text`, counted from 1.
pub(super) fn end_of(text: &str) -> (u32, u32) {
    let mut line = 1;
    let mut last = "";
    for part in split(text) {
        line += 1;
        last = part;
    }
    // A last line without a line end continues.
    if text.is_empty() || text.ends_with(ends_line) { (line, 1) } else { (line - 1, count(last) + 1) }
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The original line and column of the text from this byte on.
#[derive(Clone, Copy, Debug)]
struct Mark {
    offset: usize,
    line: u32,
    column: u32,
    /// Inserted text: all of it has one position.
    fixed: bool,
}

/// The distance of the byte offsets whose characters are counted in advance.
const STEP: usize = 1024;

/// One joined line without its comment.
#[derive(Clone, Debug, Default)]
pub(super) struct LogicalLine {
    pub(super) text: String,
    marks: Vec<Mark>,
    /// The number of characters before each multiple of `STEP` bytes. They are counted on the first use, because a long
    /// line may have many faults.
    counts: OnceCell<Vec<u32>>,
}

impl LogicalLine {
    /// Returns the original position of the byte `offset`.
    pub(super) fn origin(&self, file: &str, offset: usize) -> Origin {
        let place = self.place(offset);
        Origin::new(file, place.line, place.column)
    }

    fn place(&self, offset: usize) -> Mark {
        let before = self.marks.partition_point(|mark| mark.offset <= offset);
        let start = Mark { offset: 0, line: 1, column: 1, fixed: false };
        let mark = self.marks.get(before.saturating_sub(1)).copied().unwrap_or(start);
        let between = if mark.fixed {
            0
        } else {
            self.characters_before(offset).saturating_sub(self.characters_before(mark.offset))
        };
        Mark { offset, column: mark.column.saturating_add(between), ..mark }
    }

    fn characters_before(&self, offset: usize) -> u32 {
        // A character is counted by its first byte.
        let in_bytes = |bytes: &[u8]| {
            let count = bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let counts = self.counts.get_or_init(|| {
            let mut sum: u32 = 0;
            let behind = self.text.as_bytes().chunks(STEP).map(|chunk| {
                sum = sum.saturating_add(in_bytes(chunk));
                sum
            });
            std::iter::once(0).chain(behind).collect()
        });
        let step = offset / STEP;
        let before = counts.get(step).copied().unwrap_or_default();
        before.saturating_add(self.text.as_bytes().get(step * STEP..offset).map_or(0, in_bytes))
    }

    fn push(&mut self, text: &str, line: u32, column: u32, fixed: bool) {
        self.counts.take();
        self.marks.push(Mark { offset: self.text.len(), line, column, fixed });
        self.text.push_str(text);
    }

    /// Appends the bytes from `start` to `end` with their positions to `out`.
    fn copy(&self, start: usize, end: usize, out: &mut Self) {
        let Some(text) = self.text.get(start..end).filter(|text| !text.is_empty()) else { return };
        out.counts.take();
        let base = out.text.len();
        out.marks.push(Mark { offset: base, ..self.place(start) });
        let inside = self.marks.partition_point(|mark| mark.offset <= start);
        for mark in self.marks.iter().skip(inside).take_while(|mark| mark.offset < end) {
            out.marks.push(Mark { offset: base + mark.offset - start, ..*mark });
        }
        out.text.push_str(text);
    }
}

/// Returns the byte offset where the comment of a line starts: `(^|\s+)#.*$`.
fn comment(line: &str) -> Option<usize> {
    let at = line.char_indices().scan(' ', |before, (at, c)| {
        let starts = c == '#' && (at == 0 || is_python_space(*before));
        *before = c;
        Some((at, starts))
    });
    let hash = at.into_iter().find_map(|(at, starts)| starts.then_some(at))?;
    Some(line.get(..hash)?.trim_end_matches(is_python_space).len())
}

fn is_comment(line: &str) -> bool {
    line.trim_start_matches(is_python_space).starts_with('#')
}

/// Returns the logical lines that are not empty.
pub(super) fn logical(text: &str) -> Vec<LogicalLine> {
    let mut done = Vec::new();
    let mut open: Option<LogicalLine> = None;
    for (number, line) in (1..).zip(split(text)) {
        let comment_line = is_comment(line);
        let goes_on = line.ends_with('\\') && !comment_line;
        let mut logical = open.take().unwrap_or_default();
        if goes_on {
            // pip: `line.strip("\\")`, which removes backslashes from both ends.
            let from = line.len() - line.trim_start_matches('\\').len();
            let column = u32::try_from(from).unwrap_or(u32::MAX).saturating_add(1);
            logical.push(line.trim_matches('\\'), number, column, false);
            open = Some(logical);
            continue;
        }
        if comment_line {
            // With a space before it, it is a comment after the line before it.
            logical.push(" ", number, 1, true);
        }
        logical.push(line, number, 1, false);
        done.push(logical);
    }
    done.extend(open);
    done.into_iter()
        .filter_map(|line| {
            let end = comment(&line.text).unwrap_or(line.text.len());
            let text = line.text.get(..end)?;
            let start = text.len() - text.trim_start_matches(is_python_space).len();
            let end = text.trim_end_matches(is_python_space).len();
            (start < end).then(|| {
                let mut kept = LogicalLine::default();
                line.copy(start, end, &mut kept);
                kept
            })
        })
        .collect()
}

/// Replaces `${NAME}` of upper-case letters, digits and `_` by the variable, if it is set and not empty.
///
/// pip replaces in several passes, so it may replace `${..}` inside a value; here a value is not changed.
pub(super) fn expand(
    line: LogicalLine,
    file: &str,
    variable: &dyn Fn(&str) -> Option<String>,
    remarks: &mut Vec<Remark>,
) -> LogicalLine {
    if !line.text.contains("${") {
        return line;
    }
    let mut out = LogicalLine::default();
    let mut unset = BTreeSet::new();
    let mut done = 0;
    let mut from = 0;
    while let Some(at) = line.text.get(from..).and_then(|rest| rest.find("${")).map(|at| from + at) {
        from = at + 2;
        let behind = line.text.get(from..).unwrap_or_default();
        let length =
            behind.bytes().take_while(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_').count();
        let name = behind.get(..length).unwrap_or_default();
        if name.is_empty() || behind.as_bytes().get(length) != Some(&b'}') {
            continue;
        }
        match variable(name).filter(|value| !value.is_empty()) {
            // One remark per line.
            None if !unset.insert(name) => {}
            None => {
                let place = line.place(at);
                let message = format!("the variable `{name}` is not set, so `${{{name}}}` is not replaced");
                remarks.push(Remark { origin: Origin::new(file, place.line, place.column), message });
            }
            Some(value) => {
                let place = line.place(at);
                line.copy(done, at, &mut out);
                out.push(&value, place.line, place.column, true);
                done = from + length + 1;
            }
        }
    }
    line.copy(done, line.text.len(), &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::{end_of, expand, logical, split};

    #[test]
    fn lines_end_where_python_ends_them() {
        let lines = |text| split(text).collect::<Vec<_>>();
        assert_eq!(lines("a\nb\r\nc\rd\u{b}e\u{2028}f\n"), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(lines("\n\n"), ["", ""]);
        assert!(lines("").is_empty());
        assert_eq!(end_of(""), (1, 1));
        assert_eq!(end_of("ab"), (1, 3));
        assert_eq!(end_of("ab\n"), (2, 1));
        assert_eq!(end_of("ab\r\nc"), (2, 2));
    }

    /// pip 26.3, `join_lines` and `ignore_comments`.
    #[test]
    fn lines_are_joined_and_keep_their_positions() {
        let text = "flask \\\n  >=2 # why\n# whole\n\\\nx \\\n # comment\ny\n";
        let lines = logical(text);
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["flask   >=2", "x", "y"]);
        assert_eq!(lines[0].origin("r", 0).to_string(), "r:1:1");
        assert_eq!(lines[0].origin("r", 8).to_string(), "r:2:3");
        assert_eq!(lines[1].origin("r", 0).to_string(), "r:5:1");
        assert_eq!(lines[2].origin("r", 0).to_string(), "r:7:1");
        assert_eq!(logical("==1.0#c").first().map(|line| line.text.clone()), Some("==1.0#c".to_owned()));
    }

    /// The end of a line of exactly one step, and positions after it.
    #[test]
    fn columns_count_characters_in_long_lines() {
        let text = format!("{}\u{e4}b", "\u{e4}".repeat(512));
        let line = logical(&text).remove(0);
        for (offset, column) in [(0, 1), (1022, 512), (1024, 513), (1026, 514), (1027, 515)] {
            assert_eq!(line.origin("r", offset).column, column, "{offset}");
        }
        let line = logical(&"x".repeat(2048)).remove(0);
        assert_eq!(line.origin("r", 2048).column, 2049);
    }

    #[test]
    fn variables_are_replaced_and_keep_their_positions() {
        let mut remarks = Vec::new();
        let line = logical("  https://${USER}:${NONE}@host/${lower} ; x").remove(0);
        let line = expand(line, "r", &|name| (name == "USER").then(|| "me".to_owned()), &mut remarks);
        assert_eq!(line.text, "https://me:${NONE}@host/${lower} ; x");
        assert_eq!(line.origin("r", 9).column, 11);
        let colon = line.text.find(":$").expect("a colon");
        assert_eq!(line.origin("r", colon).column, 18);
        assert_eq!(remarks.len(), 1);
        assert!(remarks[0].message.contains("`NONE`"));
    }
}
