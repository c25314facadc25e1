//! wheelbase predicts, for a container base image, whether requirements install from wheels or from source, whether they
//! import, and if not, why.
//!
//! It never executes the code of a project and does not depend on the machine it runs on.
//!
//! # One call
//!
//! `Check` accepts what the command line accepts: requirements, files, locks or a Dockerfile, and targets, as text or as
//! values of the types of this crate. It returns a [`Report`].
//!
#![cfg_attr(feature = "net", doc = "```")]
#![cfg_attr(not(feature = "net"), doc = "```ignore")]
//! use wheelbase::{Check, Kind};
//!
//! // A directory instead of an index, so that this example requires no network.
//! let directory = tempfile::tempdir()?;
//! for file in ["native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl", "native-1.0.tar.gz"] {
//!     std::fs::write(directory.path().join(file), "")?;
//! }
//!
//! let report = Check::new()
//!     .requirement("native>=1")
//!     .on("python:3.12-slim")
//!     .on("python:3.12-alpine")
//!     .no_index(true)
//!     .find_links(directory.path())
//!     .no_deps(true)
//!     .run_blocking()?;
//!
//! let kinds: Vec<Kind> = report.results.iter().map(|result| result.distributions[0].kind).collect();
//! assert_eq!(kinds, [Kind::Wheel, Kind::Sdist]);
//! assert_eq!(report.gate().exit_status(), 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With `Check::inspect_files` it reports what the compiled files of wheels and directories require instead.
//!
//! Three outcomes are separate everywhere. An [`Error`] means that the work could not be done. A [`Finding`] means that it
//! was done and there is something to report. *Undetermined* means that the result depends on an unknown fact; the
//! report contains the fact and the cause.
//!
//! # Modules
//!
//! The types that most programs use are at the root. The modules contain the rest:
//!
//! | modules | contents |
//! | --- | --- |
//! | [`name`], [`version`], [`marker`], [`requirement`], [`filename`], [`metadata`] | the vocabulary of the packaging specifications |
//! | [`target`], [`tags`] | what an installer sees, and the wheel tags it accepts, in order |
//! | [`requirements`], [`lock`] | requirements files, `pyproject.toml`, scripts, lock files |
//! | [`index`], [`sdist`] | project pages and source distributions |
//! | [`resolve`] | the solver: which version and file an installer would select, and why |
//! | [`elf`], [`wheel`], [`policy`], [`inspect`] | what the binaries of a wheel require |
//! | [`load`], [`imports`] | what the loader of an image does with wheels, and what their imports run |
//! | [`image`], [`target_choice`] | base images by name and day, images that are read, and the targets they make |
//! | [`dockerfile`], [`dockerfile_check`], [`rules`] | what a Dockerfile installs in which stage, and whether it runs there |
//! | [`build`] | what source builds require |
//! | [`findings`], [`verdict`], [`report`], [`locked`] | results: findings, rows, reports |
//! | `edge` | files, network, cache and environment |
//! | [`error`], [`source`] | errors, faults and positions |
//!
//! Every module except `edge` is a function of its arguments: bytes, text and facts in, values out. If facts are missing,
//! it returns what it requires, and the caller fetches it.
//!
//! # Features
//!
//! - `net` (default): `edge` with `Check`, the index client and the readers of registries. Without it no network code
//!   is compiled, and the caller provides the facts.
//! - `pep508` (default): the module `pep508`, which converts requirements of the crate `pep508_rs`.
//! - `text`: reports for a terminal, as the command prints them.
//!
//! # Resolution on your own facts
//!
//! The solver requires no network. On Alpine the newest release of this project has no wheel and no source
//! distribution, so the installer uses an older one. The resolution lists the releases that it skipped.
//!
//! ```
//! use std::sync::Arc;
//!
//! use wheelbase::resolve::{Advance, Selection};
//! use wheelbase::{Arch, DistributionFile, Fact, Libc, MemoryFacts, Origin, Problem, ProjectName, ProjectPage};
//! use wheelbase::{ResolveOptions, RootRequirement, Solver, Target};
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
//! let Advance::Done(resolution) = solver.advance(&facts) else { panic!("all facts are known") };
//! let duckdb = resolution.project(&project).expect("the project is part of the resolution");
//! let Selection::File(chosen) = &duckdb.selection else { panic!("1.3.2 has a wheel") };
//! assert_eq!(chosen.file.filename, names[1]);
//! assert_eq!(duckdb.passed_over.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
pub use edge::{Check, Event, IndexClient, IndexSettings, TargetInput};

pub use dockerfile::{Dockerfile, Plan};
pub use elf::ElfFacts;
pub use error::{Error, ErrorKind};
pub use filename::{SdistFilename, WheelFilename};
pub use findings::{Code, Finding, Level};
pub use image::{Catalogue, Date, ImageProfile, ImageRef};
pub use index::{DistributionFile, ProjectPage};
pub use inspect::Inspection;
pub use lock::Lock;
pub use marker::Marker;
pub use metadata::CoreMetadata;
pub use name::{ExtraName, ProjectName};
pub use report::{Levels, Report, ReportTarget};
pub use requirement::Requirement;
pub use requirements::{Loader, RequirementSet};
pub use resolve::{
    Fact, Facts, MemoryFacts, Need, Problem, Reason, Resolution, ResolveOptions, RootRequirement, Solver,
};
pub use source::{Fault, Origin};
pub use tags::{SupportedTags, Tag, TagSet};
pub use target::{Arch, Installer, InstallerKind, Libc, Python, Target};
pub use verdict::{Distribution, Kind, Outcome, TargetVerdict};
pub use version::{SpecifierSet, Version};
pub use wheel::WheelFacts;

#[doc(inline)]
pub use wheelbase_binary::{elf, policy, wheel};
#[doc(inline)]
pub use wheelbase_dockerfile as dockerfile;
#[doc(inline)]
pub use wheelbase_image as image;
#[doc(inline)]
pub use wheelbase_python::{imports, index, lock, metadata, requirements, sdist};
#[doc(inline)]
pub use wheelbase_resolve as resolve;
#[doc(inline)]
pub use wheelbase_spec::{error, filename, marker, name, requirement, source, tags, target, version};
