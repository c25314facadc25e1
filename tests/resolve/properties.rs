//! The solver against a search through all choices, on small random indexes.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use wheelbase::resolve::{Advance, MemoryFacts, Resolution, ResolveOptions, Selection, Solver};
use wheelbase::target::Libc;
use wheelbase::verdict::{Kind, TargetFacts, VerdictBuilder};

use super::memory_index::{Index, problem, problem_on, summary, target};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// A requirement on one of the projects: `==`, `<` or `>=` a version, or any.
#[derive(Clone, Debug)]
struct Line {
    project: usize,
    operator: &'static str,
    version: u32,
}

impl Line {
    fn accepts(&self, version: u32) -> bool {
        match self.operator {
            "==" => version == self.version,
            "<" => version < self.version,
            ">=" => version >= self.version,
            "!=" => version != self.version,
            _ => true,
        }
    }

    fn text(&self) -> String {
        match self.operator {
            "" => NAMES[self.project].to_owned(),
            operator => format!("{}{operator}{}.0", NAMES[self.project], self.version),
        }
    }
}

/// The versions of each project with what they require.
type World = Vec<BTreeMap<u32, Vec<Line>>>;

fn requirement() -> impl Strategy<Value = Line> {
    (0..NAMES.len(), select(vec!["", "==", "<", ">=", "!="]), 1..5_u32)
        .prop_map(|(project, operator, version)| Line { project, operator, version })
}

fn world() -> impl Strategy<Value = World> {
    let project = prop::collection::btree_map(1..5_u32, prop::collection::vec(requirement(), 0..3), 0..4);
    prop::collection::vec(project, NAMES.len())
}

fn index(world: &World) -> Index {
    let mut text = String::new();
    for (name, versions) in NAMES.iter().zip(world) {
        for (version, requires) in versions {
            // Requirements of a project on itself are not part of this test.
            let requires: Vec<String> =
                requires.iter().filter(|line| NAMES[line.project] != *name).map(Line::text).collect();
            text.push_str(&format!("{name} {version}.0 -> {}\n", requires.join(" & ")));
        }
    }
    Index::of(&text)
}

/// Returns whether the versions satisfy the lines and each other; `None` is a project that is not installed.
fn satisfies(world: &World, lines: &[Line], chosen: &[Option<u32>]) -> bool {
    let met = |line: &Line| chosen[line.project].is_some_and(|version| line.accepts(version));
    lines.iter().all(met)
        && chosen.iter().enumerate().all(|(project, version)| {
            version.is_none_or(|version| {
                world[project][&version].iter().filter(|line| line.project != project).all(met)
            })
        })
}

/// Returns every possible choice.
fn choices(world: &World) -> Vec<Vec<Option<u32>>> {
    world.iter().fold(vec![Vec::new()], |known, versions| {
        let with = |start: &Vec<Option<u32>>, next: Option<u32>| {
            let mut longer = start.clone();
            longer.push(next);
            longer
        };
        known
            .iter()
            .flat_map(|start| {
                std::iter::once(None)
                    .chain(versions.keys().copied().map(Some))
                    .map(move |next| with(start, next))
            })
            .collect()
    })
}

fn satisfiable(world: &World, lines: &[Line]) -> bool {
    choices(world).iter().any(|chosen| satisfies(world, lines, chosen))
}

fn chosen(resolution: &Resolution) -> Vec<Option<u32>> {
    NAMES
        .iter()
        .map(|name| match &resolution.project(&name.parse().expect("a name"))?.selection {
            Selection::File(chosen) => Some(chosen.version.release()[0] as u32),
            _ => None,
        })
        .collect()
}

fn texts(lines: &[Line]) -> Vec<String> {
    lines.iter().map(Line::text).collect()
}

