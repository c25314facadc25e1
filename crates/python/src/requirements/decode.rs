//! Decodes a requirements file: by its byte order mark, by the comment of PEP 263, or as UTF-8.

use encoding_rs::{DecoderResult, Encoding};

use super::Fault;
use wheelbase_spec::source::Origin;

/// The byte order marks that pip 26.3 looks for (`req_file.py`, `BOMS`); UTF-32 is before UTF-16 because the UTF-32 mark starts with the UTF-16 mark.
const MARKS: [(&[u8], Charset); 5] = [
    (b"\xef\xbb\xbf", Charset::Utf8),
    (b"\xff\xfe\x00\x00", Charset::Utf32 { little: true }),
    (b"\x00\x00\xfe\xff", Charset::Utf32 { little: false }),
    (b"\xff\xfe", Charset::Table(encoding_rs::UTF_16LE)),
    (b"\xfe\xff", Charset::Table(encoding_rs::UTF_16BE)),
];

#[derive(Clone, Copy, Debug)]
enum Charset {
    Utf8,
    Utf32 { little: bool },
    Ascii,
    Latin1,
    Table(&'static Encoding),
}

/// Decodes a requirements file as pip 26.3 does (`_decode_req_file`), except the last step, the encoding of
/// the locale. The locale is a property of a session, not of an image.
pub(super) fn decode(file: &str, bytes: &[u8]) -> Result<String, Fault> {
    for (mark, charset) in MARKS {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return charset.decode(file, rest);
        }
    }
    let charset = match declared(bytes) {
        None => Charset::Utf8,
        Some((line, label)) => Charset::named(&label).ok_or_else(|| {
            let message = format!(
                "unknown encoding `{}` in this comment; expected a name such as utf-8",
                label.escape_debug()
            );
            Fault::new(Origin::new(file, line, 1), message)
        })?,
    };
    charset.decode(file, bytes)
}

/// Decodes UTF-8 without looking for a mark or comment, for TOML.
pub(super) fn utf8(file: &str, bytes: &[u8]) -> Result<String, Fault> {
    Charset::Utf8.decode(file, bytes)
}

/// PEP 263: `coding[:=]\s*([-\w.]+)` in a comment that is one of the first two lines.
fn declared(bytes: &[u8]) -> Option<(u32, String)> {
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n').take(2)) {
        if line.first() != Some(&b'#') {
            continue;
        }
        for (at, _) in
            line.windows(7).enumerate().filter(|(_, part)| *part == b"coding:" || *part == b"coding=")
        {
            let behind = line.get(at + 7..).unwrap_or_default().trim_ascii_start();
            let part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            let label: String = behind.iter().take_while(part).map(|byte| char::from(*byte)).collect();
            if !label.is_empty() {
                return Some((number, label));
            }
        }
    }
    None
}

