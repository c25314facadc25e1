//! The graph that the solver searches: nodes, their versions, and the dependencies of each version.

use std::sync::Arc;

use pubgrub::VersionSet;

use super::explain;
use super::facts::{Fact, Facts, Need};
use super::node::{Edge, Edges, Learned, Needs, Node};
use super::problem::Problem;
use super::set::{Position, PositionSet};
use super::solver::Solver;
use super::table::{Direct, FIRST_URL, Listing, NOTHING, UNKNOWN, VersionTable};
use super::unknown::UnknownReason;
use crate::index::DistributionFile;
use wheelbase_spec::marker::{Marker, MarkerAnswer, MarkerContext};
use wheelbase_spec::metadata::{Confidence, CoreMetadata};
use wheelbase_spec::name::{ExtraName, ProjectName};
use wheelbase_spec::requirement::{Requirement, RequirementSource};
use wheelbase_spec::version::SpecifierSet;

/// The maximum number of metadata files requested in advance for one project in one round.
const WIDEST_LOOK_AHEAD: u32 = 128;

impl Solver {
    /// Returns the project's table, which is created on first use.
    pub(super) fn table(
        &mut self,
        project: &ProjectName,
        facts: &dyn Facts,
        needs: &mut Needs,
    ) -> &mut VersionTable {
        let problem = &self.problem;
        let first_index = problem.is_uv().then_some(problem.options.find_links.as_slice());
        let order = self.order.len();
        self.order.entry(project.clone()).or_insert(order);
        let table = self.tables.entry(project.clone()).or_insert_with(|| {
            let lines = problem.requirements.iter().chain(&problem.constraints);
            let hashes = lines
                .filter(|line| line.requirement.name == *project)
                .flat_map(|line| line.hashes.iter().cloned())
                .collect();
            VersionTable::new(project.clone(), hashes)
        });
        if table.direct.is_empty() && matches!(table.listing, Listing::Missing) {
            match facts.page(project) {
                Fact::Known(page) => table.set_page(page, first_index),
                Fact::Absent => table.listing = Listing::Absent,
                Fact::Failed(why) => table.listing = Listing::Failed(why),
                Fact::Missing => needs.add(Need::Page(project.clone())),
            }
        }
        table
    }

