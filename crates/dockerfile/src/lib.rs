//! Dockerfiles: what is installed in which stage, on which image, from which files.
//!
//! The input is the text of a Dockerfile, the options of the build ([`PlanOptions`]: target, build arguments, platform,
//! another base image) and the files of the build context that matter ([`Context`]). The output is a [`Plan`]: the
//! stages, their base images, the install steps with requirements, options and destination, the packages of the
//! system, and the copies between stages. No file is opened, no command is run and no image is read.
//!
//! # Passes
//!
//! 1. **Lines.** The text is cut into logical lines with their here-documents, as BuildKit's `parser.Parse` does
//!    (`segment`).
//! 2. **Instructions.** `parse-dockerfile` parses each line on its own (`syntax`), so that all errors are reported and
//!    not only the first. The result is a [`Dockerfile`] of stages (`file`).
//! 3. **Stages.** [`Dockerfile::plan`] applies the instructions in order (`walk`). `ARG`, `ENV`, `WORKDIR`, `SHELL` and
//!    `USER` change the state of a stage (`stage`); `COPY` and `ADD` add to the list of operations that created its
//!    files (`copies`, `files`). If a base image is replaced, the stages are processed a second time, because an
//!    installation may depend on the environment of the image.
//! 4. **Commands.** An interpreter of POSIX shell and the common parts of bash evaluates each `RUN` (`shell`). It
//!    follows variables, conditions, loops, functions and scripts as far as the text decides them, and passes each
//!    command to the reader of its tool (`tools`): pip, uv, poetry, pipenv, pdm, pipx, conda, apt-get, apk, dnf and the
//!    tools that create or change files.
//! 5. **Result.** [`Plan::needed`] lists the stages that the target needs. [`Plan::flows`] follows each installation
//!    through the copies to the stage in which it runs (`flow`).
//!
//! # Files of the context
//!
//! A plan does not read files; it lists those that it needs in [`Plan::wanted`]. The caller adds them to the [`Context`]
//! and plans again until the list is empty. A path inside a stage is traced back through `COPY`, `cp`, `mv` and
//! here-documents to its source: [`FileSource`]. Files that `.dockerignore` excludes are not copied ([`Ignore`]).
//!
//! # Unknown values
//!
//! A value is a text with a reason ([`DockerfileGap`]) if it is unknown: the output of a command, a variable of the
//! image, a file that a tool writes. An unknown value never becomes an empty text.
//!
//! - If an unknown value decides a condition, the interpreter evaluates both branches and marks the steps in them as
//!   conditional ([`InstallStep::conditional`]).
//! - If it is part of an install command, the command is [`UnknownFact`], with its position and the reason.
//! - The commands after `||` are evaluated and marked as conditional, because a build without failures does not run
//!   them.
//! - A build argument without a value from the caller has its default. [`Plan::assumed`] lists the defaults that decided
//!   something.
//!
//! The work of the interpreter is limited ([`wheelbase_formats::limits`]); steps beyond a limit are undetermined.

mod build;
mod context;
mod copies;
mod expand;
mod fault;
mod file;
mod files;
mod flow;
mod gap;
mod ignore;
mod model;
mod options;
pub mod path;
mod plan;
mod secrets;
mod segment;
mod shell;
mod stage;
mod syntax;
mod text;
mod tools;
mod walk;

pub use context::{Context, Purpose, WantedFile};
pub use fault::{DockerfileError, Fault};
pub use file::Dockerfile;
pub use files::StageFiles;
pub use flow::{Carrier, Flow, brings_interpreter};
pub use gap::{DockerfileGap, UnknownPart};
pub use ignore::Ignore;
pub use model::{
    Action, Base, CopyOrigin, Destination, Exported, FileSource, FormatRule, InputFile, InstallOptions,
    InstallStep, InstallerVersion, LocalProject, StageCopy, StagePlan, Step, SystemStep, Tool, Toolchain,
    UnknownFact, Venv,
};
pub use options::{BaseConfig, PlanOptions, ReplaceScope};
pub use plan::{Assumed, Plan};
pub use secrets::Secrets;

pub use path::{join as join_path, parent as parent_path};
