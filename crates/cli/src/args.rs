//! The command line as clap reads it.

#![allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links, reason = "help texts are read on a terminal")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Check whether Python requirements install from wheels or from source on container base images, and why
#[derive(Debug, Parser)]
#[command(name = "wheelbase", version, about, max_term_width = 110, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) global: Global,
}

#[derive(Debug, Args)]
pub(super) struct Global {
    /// Control the use of colors; `auto` respects NO_COLOR, CLICOLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", help_heading = "Output")]
    pub(super) color: ColorChoice,
    /// Print details to standard error: requests, cache use and the evidence for images
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(super) verbose: u8,
    /// Print only errors; use the exit status for the result
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check whether requirements install from wheels or from source on base images
    Check(Box<CheckArgs>),
    /// List the wheel tags that the installer of a target accepts, most preferred first
    Tags(TagsArgs),
    /// Show the facts about a base image: C library, Python, pip, libraries, package manager and compiler
    Image(ImageArgs),
    /// Show what the compiled files of wheels, directories or single files require, and whether they load on a target
    Inspect(Box<InspectArgs>),
    /// Explain a finding code, or list all codes
    Explain(ExplainArgs),
    /// Show or clear the cache
    Cache(CacheArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// The targets and the options that change them.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// Use this target; can be used multiple times
    ///
    /// A target is an image name (python:3.12-slim), a C library (glibc:2.36, musl:1.2), a file with a target
    /// (./target.toml) or with the output of `wheelbase image --format json`, or an image that is read (dir:ROOT,
    /// oci:LAYOUT, oci-archive:FILE, docker-archive:FILE, docker://REF).
    #[arg(long = "on", value_name = "TARGET", help_heading = "Targets")]
    pub(super) on: Vec<String>,
    /// Use this architecture, such as amd64, arm64, arm/v7, x86_64 or aarch64; can be used multiple times
    /// [default: amd64]
    #[arg(long, value_name = "ARCH", value_delimiter = ',', help_heading = "Targets")]
    pub(super) arch: Vec<String>,
    /// Use this Python version for targets without Python (debian:12, glibc:2.36), such as 3.12 or 3.13t
    #[arg(long, value_name = "VERSION", help_heading = "Targets")]
    pub(super) python: Option<String>,
    /// Use this installer instead of the pip of the image, such as pip==25.0.1, pip, uv or uv==0.13.8
    #[arg(long, value_name = "SPEC", help_heading = "Targets")]
    pub(super) installer: Option<String>,
    /// Resolve image names as of this date (YYYY-MM-DD); `check` also ignores files uploaded after it
    /// [default: today]
    #[arg(long, value_name = "DATE", help_heading = "Targets")]
    pub(super) as_of: Option<String>,
    #[command(flatten)]
    pub(super) images: ImageOptions,
}

/// The sources of images that are not in the catalogue.
#[derive(Debug, Args)]
pub(super) struct ImageOptions {
    /// Read your own images from this settings file [default: ./wheelbase.toml if it exists]
    #[arg(long, value_name = "FILE", help_heading = "Targets")]
    pub(super) config: Option<PathBuf>,
    /// Use plain HTTP for registries; registries on localhost use it without this option
    #[arg(long, help_heading = "Targets")]
    pub(super) plain_http: bool,
}

#[derive(Debug, Args)]
pub(super) struct ImageArgs {
    /// Image name (python:3.12-slim), profile (./image.json), or image to read (dir:ROOT, oci:LAYOUT[:TAG],
    /// oci-archive:FILE, docker-archive:FILE, docker://REF)
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// Use this architecture, such as amd64, arm64 or aarch64 [default: amd64]
    #[arg(long, value_name = "ARCH")]
    pub(super) arch: Option<String>,
    /// Select this interpreter of an image with several, such as 3.12
    #[arg(long, value_name = "VERSION")]
    pub(super) python: Option<String>,
    /// Resolve the image name as of this date (YYYY-MM-DD) [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<String>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// List all libraries, and the file that each fact is from
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) images: ImageOptions,
    /// Path to the cache directory
    #[arg(long, value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
    /// Do not read from or write to the cache
    #[arg(long)]
    pub(super) no_cache: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Requirements as in requirements.txt, such as flask 'django>=5' ./dist/app-1.0-py3-none-any.whl
    #[arg(value_name = "REQUIREMENT")]
    pub(super) requirements: Vec<String>,
    /// Check the requirements of this file; can be used multiple times
    ///
    /// The file is a requirements file, a pyproject.toml, a script with inline metadata or a lock (pylock.toml, uv.lock,
    /// poetry.lock, pdm.lock, Pipfile.lock). Use `-` for standard input.
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    pub(super) files: Vec<String>,
    /// Check the requirements of this project directory, as `pip install -e`; can be used multiple times
    #[arg(short = 'e', long = "editable", value_name = "PROJECT")]
    pub(super) editable: Vec<String>,
    /// Constrain versions with this constraints file; can be used multiple times
    #[arg(short = 'c', long = "constraint", value_name = "FILE")]
    pub(super) constraints: Vec<String>,
    /// Override requirements with those of this file, as uv's --override; can be used multiple times
    ///
    /// Applies only to targets with the installer uv.
    #[arg(long = "override", value_name = "FILE")]
    pub(super) overrides: Vec<String>,
    /// Include this extra of the pyproject.toml or lock; can be used multiple times
    #[arg(long = "extra", value_name = "NAME")]
    pub(super) extras: Vec<String>,
    /// Include this dependency group of the pyproject.toml or lock; can be used multiple times
    #[arg(long = "group", value_name = "NAME")]
    pub(super) groups: Vec<String>,
    /// Exclude this default dependency group of the lock, such as dev; can be used multiple times
    #[arg(long = "no-group", value_name = "NAME")]
    pub(super) without_groups: Vec<String>,
    /// Exclude all default dependency groups of the lock
    #[arg(long)]
    pub(super) no_default_groups: bool,

    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) dockerfile: DockerfileArgs,

    #[command(flatten)]
    pub(super) index: IndexArgs,

    /// Use only wheels for these projects, or for `:all:`; can be used multiple times
    #[arg(long, value_name = "PROJECTS", help_heading = "Installer options")]
    pub(super) only_binary: Vec<String>,
    /// Use only source distributions for these projects, or for `:all:`; can be used multiple times
    #[arg(long, value_name = "PROJECTS", help_heading = "Installer options")]
    pub(super) no_binary: Vec<String>,
    /// Prefer older versions with a wheel over newer source distributions (pip only)
    #[arg(long, help_heading = "Installer options")]
    pub(super) prefer_binary: bool,
    /// Include pre-release versions
    #[arg(long, help_heading = "Installer options")]
    pub(super) pre: bool,
    /// Require a hash for every project, including dependencies
    #[arg(long, help_heading = "Installer options")]
    pub(super) require_hashes: bool,
    /// Ignore dependencies; check only the requirements themselves
    #[arg(long, help_heading = "Installer options")]
    pub(super) no_deps: bool,

    #[command(flatten)]
    pub(super) gate: GateArgs,

    /// Check whether the compiled files of the selected wheels load on the target
    ///
    /// Fetches the compiled files of each wheel once.
    #[arg(long, help_heading = "Inspection")]
    pub(super) inspect: bool,
    /// Check the distributions that are installed in the images, instead of requirements
    ///
    /// Checks dependencies as `pip check` does, wheel tags, and for directories (dir:ROOT) whether compiled files load.
    /// No index is queried.
    #[arg(long, help_heading = "Inspection", conflicts_with_all = ["requirements", "files", "editable", "constraints", "dockerfile", "inspect"])]
    pub(super) installed: bool,

    #[command(flatten)]
    pub(super) cache: CacheOptions,

    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(super) format: Format,
    /// Show all projects and findings, including wheels for all targets and allowed findings
    #[arg(long, help_heading = "Output")]
    pub(super) all: bool,
}

