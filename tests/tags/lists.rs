//! Lists of supported tags, compared with the output of the installers' own code.

use std::str::FromStr;

use serde_json::Value;
use sha2::{Digest, Sha256};
use wheelbase::image::{TargetFormat, parse_target};
use wheelbase::tags::SupportedTags;
use wheelbase::target::{Installer, Target};

/// A target from an environment of the oracle, through the JSON form of targets.
pub(crate) fn target(environment: &Value, installer: &str) -> Target {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let python = &environment["python"];
    // A 64-bit executable that reports i686; the pointer size of the interpreter decides.
    let bits = if environment["elf"] == "x86_64" { 64 } else { environment["bits"].as_u64().expect("bits") };
    let json = serde_json::json!({
        "machine": environment["machine"],
        "bits": bits,
        "float_abi": if environment["elf"] == "armv7l-soft" { "soft" } else { "hard" },
        "libc": {"family": environment["libc"]["family"], "version": environment["libc"]["version"]},
        "python": {
            "implementation": python["implementation"],
            "version": python["version"],
            "abi_flags": python["abiflags"],
            "ext_suffix": python.get("ext_suffix"),
        },
        "manylinux_policy": environment.get("manylinux_module"),
    });
    let mut target = parse_target(&json.to_string(), TargetFormat::Json, "target.json").expect("a target");
    assert_eq!(Some(target.machine.clone()), text(&environment["machine"]));
    target.installer = Installer::from_str(installer).expect("an installer");
    target
}

fn lines(supported: &SupportedTags) -> Vec<String> {
    supported.iter().map(|tag| tag.to_string()).collect()
}

fn sha256(lines: &[String]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update(line);
        hash.update("\n");
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The full list of an environment: `A-B-*` means the pair with every platform.
fn unfold(environment: &Value) -> Vec<String> {
    let strings = |value: &Value| -> Vec<String> {
        value.as_array().expect("a list").iter().map(|v| v.as_str().expect("a text").to_owned()).collect()
    };
    let platforms = strings(&environment["platforms"]);
    strings(&environment["tags"])
        .into_iter()
        .flat_map(|tag| match tag.strip_suffix('*') {
            Some(pair) => platforms.iter().map(|platform| format!("{pair}{platform}")).collect(),
            None => vec![tag],
        })
        .collect()
}

// packaging 20.9, 21.3, 24.2, 26.2 and 26.3 in simulated environments.
#[test]
fn all_environments_of_packaging_in_full_order() {
    let oracle: Value = serde_json::from_str(include_str!("oracle/tags.json")).expect("JSON");
    let environments = oracle["environments"].as_array().expect("a list");
    assert_eq!(environments.len(), 68);
    for environment in environments {
        let id = &environment["id"];
        let version = environment["packaging"].as_str().expect("a version");
        let supported = SupportedTags::of(&target(environment, &format!("packaging=={version}")));
        let made = lines(&supported);
        assert_eq!(made, unfold(environment), "{id}");
        assert_eq!(sha256(&made), environment["sha256"], "{id}");
        assert_eq!(made.len(), supported.len(), "{id}");
        let platforms: Vec<Value> = supported.platforms().map(Value::from).collect();
        assert_eq!(Value::from(platforms), environment["platforms"], "{id}");
    }
}

#[test]
fn rank_is_the_position_in_the_list() {
    let oracle: Value = serde_json::from_str(include_str!("oracle/tags.json")).expect("JSON");
    for environment in oracle["environments"].as_array().expect("a list").iter().step_by(7) {
        let supported = SupportedTags::of(&target(environment, "packaging==26.3"));
        for (position, tag) in supported.iter().enumerate() {
            let set = tag.to_string().parse().expect("a tag is a set");
            let rank = supported.rank(&set).expect("supported");
            assert_eq!((rank.position(), supported.tag(rank)), (position, tag));
            assert!(supported.mismatch(&set).is_empty() && supported.distance(&set).is_zero());
        }
    }
}

/// Compares lists by their length and hash.
fn compare(oracle: &str) {
    let oracle: Value = serde_json::from_str(oracle).expect("JSON");
    let mut wrong = Vec::new();
    for environment in oracle.as_array().expect("a list") {
        let mut json = environment.clone();
        let fields = json.as_object_mut().expect("an object");
        fields.remove("count");
        fields.remove("sha256");
        let target = parse_target(&json.to_string(), TargetFormat::Json, "target.json").expect("a target");
        let made = lines(&SupportedTags::of(&target));
        if sha256(&made) != environment["sha256"] {
            wrong.push(format!("{json}: {} of {}: {made:?}", made.len(), environment["count"]));
        }
    }
    assert!(wrong.is_empty(), "{} lists differ:\n{}", wrong.len(), wrong.join("\n"));
}

// The own code of 39 releases of pip and packaging, run by oracle/make.py.
#[test]
fn lists_of_old_and_new_releases() {
    compare(include_str!("oracle/installers.json"));
}

// uv-platform-tags 0.0.72, run by benches/peers/src/bin/uv_oracle.rs.
#[test]
fn lists_of_uv() {
    compare(include_str!("oracle/uv.json"));
}

// pip 26.3's own lists; they differ from packaging's in `pp311-none-any` for `pp3-none-any`.
#[test]
fn lists_of_pip_in_the_environments_of_the_selection_oracle() {
    let oracle: Value = serde_json::from_str(include_str!("oracle/pip.json")).expect("JSON");
    for case in oracle.as_array().expect("a list") {
        let supported = SupportedTags::of(&target(&case["env"], "pip==26.3"));
        let made = lines(&supported);
        assert_eq!(sha256(&made), case["sha256"], "{}", case["env"]["id"]);
        assert_eq!(made.len(), case["count"], "{}", case["env"]["id"]);
    }
}
