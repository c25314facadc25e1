//! `WHEEL` and `RECORD`.

use std::collections::HashMap;

use super::facts::{Label, Recorded};

/// Reads a `WHEEL` file: lines of `Key: value`, as in e-mail headers. Unknown keys are ignored.
pub(super) fn label(path: &str, raw: &[u8]) -> Label {
    let mut label = Label { path: path.to_owned(), ..Label::default() };
    for line in String::from_utf8_lossy(raw).lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "tag" => label.tags.push(value.to_owned()),
            "root-is-purelib" => {
                label.root_is_purelib = match value.to_ascii_lowercase().as_str() {
                    "true" => Some(true),
                    "false" => Some(false),
                    _ => None,
                };
            }
            "build" => label.build = Some(value.to_owned()),
            "generator" => label.generator = Some(value.to_owned()),
            _ => {}
        }
    }
    label
}

/// Returns the paths and sizes in a `RECORD` file: lines of comma-separated values with the path first and the size last.
/// Values may be quoted ([recording installed projects](https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file)).
#[derive(Debug, Default)]
pub(super) struct Record {
    sizes: HashMap<String, Option<u64>>,
}

impl Record {
    pub(super) fn read(raw: &[u8]) -> Self {
        let text = String::from_utf8_lossy(raw);
        let mut sizes = HashMap::new();
        for line in text.lines() {
            let (path, rest) = match line.strip_prefix('"') {
                // A quote inside is written twice.
                Some(quoted) => match end_of_quoted(quoted) {
                    Some(end) => {
                        let path = quoted.get(..end).unwrap_or_default().replace("\"\"", "\"");
                        (path, quoted.get(end + 1..).unwrap_or_default())
                    }
                    None => continue,
                },
                None => match line.find(',') {
                    Some(end) => {
                        (line.get(..end).unwrap_or_default().to_owned(), line.get(end..).unwrap_or_default())
                    }
                    None => continue,
                },
            };
            let size = rest.rsplit(',').next().and_then(|size| size.trim().parse().ok());
            sizes.insert(path, size);
        }
        Self { sizes }
    }

    pub(super) fn of(&self, path: &str, size: u64) -> Recorded {
        match self.sizes.get(path) {
            None => Recorded::Missing,
            Some(Some(said)) if *said != size => Recorded::OtherSize(*said),
            Some(_) => Recorded::Listed,
        }
    }
}

fn end_of_quoted(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.get(at..)?.iter().position(|&byte| byte == b'"') {
        let end = at + found;
        if bytes.get(end + 1) == Some(&b'"') {
            at = end + 2;
        } else {
            return Some(end);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wheel_keys_are_read_without_case_and_unknown_ones_skipped() {
        let label = label("x.dist-info/WHEEL", b"Wheel-Version: 1.0\r\nroot-is-purelib: TRUE\nTag: py3-none-any\nTag: py2-none-any\nBuild: 1x\nnonsense\n");
        assert_eq!(label.tags, ["py3-none-any", "py2-none-any"]);
        assert_eq!(label.root_is_purelib, Some(true));
        assert_eq!(label.build.as_deref(), Some("1x"));
    }

    #[test]
    fn record_paths_may_be_quoted_and_sizes_absent() {
        let record =
            Record::read(b"a.so,sha256=x,12\n\"b,\"\"c\"\".so\",sha256=y,13\nd.so,,\nbroken\n\"open\n");
        assert_eq!(record.of("a.so", 12), Recorded::Listed);
        assert_eq!(record.of("a.so", 14), Recorded::OtherSize(12));
        assert_eq!(record.of("b,\"c\".so", 13), Recorded::Listed);
        assert_eq!(record.of("d.so", 99), Recorded::Listed);
        assert_eq!(record.of("e.so", 1), Recorded::Missing);
    }
}
