//! The parser of locks: detects the format and calls its reader.

use crate::lock::model::LockFormat;
use crate::lock::{Lock, pdm, pipenv, poetry, pylock, uv};
use crate::requirements::Fault;
use wheelbase_formats::document::{Document, Format, Node};
use wheelbase_spec::source::{InvalidInput, Origin};

impl Lock {
    /// Parses a lock. The format is detected by the file name, and by the content if the name is not one of a lock.
    ///
    /// ```
    /// use wheelbase::lock::{Lock, LockFormat};
    ///
    /// let text = b"lock-version = '1.0'\ncreated-by = 'me'\n[[packages]]\nname = 'six'\nversion = '1.17.0'\n\
    ///     wheels = [{ name = 'six-1.17.0-py2.py3-none-any.whl', url = 'https://example.invalid/six.whl', \
    ///     hashes = { sha256 = '00' } }]\n";
    /// let lock = Lock::parse(text, "pylock.toml")?;
    /// assert_eq!(lock.format(), LockFormat::Pylock);
    /// assert_eq!(lock.packages()[0].origin.to_string(), "pylock.toml:3:1");
    /// # Ok::<(), wheelbase::source::InvalidInput>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file is not UTF-8, if its format is unknown, or if it is damaged: all faults with their positions.
    pub fn parse(bytes: &[u8], file: &str) -> Result<Self, InvalidInput> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let line = u32::try_from(line).unwrap_or(u32::MAX);
            Fault::new(Origin::new(file, line, 0), "this line is not valid UTF-8")
        })?;
        let document = Document::new(file, text);
        let named = LockFormat::of_name(file);
        let syntax = match named {
            Some(LockFormat::Pipenv) => Format::Json,
            Some(_) => Format::Toml,
            None => syntax_of_content(text),
        };
        let root = document.read(syntax);
        let Some(format) = named.or_else(|| format_of_content(&root)) else {
            document.fault(
                0,
                "the file is not a lock of a supported format; \
                 expected pylock.toml, uv.lock, poetry.lock, pdm.lock or Pipfile.lock",
            );
            return document.finish(None);
        };
        let lock = match format {
            LockFormat::Pylock => pylock::read(&document, &root, file),
            LockFormat::Uv => uv::read(&document, &root, file),
            LockFormat::Poetry => poetry::read(&document, &root, file),
            LockFormat::Pdm => pdm::read(&document, &root, file),
            LockFormat::Pipenv => pipenv::read(&document, &root, file),
        };
        document.finish(Some(lock))
    }

    /// Returns whether a file is a lock by its content: it contains the keys of one of the formats. The file may be
    /// damaged.
    pub fn is_lock(bytes: &[u8]) -> bool {
        std::str::from_utf8(bytes).is_ok_and(|text| {
            let root = Document::new("", text).read(syntax_of_content(text));
            format_of_content(&root).is_some()
        })
    }
}

/// Returns JSON for a file that starts with `{`, and TOML for every other file.
fn syntax_of_content(text: &str) -> Format {
    let json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    if json { Format::Json } else { Format::Toml }
}

/// Detects the format by keys that only one format has.
fn format_of_content(root: &Node) -> Option<LockFormat> {
    let has = |key: &str| root.get(key).is_some();
    let metadata = |key: &str| root.get("metadata").is_some_and(|node| node.get(key).is_some());
    if has("_meta") && (has("default") || has("develop")) {
        Some(LockFormat::Pipenv)
    } else if has("lock-version") && (has("packages") || has("created-by")) {
        Some(LockFormat::Pylock)
    } else if metadata("lock_version") {
        Some(LockFormat::Pdm)
    } else if metadata("lock-version") || (metadata("content-hash") && metadata("python-versions")) {
        Some(LockFormat::Poetry)
    } else if has("version") && (has("package") || has("requires-python") || has("manifest")) {
        Some(LockFormat::Uv)
    } else {
        None
    }
}
