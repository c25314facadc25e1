use wheelbase::requirements::{
    Dependencies, DocumentLocation, Loader, ProjectSelection, Pyproject, RequirementSet,
};

use crate::messages::{Messages, assert_messages};

use super::{assert_none, cases, text};

fn load(file: &str, content: &str, selection: ProjectSelection) -> Result<RequirementSet, Vec<String>> {
    let mut loader = Loader::new(&|_| None);
    let location = DocumentLocation::new(file);
    loader.add_project(location.clone(), selection);
    assert_eq!(loader.needed().len(), 1);
    loader.supply(&location, content.as_bytes());
    loader.finish().map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn shown(set: &RequirementSet) -> Vec<String> {
    set.requirements.iter().map(|line| format!("{} {}", line.origin, line.text)).collect()
}

fn extras(names: &[&str]) -> ProjectSelection {
    ProjectSelection {
        extras: names.iter().map(|name| name.parse().expect("a name")).collect(),
        ..ProjectSelection::default()
    }
}

const PROJECT: &str = r#"[build-system]
requires = ["setuptools"]

[project]
name = "Me_Too"
version = "1"
requires-python = ">=3.9"
dependencies = [
  "flask>=2",  # why
    'jinja2 ; python_version < "4"',
]

[project.optional-dependencies]
dev = ["pytest", "me-too[lint]"]
Lint_x = ["ruff"]
lint = ["mypy"]
all = ["me_too[dev,lint-x] ; sys_platform == 'linux'"]

[dependency-groups]
test = ["coverage", {include-group = "base"}]
base = ["tox"]
own = ["me-too[lint]"]
"#;

#[test]
fn dependencies_have_their_position() {
    let set = load("sub/pyproject.toml", PROJECT, ProjectSelection::default()).expect("no faults");
    assert_eq!(
        shown(&set),
        ["sub/pyproject.toml:9:4 flask>=2", "sub/pyproject.toml:10:6 jinja2 ; python_version < \"4\""]
    );
    let (python, origin) = set.requires_python.first().expect("requires-python");
    assert_eq!((python.to_string(), origin.line), (">=3.9".to_owned(), 7));
}

/// A project that requires itself with extras requires their lists, under the marker of that requirement.
#[test]
fn extras_of_the_project_itself_are_replaced_by_their_lists() {
    let set = load("pyproject.toml", PROJECT, extras(&["DEV"])).expect("no faults");
    let names: Vec<_> =
        set.requirements.iter().filter_map(|line| line.name()).map(ToString::to_string).collect();
    assert_eq!(names, ["flask", "jinja2", "pytest", "mypy"]);
    let set = load("pyproject.toml", PROJECT, extras(&["all"])).expect("no faults");
    let lines: Vec<String> = set
        .requirements
        .iter()
        .skip(2)
        .map(|line| format!("{} {}", line.text, line.marker().map(ToString::to_string).unwrap_or_default()))
        .collect();
    let marker = "sys_platform == \"linux\"";
    assert_eq!(lines, [format!("pytest {marker}"), format!("ruff {marker}"), format!("mypy {marker}")]);
    let all = ProjectSelection { all_extras: true, ..ProjectSelection::default() };
    assert_eq!(load("pyproject.toml", PROJECT, all).expect("no faults").requirements.len(), 5);
}

#[test]
fn groups_are_chosen_alone_or_with_the_project() {
    let groups = |names: &[&str], only_groups| ProjectSelection {
        groups: names.iter().map(|name| name.parse().expect("a name")).collect(),
        only_groups,
        ..ProjectSelection::default()
    };
    let names = |selection| -> Vec<String> {
        let set = load("pyproject.toml", PROJECT, selection).expect("no faults");
        set.requirements.iter().filter_map(|line| line.name()).map(ToString::to_string).collect()
    };
    assert_eq!(names(groups(&["Test"], true)), ["coverage", "tox"]);
    assert_eq!(names(groups(&["base"], false)), ["flask", "jinja2", "tox"]);
    // The group contains the project itself, so its dependencies are required.
    assert_eq!(names(groups(&["own"], true)), ["flask", "jinja2", "mypy"]);
    let fault = load("pyproject.toml", PROJECT, groups(&["tset"], false)).expect_err("no such group");
    let mut messages = Messages::default();
    messages.add_all("group tset", fault);
    let fault = load("pyproject.toml", PROJECT, extras(&["x"])).expect_err("no such extra");
    messages.add_all("extra x", fault);
    assert_messages!(messages);
}

/// `[project]`, key `dynamic`; and files of build backends with their own tables.
#[test]
fn fields_of_a_build_backend_are_undetermined() {
    let mut messages = Messages::default();
    for (content, line) in [
        ("[project]\nname = 'p'\ndynamic = ['version', 'dependencies']\n", 3),
        ("[tool.poetry.dependencies]\nflask = '^2'\n", 0),
        ("[build-system]\nrequires = []\n", 0),
    ] {
        let set = load("pyproject.toml", content, ProjectSelection::default()).expect("no faults");
        assert!(set.requirements.is_empty());
        let undetermined = set.undetermined.first().expect(content);
        assert_eq!(undetermined.origin.line, line, "{content}");
        messages.add(content.trim_end(), &undetermined.message);
    }
    let content = "[project]\nname = 'p'\ndynamic = ['optional-dependencies']\ndependencies = ['flask']\n";
    let set = load("pyproject.toml", content, extras(&["x"])).expect("no faults");
    assert_eq!((set.requirements.len(), set.undetermined.len()), (1, 1));
    messages.add(content.trim_end(), &set.undetermined[0].message);
    let set = load("setup.py", "setup()", ProjectSelection::default()).expect("no faults");
    assert_eq!(set.undetermined.len(), 1);
    messages.add("setup.py", &set.undetermined[0].message);
    assert_messages!(messages);
}

#[test]
fn every_fault_of_a_project_is_reported_in_one_run() {
    let content = "[project]\nname = '-'\nrequires-python = '3'\ndependencies = [\n  'a >= 1 < 2', 7,\n  \"b\\u0020c\",\n]\n\
                   [project.optional-dependencies]\nx = 'y'\n[dependency-groups]\ng = [{include = 'x'}, 'd;']\n";
    let faults = load("p/pyproject.toml", content, ProjectSelection::default()).expect_err("faults");
    let places: Vec<&str> = faults.iter().map(|fault| fault.split(": ").next().expect("a place")).collect();
    assert_eq!(
        places,
        [
            "p/pyproject.toml:2:8",
            "p/pyproject.toml:3:19",
            "p/pyproject.toml:5:11",
            "p/pyproject.toml:5:17",
            "p/pyproject.toml:6:3",
            "p/pyproject.toml:9:5",
            "p/pyproject.toml:11:6",
            "p/pyproject.toml:11:26",
        ]
    );
    let mut messages = Messages::default();
    messages.add_all("faults of many kinds", faults);
    let faults =
        load("pyproject.toml", "a = [1,\nb = = 2\n", ProjectSelection::default()).expect_err("no TOML");
    assert!(faults.iter().all(|fault| fault.starts_with("pyproject.toml:")), "{faults:?}");
    messages.add_all("no TOML", faults);
    let mut loader = Loader::new(&|_| None);
    loader.add_file(DocumentLocation::new("pyproject.toml"));
    loader.supply(&DocumentLocation::new("pyproject.toml"), b"name = 'a'\nx = '\xff'\n");
    let faults = loader.finish().expect_err("no text");
    messages.add_all("no UTF-8", faults);
    assert_messages!(messages);
}

/// PEP 735, with the results of `packaging` 26.3.
#[test]
fn dependency_groups_have_the_results_of_packaging_26_3() {
    let mut differences = Vec::new();
    for case in cases(include_str!("groups.json")) {
        let content = format!("[dependency-groups]\n{}\n", text(&case["content"]));
        let group = text(&case["group"]);
        let selection = ProjectSelection {
            groups: vec![group.parse().expect("a name")],
            only_groups: true,
            ..ProjectSelection::default()
        };
        match load("pyproject.toml", &content, selection) {
            Ok(set) => {
                let ours: Vec<String> = set.requirements.iter().map(|line| line.text.clone()).collect();
                let ours: Vec<String> =
                    ours.iter().map(|line| line.replace(" ;", ";").replace('\'', "\"")).collect();
                let theirs = case["requirements"]
                    .as_array()
                    .map(|all| all.iter().map(|one| text(one).to_owned()).collect());
                // A group that is included twice yields the same requirements twice.
                let theirs: Option<Vec<String>> = theirs.map(|mut all: Vec<String>| {
                    all.dedup();
                    all
                });
                if theirs.as_ref() != Some(&ours) {
                    differences.push(format!("{content} {group}: {ours:?}, packaging says {theirs:?}"));
                }
            }
            Err(faults) => {
                // Faults of other groups are reported too.
                if case["valid"] == true && !content.contains("fla sk") && !content.contains("x = 1") {
                    differences.push(format!("{content} {group} is refused: {faults:?}"));
                }
            }
        }
    }
    assert_none(&differences);
}

/// PEP 723, with the results of pip 26.3.
#[test]
fn scripts_are_parsed_as_by_pip_26_3() {
    let mut differences = Vec::new();
    for case in cases(include_str!("scripts.json")) {
        let content = text(&case["content"]);
        match load("tool.py", content, ProjectSelection::default()) {
            Ok(set) => {
                let ours: Vec<&str> = set.requirements.iter().map(|line| line.text.as_str()).collect();
                let theirs: Vec<&str> = match &case["metadata"]["dependencies"] {
                    serde_json::Value::Array(all) => all.iter().map(text).collect(),
                    _ => Vec::new(),
                };
                if case["valid"] == false || ours != theirs {
                    differences.push(format!("{content:?}: {ours:?}, pip says {case}"));
                }
            }
            Err(faults) => {
                if case["valid"] == true {
                    differences.push(format!("{content:?} is refused: {faults:?}"));
                }
            }
        }
    }
    assert_none(&differences);
    let content =
        "#!/usr/bin/env python\n# /// script\n# dependencies = [\n#   'flask>=2',\n#   'a b',\n# ]\n# ///\n";
    let faults = load("tool.py", content, ProjectSelection::default()).expect_err("a fault");
    assert!(faults.first().expect("a fault").starts_with("tool.py:5:8: "), "{faults:?}");
}

/// A caller with only the folder of a project.
#[test]
fn a_project_can_be_read_alone() {
    let project = Pyproject::parse("pyproject.toml", PROJECT.as_bytes());
    assert_eq!(project.name.as_ref().map(|name| name.as_str()), Some("me-too"));
    assert_eq!(project.version.as_deref(), Some("1"));
    assert!(matches!(&project.dependencies, Dependencies::Static(lines) if lines.len() == 2));
    assert_eq!(project.groups().count(), 3);
    assert!(project.faults().is_empty());
}