/// The sources of distribution files.
#[derive(Debug, Args)]
pub(super) struct IndexArgs {
    /// Use this index [default: https://pypi.org/simple/]
    #[arg(short = 'i', long, value_name = "URL", help_heading = "Index")]
    pub(super) index_url: Option<String>,
    /// Use this index in addition to --index-url; can be used multiple times
    #[arg(long, value_name = "URL", help_heading = "Index")]
    pub(super) extra_index_url: Vec<String>,
    /// Ignore all indexes; use only --find-links locations
    #[arg(long, help_heading = "Index")]
    pub(super) no_index: bool,
    /// Search this page or directory for distribution files; can be used multiple times
    #[arg(short = 'f', long, value_name = "URL|DIR", help_heading = "Index")]
    pub(super) find_links: Vec<String>,
    /// Ignore files uploaded after this date (YYYY-MM-DD, the day itself included) or time (RFC 3339); `never` disables
    /// the limit [default: --as-of]
    #[arg(long, value_name = "DATE", help_heading = "Index")]
    pub(super) exclude_newer: Option<String>,
    /// Select the environment variables that set index options
    #[arg(long, value_enum, default_value_t = ConfigEnv::Installers, value_name = "WHICH", help_heading = "Index")]
    pub(super) config_env: ConfigEnv,
}