    /// Turns a requirement into an edge to its project, and one to each extra.
    fn edges_of(
        &mut self,
        requirement: &Requirement,
        conditional_on: &[&'static str],
        by_user: bool,
        facts: &dyn Facts,
        needs: &mut Needs,
        out: &mut Vec<Edge>,
    ) -> Result<(), String> {
        let project = &requirement.name;
        let uv = self.problem.is_uv();
        let text: Arc<str> = explain::requirement_text(requirement).into();
        let mut names_pre_release = false;
        let accepted = match &requirement.source {
            RequirementSource::Specifiers(specifiers) => {
                let constraints = self.constraints.get(project).cloned().unwrap_or_default();
                names_pre_release =
                    specifiers.names_prerelease() || constraints.iter().any(SpecifierSet::names_prerelease);
                if names_pre_release {
                    self.opened.insert(project.clone());
                }
                if specifiers.is_pinned() || constraints.iter().any(SpecifierSet::is_pinned) {
                    self.pinned.insert(project.clone());
                }
                // A constraint counts as input of the user, so uv follows a pin in one too.
                let pinned = (specifiers.is_pinned() && (by_user || !uv))
                    || constraints.iter().any(SpecifierSet::is_pinned);
                let problem = self.problem.clone();
                let table = self.table(project, facts, needs);
                let accepted = table.accepted(specifiers, &constraints);
                if pinned && table.page().is_some() {
                    table.allow_yanked(&accepted, &problem.rules());
                }
                accepted
            }
            RequirementSource::Url(url) => {
                if uv && !by_user && !self.problem.user_names_url(project, url) {
                    // uv 0.13.8 rejects a URL in a dependency, unless the user names the same URL.
                    return Err(format!(
                        "it requires {project} from a URL, which uv accepts only in the user's own requirements"
                    ));
                }
                let position = self.direct(project, url);
                PositionSet::singleton(position)
            }
        };
        for extra in &requirement.extras {
            out.push(Edge {
                to: Node::Extra(project.clone(), extra.clone()),
                accepted: accepted.clone(),
                text: text.clone(),
                conditional_on: conditional_on.to_vec(),
                names_pre_release,
            });
        }
        let to = Node::Project(project.clone());
        out.push(Edge { to, accepted, text, conditional_on: conditional_on.to_vec(), names_pre_release });
        Ok(())
    }

    /// Returns the position of a direct URL among a project's versions.
    fn direct(&mut self, project: &ProjectName, url: &str) -> Position {
        let order = self.order.len();
        self.order.entry(project.clone()).or_insert(order);
        let problem = self.problem.clone();
        let table = self
            .tables
            .entry(project.clone())
            .or_insert_with(|| VersionTable::new(project.clone(), Vec::new()));
        let index = match table.direct.iter().position(|direct| direct.url == url) {
            Some(index) => index,
            None => {
                table.direct.push(Direct::of(project, url, &problem.rules(), &table.hashes));
                self.late_direct = true;
                table.direct.len() - 1
            }
        };
        FIRST_URL + u32::try_from(index).unwrap_or(0)
    }

    /// Returns where the dependencies of a version come from. Requests missing facts.
    pub(super) fn learn(
        &mut self,
        project: &ProjectName,
        position: Position,
        facts: &dyn Facts,
        needs: &mut Needs,
    ) -> Option<Learned> {
        let problem = self.problem.clone();
        let table = self.table(project, facts, needs);
        if let Some(direct) = table.direct_at(position) {
            if let Some(reason) = &direct.opaque {
                return Some(Learned::Nowhere(reason.clone()));
            }
            return learn_from(&direct.file.clone(), None, facts, needs);
        }
        let pick = table.pick(position, &problem.rules())?;
        let (_, release) = table.release(position)?;
        let files = release.files();
        let file = files.get(pick.file)?;
        let sibling = if pick.is_wheel() { None } else { sibling_wheel(files) };
        learn_from(&Arc::new(file.clone()), sibling, facts, needs)
    }

    /// Returns the dependencies of one version of a node.
    pub(super) fn edges_at(
        &mut self,
        node: &Node,
        position: Position,
        facts: &dyn Facts,
        needs: &mut Needs,
    ) -> Edges {
        let key = (node.clone(), position);
        if let Some(known) = self.edges.get(&key) {
            return known.clone();
        }
        let edges = match node {
            Node::Root => {
                let lines = self.lines.iter().filter(|line| !self.dropped.contains(line));
                let edges = lines.map(|line| Edge::plain(Node::Line(*line), PositionSet::singleton(0), ""));
                Edges::Known(edges.collect())
            }
            Node::Line(line) => self.line_edges(*line, facts, needs),
            Node::Project(_) | Node::Extra(..) if position == UNKNOWN || position == NOTHING => {
                Edges::Known(Arc::from([]))
            }
            Node::Project(project) => self.distribution_edges(project, None, position, facts, needs),
            Node::Extra(project, extra) => {
                self.distribution_edges(project, Some(extra), position, facts, needs)
            }
        };
        if !matches!(edges, Edges::Missing) {
            self.edges.insert(key, edges.clone());
        }
        edges
    }

    fn line_edges(&mut self, line: usize, facts: &dyn Facts, needs: &mut Needs) -> Edges {
        let problem = self.problem.clone();
        let Some(root) = problem.requirements.get(line) else { return Edges::Known(Arc::from([])) };
        let mut edges = Vec::new();
        let unknown = match &root.requirement.marker {
            Some(marker) => match problem.answer(marker, MarkerContext::default()) {
                MarkerAnswer::Unknown(variables) => variables,
                MarkerAnswer::True | MarkerAnswer::False => Vec::new(),
            },
            None => Vec::new(),
        };
        match self.edges_of(&root.requirement, &unknown, true, facts, needs, &mut edges) {
            Ok(()) => Edges::Known(edges.into()),
            Err(why) => Edges::RuledOut(why),
        }
    }

    fn distribution_edges(
        &mut self,
        project: &ProjectName,
        extra: Option<&ExtraName>,
        position: Position,
        facts: &dyn Facts,
        needs: &mut Needs,
    ) -> Edges {
        let problem = self.problem.clone();
        let mut edges = Vec::new();
        if extra.is_some() {
            let same = PositionSet::singleton(position);
            edges.push(Edge::plain(Node::Project(project.clone()), same, project.as_str()));
        }
        if problem.options.no_deps {
            return Edges::Known(edges.into());
        }
        let metadata = match self.learn(project, position, facts, needs) {
            None => {
                self.look_ahead(project, position, facts, needs);
                return Edges::Missing;
            }
            Some(Learned::Nowhere(_)) => return Edges::Known(edges.into()),
            Some(Learned::Metadata(metadata, _)) => metadata,
        };
        if let Some(why) = self.contradiction(project, position, &metadata) {
            if let Some(table) = self.tables.get_mut(project) {
                table.ruled_out.insert(position, why.clone());
            }
            return Edges::RuledOut(why);
        }
        for requirement in &metadata.requires_dist {
            let taken = match problem.overridden(requirement) {
                // Overrides do not apply to a project's requirement on its own extras.
                Some(instead) if requirement.name != *project => instead.iter().try_for_each(|requirement| {
                    self.dependency(project, extra, position, (requirement, true), facts, needs, &mut edges)
                }),
                _ => {
                    self.dependency(project, extra, position, (requirement, false), facts, needs, &mut edges)
                }
            };
            if let Err(why) = taken {
                return Edges::RuledOut(why);
            }
        }
        Edges::Known(edges.into())
    }

    /// Adds the edges of one requirement of a distribution, its own or an override of it.
    #[expect(clippy::too_many_arguments, reason = "all of them are variables of the calling loop")]
    fn dependency(
        &mut self,
        project: &ProjectName,
        extra: Option<&ExtraName>,
        position: Position,
        (requirement, by_user): (&Requirement, bool),
        facts: &dyn Facts,
        needs: &mut Needs,
        edges: &mut Vec<Edge>,
    ) -> Result<(), String> {
        let problem = self.problem.clone();
        let extras: &[ExtraName] = extra.map_or(&[], std::slice::from_ref);
        let unknown = match &requirement.marker {
            None if extra.is_some() => return Ok(()),
            None => Vec::new(),
            Some(marker) => {
                let answer = |extras| {
                    let context = MarkerContext { extras, ..MarkerContext::default() };
                    problem.answer(marker, context)
                };
                // A dependency that applies without the extra belongs to the project's own node.
                if extra.is_some() && answer(&[]) == MarkerAnswer::True {
                    return Ok(());
                }
                match answer(extras) {
                    MarkerAnswer::False => return Ok(()),
                    MarkerAnswer::True => Vec::new(),
                    MarkerAnswer::Unknown(variables) => variables,
                }
            }
        };
        if requirement.name == *project {
            // A project that requires itself with extras requires these extras too, at the same version.
            for other in requirement.extras.iter().filter(|other| Some(*other) != extra) {
                edges.push(Edge {
                    to: Node::Extra(project.clone(), other.clone()),
                    accepted: PositionSet::singleton(position),
                    text: explain::requirement_text(requirement).into(),
                    conditional_on: unknown.clone(),
                    names_pre_release: false,
                });
            }
            return Ok(());
        }
        self.edges_of(requirement, &unknown, by_user, facts, needs, edges)
    }

    /// Returns why the metadata excludes the version on this target, if it does.
    fn contradiction(
        &self,
        project: &ProjectName,
        position: Position,
        metadata: &CoreMetadata,
    ) -> Option<String> {
        let rules = self.problem.rules();
        if let Some(text) = &metadata.requires_python
            && !self.problem.options.ignore_requires_python
            && !rules.takes_python(text)
        {
            return Some(format!("its metadata requires Python {text}"));
        }
        // pip 26.3 discards a distribution whose metadata names another project or version than the file name
        // (`MetadataInconsistent`). This does not apply to the metadata of a sibling wheel.
        if metadata.confidence == Confidence::Exact && !self.problem.is_uv() {
            if let Some(name) = metadata.name.as_ref().filter(|name| *name != project) {
                return Some(format!("its metadata names the project {name}"));
            }
            let table = self.tables.get(project)?;
            if let (Some(said), Some(version)) = (&metadata.version, table.version(position))
                && said != version
            {
                return Some(format!("its metadata names the version {said}"));
            }
        }
        None
    }

    /// Requests the metadata of the next versions if the solver returned to a project several times.
    fn look_ahead(
        &mut self,
        project: &ProjectName,
        position: Position,
        facts: &dyn Facts,
        needs: &mut Needs,
    ) {
        needs.blind.push((project.clone(), position));
        let before = self.waits.get(project).copied().unwrap_or(0);
        // The first round requests one version: most projects are decided once.
        let mut width = if before == 0 { 0 } else { (1u32 << before.min(16)).min(WIDEST_LOOK_AHEAD) };
        let mut next = position;
        while width > 0 && next > 0 && next < FIRST_URL {
            next -= 1;
            let rules_problem = self.problem.clone();
            let usable = self
                .tables
                .get_mut(project)
                .is_some_and(|table| table.pick(next, &rules_problem.rules()).is_some());
            if usable {
                self.learn(project, next, facts, needs);
                width -= 1;
            }
        }
    }
}

impl Problem {
    /// Returns whether a requirement of the user applies to the target, or may apply.
    pub(super) fn applies(&self, requirement: &Requirement) -> bool {
        requirement
            .marker
            .as_ref()
            .is_none_or(|marker| self.answer(marker, MarkerContext::default()) != MarkerAnswer::False)
    }

