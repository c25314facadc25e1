//! What a Dockerfile installs, judged: a plan and the images below it in, questions out, a report at the end.
//!
//! Nothing here reads or fetches. [`DockerfileCheck`] names the stages whose images it needs, asks a [`ContextFiles`] for
//! files of the build context, and gives each install step as a [`Question`]: a target, and what is installed on it. Whoever
//! answers hands back a report, and [`DockerfileCheck::finish`] adds what happens between stages.
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
mod variant;

pub use files::ContextFiles;
pub use steps::{Download, StepDocument, StepInputs};
pub use variant::{DockerfileCheck, Judged, Question, Settings};