/// Levels of findings that differ from the defaults.
#[derive(Debug, Args)]
pub(super) struct GateArgs {
    /// Set this finding to `deny`, which fails the run; can be used multiple times
    #[arg(long, value_name = "CODE", help_heading = "Gate")]
    pub(super) deny: Vec<String>,
    /// Set this finding to `warn`; can be used multiple times
    #[arg(long, value_name = "CODE", help_heading = "Gate")]
    pub(super) warn: Vec<String>,
    /// Set this finding to `allow`, which hides it; can be used multiple times
    #[arg(long, value_name = "CODE", help_heading = "Gate")]
    pub(super) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// Wheel, directory with wheels or installed files (site-packages, virtual environment, Lambda layer), ELF file,
    /// URL of a wheel, or project on the index (NAME or NAME==VERSION)
    #[arg(value_name = "WHAT", required = true)]
    pub(super) what: Vec<String>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) index: IndexArgs,
    /// Include pre-release versions
    #[arg(long, help_heading = "Index")]
    pub(super) pre: bool,

    #[command(flatten)]
    pub(super) gate: GateArgs,
    #[command(flatten)]
    pub(super) cache: CacheOptions,

    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(super) format: Format,
    /// Show allowed findings, and inspect every Linux wheel of a project on the index
    #[arg(long, help_heading = "Output")]
    pub(super) all: bool,
}

/// A Dockerfile instead of requirements and targets.
#[derive(Debug, Args)]
pub(super) struct DockerfileArgs {
    /// Check the requirements that this Dockerfile installs, on its base images
    ///
    /// With --on, the check is repeated with each of these targets as the base image.
    #[arg(long, value_name = "FILE", help_heading = "Dockerfile", conflicts_with_all = ["requirements", "files", "editable", "constraints", "overrides"])]
    pub(super) dockerfile: Option<PathBuf>,
    /// Check this stage of the Dockerfile [default: the last stage]
    #[arg(long = "target", value_name = "STAGE", help_heading = "Dockerfile", requires = "dockerfile")]
    pub(super) stage: Option<String>,
    /// Set a build argument; can be used multiple times
    #[arg(
        long = "build-arg",
        value_name = "NAME=VALUE",
        help_heading = "Dockerfile",
        requires = "dockerfile"
    )]
    pub(super) build_args: Vec<String>,
    /// Use this directory as the build context [default: the directory of the Dockerfile]
    #[arg(long, value_name = "DIR", help_heading = "Dockerfile", requires = "dockerfile")]
    pub(super) context: Option<PathBuf>,
    /// Select the stages whose base image --on replaces
    #[arg(
        long,
        value_enum,
        value_name = "STAGES",
        default_value_t = Replace::Same,
        help_heading = "Dockerfile",
        requires = "dockerfile"
    )]
    pub(super) replace: Replace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Replace {
    /// The stage to build, and other stages with the same base image
    Same,
    /// Only the stage to build
    Target,
    /// All stages with a base image
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfigEnv {
    /// PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX, UV_DEFAULT_INDEX, UV_INDEX_URL, UV_OVERRIDE
    Installers,
    /// No environment variables
    None,
}

#[derive(Debug, Args)]
pub(super) struct CacheOptions {
    /// Path to the cache directory [default: $WHEELBASE_CACHE_DIR or $XDG_CACHE_HOME/wheelbase]
    #[arg(long, value_name = "DIR", help_heading = "Cache")]
    pub(super) cache_dir: Option<PathBuf>,
    /// Do not read from or write to the cache
    #[arg(long, help_heading = "Cache")]
    pub(super) no_cache: bool,
    /// Revalidate all cached pages
    #[arg(long, help_heading = "Cache")]
    pub(super) refresh: bool,
    /// Use cached pages up to this age without revalidation, such as 10m, 6h or 7d [default: 10m]
    #[arg(long, value_name = "AGE", help_heading = "Cache")]
    pub(super) max_age: Option<String>,
    /// Disable network access; use only the cache, regardless of age
    #[arg(long, help_heading = "Cache")]
    pub(super) offline: bool,
}

#[derive(Debug, Args)]
pub(super) struct TagsArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The finding code, such as builds-from-source; lists all codes if omitted
    pub(super) code: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CacheArgs {
    #[command(subcommand)]
    pub(super) action: CacheAction,
    /// Path to the cache directory
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) cache_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum CacheAction {
    /// Show the path to the cache directory
    Dir,
    /// Delete all entries of the cache
    Clear,
}
