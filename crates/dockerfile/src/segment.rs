//! Cuts a Dockerfile into logical lines, as BuildKit's `parser.Parse` does.
//!
//! `parse-dockerfile` stops at the first error, and supports here-documents only at the start of `RUN`. With separate
//! lines, each instruction is parsed on its own, and all errors are reported.

use crate::fault::Fault;
use wheelbase_formats::limits;
use wheelbase_spec::source::Origin;

/// One here-document of a logical line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heredoc {
    /// The delimiter without quotes; BuildKit also uses it as a file name in `COPY <<name dir/`.
    pub(crate) name: String,
    /// The lines between, each with its newline; without leading tabs after `<<-`.
    pub(crate) body: String,
    /// Whether variables are expanded: the delimiter is not quoted.
    pub(crate) expand: bool,
    /// The line of the first body line.
    pub(crate) line: u32,
}

/// The part of a logical line that is on one source line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Byte offset in the joined text.
    pub(crate) joined: usize,
    /// Byte offset in the raw text of the line.
    pub(crate) raw: usize,
    /// The source line, counted from 1.
    pub(crate) line: u32,
    /// The column of its first character, counted from 1.
    pub(crate) column: u32,
}

/// One instruction with its continuation lines and here-documents.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    /// The text as written, here-documents included.
    pub(crate) raw: String,
    /// The instruction without continuation characters, comment lines and empty lines.
    pub(crate) joined: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) heredocs: Vec<Heredoc>,
    pub(crate) line: u32,
}

impl Segment {
    /// The source place of a byte offset in the joined text.
    pub(crate) fn place(&self, joined: usize) -> (u32, u32) {
        place(&self.pieces, &self.joined, joined)
    }

    /// The joined offset that a raw offset became.
    pub(crate) fn joined_offset(&self, raw: usize) -> usize {
        let piece = self.pieces.iter().rev().find(|piece| piece.raw <= raw).or_else(|| self.pieces.first());
        let offset = piece.map_or(0, |piece| piece.joined + raw.saturating_sub(piece.raw));
        let mut offset = offset.min(self.joined.len());
        while !self.joined.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// Returns line and column of a byte offset in a text that consists of these pieces.
pub(crate) fn place(pieces: &[Piece], joined: &str, offset: usize) -> (u32, u32) {
    let Some(piece) = pieces.iter().rev().find(|piece| piece.joined <= offset).or_else(|| pieces.first())
    else {
        return (0, 0);
    };
    let before = joined.get(piece.joined..offset).unwrap_or_default();
    if before.len() > limits::DOCKERFILE_COLUMN_BYTES {
        // Counting takes linear time, and such a column helps no reader.
        return (piece.line, 0);
    }
    let count = |n: usize| u32::try_from(n).unwrap_or(0);
    match before.rfind('\n') {
        // A here-document is one piece with many lines.
        Some(at) => (
            piece.line + count(before.matches('\n').count()),
            1 + count(before.get(at + 1..).unwrap_or_default().chars().count()),
        ),
        None => (piece.line, piece.column + count(before.chars().count())),
    }
}

/// The result of the parser directives, and the segments.
#[derive(Debug)]
pub(crate) struct Segments {
    pub(crate) escape: char,
    pub(crate) segments: Vec<Segment>,
}

/// A line with its newline, and its number.
struct Lines<'a> {
    rest: &'a str,
    number: u32,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.number = self.number.saturating_add(1);
        Some(line)
    }
}

/// The blanks that BuildKit trims before an instruction.
fn trim_start(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '\r', '\u{b}', '\u{c}'])
}

fn without_newline(line: &str) -> &str {
    let line = line.strip_suffix('\n').unwrap_or(line);
    line.strip_suffix('\r').unwrap_or(line)
}

fn is_comment(line: &str) -> bool {
    trim_start(line).starts_with('#')
}

/// The text without its continuation character, if it has one: the escape character, then blanks, then the end
/// (BuildKit, `lineContinuationRegex`: `([^\\])\\[ \t]*$|^\\[ \t]*$`: a doubled one does not continue).
fn continuation(line: &str, escape: char) -> Option<&str> {
    let body = line.trim_end_matches([' ', '\t']).strip_suffix(escape)?;
    if body.ends_with(escape) { None } else { Some(body) }
}