fn solve(index: &Index, lines: &[Line]) -> Resolution {
    let texts = texts(lines);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    index.solve(problem(&texts)).0
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// The solver finds a solution if and only if the search finds one, and its result is a solution.
    #[test]
    fn a_solution_is_found_exactly_if_there_is_one(
        world in world(),
        lines in prop::collection::vec(requirement(), 1..4),
    ) {
        let resolution = solve(&index(&world), &lines);
        prop_assert_eq!(resolution.is_satisfiable(), satisfiable(&world, &lines), "{:?}", summary(&resolution));
        if resolution.is_satisfiable() {
            let chosen = chosen(&resolution);
            prop_assert!(satisfies(&world, &lines, &chosen), "{chosen:?}");
            // Projects without a requirement are not chosen.
            for project in &resolution.projects {
                prop_assert!(!project.requested_by.is_empty(), "{}", project.project);
            }
        }
    }

    /// If only one project can be chosen freely, the newest version that the lines accept is chosen.
    #[test]
    fn the_newest_version_of_one_free_project_is_chosen(
        versions in subsequence((1..9_u32).collect::<Vec<_>>(), 1..8),
        lines in prop::collection::vec((select(vec!["", "<", ">=", "!="]), 1..9_u32), 1..4),
    ) {
        let world: World = std::iter::once(versions.iter().map(|version| (*version, Vec::new())).collect())
            .chain(std::iter::repeat_n(BTreeMap::new(), NAMES.len() - 1))
            .collect();
        let lines: Vec<Line> = lines
            .into_iter()
            .map(|(operator, version)| Line { project: 0, operator, version })
            .collect();
        let newest = versions.iter().rev().find(|version| lines.iter().all(|line| line.accepts(**version)));
        let resolution = solve(&index(&world), &lines);
        prop_assert_eq!(resolution.is_satisfiable(), newest.is_some());
        if newest.is_some() {
            prop_assert_eq!(chosen(&resolution)[0], newest.copied());
        }
    }

    /// The lines of a conflict cannot be satisfied together. The other lines are solved without them.
    #[test]
    fn the_lines_of_a_conflict_suffice_for_it(
        world in world(),
        lines in prop::collection::vec(requirement(), 2..5),
    ) {
        let resolution = solve(&index(&world), &lines);
        for conflict in &resolution.conflicts {
            let named: Vec<Line> = conflict
                .lines
                .iter()
                .filter_map(|(_, origin)| lines.get(usize::try_from(origin.line).ok()?.checked_sub(1)?).cloned())
                .collect();
            prop_assert!(!named.is_empty());
            prop_assert!(!satisfiable(&world, &named), "{conflict}");
            prop_assert!(!conflict.steps.is_empty());
        }
        for project in &resolution.projects {
            if let Selection::Nothing { reasons, .. } = &project.selection {
                prop_assert!(!reasons.is_empty(), "{}", project.project);
            }
        }
    }

    /// Facts can arrive in any order and in groups of any size.
    #[test]
    fn the_order_of_facts_does_not_change_the_result(
        world in world(),
        lines in prop::collection::vec(requirement(), 1..4),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 200),
    ) {
        let index = index(&world);
        let texts = texts(&lines);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let at_once = super::folder::solve(problem(&texts), &index.facts_with(&NAMES));
        let again = super::folder::solve(problem(&texts), &index.facts_with(&NAMES));
        prop_assert_eq!(summary(&at_once), summary(&again));
        let mut solver = Solver::new(Arc::new(problem(&texts)));
        let mut facts = MemoryFacts::new();
        let mut picks = picks.into_iter().cycle();
        let one_by_one = loop {
            match solver.advance(&facts) {
                Advance::Done(resolution) => break resolution,
                Advance::Needs(needs) => {
                    let pick = picks.next().map_or(0, |pick| pick.index(needs.len()));
                    index.answer(&needs[pick], &mut facts);
                }
            }
        };
        prop_assert_eq!(summary(&at_once), summary(&one_by_one));
        prop_assert_eq!(at_once.conflicts, one_by_one.conflicts);
    }

    /// Adding a wheel that fits to the chosen release never makes the verdict worse.
    #[test]
    fn an_additional_wheel_never_worsens_the_verdict(
        files in subsequence(
            vec!["a-1.0.tar.gz", "a-1.0-cp312-cp312-manylinux_2_28_x86_64.whl", "a-1.0-cp39-abi3-win_amd64.whl",
                 "a-2.0.tar.gz", "a-2.0-cp311-cp311-musllinux_1_2_x86_64.whl", "a-2.0-py3-none-any.whl"],
            1..6,
        ),
        more in select(vec![
            "cp312-cp312-musllinux_1_2_x86_64", "cp38-abi3-musllinux_1_1_x86_64", "py3-none-any",
            "cp312-none-any", "py2.py3-none-musllinux_1_0_x86_64",
        ]),
        installer in select(vec!["pip==26.3", "uv==0.13.8", "pip==22.0"]),
    ) {
        let check = |files: &str| {
            let index = Index::of(files);
            let problem = || {
                problem_on(target(Libc::Musl(1, 2, None), installer), &["a"], ResolveOptions::default())
            };
            let (resolution, _) = index.solve(problem());
            let verdict = VerdictBuilder::of(&problem(), &resolution, TargetFacts::default());
            verdict.distributions[0].clone()
        };
        let before = check(&files.join("\n"));
        let Some(version) = &before.version else { return Ok(()) };
        let after = check(&format!("{}\na-{version}-{more}.whl", files.join("\n")));
        prop_assert!(after.kind >= before.kind, "{before:?} became {after:?}");
        prop_assert_eq!(after.kind, Kind::Wheel);
        if before.kind != Kind::None {
            prop_assert_eq!(&after.version, &before.version);
        }
    }
}
