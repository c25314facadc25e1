//! Targets as JSON and TOML: what `wheelbase tags --format json` prints under `target`, edited and fed back.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use wheelbase_spec::target::{
    Arch, FloatAbi, Implementation, Installer, InstallerKind, Libc, LibcFamily, Python, Target, check_flags,
    check_version, near,
};
use wheelbase_spec::version::Version;

/// How a target file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetFormat {
    /// JSON
    Json,
    /// TOML
    Toml,
}

impl TargetFormat {
    /// The format that a file's name stands for: `.toml` is TOML, everything else JSON.
    pub fn of_path(path: &str) -> Self {
        let toml = path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("toml"));
        if toml { Self::Toml } else { Self::Json }
    }
}

/// Reads a target from the text of a file. The target may also stand under `target`, beside the `schema` and the
/// `tags` that `wheelbase tags --format json` prints.
///
/// ```
/// use wheelbase::image::{TargetFormat, parse_target};
///
/// let text = r#"
///     machine = "x86_64"
///     libc = { family = "glibc", version = "2.42" }
///     python = { version = "3.14.2", abi_flags = "t" }
///     installer = { name = "pip", version = "25.3" }
/// "#;
/// let target = parse_target(text, TargetFormat::Toml)?;
/// assert!(target.python.is_free_threaded());
/// # Ok::<(), wheelbase::image::InvalidTarget>(())
/// ```
///
/// # Errors
/// If the text is not JSON or TOML, or not a target; all faults of a file are told at once.
pub fn parse_target(text: &str, format: TargetFormat) -> Result<Target, InvalidTarget> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: Value = match format {
        TargetFormat::Json => serde_json::from_str(text).map_err(|error| InvalidTarget {
            faults: vec![TargetFault { line: u32::try_from(error.line()).ok(), message: error.to_string() }],
        })?,
        TargetFormat::Toml => toml::from_str(text).map_err(|error: toml::de::Error| InvalidTarget {
            faults: vec![TargetFault {
                line: error.span().map(|span| line_at(text, span.start)),
                message: error.message().to_owned(),
            }],
        })?,
    };
    read(&value, text)
}

fn line_at(text: &str, offset: usize) -> u32 {
    let newlines = text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
    u32::try_from(newlines + 1).unwrap_or(u32::MAX)
}

/// The line where a dotted key stands. JSON and TOML values carry no positions once read, so the text is searched for
/// one name after the other; good enough to lead the eye, and left out where the last one is not found.
fn line_of(text: &str, key: &str) -> Option<u32> {
    let mut from = 0;
    let mut last = None;
    for name in key.split('.') {
        last = find_word(text, name, from);
        from = last.unwrap_or(from);
    }
    last.map(|at| line_at(text, at))
}

fn find_word(text: &str, name: &str, mut from: usize) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    let word = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    while let Some(at) = text.get(from..)?.find(name) {
        let (start, end) = (from + at, from + at + name.len());
        let bytes = text.as_bytes();
        if !word(start.checked_sub(1).and_then(|before| bytes.get(before))) && !word(bytes.get(end)) {
            return Some(start);
        }
        from = end;
    }
    None
}

/// A text that describes no target, with everything that is wrong about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTarget {
    faults: Vec<TargetFault>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
struct TargetFault {
    line: Option<u32>,
    message: String,
}

impl InvalidTarget {
    /// One message for every fault, each with its line where it is known.
    pub fn messages(&self) -> impl Iterator<Item = String> + '_ {
        self.faults.iter().map(ToString::to_string)
    }

    /// The faults with their lines, counted from 1.
    pub fn faults(&self) -> impl Iterator<Item = (Option<u32>, &str)> + '_ {
        self.faults.iter().map(|fault| (fault.line, fault.message.as_str()))
    }
}

impl fmt::Display for TargetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        f.write_str(&self.message)
    }
}

impl fmt::Display for InvalidTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.faults.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidTarget {}

/// Collects faults while a target is read.
struct Reader<'a> {
    text: &'a str,
    faults: Vec<TargetFault>,
}

impl<'a> Reader<'a> {
    fn fault(&mut self, key: &str, message: String) {
        self.faults.push(TargetFault { line: line_of(self.text, key), message });
    }

