//! One test per rule, on indexes of a few lines.

use std::sync::Arc;

use wheelbase::requirements::SettingKind;
use wheelbase::resolve::{
    Advance, Fact, MemoryFacts, Reason, RequestedBy, ResolveOptions, Selection, Solver,
};
use wheelbase::target::Libc;

use crate::messages::assert_messages;

use super::memory_index::{Index, problem, problem_on, summary, target};

const MUSL: Libc = Libc::Musl(1, 2, Some(5));

#[test]
fn an_impossible_project_does_not_hide_the_others() {
    let index = Index::of(
        "torch-2.9-cp312-cp312-manylinux_2_28_x86_64.whl -> sympy
         sympy 1.0
         flask 3.0 -> click
         click 8.0",
    );
    let problem = problem_on(target(MUSL, "pip==26.3"), &["torch", "flask"], ResolveOptions::default());
    let (resolution, _) = index.solve(problem);
    assert_eq!(summary(&resolution), ["click==8.0", "flask==3.0", "torch: none"]);
    assert!(!resolution.is_satisfiable());
    assert!(resolution.conflicts.is_empty());
    let torch = resolution.project(&"torch".parse().unwrap()).unwrap();
    let Selection::Nothing { version, reasons, .. } = &torch.selection else { panic!("{torch:?}") };
    assert_eq!(version.as_ref().map(ToString::to_string).as_deref(), Some("2.9"));
    assert!(
        matches!(reasons.as_slice(), [Reason::NoWheelFits { wheels: 1, .. }, Reason::NoSdist]),
        "{reasons:?}"
    );
}

#[test]
fn an_impossible_dependency_is_reported_and_its_parent_kept() {
    let index = Index::of(
        "embed 1.0 -> torch
         torch-2.9-cp312-cp312-manylinux_2_28_x86_64.whl",
    );
    let problem = problem_on(target(MUSL, "pip==26.3"), &["embed"], ResolveOptions::default());
    assert_eq!(summary(&index.solve(problem).0), ["embed==1.0", "torch: none"]);
}

#[test]
fn an_older_version_without_the_impossible_dependency_is_found_first() {
    let index = Index::of(
        "embed 1.0
         embed 2.0 -> torch
         torch-2.9-cp312-cp312-manylinux_2_28_x86_64.whl",
    );
    let problem = problem_on(target(MUSL, "pip==26.3"), &["embed"], ResolveOptions::default());
    let (resolution, _) = index.solve(problem);
    assert_eq!(summary(&resolution), ["embed==1.0"]);
    assert!(resolution.is_satisfiable());
}

#[test]
fn a_conflict_lists_the_conflicting_lines_and_the_rest_is_solved() {
    let index = Index::of(
        "a 1.0 -> c<2
         b 1.0 -> c>=2
         c 1.0
         c 2.0
         flask 3.0",
    );
    let (resolution, _) = index.solve(problem(&["flask", "a", "b"]));
    assert_eq!(summary(&resolution), ["flask==3.0"]);
    assert!(!resolution.is_satisfiable());
    let [conflict] = resolution.conflicts.as_slice() else { panic!("{:?}", resolution.conflicts) };
    let lines: Vec<String> = conflict.lines.iter().map(|(text, origin)| format!("{text} {origin}")).collect();
    assert_eq!(lines, ["a requirements.txt:2:1", "b requirements.txt:3:1"]);
    assert_messages!(conflict);
}

#[test]
fn two_lines_on_one_project_conflict_in_the_first_round() {
    let index = Index::of("a 1.0\na 2.0\nb 1.0");
    let (resolution, _) = index.solve(problem(&["a==1.0", "a==2.0", "b"]));
    assert_eq!(summary(&resolution), ["b==1.0"]);
    let [conflict] = resolution.conflicts.as_slice() else { panic!("{:?}", resolution.conflicts) };
    assert_eq!(conflict.lines.len(), 2);
}

#[test]
fn a_project_that_no_index_has_is_reported_as_not_found() {
    let (resolution, _) = Index::of("a 1.0").solve(problem(&["a", "nosuch"]));
    assert_eq!(summary(&resolution), ["a==1.0", "nosuch: none"]);
    let nosuch = resolution.project(&"nosuch".parse().unwrap()).unwrap();
    let Selection::Nothing { reasons, .. } = &nosuch.selection else { panic!() };
    assert_eq!(reasons, &[Reason::ProjectNotFound]);
}

#[test]
fn a_version_that_does_not_exist_is_reported_as_not_found() {
    let (resolution, _) = Index::of("a 1.0").solve(problem(&["a==7"]));
    let a = resolution.project(&"a".parse().unwrap()).unwrap();
    let Selection::Nothing { reasons, .. } = &a.selection else { panic!("{a:?}") };
    assert_eq!(reasons, &[Reason::NoVersionSatisfies]);
}

