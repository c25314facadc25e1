//! Targets as JSON and TOML: the value of `target` in the output of `wheelbase tags --format json`.

use wheelbase_formats::document::{Document, Format, Node, Table};
use wheelbase_spec::source::InvalidInput;
use wheelbase_spec::target::{
    Arch, FloatAbi, Implementation, Installer, InstallerKind, Libc, LibcFamily, ManylinuxFunction,
    ManylinuxPolicy, Python, Target, check_flags, check_version,
};
use wheelbase_spec::version::Version;

/// The format of a target file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TargetFormat {
    /// JSON
    Json,
    /// TOML
    Toml,
}

impl TargetFormat {
    /// Returns the format of a file by its name: `.toml` is TOML, everything else JSON.
    pub fn of_path(path: &str) -> Self {
        let toml = path.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case("toml"));
        if toml { Self::Toml } else { Self::Json }
    }
}

/// Parses a target from the text of a file; `file` is the name in messages. The target may also be the field `target` of
/// a document that `wheelbase tags --format json` prints.
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
/// let target = parse_target(text, TargetFormat::Toml, "target.toml")?;
/// assert!(target.python.is_free_threaded());
/// # Ok::<(), wheelbase::source::InvalidInput>(())
/// ```
///
/// # Errors
/// If the text is not JSON or TOML, or not a target. The error contains all faults of the file.
pub fn parse_target(text: &str, format: TargetFormat, file: &str) -> Result<Target, InvalidInput> {
    let document = Document::new(file, text);
    let root = document.read(match format {
        TargetFormat::Json => Format::Json,
        TargetFormat::Toml => Format::Toml,
    });
    let target = match root.get("target") {
        Some(target) => document.table(&root, "the file").and_then(|outer| {
            match outer.text("schema") {
                None | Some("wheelbase.tags/1") => {}
                Some(_) => outer.fault("schema", "`schema` must be `wheelbase.tags/1`"),
            }
            outer.only(&DOCUMENT);
            outer.inner(target, "target".to_owned())
        }),
        None => document.table(&root, "target").map(Table::prefixed),
    };
    let target = target.and_then(|table| read_target(&table));
    document.finish(target)
}

/// The fields of a document that `wheelbase tags --format json` prints. Only `target` is read.
const DOCUMENT: [&str; 8] = ["schema", "target", "tags", "count", "name", "arch", "notes", "unverified"];

const FIELDS: [&str; 7] = ["machine", "bits", "float_abi", "libc", "python", "manylinux_policy", "installer"];

/// Reads the target of a table.
pub(crate) fn read_target(table: &Table<'_>) -> Option<Target> {
    table.only(&FIELDS);
    let machine = table.required("machine");
    let arch = machine.and_then(|machine| machine.parse::<Arch>().ok());
    if let Some(machine) = machine {
        check_machine(table, machine, arch.as_ref());
    }
    let bits = match table.node().get("bits") {
        None => arch.as_ref().map(Arch::bits),
        Some(node) => node.integer().and_then(|bits| u8::try_from(bits).ok()),
    };
    if machine.is_some() && !matches!(bits, Some(32 | 64)) {
        table.fault("bits", "`target.bits` must be 32 or 64");
    }
    let float_abi = match table.text("float_abi") {
        None => arch.map_or(FloatAbi::Hard, |arch| arch.float_abi()),
        Some("hard") => FloatAbi::Hard,
        Some("soft") => FloatAbi::Soft,
        Some(_) => {
            table.fault("float_abi", "`target.float_abi` must be hard or soft");
            FloatAbi::Hard
        }
    };
    for key in ["libc", "python"] {
        if table.get(key).is_none() {
            table.missing(key);
        }
    }
    let part = |key: &str| table.get(key).and_then(|node| table.inner(node, key.to_owned()));
    let libc = part("libc").and_then(|table| read_libc(&table));
    let python = part("python").and_then(|table| read_python(&table));
    let installer = match table.get("installer") {
        None => Some(Installer::newest(InstallerKind::Pip)),
        Some(_) => part("installer").and_then(|table| read_installer(&table)),
    };
    Some(Target {
        machine: machine?.to_owned(),
        bits: bits?,
        float_abi,
        libc: libc?,
        python: python?,
        manylinux_policy: table.table("manylinux_policy").map(|table| read_policy(&table)),
        installer: installer?,
    })
}

