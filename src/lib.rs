//! wheelbase answers one question: *on this container base image, would my requirements install from wheels or from
//! source, would they import, and if not, why and what do I do about it?*
//!
//! It never runs foreign code and never looks at the machine it runs on: a target is described, an index is asked,
//! and files are read.
//!
//! # The pieces
//!
//! * [`image`] turns the name of a base image into what is inside it, on a given day.
//! * [`target`] is what an installer sees of a machine; [`tags`] lists and ranks the wheel tags it accepts, and says
//!   which part of a wheel's tags fails.
//! * [`requirements`] reads requirements files, `pyproject.toml` and scripts; [`lock`] reads lock files and
//!   [`dockerfile`] finds what a Dockerfile installs where.
//! * [`index`], [`metadata`] and [`sdist`] read what indexes serve.
//! * [`resolve`] finds what the installer would take of every project, direct or transitive; [`verdict`] judges that,
//!   with reasons, and [`report`] puts the verdicts of several targets together.
//! * [`elf`], [`wheel`], [`policy`] and [`inspect`] read what the binaries in a wheel really need.
//! * [`dockerfile_check`] judges the install steps of a Dockerfile's plan, and [`target_choice`] makes targets of images.
//! * [`edge`] is the only place with effects: files, network, cache and clock. [`Check`] does it all.
//!
//! Everything above `edge` is a function of its arguments: bytes, text and facts in, values out. Where facts are
//! missing, the core says which, and whoever calls it fetches them.
//!
//! # Example
//!
//! The solver over facts held in memory: on Alpine the newest release has no wheel, so an older one is taken, and the
//! resolution remembers what was passed over.
//!
//! ```
//! use std::sync::Arc;
//!
//! use wheelbase::ProjectName;
//! use wheelbase::index::{DistributionFile, ProjectPage};
//! use wheelbase::resolve::{
//!     Fact, MemoryFacts, Problem, ResolveOptions, RootRequirement, Selection, Solver, Step,
//! };
//! use wheelbase::source::Origin;
//! use wheelbase::target::{Arch, Libc, Target};
//!
//! let target = Target::new(Arch::x86_64(), Libc::Musl(1, 2, None), "3.12".parse()?, "pip==25.0.1".parse()?);
//!
//! let project: ProjectName = "duckdb".parse()?;
//! let names = [
//!     "duckdb-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl",
//!     "duckdb-1.3.2-cp312-cp312-musllinux_1_2_x86_64.whl",
//! ];
//! let files = names.map(|name| DistributionFile::new(name, format!("https://files.example/{name}")));
//! let mut facts = MemoryFacts::new();
//! facts.add_page(
//!     project.clone(),
//!     Fact::Known(Arc::new(ProjectPage::from_files(project.clone(), files.to_vec()))),
//! );
//!
//! let line = RootRequirement::new("duckdb".parse()?, Origin::new("requirements.txt", 1, 1));
//! let mut options = ResolveOptions::default();
//! options.no_deps = true;
//! let mut solver = Solver::new(Arc::new(Problem::new(target, vec![line], Vec::new(), options)));
//! let Step::Done(resolution) = solver.advance(&facts) else { panic!("every fact was there") };
//! let duckdb = resolution.project(&project).expect("the only project");
//! let Selection::File(chosen) = &duckdb.selection else { panic!("1.3.2 has a wheel") };
//! assert_eq!(chosen.file.filename, names[1]);
//! assert_eq!(duckdb.passed_over.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Words
//!
//! The words are those of the [packaging specifications](https://packaging.python.org/en/latest/specifications/): a
//! *project* has *releases*, one for each version; a release has *distribution files*, which are *wheels* (built) or
//! *source distributions* (sdists, built at installation). A wheel's *tag* is its Python, ABI and platform tag. *Core
//! metadata* says what a distribution depends on; a *marker* restricts a dependency to environments, an *extra* adds
//! optional ones, a *constraint* limits versions without asking for anything. A *yanked* file is withdrawn but still
//! there.
//!
//! Three outcomes are kept apart everywhere: an [`Error`] (the work could not be done), a
//! [finding](findings::Finding) (the work was done, and there is something to tell) and *undetermined* (a fact could not
//! be had, and why).

pub mod build;
pub mod dockerfile_check;
#[cfg(feature = "net")]
pub mod edge;
pub mod findings;
pub mod inspect;
pub mod load;
pub mod locked;
#[cfg(feature = "pep508")]
pub mod pep508;
pub mod report;
pub mod rules;
pub mod target_choice;
pub mod verdict;

#[cfg(feature = "net")]
pub use edge::Check;
pub use wheelbase_binary::{elf, policy, wheel};
pub use wheelbase_python::{imports, index, lock, metadata, requirements, sdist};
pub use wheelbase_spec::{
    Error, ExtraName, InvalidName, ProjectName, error, filename, marker, name, requirement, source, tags,
    target, version,
};
pub use {wheelbase_dockerfile as dockerfile, wheelbase_image as image, wheelbase_resolve as resolve};