    /// The object at a place; every key must be one of `known`.
    fn object<'v>(
        &mut self,
        value: &'v Value,
        place: &str,
        known: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Some(object) = value.as_object() else {
            self.fault(place, format!("`{place}` must be a table of fields"));
            return None;
        };
        for key in object.keys().filter(|key| !known.contains(&key.as_str())) {
            let near = near(key, known.iter().copied());
            let hint = match near.first() {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known are {}", known.join(", ")),
            };
            self.fault(
                &format!("{place}.{key}"),
                format!("unknown field `{}` in `{place}`; {hint}", key.escape_debug()),
            );
        }
        Some(object)
    }

    fn text_field<'v>(&mut self, object: &'v Map<String, Value>, place: &str, key: &str) -> Option<&'v str> {
        match object.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => {
                self.fault(&format!("{place}.{key}"), format!("`{place}.{key}` must be a text in quotes"));
                None
            }
        }
    }

    fn needed<'v>(&mut self, object: &'v Map<String, Value>, place: &str, key: &str) -> Option<&'v str> {
        if !object.contains_key(key) {
            self.fault(place, format!("`{place}.{key}` is missing"));
            return None;
        }
        if object.get(key).is_some_and(Value::is_null) {
            self.fault(&format!("{place}.{key}"), format!("`{place}.{key}` must be a text in quotes"));
        }
        self.text_field(object, place, key)
    }

    fn version(&mut self, text: Option<&str>, key: &str) -> Option<Version> {
        let text = text?;
        match Version::from_str(text) {
            Ok(version) => Some(version),
            Err(_) => {
                self.fault(key, format!("`{key}`: `{}` is not a version", text.escape_debug()));
                None
            }
        }
    }

    fn libc(&mut self, value: &Value) -> Option<Libc> {
        let object = self.object(value, "libc", &["family", "version"])?;
        let family = self.needed(object, "libc", "family")?;
        let version = self.text_field(object, "libc", "version");
        let family = match family {
            "glibc" => LibcFamily::Glibc,
            "musl" => LibcFamily::Musl,
            "static" if version.is_none() => return Some(Libc::Static),
            "static" => {
                self.fault(
                    "libc.version",
                    "`libc.version`: a static interpreter has no C library version".into(),
                );
                return None;
            }
            other => {
                self.fault(
                    "libc.family",
                    format!("`libc.family` must be glibc, musl or static, not `{}`", other.escape_debug()),
                );
                return None;
            }
        };
        match version {
            Some(version) => Some(Libc::reported(family, version)),
            None => {
                self.fault("libc", "`libc.version` is missing".into());
                None
            }
        }
    }

    fn python(&mut self, value: &Value) -> Option<Python> {
        let known = ["implementation", "version", "abi_flags", "ext_suffix", "implementation_version"];
        let object = self.object(value, "python", &known)?;
        let implementation = match self.text_field(object, "python", "implementation").map(str::parse) {
            None => Some(Implementation::CPython),
            Some(Ok(implementation)) => Some(implementation),
            Some(Err(_)) => {
                let message = "`python.implementation` must be cpython, pypy or graalpy";
                self.fault("python.implementation", message.to_owned());
                None
            }
        };
        let version = self.needed(object, "python", "version");
        let version = self.version(version, "python.version");
        let own = self.text_field(object, "python", "implementation_version");
        let own = self.version(own, "python.implementation_version");
        let flags = self.text_field(object, "python", "abi_flags");
        let suffix = self.text_field(object, "python", "ext_suffix");
        let version = version?;
        if let Err(why) = check_version(&version) {
            self.fault("python.version", format!("`python.version`: {why}"));
            return None;
        }
        let mut python = Python::new(implementation?, version);
        python.implementation_version = own;
        python.ext_suffix = suffix.map(str::to_owned);
        if let Some(flags) = flags {
            python.abi_flags = flags.to_owned();
        }
        if let Err(why) = check_flags(&python) {
            self.fault("python.abi_flags", format!("`python.abi_flags`: {why}"));
        }
        if python.ext_suffix.as_deref().is_some_and(|suffix| !suffix.starts_with('.')) {
            self.fault("python.ext_suffix", "`python.ext_suffix` must start with a full stop".into());
        }
        Some(python)
    }

    fn installer(&mut self, value: Option<&Value>) -> Option<Installer> {
        let Some(value) = value else { return Some(Installer::newest(InstallerKind::Pip)) };
        let object = self.object(value, "installer", &["name", "version"])?;
        let name = self.needed(object, "installer", "name")?;
        let Ok(kind) = name.parse::<InstallerKind>() else {
            self.fault(
                "installer.name",
                format!("`installer.name` must be pip or uv, not `{}`", name.escape_debug()),
            );
            return None;
        };
        match self.text_field(object, "installer", "version") {
            None => Some(Installer::newest(kind)),
            text => self.version(text, "installer.version").map(|version| Installer::new(kind, version)),
        }
    }
}