/// Checks that the machine is a value of `uname -m`, because platform tags end with it. A 32-bit x86 kernel may print
/// several names.
fn check_machine(table: &Table<'_>, machine: &str, arch: Option<&Arch>) {
    if machine.is_empty() || !machine.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(&b)) {
        table.fault("machine", "`target.machine` must be a name such as x86_64");
    }
    if let Some(arch) = arch
        && arch.machine() != machine
        && !matches!(machine, "i386" | "i586")
    {
        table.fault(
            "machine",
            format!(
                "`target.machine` must be what `uname -m` prints: `{arch}`, not `{}`",
                machine.escape_debug()
            ),
        );
    }
}

/// Parses the version at a key.
fn version(table: &Table<'_>, text: Option<&str>, key: &str) -> Option<Version> {
    let text = text?;
    let version = text.parse().ok();
    if version.is_none() {
        table.fault_of(key, format_args!("`{}` is not a version", text.escape_debug()));
    }
    version
}

fn read_libc(table: &Table<'_>) -> Option<Libc> {
    table.only(&["family", "version"]);
    let family = table.required("family")?;
    let version = table.text("version");
    let family = match family {
        "glibc" => LibcFamily::Glibc,
        "musl" => LibcFamily::Musl,
        "static" if version.is_none() => return Some(Libc::Static),
        "static" => {
            table.fault_of("version", "a static interpreter has no C library version");
            return None;
        }
        other => {
            let message =
                format!("`libc.family` must be glibc, musl or static, not `{}`", other.escape_debug());
            table.fault("family", message);
            return None;
        }
    };
    if version.is_none() && table.get("version").is_none() {
        table.missing("version");
    }
    Some(Libc::reported(family, version?))
}

fn read_python(table: &Table<'_>) -> Option<Python> {
    table.only(&["implementation", "version", "abi_flags", "ext_suffix", "implementation_version"]);
    let implementation = match table.text("implementation").map(str::parse) {
        None => Some(Implementation::CPython),
        Some(Ok(implementation)) => Some(implementation),
        Some(Err(_)) => {
            table.fault("implementation", "`python.implementation` must be cpython, pypy or graalpy");
            None
        }
    };
    let number = version(table, table.required("version"), "version");
    let own = version(table, table.text("implementation_version"), "implementation_version");
    let flags = table.text("abi_flags");
    let suffix = table.text("ext_suffix");
    let number = number?;
    if let Err(why) = check_version(&number) {
        table.fault_of("version", why);
        return None;
    }
    let mut python = Python::new(implementation?, number);
    python.implementation_version = own;
    python.ext_suffix = suffix.map(str::to_owned);
    if let Some(flags) = flags {
        python.abi_flags = flags.to_owned();
    }
    if let Err(why) = check_flags(&python) {
        table.fault_of("abi_flags", why);
    }
    if python.ext_suffix.as_deref().is_some_and(|suffix| !suffix.starts_with('.')) {
        table.fault("ext_suffix", "`python.ext_suffix` must start with `.`");
    }
    Some(python)
}

fn read_installer(table: &Table<'_>) -> Option<Installer> {
    table.only(&["name", "version"]);
    let name = table.required("name")?;
    let Ok(kind) = name.parse::<InstallerKind>() else {
        table.fault("name", format!("`installer.name` must be pip or uv, not `{}`", name.escape_debug()));
        return None;
    };
    match table.text("version") {
        None => Some(Installer::newest(kind)),
        text => version(table, text, "version").map(|version| Installer::new(kind, version)),
    }
}

fn read_policy(table: &Table<'_>) -> ManylinuxPolicy {
    table.only(&[
        "manylinux1_compatible",
        "manylinux2010_compatible",
        "manylinux2014_compatible",
        "compatible",
    ]);
    ManylinuxPolicy {
        manylinux1_compatible: table.boolean("manylinux1_compatible"),
        manylinux2010_compatible: table.boolean("manylinux2010_compatible"),
        manylinux2014_compatible: table.boolean("manylinux2014_compatible"),
        compatible: table.table("compatible").map(|table| {
            table.only(&["deny_below", "deny_above", "else"]);
            let mut function = ManylinuxFunction::new(table.boolean("else"));
            function.deny_below = glibc(&table, "deny_below");
            function.deny_above = glibc(&table, "deny_above");
            function
        }),
    }
}

