//! The command line as clap reads it.

#![allow(rustdoc::bare_urls, rustdoc::broken_intra_doc_links, reason = "help texts are read on a terminal")]

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Says, for container base images, whether requirements install from wheels or from source, and why.
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
    /// Whether to use colours; auto heeds NO_COLOR, CLICOLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN", help_heading = "Output")]
    pub(super) color: ColorChoice,
    /// Say more on standard error: requests, cache misses, rounds
    #[arg(short, long, global = true, action = clap::ArgAction::Count, help_heading = "Output")]
    pub(super) verbose: u8,
    /// Print nothing but errors; the exit status tells the rest
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
    /// Predict wheels or source for a set of requirements on base images
    Check(Box<CheckArgs>),
    /// List the wheel tags that a target's installer accepts, most preferred first
    Tags(TagsArgs),
    /// Tell what is known of a base image: libc, Python, pip, libraries, package manager, compiler
    Image(ImageArgs),
    /// Say what the compiled files of wheels, directories or single files need, and whether they load on a target
    Inspect(Box<InspectArgs>),
    /// Explain a finding code, or list all codes
    Explain(ExplainArgs),
    /// Show or empty the cache
    Cache(CacheArgs),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// What a target is and how it is changed.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// Target: an image name (python:3.12-slim), glibc:2.36, musl:1.2, a file (./target.toml, or what `wheelbase image
    /// --format json` wrote), or an image to read (dir:ROOT, oci:LAYOUT, oci-archive:FILE, docker-archive:FILE,
    /// docker://REF); repeatable
    #[arg(long = "on", value_name = "TARGET", help_heading = "Targets")]
    pub(super) on: Vec<String>,
    /// Architecture by Docker's or Python's name: amd64, arm64, arm/v7, x86_64, aarch64 ...; repeatable
    /// [default: amd64]
    #[arg(long, value_name = "ARCH", value_delimiter = ',', help_heading = "Targets")]
    pub(super) arch: Vec<String>,
    /// Python version for targets that do not name one (debian:, glibc:, musl:), such as 3.12 or 3.13t
    #[arg(long, value_name = "VERSION", help_heading = "Targets")]
    pub(super) python: Option<String>,
    /// Installer in place of the image's own pip: pip==25.0.1, pip, uv, uv==0.13.8
    #[arg(long, value_name = "SPEC", help_heading = "Targets")]
    pub(super) installer: Option<String>,
    /// The date at which image names are read, as YYYY-MM-DD; `check` cuts the index at it too [default: today]
    #[arg(long, value_name = "DATE", help_heading = "Targets")]
    pub(super) as_of: Option<String>,
    #[command(flatten)]
    pub(super) images: ImageOptions,
}

/// Where images come from that the catalogue does not know.
#[derive(Debug, Args)]
pub(super) struct ImageOptions {
    /// Settings file with images of your own [default: ./wheelbase.toml if there is one]
    #[arg(long, value_name = "FILE", help_heading = "Targets")]
    pub(super) config: Option<PathBuf>,
    /// Speak plain http to registries that are not on this machine
    #[arg(long, help_heading = "Targets")]
    pub(super) plain_http: bool,
}

#[derive(Debug, Args)]
pub(super) struct ImageArgs {
    /// An image name (python:3.12-slim), a profile (./image.json), or an image to read (dir:ROOT, oci:LAYOUT[:TAG],
    /// oci-archive:FILE, docker-archive:FILE, docker://REF)
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// Architecture by Docker's or Python's name [default: amd64]
    #[arg(long, value_name = "ARCH")]
    pub(super) arch: Option<String>,
    /// The interpreter to look at, where an image has several, such as 3.12
    #[arg(long, value_name = "VERSION")]
    pub(super) python: Option<String>,
    /// The date at which the name is read, as YYYY-MM-DD [default: today]
    #[arg(long, value_name = "DATE")]
    pub(super) as_of: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Name every library, and which file said what
    #[arg(long)]
    pub(super) all: bool,
    #[command(flatten)]
    pub(super) images: ImageOptions,
    /// Where the cache lies
    #[arg(long, value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
    /// Neither read nor write the cache
    #[arg(long)]
    pub(super) no_cache: bool,
}