#[test]
fn a_page_that_could_not_be_fetched_does_not_affect_the_others() {
    let mut facts = MemoryFacts::new();
    facts.add_page("a".parse().unwrap(), Fact::Failed("connection refused".into()));
    let index = Index::of("b 1.0");
    let mut solver = Solver::new(Arc::new(problem(&["a", "b"])));
    let resolution = loop {
        match solver.advance(&facts) {
            Advance::Done(resolution) => break resolution,
            Advance::Needs(needs) => {
                assert!(!needs.is_empty());
                for need in needs {
                    index.answer(&need, &mut facts);
                }
            }
        }
    };
    assert_eq!(summary(&resolution), ["a: ?", "b==1.0"]);
}

#[test]
fn all_missing_facts_are_requested_in_one_round() {
    let index = Index::of("a 1.0 -> d\nb 1.0 -> d & e\nc 1.0\nd 1.0\ne 1.0");
    let mut solver = Solver::new(Arc::new(problem(&["a", "b", "c"])));
    let mut facts = MemoryFacts::new();
    let mut rounds = Vec::new();
    while let Advance::Needs(needs) = solver.advance(&facts) {
        rounds.push(needs.len());
        for need in needs {
            index.answer(&need, &mut facts);
        }
    }
    // Pages of a, b, c; their metadata; pages of d, e; their metadata.
    assert_eq!(rounds, [3, 3, 2, 2]);
}

#[test]
fn deep_backtracking_widens_its_look_ahead() {
    let mut text = String::from("core 1.0\n");
    for minor in 0..400 {
        text.push_str(&format!("client 1.{minor} -> core==2.{minor}\n"));
    }
    text.push_str("client 0.1 -> core==1.0\n");
    let (resolution, fetches) = Index::of(&text).solve(problem(&["client", "core==1.0"]));
    assert_eq!(summary(&resolution), ["client==0.1", "core==1.0"]);
    assert!(fetches < 20, "{fetches} rounds of fetching for 401 versions");
}

#[test]
fn extras_add_their_dependencies_and_can_include_each_other() {
    let index = Index::of(
        r#"a 1.0 -> extra:x & extra:all & b; extra == "x" & a[x]; extra == "all" & c
           b 1.0
           c 1.0"#,
    );
    assert_eq!(summary(&index.solve(problem(&["a"])).0), ["a==1.0", "c==1.0"]);
    assert_eq!(summary(&index.solve(problem(&["a[all]"])).0), ["a==1.0", "b==1.0", "c==1.0"]);
    let (resolution, _) = index.solve(problem(&["a[nosuch]"]));
    let a = resolution.project(&"a".parse().unwrap()).unwrap();
    assert_eq!(a.unknown_extras, ["nosuch".parse().unwrap()]);
}

#[test]
fn markers_are_those_of_the_target() {
    let index = Index::of(
        r#"a 1.0 -> win; sys_platform == "win32" & old; python_version < "3.10" & arm; platform_machine == "aarch64" & here; implementation_name == "cpython"
           win 1.0
           old 1.0
           arm 1.0
           here 1.0"#,
    );
    assert_eq!(summary(&index.solve(problem(&["a"])).0), ["a==1.0", "here==1.0"]);
}

#[test]
fn a_marker_about_the_kernel_is_counted_and_reported() {
    let index = Index::of("a 1.0 -> b; platform_release >= \"5\"\nb 1.0");
    let (resolution, _) = index.solve(problem(&["a"]));
    let b = resolution.project(&"b".parse().unwrap()).unwrap();
    assert_eq!(b.conditional_on, ["platform_release"]);
}

#[test]
fn a_newer_release_without_usable_file_is_recorded() {
    let index = Index::of(
        "duckdb-1.3.2-cp312-cp312-musllinux_1_2_x86_64.whl
         duckdb-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl",
    );
    let problem = problem_on(target(MUSL, "pip==26.3"), &["duckdb"], ResolveOptions::default());
    let (resolution, _) = index.solve(problem);
    let duckdb = resolution.project(&"duckdb".parse().unwrap()).unwrap();
    assert_eq!(duckdb.passed_over.iter().map(ToString::to_string).collect::<Vec<_>>(), ["2.0.0"]);
}

#[test]
fn prefer_binary_chooses_an_older_wheel_before_a_newer_sdist() {
    let index = Index::of("a-1.0-py3-none-any.whl\na-2.0.tar.gz");
    let mut options = ResolveOptions::default();
    assert_eq!(
        summary(&index.solve(problem_on(target(MUSL, "pip==26.3"), &["a"], options.clone())).0),
        ["a==2.0"]
    );
    options.prefer_binary = true;
    assert_eq!(
        summary(&index.solve(problem_on(target(MUSL, "pip==26.3"), &["a"], options.clone())).0),
        ["a==1.0"]
    );
    // uv does not have this option.
    assert_eq!(summary(&index.solve(problem_on(target(MUSL, "uv==0.13.8"), &["a"], options)).0), ["a==2.0"]);
}