/// A version of glibc as a list of two numbers.
fn glibc(table: &Table<'_>, key: &str) -> Option<(u32, u32)> {
    table.get(key)?;
    let number = |node: &Node| node.integer().and_then(|number| u32::try_from(number).ok());
    let items = table.items(key);
    match items.iter().map(|(_, node)| number(node)).collect::<Vec<_>>()[..] {
        [Some(major), Some(minor)] => Some((major, minor)),
        _ => {
            table.fault_of(key, "expected two numbers, for example `[2, 28]`");
            None
        }
    }
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
    fn written_targets_are_read_again() {
        let mut target = sample();
        for libc in [
            Libc::Glibc(2, 42),
            Libc::Static,
            Libc::Musl(1, 1, None),
            Libc::Unreadable { family: LibcFamily::Glibc, version: "foo".into() },
        ] {
            target.libc = libc;
            let json = serde_json::to_string(&target).expect("plain data");
            assert_eq!(parse_target(&json, TargetFormat::Json, "t.json"), Ok(target.clone()), "{json}");
            let toml = toml::to_string(&target).expect("plain data");
            assert_eq!(parse_target(&toml, TargetFormat::Toml, "t.toml"), Ok(target.clone()), "{toml}");
            let whole = format!(r#"{{"schema": "wheelbase.tags/1", "target": {json}, "tags": []}}"#);
            assert_eq!(parse_target(&whole, TargetFormat::Json, "t.json"), Ok(target.clone()));
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
    fn all_faults_of_a_file_are_reported_with_their_positions() {
        let text = "{\n \"machine\": \"x86_64\",\n \"bit\": 64,\n \"libc\": {\"family\": \"uclibc\"},\n \
                    \"python\": {\"versoin\": \"3.12\",\n \"abi_flags\": \"x\"},\n \"installer\": {\"name\": \"poetry\"}\n}";
        let error = parse_target(text, TargetFormat::Json, "t.json").expect_err("many faults");
        insta::assert_snapshot!(error, @r"
        t.json:3:2: unknown field `bit` in `target`; did you mean `bits`?
        t.json:4:21: `libc.family` must be glibc, musl or static, not `uclibc`
        t.json:5:12: `python.version` is missing
        t.json:5:13: unknown field `versoin` in `python`; did you mean `version`?
        t.json:7:24: `installer.name` must be pip or uv, not `poetry`
        ");
    }

    #[test]
    fn docker_names_are_not_machines() {
        let text = r#"{"machine": "amd64", "libc": {"family": "static"}, "python": {"version": "3.12"}}"#;
        let error = parse_target(text, TargetFormat::Json, "t.json").expect_err("Docker's name");
        insta::assert_snapshot!(
            error,
            @"t.json:1:13: `target.machine` must be what `uname -m` prints: `x86_64`, not `amd64`"
        );
        assert!(parse_target(&text.replace("amd64", "x86_64"), TargetFormat::Json, "t.json").is_ok());
    }

    #[test]
    fn faults_have_the_position_of_their_table() {
        let text = "machine = \"x86_64\"\n[libc]\nfamily = \"musl\"\nversion = \"1.2\"\n[python]\nversion = \"3\"\n\
                    [installer]\nname = \"pip\"\nversion = \"x\"\n";
        let error = parse_target(text, TargetFormat::Toml, "t.toml").expect_err("two faults");
        let places: Vec<_> =
            error.faults().iter().map(|fault| (fault.origin.line, fault.origin.column)).collect();
        assert_eq!(places, [(6, 11), (9, 11)], "{error}");
    }

    #[test]
    fn syntax_errors_have_a_position() {
        let error =
            parse_target("machine = \"x\"\nbits = = 3\n", TargetFormat::Toml, "t.toml").expect_err("broken");
        assert!(error.to_string().starts_with("t.toml:2:8: "), "{error}");
        assert!(parse_target("{", TargetFormat::Json, "t.json").is_err());
        assert!(parse_target("[]", TargetFormat::Json, "t.json").is_err());
    }
}
