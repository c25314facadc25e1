//! The check of a Dockerfile: it takes a plan and the base images, returns questions, and creates a report.
//!
//! This module does not read or fetch anything. [`DockerfileCheck`] lists the stages with required images, requests files
//! of the build context from [`ContextFiles`], and returns each install step as a [`Question`]: a target and its
//! requirements. The caller answers with a verdict in progress, and [`DockerfileCheck::finish`] adds the findings on copies between stages.
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use wheelbase::dockerfile::{Context, Dockerfile, Ignore, PlanOptions};
//! use wheelbase::dockerfile_check::{DockerfileCheck, Settings};
//! use wheelbase::image::Catalogue;
//! use wheelbase::report::Levels;
//! use wheelbase::target_choice::{FoundImage, TargetChoice};
//!
//! let text = b"FROM python:3.12-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\n";
//! let plan = Dockerfile::parse(text, "Dockerfile")?.plan(&PlanOptions::default(), &Context::new())?;
//! let files = BTreeMap::from([("requirements.txt".to_owned(), b"flask\n".to_vec())]);
//! let (choice, ignore, levels) = (TargetChoice::default(), Ignore::default(), Levels::new());
//!
//! let mut check = DockerfileCheck::new(plan, None, Settings::new(&choice, &files, &ignore, &[], &levels));
//! let profile =
//!     Catalogue::default().profile(&"python:3.12-slim".parse()?, "2026-11-01".parse()?, None)?;
//! for stage in check.stages() {
//!     check.add_image(stage, Ok(FoundImage { profile: profile.clone(), read: None }));
//! }
//! let question = check.next_question().expect("a step that installs");
//! assert_eq!(question.origin.line, 3);
//! assert_eq!(question.target.target.python.language_version(), (3, 12));
//! let document = &question.inputs.documents[0];
//! assert_eq!(document.text.as_ref().map(|(text, _)| text.as_str()), None);
//! assert_eq!(document.name, "requirements.txt");
//! assert!(check.next_question().is_none());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! * `interpreter`: the Python of a step; `installer`: its installer, and whether it refuses
//! * `steps`: the files that a step reads (requirements, constraints, locks, projects); `options`: variables and
//!   `pip.conf`; `places`: the origin of a file in the image
//! * `built`: wheels that one step builds and another installs
//! * `answered`: the verdicts in progress, and the report on all steps; `nothing_checked`: the error without any step

mod answered;
mod built;
mod facts;
mod files;
mod installer;
mod interpreter;
mod nothing_checked;
mod options;
mod places;
mod steps;
mod target;
mod variant;

pub use files::ContextFiles;
pub use steps::{DownloadedInput, StepDocument, StepInputs};
pub use variant::{CheckedVariant, DockerfileCheck, Question, Settings};