#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// Requirements, as in requirements.txt: flask 'django>=5' ./dist/app-1.0-py3-none-any.whl
    #[arg(value_name = "REQUIREMENT")]
    pub(super) requirements: Vec<String>,
    /// Requirements file, pyproject.toml, script with inline metadata, or a lock (pylock.toml, uv.lock, poetry.lock,
    /// pdm.lock, Pipfile.lock); - reads standard input; repeatable
    #[arg(short = 'r', long = "requirement", value_name = "FILE")]
    pub(super) files: Vec<String>,
    /// Project folder or checkout, as pip's -e; repeatable
    #[arg(short = 'e', long = "editable", value_name = "PROJECT")]
    pub(super) editable: Vec<String>,
    /// Constraints file; repeatable
    #[arg(short = 'c', long = "constraint", value_name = "FILE")]
    pub(super) constraints: Vec<String>,
    /// File whose requirements take the place of all others on the same project, as uv's --override; targets with
    /// --installer uv heed it; repeatable
    #[arg(long = "override", value_name = "FILE")]
    pub(super) overrides: Vec<String>,
    /// Extra of pyproject.toml's project or of a lock; repeatable
    #[arg(long = "extra", value_name = "NAME")]
    pub(super) extras: Vec<String>,
    /// Dependency group of pyproject.toml or of a lock; repeatable
    #[arg(long = "group", value_name = "NAME")]
    pub(super) groups: Vec<String>,
    /// Leave out a group that a lock's own tool takes by default, such as dev; repeatable
    #[arg(long = "no-group", value_name = "NAME")]
    pub(super) without_groups: Vec<String>,
    /// Leave out all groups that a lock's own tool takes by default
    #[arg(long)]
    pub(super) no_default_groups: bool,

    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) dockerfile: DockerfileArgs,

    #[command(flatten)]
    pub(super) index: IndexArgs,

    /// Take wheels only, for :all: or named projects; repeatable
    #[arg(long, value_name = "PROJECTS", help_heading = "Installer options")]
    pub(super) only_binary: Vec<String>,
    /// Take source distributions only, for :all: or named projects; repeatable
    #[arg(long, value_name = "PROJECTS", help_heading = "Installer options")]
    pub(super) no_binary: Vec<String>,
    /// Prefer an older version with a wheel to a newer one without (pip)
    #[arg(long, help_heading = "Installer options")]
    pub(super) prefer_binary: bool,
    /// Take pre-releases too
    #[arg(long, help_heading = "Installer options")]
    pub(super) pre: bool,
    /// Demand a hash for every project
    #[arg(long, help_heading = "Installer options")]
    pub(super) require_hashes: bool,
    /// Judge the requirements alone, not what they depend on
    #[arg(long, help_heading = "Installer options")]
    pub(super) no_deps: bool,

    #[command(flatten)]
    pub(super) gate: GateArgs,

    /// Look into the chosen wheels too: would they import on the target, and what do they lack? Fetches the
    /// compiled files of each wheel once
    #[arg(long, help_heading = "Inspection")]
    pub(super) inspect: bool,
    /// Check what is installed in the images as they stand, in place of requirements: dependencies as `pip check` does,
    /// tags, and in folders (dir:ROOT) whether compiled files load. Nothing is solved and no index is asked
    #[arg(long, help_heading = "Inspection", conflicts_with_all = ["requirements", "files", "editable", "constraints", "dockerfile", "inspect"])]
    pub(super) installed: bool,

    #[command(flatten)]
    pub(super) cache: CacheOptions,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(super) format: Format,
    /// Tell everything: projects that are wheels everywhere, and allowed findings
    #[arg(long, help_heading = "Output")]
    pub(super) all: bool,
}

/// Where distributions are looked for.
#[derive(Debug, Args)]
pub(super) struct IndexArgs {
    /// Base URL of the index [default: https://pypi.org/simple/]
    #[arg(short = 'i', long, value_name = "URL", help_heading = "Index")]
    pub(super) index_url: Option<String>,
    /// Further index; repeatable
    #[arg(long, value_name = "URL", help_heading = "Index")]
    pub(super) extra_index_url: Vec<String>,
    /// Use no index, only --find-links
    #[arg(long, help_heading = "Index")]
    pub(super) no_index: bool,
    /// Page or folder with distribution files; repeatable
    #[arg(short = 'f', long, value_name = "URL|DIR", help_heading = "Index")]
    pub(super) find_links: Vec<String>,
    /// Ignore files uploaded after this: YYYY-MM-DD (that day included), RFC 3339, or never [default: --as-of]
    #[arg(long, value_name = "DATE", help_heading = "Index")]
    pub(super) exclude_newer: Option<String>,
    /// Which environment variables set options: pip's and uv's, or none
    #[arg(long, value_enum, default_value_t = ConfigEnv::Installers, value_name = "WHICH", help_heading = "Index")]
    pub(super) config_env: ConfigEnv,
}

