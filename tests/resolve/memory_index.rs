//! A small index in memory, written as text.

use std::collections::BTreeMap;
use std::sync::Arc;

use wheelbase::ProjectName;
use wheelbase::index::{DistributionFile, ProjectPage};
use wheelbase::metadata::{Confidence, CoreMetadata};
use wheelbase::resolve::{
    Advance, Fact, Facts, MemoryFacts, Need, Problem, Resolution, ResolveOptions, RootRequirement, Selection,
    Solver,
};
use wheelbase::source::Origin;
use wheelbase::target::{Arch, Libc, Target};

/// Files by project, and the metadata of each file.
#[derive(Debug, Default)]
pub(crate) struct Index {
    pages: BTreeMap<ProjectName, Vec<DistributionFile>>,
    metadata: BTreeMap<String, CoreMetadata>,
}

impl Index {
    /// Reads lines such as `a 1.0 -> b>=1; c[x]`, which make a pure wheel, and
    /// `a-1.0-cp312-cp312-musllinux_1_2_x86_64.whl -> b`, which name the file. `yanked` after a name yanks it.
    pub(crate) fn of(text: &str) -> Self {
        let mut index = Self::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (head, requires) = line.split_once("->").unwrap_or((line, ""));
            let (head, yanked) = match head.trim().strip_suffix("yanked") {
                Some(head) => (head.trim(), Some("broken".to_owned())),
                None => (head.trim(), None),
            };
            let filename = match head.split_once(' ') {
                Some((name, version)) => format!("{}-{version}-py3-none-any.whl", name.replace('-', "_")),
                None => head.to_owned(),
            };
            let (name, rest) = filename.split_once('-').expect("a file name");
            let version = rest.split('-').next().unwrap_or(rest).trim_end_matches(".tar.gz");
            let project: ProjectName = name.parse().expect("a project name");
            let mut metadata = format!("Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n");
            for requirement in requires.split(" & ").map(str::trim).filter(|text| !text.is_empty()) {
                match requirement.strip_prefix("extra:") {
                    Some(extra) => metadata.push_str(&format!("Provides-Extra: {extra}\n")),
                    None => metadata.push_str(&format!("Requires-Dist: {requirement}\n")),
                }
            }
            let confidence =
                if filename.ends_with(".whl") { Confidence::Exact } else { Confidence::StaticSdist };
            index.metadata.insert(
                filename.clone(),
                CoreMetadata::parse(metadata.as_bytes(), confidence).expect("good metadata"),
            );
            let files = index.pages.entry(project).or_default();
            let mut file =
                DistributionFile::new(filename.clone(), format!("https://files.example/{filename}"));
            file.position = u32::try_from(files.len()).expect("few files");
            file.yanked = yanked;
            files.push(file);
        }
        index
    }

    /// Supplies one missing fact.
    pub(crate) fn answer(&self, need: &Need, facts: &mut MemoryFacts) {
        match need {
            Need::Page(project) => {
                let fact = match self.pages.get(project) {
                    Some(files) => {
                        Fact::Known(Arc::new(ProjectPage::from_files(project.clone(), files.clone())))
                    }
                    None => Fact::Absent,
                };
                facts.add_page(project.clone(), fact);
            }
            Need::Metadata(file) => {
                let fact = match self.metadata.get(&file.filename) {
                    Some(metadata) => Fact::Known(Arc::new(metadata.clone())),
                    None => Fact::Absent,
                };
                facts.add_metadata(file, fact);
            }
        }
    }

    /// The same index with a file's hash.
    pub(crate) fn with_hash(mut self, filename: &str, sha256: &str) -> Self {
        for file in self.pages.values_mut().flatten().filter(|file| file.filename == filename) {
            file.sha256 = Some(sha256.to_owned());
        }
        self
    }

    /// Replaces the metadata of a file.
    pub(crate) fn set_metadata(&mut self, filename: &str, text: &str) {
        let metadata = CoreMetadata::parse(text.as_bytes(), Confidence::Exact).expect("good metadata");
        self.metadata.insert(filename.to_owned(), metadata);
    }

    /// Solves and supplies missing facts; returns the resolution and the number of rounds in which facts were fetched.
    pub(crate) fn solve(&self, problem: Problem) -> (Resolution, usize) {
        let mut solver = Solver::new(Arc::new(problem));
        let mut facts = MemoryFacts::new();
        for fetches in 0.. {
            match solver.advance(&facts) {
                Advance::Done(resolution) => return (resolution, fetches),
                Advance::Needs(needs) => {
                    for need in &needs {
                        self.answer(need, &mut facts);
                    }
                }
            }
        }
        unreachable!()
    }

    /// All facts at once.
    pub(crate) fn facts(&self) -> impl Facts {
        self.facts_with(&[])
    }

    /// All facts, and for these projects at least the fact that they do not exist.
    pub(crate) fn facts_with(&self, projects: &[&str]) -> impl Facts + use<> {
        let mut facts = MemoryFacts::new();
        for project in projects {
            self.answer(&Need::Page(project.parse().expect("a name")), &mut facts);
        }
        for project in self.pages.keys() {
            self.answer(&Need::Page(project.clone()), &mut facts);
        }
        for file in self.pages.values().flatten() {
            self.answer(&Need::Metadata(Arc::new(file.clone())), &mut facts);
        }
        facts
    }
}

/// CPython 3.12 on a C library, with an installer.
pub(crate) fn target(libc: Libc, installer: &str) -> Target {
    let python = "3.12.13".parse().expect("a Python");
    Target::new(Arch::x86_64(), libc, python, installer.parse().expect("an installer"))
}

/// The problem of some requirement lines, numbered from 1, on glibc 2.36 with pip 26.3.
pub(crate) fn problem(lines: &[&str]) -> Problem {
    problem_on(target(Libc::Glibc(2, 36), "pip==26.3"), lines, ResolveOptions::default())
}

pub(crate) fn problem_on(target: Target, lines: &[&str], options: ResolveOptions) -> Problem {
    let lines = lines.iter().zip(1..).map(|(line, number)| {
        RootRequirement::new(line.parse().expect("a requirement"), Origin::new("requirements.txt", number, 1))
    });
    Problem::new(target, lines.collect(), Vec::new(), options)
}

/// Returns `name==version` for each chosen project, `name: none` and `name: ?` for the others.
pub(crate) fn summary(resolution: &Resolution) -> Vec<String> {
    resolution
        .projects
        .iter()
        .map(|project| match &project.selection {
            Selection::File(chosen) => format!("{}=={}", project.project, chosen.version),
            Selection::Nothing { .. } => format!("{}: none", project.project),
            _ => format!("{}: ?", project.project),
        })
        .collect()
}