    /// Evaluates a marker as the installer does.
    fn answer(&self, marker: &Marker, context: MarkerContext<'_>) -> MarkerAnswer {
        match self.is_uv() {
            true => marker.evaluate_leniently(&self.environment, context),
            false => marker.evaluate(&self.environment, context),
        }
    }

    fn user_names_url(&self, project: &ProjectName, url: &str) -> bool {
        let lines = self.requirements.iter().chain(&self.constraints).chain(&self.overrides);
        lines.map(|line| &line.requirement).any(|requirement| {
            requirement.name == *project
                && matches!(&requirement.source, RequirementSource::Url(named) if named == url)
        })
    }
}

/// Returns the wheel of the release with the smallest cost to read its metadata.
fn sibling_wheel(files: &[DistributionFile]) -> Option<Arc<DistributionFile>> {
    let wheels = files.iter().filter(|file| file.filename.ends_with(".whl"));
    wheels
        .min_by_key(|file| {
            let advertised = file.core_metadata != crate::index::MetadataAdvert::Absent;
            (
                !advertised,
                !file.filename.ends_with("-none-any.whl"),
                file.size.unwrap_or(u64::MAX),
                file.position,
            )
        })
        .map(|file| Arc::new(file.clone()))
}

/// Selects the metadata of an sdist by reliability: its own static metadata, another wheel of the release, the guess
/// of setuptools.
fn learn_from(
    file: &Arc<DistributionFile>,
    sibling: Option<Arc<DistributionFile>>,
    facts: &dyn Facts,
    needs: &mut Needs,
) -> Option<Learned> {
    let own = facts.metadata(file);
    let exact = |confidence: Confidence| confidence <= Confidence::StaticPyproject;
    if let Fact::Known(metadata) = &own
        && exact(metadata.confidence)
    {
        return Some(Learned::Metadata(metadata.clone(), metadata.confidence));
    }
    let other = sibling.as_ref().map(|sibling| facts.metadata(sibling));
    let mut missing = false;
    if own.is_missing() {
        needs.metadata(file);
        missing = true;
    }
    if let (Some(sibling), Some(Fact::Missing)) = (&sibling, &other) {
        needs.metadata(sibling);
        missing = true;
    }
    if missing {
        return None;
    }
    if let Some(Fact::Known(metadata)) = other {
        return Some(Learned::Metadata(metadata, Confidence::SiblingWheel));
    }
    match own {
        Fact::Known(metadata) if metadata.confidence < Confidence::Unknown => {
            let confidence = metadata.confidence;
            Some(Learned::Metadata(metadata, confidence))
        }
        Fact::Known(_) => Some(Learned::Nowhere(UnknownReason::NotBuilt)),
        Fact::Failed(error) => Some(Learned::Nowhere(UnknownReason::Metadata(error.to_string()))),
        Fact::Absent | Fact::Missing => Some(Learned::Nowhere(UnknownReason::MetadataNotFound)),
    }
}
