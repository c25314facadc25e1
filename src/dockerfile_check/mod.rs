//! What a Dockerfile installs, judged: a plan and the images below it in, questions out, a report at the end.
//!
//! Nothing here reads or fetches. [`DockerfileCheck`] names the stages whose images it needs, asks a [`ContextFiles`] for
//! files of the build context, and gives each install step as a [`Question`]: a target, and what is installed on it. Whoever
//! answers hands back a report, and [`DockerfileCheck::finish`] adds what happens between stages.
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
//! * which Python runs a step: `interpreter`; which installer, and whether it refuses: `installer`
//! * what a step reads: `steps` (requirements, constraints, locks, projects), `options` (variables, `pip.conf`), `places`
//!   (where a file of the image comes from)
//! * wheels that one step makes and another installs: `built`

mod built;
mod facts;
mod files;
mod installer;
mod interpreter;
mod options;
mod places;
mod steps;
mod target;
mod variant;

pub use files::ContextFiles;
pub use steps::{Download, StepDocument, StepInputs};
pub use variant::{DockerfileCheck, Judged, Question, Settings};
