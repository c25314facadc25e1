use std::collections::BTreeMap;

use serde_json::Value;
use wheelbase::ProjectName;
use wheelbase::requirement::RequirementSource;
use wheelbase::requirements::{
    DocumentLocation, Loader, NameSelection, RequirementKind, RequirementLine, RequirementSet,
};

use crate::messages::{Messages, assert_messages};

use super::{assert_none, cases, text};

const DEFAULT_INDEX: &str = "https://default.example.org";

/// The variables that the generator sets.
fn variable(name: &str) -> Option<String> {
    let value = match name {
        "TOKEN" => "s3cret",
        "VERSION" => "2.0",
        "NAME" => "flask",
        "EMPTY" => "",
        _ => return None,
    };
    Some(value.to_owned())
}

/// Loads `r.txt` from files by name; a missing file cannot be read.
fn load(files: &BTreeMap<String, String>) -> Result<RequirementSet, Vec<String>> {
    let mut loader = Loader::new(&variable);
    loader.add_file(DocumentLocation::new("r.txt"));
    loop {
        let needed = loader.needed();
        if needed.is_empty() {
            break;
        }
        for need in needed {
            match files.get(&need.location.to_string()) {
                Some(content) => loader.supply(&need.location, content.as_bytes()),
                None => loader.fail(&need.location, "no such file"),
            }
        }
    }
    loader.finish().map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// The files that the generator adds to those of a case.
fn with_shared(files: &Value) -> BTreeMap<String, String> {
    let shared = [
        ("other.txt", "other\n"),
        ("my other.txt", "other\n"),
        ("constraints.txt", "constrained<1\n"),
        ("sub/nested.txt", "-r deep.txt\n"),
        ("sub/deep.txt", "deep\n"),
    ];
    let mut all: BTreeMap<String, String> =
        shared.into_iter().map(|(name, content)| (name.to_owned(), content.to_owned())).collect();
    for (name, content) in files.as_object().expect("an object") {
        all.insert(name.clone(), text(content).to_owned());
    }
    all
}

/// Returns whether pip's result depends on a folder that is missing or not a project. Here the reader of folders
/// reports that.
fn depends_on_the_file_system(set: &RequirementSet) -> bool {
    set.requirements.iter().any(|line| match &line.kind {
        RequirementKind::Directory(direct) => {
            let path = direct.location.trim_start_matches("./").trim_end_matches('/');
            !matches!(path, "." | "" | "project" | "my project")
        }
        _ => false,
    })
}

fn sorted<'v>(values: impl Iterator<Item = &'v str>) -> Vec<String> {
    let mut values: Vec<String> = values.map(str::to_owned).collect();
    values.sort();
    values
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().expect("a list").iter().map(|item| text(item).to_owned()).collect()
}

/// Normalizes a location as pip writes it: the working directory becomes `@`, quoted characters are decoded, paths are
/// normalized.
fn plain(place: &str) -> String {
    let mut out = place.to_owned();
    for (quoted, plain) in [
        ("%20", " "),
        ("%24", "$"),
        ("%3A", ":"),
        ("%5B", "["),
        ("%5D", "]"),
        ("%22", "\""),
        ("%09", "\t"),
        ("%27", "'"),
        ("%3C", "<"),
        ("%5C", "\\"),
        ("%5F", "_"),
        ("%7B", "{"),
        ("%7D", "}"),
        ("%40", "@"),
        ("%3E", ">"),
        ("%2C", ","),
        ("%3D", "="),
        ("%3B", ";"),
        ("%23", "#"),
        ("file://localhost", ""),
        ("file://", ""),
        ("file:", ""),
        ("//", "/"),
        ("/./", "/"),
        ("/sub/..", ""),
    ] {
        out = out.replace(quoted, plain);
    }
    out.trim_start_matches(['@', '.', '/']).trim_end_matches('/').to_owned()
}

/// Returns the differences between a line as parsed here and by pip.
fn line_differences(line: &RequirementLine, constraint: bool, expected: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut check = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            found.push(format!("{what} is {ours}, pip says {theirs}"));
        }
    };
    let direct = line.kind.direct();
    let kind = match line.kind {
        RequirementKind::Index(_) => None,
        RequirementKind::Vcs(_) => Some("vcs"),
        RequirementKind::Archive(_) => Some("remote"),
        _ => Some("local"),
    };
    // A URL without scheme, as in `p @ ./project`: pip fails later because it cannot download it, uv uses the path.
    let no_scheme =
        expected["link"].as_str().is_some_and(|link| !link.contains(":") && !link.starts_with('@'));
    let kind = if no_scheme { Some("remote") } else { kind };
    check("kind", format!("{kind:?}"), format!("{:?}", expected["kind"].as_str()));
    // The name in a source archive's file name is read here but not by pip, which reads the archive.
    let from_archive =
        direct.and_then(|direct| direct.file_name.as_deref()).is_some_and(|name| !name.ends_with(".whl"));
    if !(from_archive && expected["name"].is_null()) {
        let name = line.name().map(|name| name.as_str());
        check("name", format!("{name:?}"), format!("{:?}", expected["name"].as_str()));
    }
    let specifiers = match &line.kind {
        RequirementKind::Index(requirement) => match &requirement.source {
            RequirementSource::Specifiers(set) => {
                let all: Vec<String> = set.iter().map(ToString::to_string).collect();
                sorted(all.iter().map(String::as_str))
            }
            _ => unreachable!("an index requirement has specifiers"),
        },
        _ => Vec::new(),
    };
    check("specifiers", format!("{specifiers:?}"), format!("{:?}", strings(&expected["specifiers"])));
    let extras = sorted(line.extras().iter().map(|extra| extra.as_str()));
    check("extras", format!("{extras:?}"), format!("{:?}", strings(&expected["extras"])));
    let marker = line.marker().map(ToString::to_string);
    check("marker", format!("{marker:?}"), format!("{:?}", expected["marker"].as_str().map(str::to_owned)));
    check("editable", line.editable.to_string(), expected["editable"].to_string());
    check("constraint", constraint.to_string(), expected["constraint"].to_string());
    let mut hashes = line.hashes.clone();
    hashes.sort();
    let theirs: Vec<(String, String)> = expected["hashes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|hash| (text(&hash[0]).to_owned(), text(&hash[1]).to_owned()))
        .collect();
    check("hashes", format!("{hashes:?}"), format!("{theirs:?}"));
    if let (Some(direct), Some(link)) = (direct, expected["link"].as_str()) {
        check("place", plain(&direct.location), plain(link));
    }
    found
}