const FIELDS: [&str; 7] = ["machine", "bits", "float_abi", "libc", "python", "manylinux_policy", "installer"];

/// The target that a JSON value holds.
pub(crate) fn target_of(value: &Value) -> Result<Target, InvalidTarget> {
    read(value, "")
}

fn read(value: &Value, text: &str) -> Result<Target, InvalidTarget> {
    let mut reader = Reader { text, faults: Vec::new() };
    let target = read_target(&mut reader, value);
    match target {
        Some(target) if reader.faults.is_empty() => Ok(target),
        _ => Err(InvalidTarget { faults: reader.faults }),
    }
}

/// The fields of a document that `wheelbase tags --format json` prints; those beside the target are not read.
const DOCUMENT: [&str; 8] = ["schema", "target", "tags", "count", "name", "arch", "notes", "unverified"];

fn read_target(reader: &mut Reader<'_>, value: &Value) -> Option<Target> {
    let value = match value.as_object().and_then(|object| object.get("target").map(|inner| (object, inner))) {
        Some((object, inner)) => {
            match object.get("schema").map(Value::as_str) {
                None | Some(Some("wheelbase.tags/1")) => {}
                _ => reader.fault("schema", "`schema` must be `wheelbase.tags/1`".into()),
            }
            reader.object(value, "the file", &DOCUMENT);
            inner
        }
        None => value,
    };
    let object = reader.object(value, "target", &FIELDS)?;
    let machine = reader.needed(object, "target", "machine").map(|machine| {
        if machine.is_empty() || !machine.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(&b)) {
            reader.fault("machine", "`target.machine` must be a name such as x86_64".into());
        }
        machine.to_owned()
    });
    let arch = machine.as_deref().and_then(|machine| machine.parse::<Arch>().ok());
    // Tags end in what `uname -m` prints; Docker's name for it would make tags that nobody uses. A 32-bit x86 kernel
    // may print several names.
    if let (Some(machine), Some(arch)) = (&machine, &arch)
        && arch.machine() != machine
        && !matches!(machine.as_str(), "i386" | "i586")
    {
        reader.fault(
            "machine",
            format!(
                "`target.machine` must be what `uname -m` prints: `{arch}`, not `{}`",
                machine.escape_debug()
            ),
        );
    }
    let bits = match object.get("bits") {
        None => arch.as_ref().map(Arch::bits),
        Some(value) => value.as_u64().and_then(|bits| u8::try_from(bits).ok()),
    };
    if machine.is_some() && !matches!(bits, Some(32 | 64)) {
        reader.fault("bits", "`target.bits` must be 32 or 64".into());
    }
    let float_abi = match reader.text_field(object, "target", "float_abi") {
        None => arch.map_or(FloatAbi::Hard, |arch| arch.float_abi()),
        Some("hard") => FloatAbi::Hard,
        Some("soft") => FloatAbi::Soft,
        Some(_) => {
            reader.fault("float_abi", "`target.float_abi` must be hard or soft".into());
            FloatAbi::Hard
        }
    };
    let mut part = |key: &str| {
        let value = object.get(key).filter(|value| !value.is_null());
        if value.is_none() {
            reader.fault("target", format!("`target.{key}` is missing"));
        }
        value
    };
    let (libc, python) = (part("libc"), part("python"));
    let libc = libc.and_then(|value| reader.libc(value));
    let python = python.and_then(|value| reader.python(value));
    let installer = reader.installer(object.get("installer").filter(|value| !value.is_null()));
    let manylinux_policy = match object.get("manylinux_policy").filter(|value| !value.is_null()) {
        None => None,
        Some(value) => match serde_json::from_value(value.clone()) {
            Ok(policy) => Some(policy),
            Err(error) => {
                reader.fault("manylinux_policy", format!("`target.manylinux_policy`: {error}"));
                None
            }
        },
    };
    Some(Target {
        machine: machine?,
        bits: bits?,
        float_abi,
        libc: libc?,
        python: python?,
        manylinux_policy,
        installer: installer?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sample() -> Target {
        Target::new(
            "arm/v7".parse().expect("known"),
            Libc::Musl(1, 2, Some(5)),
            "3.14.2t".parse().expect("valid"),
            "pip==25.3".parse().expect("valid"),
        )
    }

    #[test]
    fn what_is_written_reads_back_the_same() {
        let mut target = sample();
        for libc in [
            Libc::Glibc(2, 42),
            Libc::Static,
            Libc::Musl(1, 1, None),
            Libc::Unreadable { family: LibcFamily::Glibc, version: "foo".into() },
        ] {
            target.libc = libc;
            let json = serde_json::to_string(&target).expect("plain data");
            assert_eq!(parse_target(&json, TargetFormat::Json), Ok(target.clone()), "{json}");
            let toml = toml::to_string(&target).expect("plain data");
            assert_eq!(parse_target(&toml, TargetFormat::Toml), Ok(target.clone()), "{toml}");
            let whole = format!(r#"{{"schema": "wheelbase.tags/1", "target": {json}, "tags": []}}"#);
            assert_eq!(parse_target(&whole, TargetFormat::Json), Ok(target.clone()));
        }
    }

    #[test]
    fn json_has_the_published_shape() {
        let json = serde_json::to_value(sample()).expect("plain data");
        assert_eq!(
            json,
            json!({
                "machine": "armv7l", "bits": 32, "float_abi": "hard",
                "libc": {"family": "musl", "version": "1.2.5"},
                "python": {
                    "implementation": "cpython", "version": "3.14.2", "abi_flags": "t", "ext_suffix": null
                },
                "manylinux_policy": null,
                "installer": {"name": "pip", "version": "25.3"}
            })
        );
    }

    #[test]
    fn every_fault_of_a_file_is_told_with_its_line() {
        let text = "{\n \"machine\": \"x86_64\",\n \"bit\": 64,\n \"libc\": {\"family\": \"uclibc\"},\n \
                    \"python\": {\"versoin\": \"3.12\",\n \"abi_flags\": \"x\"},\n \"installer\": {\"name\": \"poetry\"}\n}";
        let error = parse_target(text, TargetFormat::Json).expect_err("many faults");
        let all: Vec<String> = error.messages().collect();
        insta::assert_snapshot!(all.join("\n"), @r"
        line 3: unknown field `bit` in `target`; did you mean `bits`?
        line 4: `libc.family` must be glibc, musl or static, not `uclibc`
        line 5: unknown field `versoin` in `python`; did you mean `version`?
        line 5: `python.version` is missing
        line 7: `installer.name` must be pip or uv, not `poetry`
        ");
    }

    #[test]
    fn a_docker_name_is_no_machine() {
        let text = r#"{"machine": "amd64", "libc": {"family": "static"}, "python": {"version": "3.12"}}"#;
        let error = parse_target(text, TargetFormat::Json).expect_err("Docker's name");
        insta::assert_snapshot!(
            error,
            @"line 1: `target.machine` must be what `uname -m` prints: `x86_64`, not `amd64`"
        );
        assert!(parse_target(&text.replace("amd64", "x86_64"), TargetFormat::Json).is_ok());
    }

    #[test]
    fn a_fault_leads_to_its_own_table() {
        let text = "machine = \"x86_64\"\n[libc]\nfamily = \"musl\"\nversion = \"1.2\"\n[python]\nversion = \"3\"\n\
                    [installer]\nname = \"pip\"\nversion = \"x\"\n";
        let error = parse_target(text, TargetFormat::Toml).expect_err("two faults");
        let lines: Vec<_> = error.faults().map(|(line, _)| line).collect();
        assert_eq!(lines, [Some(6), Some(9)], "{error}");
    }

    #[test]
    fn broken_syntax_names_the_line() {
        let error = parse_target("machine = \"x\"\nbits = = 3\n", TargetFormat::Toml).expect_err("broken");
        assert!(error.to_string().starts_with("line 2: "), "{error}");
        assert!(parse_target("{", TargetFormat::Json).is_err());
        assert!(parse_target("[]", TargetFormat::Json).is_err());
    }
}
