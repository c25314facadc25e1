//! Benchmarks of solving recorded sets. All facts are in memory, so only the solver is measured.

#![expect(clippy::disallowed_methods, reason = "a program reads its files and arguments")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use url::Url;
use wheelbase::ProjectName;
use wheelbase::index::{DistributionFile, ProjectPage, parse_page};
use wheelbase::metadata::{Confidence, CoreMetadata};
use wheelbase::resolve::{
    Advance, Fact, MemoryFacts, Need, Problem, ResolveOptions, RootRequirement, Solver,
};
use wheelbase::sdist::{SdistLimits, Search, read_tarball};
use wheelbase::source::Origin;
use wheelbase::target::{Arch, Libc, Target};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/resolve/recorded")
}

fn page(project: &ProjectName) -> Fact<Arc<ProjectPage>> {
    let path = folder().join("simple").join(project.as_str()).join("index.json");
    let Ok(body) = std::fs::read(&path) else { return Fact::Absent };
    let url = Url::from_file_path(&path).expect("an absolute path");
    let page = parse_page(&body, Some("application/json"), url.as_str()).expect("a recorded page");
    Fact::Known(Arc::new(ProjectPage::from_files(project.clone(), page.files)))
}

fn metadata(file: &DistributionFile) -> Fact<Arc<CoreMetadata>> {
    let path = folder().join("files");
    if file.is_wheel() {
        let Ok(body) = std::fs::read(path.join(format!("{}.metadata", file.filename))) else {
            return Fact::Absent;
        };
        return Fact::Known(Arc::new(
            CoreMetadata::parse(&body, Confidence::Exact).expect("recorded metadata"),
        ));
    }
    let Ok(body) = std::fs::read(path.join(&file.filename)) else { return Fact::Absent };
    let facts = read_tarball(&body[..], None, Search::Any, SdistLimits::default()).expect("a recorded sdist");
    Fact::Known(Arc::new(facts.metadata))
}

fn problem(lines: &[&str], libc: &Libc) -> Problem {
    let python = "3.12".parse().expect("a version");
    let target = Target::new(Arch::x86_64(), libc.clone(), python, "pip".parse().expect("an installer"));
    let lines = lines.iter().zip(1..).map(|(line, number)| {
        RootRequirement::new(line.parse().expect("a requirement"), Origin::new("requirements.txt", number, 1))
    });
    Problem::new(target, lines.collect(), Vec::new(), ResolveOptions::default())
}

/// Solves and adds the requested facts; returns the number of projects.
fn solve(problem: Problem, facts: &mut MemoryFacts) -> usize {
    let mut solver = Solver::new(Arc::new(problem));
    loop {
        match solver.advance(facts) {
            Advance::Done(resolution) => return resolution.projects.len(),
            Advance::Needs(needs) => {
                for need in needs {
                    match need {
                        Need::Page(project) => {
                            let fact = page(&project);
                            facts.add_page(project, fact);
                        }
                        Need::Metadata(file) => {
                            let fact = metadata(&file);
                            facts.add_metadata(&file, fact);
                        }
                    }
                }
            }
        }
    }
}

fn resolve(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("resolve");
    let science: &[&str] = &["pandas", "numpy", "scipy", "scikit-learn", "matplotlib", "pyarrow"];
    for (name, lines, libc) in [
        ("flask-echo, glibc", &["flask", "gunicorn"][..], Libc::Glibc(2, 36)),
        ("data-science, musl", science, Libc::Musl(1, 2, None)),
        ("torch, impossible on musl", &["torch==2.8.0", "numpy<3"], Libc::Musl(1, 2, None)),
        ("django, conflict", &["Django==4.2.16", "django-filter==26.1"], Libc::Glibc(2, 36)),
    ] {
        let mut facts = MemoryFacts::new();
        solve(problem(lines, &libc), &mut facts);
        group.bench_function(name, |bencher| {
            bencher.iter(|| solve(black_box(problem(lines, &libc)), &mut facts));
        });
    }
    group.finish();
}

criterion_group!(benches, resolve);
criterion_main!(benches);