/// Texts that are not names are kept in pip's sets, where they match no project.
fn selection(selection: &NameSelection, names: &[String]) -> bool {
    let all = names.iter().any(|name| name == ":all:");
    let projects: Vec<ProjectName> = names.iter().filter_map(|name| name.parse().ok()).collect();
    selection.is_all() == all
        && projects.iter().all(|name| selection.names(name))
        && selection.is_empty() == (projects.is_empty() && !all)
}

#[test]
fn requirements_files_are_parsed_as_by_pip_26_3() {
    let mut differences = Vec::new();
    // pip reports an invalid URL only when it requests it.
    let mut refused = Messages::default();
    let mut accepted = 0;
    for case in cases(include_str!("requirements_files.json")) {
        let files = with_shared(&case["files"]);
        let shown = case["files"].to_string();
        let set = match load(&files) {
            Ok(set) => set,
            Err(faults) => {
                if case["valid"] == true {
                    refused.add_all(shown, faults);
                }
                continue;
            }
        };
        if case["valid"] == false {
            // pip 26.3 rejects `#egg=p[x]`, which the older pips of many images accept.
            if !depends_on_the_file_system(&set) && case["fault"] != "InvalidEggFragment" {
                let kinds: Vec<_> = set.requirements.iter().map(|line| &line.kind).collect();
                differences.push(format!("{shown} is taken ({}): {kinds:?}", case["fault"]));
            }
            continue;
        }
        accepted += 1;
        // A file that is included twice yields the same lines twice.
        let mut expected: Vec<&Value> = Vec::new();
        for line in case["lines"].as_array().expect("a list") {
            if !expected.contains(&line) {
                expected.push(line);
            }
        }
        let ours: Vec<(&RequirementLine, bool)> = set
            .requirements
            .iter()
            .map(|line| (line, false))
            .chain(set.constraints.iter().map(|line| (line, true)))
            .collect();
        let theirs: Vec<&Value> = expected
            .iter()
            .filter(|line| line["constraint"] == false)
            .chain(expected.iter().filter(|line| line["constraint"] == true))
            .copied()
            .collect();
        if ours.len() != theirs.len() {
            differences.push(format!("{shown} has {} lines, pip says {}", ours.len(), theirs.len()));
            continue;
        }
        for ((line, constraint), expected) in ours.into_iter().zip(theirs) {
            for difference in line_differences(line, constraint, expected) {
                differences.push(format!("{shown}: {difference}"));
            }
            let place = text(&expected["line"]);
            // pip counts a line from its first backslash, even if the rest of that line is empty.
            let lines = [line.origin.line, line.origin.line - 1];
            if !lines.iter().any(|line| place.ends_with(&format!("(line {line})"))) {
                differences.push(format!("{shown}: {} is not {place}", line.origin));
            }
        }
        let options = &set.options;
        let mut check = |what: &str, same: bool| {
            if !same {
                differences.push(format!("{shown}: {what} differs: {options:?}, pip says {case}"));
            }
        };
        check("index urls", options.pip_indexes(DEFAULT_INDEX) == strings(&case["index_urls"]));
        check("no-binary", selection(&options.formats.no_binary, &strings(&case["no_binary"])));
        check("only-binary", selection(&options.formats.only_binary, &strings(&case["only_binary"])));
        check("all-releases", selection(&options.releases.all_releases, &strings(&case["all_releases"])));
        check("only-final", selection(&options.releases.only_final, &strings(&case["only_final"])));
        check("prefer-binary", options.prefer_binary.is_some() == (case["prefer_binary"] == true));
        check("hash mode", set.hash_mode() == (case["hash_mode"] == true));
        // pip reports a path relative to the file as an absolute path.
        let exists = |path: &str| matches!(path, "links" | "sub/here" | "sub" | "project" | ".");
        let find_links: Vec<String> = options
            .find_links
            .iter()
            .map(|(links, _)| match &links.beside {
                Some(beside) if exists(beside) => format!("@/{beside}"),
                _ if exists(&links.written) && links.beside.is_none() => format!("@/{}", links.written),
                _ => links.written.clone(),
            })
            .collect();
        check(
            "find-links",
            find_links
                .iter()
                .map(|link| link.replace("/./", "/"))
                .eq(strings(&case["find_links"]).iter().map(|link| link.replace("/./", "/"))),
        );
        check("trusted hosts", options.trusted_hosts.len() == strings(&case["trusted_hosts"]).len());
    }
    assert_none(&differences);
    assert_messages!(refused);
    assert!(accepted > 300, "the oracle has {accepted} cases that pip takes");
}
