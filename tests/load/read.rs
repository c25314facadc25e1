//! Read wheels of a resolution: what a caller hands in for each wheel, and what is reported of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use wheelbase::dockerfile::Tool;
use wheelbase::findings::{Code, Level, ReadFailure, UnknownCause};
use wheelbase::load::{LoaderEnvironment, ReadWheel, ReadWheels};
use wheelbase::resolve::Advance;
use wheelbase::verdict::{BuiltWheels, Kind, Outcome, TargetFacts, VerdictBuilder, WheelFolder};
use wheelbase::{
    DistributionFile, Fact, MemoryFacts, Origin, Problem, ProjectName, ProjectPage, Resolution,
    ResolveOptions, RootRequirement, Solver,
};

use crate::elf::support::{Wheel, glibc};

/// The resolution of projects with one file each.
fn resolved(files: &[&str]) -> (Arc<Problem>, Resolution) {
    let mut facts = MemoryFacts::new();
    let mut lines = Vec::new();
    for file in files {
        let project: ProjectName = file.split('-').next().unwrap().parse().unwrap();
        let own = vec![DistributionFile::new(*file, format!("https://files.example/{file}"))];
        facts.add_page(project.clone(), Fact::Known(Arc::new(ProjectPage::from_files(project, own))));
        let line = u32::try_from(lines.len()).unwrap() + 1;
        let requirement = file.split('-').next().unwrap().parse().unwrap();
        lines.push(RootRequirement::new(requirement, Origin::new("requirements.txt", line, 1)));
    }
    let mut options = ResolveOptions::default();
    options.no_deps = true;
    let problem = Arc::new(Problem::new(glibc(2, 41), lines, Vec::new(), options));
    let Advance::Done(resolution) = Solver::new(problem.clone()).advance(&facts) else {
        panic!("all facts are known")
    };
    (problem, resolution)
}

fn loading(file: &str, wheel: ReadWheel) -> wheelbase::load::Loading {
    let (_, resolution) = resolved(&[file]);
    let mut wheels = ReadWheels::default();
    wheels.add(&DistributionFile::new(file, format!("https://files.example/{file}")), wheel);
    wheels.check(&resolution, true, &glibc(2, 41), &LoaderEnvironment::of_target(&glibc(2, 41)))
}

#[test]
fn a_wheel_that_cannot_be_read_is_unknown() {
    let file = "demo-1.0-py3-none-any.whl";
    let failure = ReadFailure::Unreadable { error: "connection refused".to_owned() };
    let found = loading(file, ReadWheel::new(&"demo".parse().unwrap(), file, Err(failure.clone())));
    let [finding] = found.findings.as_slice() else { panic!("{:?}", found.findings) };
    assert_eq!((finding.code(), finding.project.clone()), (Code::Undetermined, "demo".parse().ok()));
    let message = format!("`{file}` could not be inspected: connection refused");
    assert_eq!(finding.message(), message);
    let cause = UnknownCause::Contents { file: file.to_owned(), failure };
    assert_eq!(cause.to_string(), message);
    assert_eq!(found.undetermined, Some(cause));
    assert_eq!((found.wheels, found.native), (0, 0));
}

#[test]
fn findings_on_the_quality_of_a_wheel_are_allowed_on_an_image() {
    let wheel = Wheel::new("cp312-cp312-manylinux_2_39_x86_64").with("demo/demo.so", "old-node.so");
    let file = wheel.facts().file;
    let twice = wheel.bytes("demo/twice", b"1").bytes("demo/twice", b"2").labelled(&["py3-none-any"]);
    let alone = twice.inspect();
    let level = |findings: &[wheelbase::Finding], code| {
        findings.iter().find(|finding| finding.code() == code).map(wheelbase::Finding::level)
    };
    assert_eq!(level(&alone.findings, Code::LabelsDisagree), Some(Level::Warn));
    let found = loading(&file, ReadWheel::new(&"demo".parse().unwrap(), &file, Ok(twice.facts())));
    assert_eq!(level(&found.findings, Code::LabelsDisagree), Some(Level::Allow));
    assert_eq!(level(&found.findings, Code::DuplicateMember), level(&alone.findings, Code::DuplicateMember));
    assert!(level(&found.findings, Code::DuplicateMember).is_some());
}

#[test]
fn built_wheels_are_facts_of_the_verdict() {
    let (problem, resolution) = resolved(&["demo-1.0.tar.gz", "other-1.0-py3-none-any.whl"]);
    let verdict = |built: Option<BuiltWheels>| {
        let mut facts = TargetFacts::default();
        facts.built = built;
        VerdictBuilder::of(&problem, &resolution, facts)
    };
    let kinds = |verdict: &wheelbase::TargetVerdict| -> Vec<(Kind, bool)> {
        verdict.distributions.iter().map(|row| (row.kind, row.file.is_some())).collect()
    };
    let plain = verdict(None);
    assert_eq!(kinds(&plain), [(Kind::Sdist, true), (Kind::Wheel, true)]);
    assert!(plain.findings.iter().any(|finding| finding.code() == Code::BuildsFromSource));

    let built = BTreeSet::from(["demo".parse().unwrap()]);
    let also = verdict(Some(BuiltWheels::new(built.clone(), None)));
    assert_eq!(kinds(&also), [(Kind::Wheel, false), (Kind::Wheel, true)]);
    assert_eq!((also.outcome, also.findings.len()), (Outcome::Resolved, 0));

    for (whole, kind, outcome, code) in [
        (true, Kind::None, Outcome::Unresolvable, Code::WheelNotBuilt),
        (false, Kind::Undetermined, Outcome::Undetermined, Code::Undetermined),
    ] {
        let origin = Origin::new("Dockerfile", 3, 5);
        let by = Origin::new("Dockerfile", 2, 5);
        let mut folder = WheelFolder::new("/wheels", by, Tool::Pip, origin.clone());
        (folder.projects, folder.whole) = (built.clone(), whole);
        let only = verdict(Some(BuiltWheels::new(built.clone(), Some(folder))));
        assert_eq!(kinds(&only), [(Kind::Wheel, false), (kind, false)]);
        let [finding] = only.findings.as_slice() else { panic!("{:?}", only.findings) };
        assert_eq!((only.outcome, finding.code(), finding.origin.as_ref()), (outcome, code, Some(&origin)));
        assert!(finding.message().contains("`other`"), "{}", finding.message());
    }
}