/// Reads the parser directives: `syntax`, `escape`, `check`, in comments before everything else.
fn escape_directive(text: &str, file: &str, faults: &mut Vec<Fault>) -> char {
    let mut lines = Lines { rest: text, number: 0 };
    let mut escape = '\\';
    let mut seen = false;
    while let Some(line) = lines.next() {
        let Some(comment) = trim_start(line).strip_prefix('#') else { break };
        let Some((key, value)) = comment.split_once('=') else { break };
        let key = key.trim();
        if !["syntax", "escape", "check"].iter().any(|known| key.eq_ignore_ascii_case(known)) {
            break;
        }
        if !key.eq_ignore_ascii_case("escape") {
            continue;
        }
        if seen {
            faults
                .push(Fault::new(Origin::new(file, lines.number, 1), "the `escape` directive appears twice"));
        }
        seen = true;
        match value.trim() {
            "`" => escape = '`',
            "\\" => {}
            other => faults.push(Fault::new(
                Origin::new(file, lines.number, 1),
                format!("`{other}` is not a valid escape character: expected `\\` or a backquote"),
            )),
        }
    }
    escape
}

/// Splits `text`. The faults are those of here-documents without end and of the `escape` directive.
pub(crate) fn segments(text: &str, file: &str, faults: &mut Vec<Fault>) -> Segments {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let escape = escape_directive(text, file, faults);
    let mut lines = Lines { rest: text, number: 0 };
    let mut segments = Vec::new();
    while let Some(line) = lines.next() {
        if is_comment(line) || line.trim().is_empty() {
            continue;
        }
        let mut segment = Segment {
            raw: String::new(),
            joined: String::new(),
            pieces: Vec::new(),
            heredocs: Vec::new(),
            line: lines.number,
        };
        let mut current = Some(line);
        let mut first = true;
        while let Some(line) = current.take() {
            let raw_start = segment.raw.len();
            segment.raw.push_str(line);
            let body = without_newline(line);
            // A comment or an empty line inside a continuation is skipped; the continuation does not end.
            if !first && (is_comment(body) || body.trim().is_empty()) {
                current = lines.next();
                continue;
            }
            let skipped = if first { body.len() - trim_start(body).len() } else { 0 };
            let body = body.get(skipped..).unwrap_or_default();
            segment.pieces.push(Piece {
                joined: segment.joined.len(),
                raw: raw_start + skipped,
                line: lines.number,
                column: u32::try_from(skipped).unwrap_or(0) + 1,
            });
            first = false;
            match continuation(body, escape) {
                Some(body) => {
                    segment.joined.push_str(body);
                    current = lines.next();
                }
                None => segment.joined.push_str(body),
            }
        }
        read_heredocs(&mut segment, &mut lines, file, faults);
        if !segment.joined.trim().is_empty() {
            segments.push(segment);
        }
    }
    Segments { escape, segments }
}

/// Reads the bodies of the here-documents of a logical line.
fn read_heredocs(segment: &mut Segment, lines: &mut Lines<'_>, file: &str, faults: &mut Vec<Fault>) {
    if !may_hold_heredocs(&segment.joined) {
        return;
    }
    for marker in heredoc_markers(&segment.joined) {
        let mut heredoc =
            Heredoc { name: marker.name, body: String::new(), expand: marker.expand, line: lines.number + 1 };
        let mut ended = false;
        while let Some(line) = lines.next() {
            segment.raw.push_str(line);
            let line = if marker.strip_tabs { line.trim_start_matches('\t') } else { line };
            if without_newline(line) == heredoc.name {
                ended = true;
                break;
            }
            heredoc.body.push_str(without_newline(line));
            heredoc.body.push('\n');
        }
        if !ended {
            let (line, column) = segment.place(marker.offset);
            faults.push(Fault::new(
                Origin::new(file, line, column),
                format!("the here-document `{}` has no end", heredoc.name),
            ));
            // The rest of the file is not its body. It is ended here, so that its instruction is parsed without it.
            heredoc.body.clear();
            if !segment.raw.ends_with('\n') {
                segment.raw.push('\n');
            }
            segment.raw.push_str(&heredoc.name);
            segment.raw.push('\n');
        }
        segment.heredocs.push(heredoc);
    }
}