impl Charset {
    /// Returns the codec with this Python name.
    fn named(label: &str) -> Option<Self> {
        let label = label.to_ascii_lowercase().replace('_', "-");
        Some(match label.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" | "utf8-ucs2" | "utf8-ucs4" | "cp65001" => {
                Self::Utf8
            }
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" | "iso646-us" => Self::Ascii,
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "iso8859" | "8859"
            | "cp819" => Self::Latin1,
            "utf-16" | "utf-16-le" | "utf-16le" => Self::Table(encoding_rs::UTF_16LE),
            "utf-16-be" | "utf-16be" => Self::Table(encoding_rs::UTF_16BE),
            "utf-32" | "utf-32-le" | "utf-32le" => Self::Utf32 { little: true },
            "utf-32-be" | "utf-32be" => Self::Utf32 { little: false },
            "cp932" | "mskanji" | "s-jis" => Self::Table(encoding_rs::SHIFT_JIS),
            "cp936" | "ms936" => Self::Table(encoding_rs::GBK),
            "cp949" | "uhc" => Self::Table(encoding_rs::EUC_KR),
            "cp950" => Self::Table(encoding_rs::BIG5),
            "mac-roman" => Self::Table(encoding_rs::MACINTOSH),
            "latin-2" => Self::Table(encoding_rs::ISO_8859_2),
            "latin-9" => Self::Table(encoding_rs::ISO_8859_15),
            other => Self::Table(Encoding::for_label(other.as_bytes())?),
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf32 { .. } => "UTF-32",
            Self::Ascii => "ASCII",
            Self::Latin1 => "Latin-1",
            Self::Table(encoding) => encoding.name(),
        }
    }

    fn decode(self, file: &str, bytes: &[u8]) -> Result<String, Fault> {
        self.decode_or_stop(bytes).map_err(|good| {
            let (line, column) = super::lines::end_of(&good);
            let message = format!("the text is not valid {}", self.name());
            Fault::new(Origin::new(file, line, column), message)
        })
    }

    /// Returns the text; the error is the text before the first invalid byte.
    fn decode_or_stop(self, bytes: &[u8]) -> Result<String, String> {
        match self {
            Self::Utf8 => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(fault) => {
                    let good = bytes.get(..fault.valid_up_to()).unwrap_or_default();
                    Err(String::from_utf8_lossy(good).into_owned())
                }
            },
            Self::Utf32 { little } => {
                let mut out = String::with_capacity(bytes.len() / 4);
                for unit in bytes.chunks(4) {
                    let value = unit.try_into().ok().map(|unit: [u8; 4]| {
                        if little { u32::from_le_bytes(unit) } else { u32::from_be_bytes(unit) }
                    });
                    match value.and_then(char::from_u32) {
                        Some(c) => out.push(c),
                        None => return Err(out),
                    }
                }
                Ok(out)
            }
            Self::Ascii => {
                let end = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
                let good = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
                if end == bytes.len() { Ok(good) } else { Err(good) }
            }
            Self::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Table(encoding) => {
                let mut decoder = encoding.new_decoder_without_bom_handling();
                let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
                let mut out = String::with_capacity(room.unwrap_or(0));
                match decoder.decode_to_string_without_replacement(bytes, &mut out, true) {
                    (DecoderResult::InputEmpty, _) => Ok(out),
                    _ => Err(out),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    /// pip 26.3, `_decode_req_file`: the mark first, then the comment, then UTF-8.
    #[test]
    fn marks_and_declarations_select_the_encoding() {
        let text = |bytes: &[u8]| decode("r.txt", bytes).expect("text");
        assert_eq!(text(b"\xef\xbb\xbfa"), "a");
        assert_eq!(text(b"\xff\xfea\0"), "a");
        assert_eq!(text(b"\xfe\xff\0a"), "a");
        assert_eq!(text(b"\xff\xfe\0\0a\0\0\0"), "a");
        assert_eq!(text(b"\0\0\xfe\xff\0\0\0a"), "a");
        assert_eq!(text(b"# -*- coding: latin-1 -*-\n\xe4"), "# -*- coding: latin-1 -*-\n\u{e4}");
        assert_eq!(
            text(b"a\n# vim: set fileencoding=cp1252:\n\x80"),
            "a\n# vim: set fileencoding=cp1252:\n\u{20ac}"
        );
        assert_eq!(text("\u{e4}".as_bytes()), "\u{e4}");
        // The third line does not count, and neither does a line that does not start with `#`.
        assert!(decode("r.txt", b"a\nb\n# coding: latin-1\n\xe4").is_err());
        assert!(decode("r.txt", b" # coding: latin-1\n\xe4").is_err());
    }

    #[test]
    fn invalid_bytes_are_a_fault_with_their_position() {
        let fault = |bytes: &[u8]| decode("r.txt", bytes).expect_err("no text").to_string();
        let faults = [
            fault(b"flask\nab\xff\n"),
            fault(b"# coding: ascii\n\xc3\xa4"),
            fault(b"\xff\xfea\0\0\xd8"),
            fault(b"\xff\xfe\0\0a\0\0\0b"),
            fault(b"# coding: klingon\n"),
        ];
        insta::assert_snapshot!(faults.join("\n"), @r"
        r.txt:2:3: the text is not valid UTF-8
        r.txt:2:1: the text is not valid ASCII
        r.txt:1:2: the text is not valid UTF-16LE
        r.txt:1:2: the text is not valid UTF-32
        r.txt:1:1: unknown encoding `klingon` in this comment; expected a name such as utf-8
        ");
    }
}
