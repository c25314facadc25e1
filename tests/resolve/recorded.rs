//! Cases on an index that was recorded and trimmed (`recorded/record.py`), through the whole command. The
//! expected results are those of uv 0.13.8, pip 26.3 and packaging 26.3 (`recorded/cases.json`).

use std::path::Path;

use serde_json::Value;

use crate::cli::site::Site;
use crate::messages::assert_messages;

fn folder() -> std::path::PathBuf {
    Path::new(root!()).join("tests/resolve/recorded")
}

/// Runs a case and returns the differences from the results of the installers.
pub(super) fn differences(case: &Value, installer: &str, index: &[&str]) -> Vec<String> {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let site = Site::of("");
    let lines: Vec<String> = case["requirement_lines"].as_array().expect("lines").iter().map(text).collect();
    site.write("requirements.txt", &format!("{}\n", lines.join("\n")));
    let platform = &case["platform"];
    let target = format!("{}:{}", text(&platform["libc"]), text(&platform["libc_version"]));
    let [python, machine, cut] = [&case["python"], &platform["machine"], &case["cut"]].map(text);
    let mut args =
        vec!["check", "-r", "requirements.txt", "--format", "json", "--on", &target, "--arch", &machine];
    args.extend(["--python", &python, "--exclude-newer", &cut, "--installer", installer]);
    args.extend(index);
    let run = site.run_with(&args, |command| {
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy"] {
            if let Ok(value) = std::env::var(name) {
                command.env(name, value);
            }
        }
    });
    let report = run.report();
    let result = &report["results"][0];
    let mut differences = Vec::new();
    if case["outcome"] == "unsatisfiable" {
        if result["outcome"] != "unresolvable" {
            differences.push(format!("outcome {}", result["outcome"]));
        }
        return differences;
    }
    if result["outcome"] != "resolved" {
        differences.push(format!("outcome {}: {:#}", result["outcome"], result["findings"]));
    }
    let rows = result["distributions"].as_array().expect("distributions");
    let expected = case["packages"].as_object().expect("packages");
    for row in rows {
        let project = text(&row["project"]);
        let Some(other) = expected.get(&project) else {
            differences.push(format!("{project} is not expected"));
            continue;
        };
        for field in ["version", "kind", "file"] {
            if row[field] != other[field] {
                differences.push(format!("{project}: {field} {} instead of {}", row[field], other[field]));
            }
        }
    }
    for project in expected.keys().filter(|name| !rows.iter().any(|row| row["project"] == name.as_str())) {
        differences.push(format!("{project} is missing"));
    }
    differences
}

#[test]
fn recorded_cases_equal_the_results_of_installers() {
    let text = std::fs::read_to_string(folder().join("cases.json")).expect("the cases");
    let cases: Value = serde_json::from_str(&text).expect("JSON");
    let index = folder().join("simple").display().to_string();
    let cases = cases["cases"].as_array().expect("cases");
    assert!(cases.len() >= 4);
    for case in cases {
        for installer in ["pip", "uv"] {
            let differences = differences(case, installer, &["--index-url", &index]);
            assert!(differences.is_empty(), "{} with {installer}: {differences:#?}", case["id"]);
        }
    }
}

fn report(id: &str) -> Value {
    let text = std::fs::read_to_string(folder().join("cases.json")).expect("the cases");
    let cases: Value = serde_json::from_str(&text).expect("JSON");
    let case =
        cases["cases"].as_array().expect("cases").iter().find(|case| case["id"] == id).expect("the case");
    let site = Site::of("");
    let lines: Vec<&str> =
        case["requirement_lines"].as_array().expect("lines").iter().filter_map(Value::as_str).collect();
    site.write("requirements.txt", &format!("{}\n", lines.join("\n")));
    let index = folder().join("simple").display().to_string();
    let target = format!(
        "{}:{}",
        case["platform"]["libc"].as_str().unwrap(),
        case["platform"]["libc_version"].as_str().unwrap()
    );
    let args = [
        "check",
        "-r",
        "requirements.txt",
        "--format",
        "json",
        "--python",
        "3.12",
        "-i",
        &index,
        "--on",
        &target,
    ];
    site.run(&args).report()
}

/// torch has no wheel for musl and no sdist: it is `none` with its reasons, and numpy is still solved.
#[test]
fn an_impossible_project_does_not_hide_the_others() {
    let report = report("torch.py312.musl1.2-x86_64");
    let rows = report["results"][0]["distributions"].as_array().unwrap();
    let row =
        |name: &str| rows.iter().find(|row| row["project"] == name).unwrap_or_else(|| panic!("{report:#}"));
    assert_eq!(row("torch")["kind"], "none");
    assert_messages!(format!("{:#}", row("torch")["reasons"]));
    assert_eq!(row("numpy")["kind"], "wheel");
}

#[test]
fn a_conflict_lists_the_conflicting_lines() {
    let report = report("conflict.py312.glibc2.36-x86_64");
    let conflict = &report["results"][0]["conflicts"][0];
    let lines: Vec<&str> =
        conflict["lines"].as_array().unwrap().iter().map(|line| line["origin"].as_str().unwrap()).collect();
    assert_eq!(lines, ["requirements.txt:1:1", "requirements.txt:2:1"]);
    assert_messages!(format!("{:#}", conflict["steps"]));
}