#[test]
fn only_binary_filters_before_the_pre_release_rule() {
    // The only final release is an sdist; without it pip can only choose the pre-release.
    let index = Index::of("a-1.0.tar.gz\na-1.1rc1-py3-none-any.whl");
    let mut options = ResolveOptions::default();
    options.apply(SettingKind::OnlyBinary(":all:".to_owned())).unwrap();
    assert_eq!(
        summary(&index.solve(problem_on(target(MUSL, "pip==26.3"), &["a"], options)).0),
        ["a==1.1rc1"]
    );
}

#[test]
fn pre_releases_can_be_allowed_and_excluded() {
    let index = Index::of("a 1.0\na 1.1rc1");
    let mut options = ResolveOptions::default();
    assert_eq!(summary(&index.solve(problem(&["a"])).0), ["a==1.0"]);
    options.apply(SettingKind::Pre).unwrap();
    assert_eq!(
        summary(&index.solve(problem_on(target(MUSL, "pip==26.3"), &["a"], options.clone())).0),
        ["a==1.1rc1"]
    );
    options = ResolveOptions::default();
    options.apply(SettingKind::OnlyFinal(":all:".to_owned())).unwrap();
    let only_pre = Index::of("a 1.1rc1");
    assert_eq!(
        summary(&only_pre.solve(problem_on(target(MUSL, "pip==26.3"), &["a"], options)).0),
        ["a: none"]
    );
}

#[test]
fn a_yanked_release_requires_a_pin() {
    let index = Index::of("a 1.0\na 2.0 yanked");
    assert_eq!(summary(&index.solve(problem(&["a"])).0), ["a==1.0"]);
    assert_eq!(summary(&index.solve(problem(&["a==2.0"])).0), ["a==2.0"]);
    assert_eq!(summary(&index.solve(problem(&["a>=2.0"])).0), ["a: none"]);
}

#[test]
fn an_equal_pin_accepts_a_local_version_and_prefers_it() {
    let index = Index::of("a 1.0\na 1.0+cpu");
    assert_eq!(summary(&index.solve(problem(&["a==1.0"])).0), ["a==1.0+cpu"]);
}

#[test]
fn the_line_comes_first_among_the_requiring_projects() {
    let index = Index::of("a 1.0 -> b>=1\nb 1.0");
    let (resolution, _) = index.solve(problem(&["a", "b<2"]));
    let b = resolution.project(&"b".parse().unwrap()).unwrap();
    assert!(matches!(&b.requested_by[..], [RequestedBy::Line { .. }, RequestedBy::Distribution { .. }]));
    assert_messages!(b.requested_by[1]);
}

#[test]
fn hashes_choose_among_the_files() {
    let index = Index::of("a 1.0");
    let requirement = |hex: &str| {
        wheelbase::resolve::RootRequirement::new(
            "a".parse().unwrap(),
            wheelbase::source::Origin::new("requirements.txt", 1, 1),
        )
        .with_hashes(vec![("sha256".to_owned(), hex.to_owned())])
    };
    let problem = |hex: &str| {
        wheelbase::resolve::Problem::new(
            target(MUSL, "pip==26.3"),
            vec![requirement(hex)],
            Vec::new(),
            ResolveOptions::default(),
        )
    };
    let with_hash = index.with_hash("a-1.0-py3-none-any.whl", &"a".repeat(64));
    assert_eq!(summary(&with_hash.solve(problem(&"A".repeat(64))).0), ["a==1.0"]);
    assert_eq!(summary(&with_hash.solve(problem(&"b".repeat(64))).0), ["a: none"]);
}

#[test]
fn metadata_that_requires_another_python_excludes_a_version() {
    let mut index = Index::of("a 1.0\na 2.0");
    index.set_metadata(
        "a-2.0-py3-none-any.whl",
        "Metadata-Version: 2.1\nName: a\nVersion: 2.0\nRequires-Python: >=3.13\n",
    );
    assert_eq!(summary(&index.solve(problem(&["a"])).0), ["a==1.0"]);
}

#[test]
fn the_result_does_not_depend_on_the_order_of_facts() {
    let index = Index::of("a 1.0 -> c<2\na 2.0 -> c>=2\nb 1.0 -> c==1.0\nc 1.0\nc 2.0");
    let (stepwise, _) = index.solve(problem(&["a", "b"]));
    let at_once = super::folder::solve(problem(&["a", "b"]), &index.facts());
    assert_eq!(summary(&stepwise), summary(&at_once));
    assert_eq!(summary(&stepwise), ["a==1.0", "b==1.0", "c==1.0"]);
}