/// Levels that differ from the defaults.
#[derive(Debug, Args)]
pub(super) struct GateArgs {
    /// Raise a finding to deny, which fails the run; repeatable
    #[arg(long, value_name = "CODE", help_heading = "Gate")]
    pub(super) deny: Vec<String>,
    /// Set a finding to warn; repeatable
    #[arg(long, value_name = "CODE", help_heading = "Gate")]
    pub(super) warn: Vec<String>,
    /// Set a finding to allow, which hides it; repeatable
    #[arg(long, value_name = "CODE", help_heading = "Gate")]
    pub(super) allow: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// Wheel, folder of wheels, directory (site-packages, virtual environment, Lambda layer), ELF file, URL of a wheel,
    /// or name==version or name from the index
    #[arg(value_name = "WHAT", required = true)]
    pub(super) what: Vec<String>,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) index: IndexArgs,
    /// Take pre-releases too
    #[arg(long, help_heading = "Index")]
    pub(super) pre: bool,

    #[command(flatten)]
    pub(super) gate: GateArgs,
    #[command(flatten)]
    pub(super) cache: CacheOptions,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text, help_heading = "Output")]
    pub(super) format: Format,
    /// Tell everything: allowed findings, and of a name from the index every wheel for Linux
    #[arg(long, help_heading = "Output")]
    pub(super) all: bool,
}

/// A Dockerfile in place of requirements and targets.
#[derive(Debug, Args)]
pub(super) struct DockerfileArgs {
    /// Check what a Dockerfile installs, on its own base images; each --on, whatever it names, asks what if FROM were
    /// that
    #[arg(long, value_name = "FILE", help_heading = "Dockerfile", conflicts_with_all = ["requirements", "files", "editable", "constraints", "overrides"])]
    pub(super) dockerfile: Option<PathBuf>,
    /// The stage to build [default: the last]
    #[arg(long = "target", value_name = "STAGE", help_heading = "Dockerfile", requires = "dockerfile")]
    pub(super) stage: Option<String>,
    /// Value of a build argument; repeatable
    #[arg(
        long = "build-arg",
        value_name = "NAME=VALUE",
        help_heading = "Dockerfile",
        requires = "dockerfile"
    )]
    pub(super) build_args: Vec<String>,
    /// The build context [default: the Dockerfile's folder]
    #[arg(long, value_name = "DIR", help_heading = "Dockerfile", requires = "dockerfile")]
    pub(super) context: Option<PathBuf>,
    /// Where --on stands in place of FROM
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
    /// In the stage to build, and in others on the same image
    Same,
    /// In the stage to build alone
    Target,
    /// In every stage that stands on an image
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ConfigEnv {
    /// PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX, UV_DEFAULT_INDEX, UV_INDEX_URL, UV_OVERRIDE
    Installers,
    /// None of them
    None,
}

#[derive(Debug, Args)]
pub(super) struct CacheOptions {
    /// Where the cache lies [default: $WHEELBASE_CACHE_DIR, else $XDG_CACHE_HOME/wheelbase]
    #[arg(long, value_name = "DIR", help_heading = "Cache")]
    pub(super) cache_dir: Option<PathBuf>,
    /// Neither read nor write the cache
    #[arg(long, help_heading = "Cache")]
    pub(super) no_cache: bool,
    /// Ask the index again for everything that may have changed
    #[arg(long, help_heading = "Cache")]
    pub(super) refresh: bool,
    /// How long pages stay good without asking, such as 10m, 6h, 7d [default: 10m]
    #[arg(long, value_name = "AGE", help_heading = "Cache")]
    pub(super) max_age: Option<String>,
    /// Use only what the cache holds, however old
    #[arg(long, help_heading = "Cache")]
    pub(super) offline: bool,
}

#[derive(Debug, Args)]
pub(super) struct TagsArgs {
    #[command(flatten)]
    pub(super) target: TargetArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The code, such as builds-from-source; without it all codes are listed
    pub(super) code: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct CacheArgs {
    #[command(subcommand)]
    pub(super) action: CacheAction,
    /// Where the cache lies
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) cache_dir: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum CacheAction {
    /// Print where the cache lies
    Dir,
    /// Delete everything in it
    Clear,
}