/// BuildKit supports here-documents in `ADD`, `COPY` and `RUN` (also after `ONBUILD`), but not in their JSON form.
fn may_hold_heredocs(joined: &str) -> bool {
    let mut rest = joined.trim_start();
    if !rest.contains("<<") {
        return false;
    }
    let mut word = rest.split_ascii_whitespace().next().unwrap_or_default();
    if word.eq_ignore_ascii_case("onbuild") {
        rest = rest.get(word.len()..).unwrap_or_default().trim_start();
        word = rest.split_ascii_whitespace().next().unwrap_or_default();
    }
    if !["add", "copy", "run"].iter().any(|known| word.eq_ignore_ascii_case(known)) {
        return false;
    }
    let arguments = rest.get(word.len()..).unwrap_or_default().trim_start();
    !(arguments.starts_with('[') && arguments.trim_end().ends_with(']'))
}

/// `<<name`, `<<-name`, `3<<"name"`.
pub(crate) struct Marker {
    pub(crate) name: String,
    pub(crate) expand: bool,
    pub(crate) strip_tabs: bool,
    pub(crate) offset: usize,
}

/// Returns the here-documents of a line, in order (BuildKit, `ParseHeredoc`: `^(\d*)<<(-?)([^<]*)$` on each
/// shell word).
pub(crate) fn heredoc_markers(line: &str) -> Vec<Marker> {
    let mut markers = Vec::new();
    for (offset, word) in raw_words(line) {
        let Some(rest) = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<") else {
            continue;
        };
        let (strip_tabs, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let name: String = rest.chars().filter(|c| !matches!(c, '"' | '\'' | '\\')).collect();
        if name.is_empty() || rest.contains('<') {
            continue;
        }
        markers.push(Marker { expand: name.len() == rest.len(), name, strip_tabs, offset });
    }
    markers
}

/// Words with their quotes kept, split at blanks outside quotes.
fn raw_words(line: &str) -> Vec<(usize, &str)> {
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if escaped {
            escaped = false;
            continue;
        }
        match (quote, c) {
            (None | Some('"'), '\\') => {
                escaped = true;
                start.get_or_insert(at);
            }
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => {
                quote = Some(c);
                start.get_or_insert(at);
            }
            (None, c) if c.is_whitespace() => {
                if let Some(begin) = start.take() {
                    words.push((begin, line.get(begin..at).unwrap_or_default()));
                }
            }
            (None, _) => {
                start.get_or_insert(at);
            }
        }
    }
    if let Some(begin) = start {
        words.push((begin, line.get(begin..).unwrap_or_default()));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> (Segments, Vec<Fault>) {
        let mut faults = Vec::new();
        let segments = segments(text, "Dockerfile", &mut faults);
        (segments, faults)
    }

    // BuildKit accepts comments and, with a warning, empty lines inside a continuation.
    #[test]
    fn comments_and_empty_lines_do_not_end_a_continuation() {
        let (cut, faults) = cut("RUN a \\\n# why\n\n   && b \\  \n  c\nUSER x\n");
        assert!(faults.is_empty());
        let joined: Vec<_> = cut.segments.iter().map(|segment| segment.joined.as_str()).collect();
        assert_eq!(joined, ["RUN a    && b   c", "USER x"]);
        let at = cut.segments[0].joined.find("b").unwrap();
        assert_eq!(cut.segments[0].place(at), (4, 7));
    }

    #[test]
    fn crlf_and_the_escape_directive() {
        let (cut, _) = cut("# escape=`\r\nFROM x\r\nRUN dir C:\\ `\r\n && more\r\n");
        assert_eq!(cut.escape, '`');
        assert_eq!(cut.segments[1].joined, "RUN dir C:\\  && more");
    }

    // BuildKit supports the marker of a here-document at any position in the command.
    #[test]
    fn here_documents_anywhere_in_run() {
        let (cut, faults) = cut("RUN cat <<EOF > /r.txt && cat <<-'B'\nflask\nEOF\n\tx\n\tB\nUSER a\n");
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(cut.segments.len(), 2);
        let docs = &cut.segments[0].heredocs;
        assert_eq!((docs[0].body.as_str(), docs[0].expand, docs[0].line), ("flask\n", true, 2));
        assert_eq!((docs[1].body.as_str(), docs[1].expand, docs[1].line), ("x\n", false, 4));
    }

    #[test]
    fn a_here_string_is_no_here_document() {
        let (cut, faults) = cut("RUN cat <<<EOF && echo $((1<<2))\nUSER a\n");
        assert!(faults.is_empty());
        assert_eq!(cut.segments.len(), 2);
    }
}
