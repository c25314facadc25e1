//! The results of uv's crates: `uv_oracle lists` prints tag lists of many platforms, `uv_oracle names` adds uv's verdict
//! to the file names on standard input. Their output is stored in tests/tags/oracle.
use std::io::Read;
use std::str::FromStr;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uv_distribution_filename::DistFilename;
use uv_distribution_filename::{DistExtension, LegacySourceDistExtension, SourceDistExtension};
use uv_normalize::PackageName;
use uv_platform_tags::{Arch, Os, Platform, Tags, TagsOptions};

fn main() {
    let out = match std::env::args().nth(1).as_deref() {
        Some("lists") => lists(),
        Some("names") => names(),
        _ => panic!("uv_oracle lists | names"),
    };
    println!("[\n{}\n]", out.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n"));
}

fn lists() -> Vec<Value> {
    let machines = [
        "x86_64", "i686", "aarch64", "armv7l", "armv6l", "armv5tel", "ppc64le", "ppc64", "s390x", "riscv64",
        "loongarch64", "ppc",
    ];
    let libcs = [
        ("glibc", 2, 4), ("glibc", 2, 12), ("glibc", 2, 17), ("glibc", 2, 31), ("glibc", 2, 36), ("glibc", 2, 42),
        ("glibc", 3, 1), ("glibc", 3, 20), ("musl", 1, 1), ("musl", 1, 2), ("musl", 2, 0),
    ];
    let pythons = [
        ("cpython", (3, 12), ""), ("cpython", (3, 7), "m"), ("cpython", (3, 9), "d"), ("cpython", (3, 13), "t"),
        ("cpython", (3, 15), "td"), ("pypy", (3, 11), ""), ("graalpy", (3, 11), ""), ("cpython", (3, 14), ""),
    ];
    let mut out = Vec::new();
    for (index, machine) in machines.iter().enumerate() {
        for (at, (family, major, minor)) in libcs.iter().enumerate() {
            // One Python per platform is enough: platforms and interpreters do not depend on each other.
            let (implementation, version, flags) = pythons[(index + at * 3) % pythons.len()];
            let refuse = (index + at) % 5 == 4;
            let os = match *family {
                "glibc" => Os::Manylinux { major: *major, minor: *minor },
                _ => Os::Musllinux { major: *major, minor: *minor },
            };
            let options = TagsOptions {
                manylinux_compatible: !refuse,
                gil_disabled: flags.contains('t'),
                debug_enabled: flags.contains('d'),
                is_cross: false,
            };
            let own = match implementation {
                "pypy" => (7, 3),
                "graalpy" => (25, 0),
                _ => version,
            };
            let arch = Arch::from_str(machine).expect("a machine");
            let tags = Tags::from_env(Platform::new(os, arch), version, implementation, own, options)
                .expect("a supported platform")
                .to_string();
            let suffix = match implementation {
                "pypy" => Some(format!(".pypy{}{}-pp73-x.so", version.0, version.1)),
                "graalpy" => Some(format!(".graalpy250-{}{}-native-x.so", version.0, version.1)),
                _ => None,
            };
            let bits = if ["x86_64", "aarch64", "ppc64le", "ppc64", "s390x", "riscv64", "loongarch64"]
                .contains(machine)
            {
                64
            } else {
                32
            };
            let hash: String =
                Sha256::digest(tags.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            out.push(json!({
                "machine": machine,
                "bits": bits,
                "float_abi": "hard",
                "libc": {"family": family, "version": format!("{major}.{minor}")},
                "python": {
                    "implementation": implementation,
                    "version": format!("{}.{}", version.0, version.1),
                    "abi_flags": flags,
                    "ext_suffix": suffix,
                },
                "manylinux_policy": refuse.then(|| json!({"compatible": {"else": false}})),
                "installer": {"name": "uv", "version": "0.13.8"},
                "count": tags.lines().count(),
                "sha256": hash,
            }));
        }
    }
    out
}

fn names() -> Vec<Value> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("text");
    let mut rows: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let project = PackageName::from_str("foo-bar").expect("a name");
    for row in &mut rows {
        let name = row["name"].as_str().expect("a name").to_owned();
        // uv 0.12.0 rejects old archives when it reads an index, not when it parses a name.
        let legacy = matches!(
            DistExtension::from_path(&name),
            Ok(DistExtension::Source(SourceDistExtension::Legacy(extension)))
                if extension != LegacySourceDistExtension::Zip
        );
        let parsed = DistFilename::try_from_filename(&name, &project).filter(|_| !legacy);
        row["uv"] = match parsed {
            None => Value::Null,
            Some(file) => json!({
                "kind": if matches!(file, DistFilename::WheelFilename(_)) { "wheel" } else { "sdist" },
                "project": file.name().to_string(),
                "version": file.version().to_string(),
            }),
        };
    }
    rows
}
