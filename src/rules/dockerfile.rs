//! What goes wrong between stages: findings that point at lines of the Dockerfile.

use std::collections::{BTreeMap, BTreeSet};

use crate::dockerfile::{
    Base, CopyOrigin, Flow, InstallStep, Plan, StageCopy, StagePlan, Step, Undetermined, brings_interpreter,
    path,
};
use crate::findings::{Code, Finding, Level};
use crate::name::ProjectName;
use crate::source::Origin;
use crate::target::Libc;
use crate::version::Version;

/// What is known of the image below a stage, as far as judging between stages needs it.
///
/// The catalogue and the image reader know far more; a caller takes these few facts from there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StageImage {
    /// The C library; `None` if it is not known.
    pub libc: Option<Libc>,
    /// The interpreter.
    pub python: ImagePython,
    /// `x86_64`, `aarch64` ...; `None` lets the platforms of the Dockerfile speak.
    pub machine: Option<String>,
    /// File names of the libraries on the loader's path; `None` if the set is not known.
    pub libraries: Option<BTreeSet<String>>,
    /// What names packages in it: `apt`, `apk`, `dnf` ...; `None` if it is not known.
    pub manager: Option<String>,
    /// The distribution release, such as `debian:13`.
    pub release: Option<String>,
    /// Whether packages of the distribution can be installed in it; `None` if it is not known.
    pub installs: Option<bool>,
}

/// The interpreter of an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ImagePython {
    /// Nothing is known.
    #[default]
    Unknown,
    /// There is none.
    Absent,
    /// There is one.
    Present {
        /// Its version, at least `X.Y`.
        version: Version,
        /// The program, such as `/usr/local/bin/python3.12`.
        path: String,
    },
}

/// What an install step brings that only runs on a machine like the one it was made on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Native {
    /// It has not been looked at.
    #[default]
    Unknown,
    /// Nothing: Python alone.
    Nothing,
    /// Wheels of the index with compiled parts; the highest glibc that one of them asks for, where known.
    Wheels(Option<(u32, u32)>),
    /// At least one source distribution that is compiled during the build.
    Built,
}

/// What is known of one install step, as far as judging between stages needs it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepFacts {
    /// What it brings.
    pub native: Native,
    /// The version of the interpreter that it runs with, if that is another than its image's.
    pub python: Option<Version>,
    /// The projects that are compiled.
    pub compiled: Vec<ProjectName>,
}

/// Findings, and what could not be decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Judgement {
    /// What is to be told.
    pub findings: Vec<Finding>,
    /// What could not be known, and why.
    pub undetermined: Vec<Undetermined>,
}

/// Judges what happens between stages.
///
/// `images` gives what is known of the image below each stage, by the stage's position; `native` says what an
/// install step brings, by the positions of stage and step as in [`Flow`].
///
/// ```
/// use std::collections::BTreeMap;
/// use wheelbase::dockerfile::{Context, Dockerfile, Native, PlanOptions, StageImage};
/// use wheelbase::target::Libc;
///
/// let text = b"FROM python:3.12 AS build\nRUN pip install --target /lib psycopg2\n\
///              FROM python:3.12-alpine\nCOPY --from=build /lib /lib\n";
/// let plan = Dockerfile::parse(text, "Dockerfile")?.plan(&PlanOptions::default(), &Context::new())?;
/// let images = BTreeMap::from([
///     (0, StageImage { libc: Some(Libc::Glibc(2, 41)), ..StageImage::default() }),
///     (1, StageImage { libc: Some(Libc::Musl(1, 2, Some(5))), ..StageImage::default() }),
/// ]);
/// let judged = plan.judge(&images, |_, _| Native::Built);
/// assert!(judged.findings.iter().any(|finding| finding.code == Code::StageLibcMismatch));
/// # Ok::<(), wheelbase::dockerfile::DockerfileError>(())
/// ```
pub fn judge(
    plan: &Plan,
    images: &BTreeMap<usize, StageImage>,
    native: impl Fn(usize, usize) -> Native,
) -> Judgement {
    judge_steps(plan, images, |stage, step| StepFacts { native: native(stage, step), ..StepFacts::default() })
}

/// The same with more that is known of each step.
pub fn judge_steps(
    plan: &Plan,
    images: &BTreeMap<usize, StageImage>,
    facts: impl Fn(usize, usize) -> StepFacts,
) -> Judgement {
    let mut judge = Judge { plan, images, out: Judgement::default() };
    judge.unpinned_bases();
    judge.assumed_arguments();
    for flow in plan.flows() {
        let Some(Step::Install(step)) =
            plan.stages.get(flow.stage).and_then(|stage| stage.steps.get(flow.step))
        else {
            continue;
        };
        let facts = facts(flow.stage, flow.step);
        let brings = facts.native;
        judge.libraries(&flow, step, &facts);
        let Some(copy) = judge.last_copy(&flow) else { continue };
        judge.libc(&flow, step, brings, copy);
        judge.machine(&flow, step, brings, copy);
        judge.python(&flow, step, &facts, copy);
        judge.venv(&flow, step, copy);
    }
    let mut seen = Vec::new();
    judge.out.findings.retain(|finding| {
        let key = (finding.code, finding.origin.clone(), finding.message.clone());
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    judge.out.undetermined.sort();
    judge.out.undetermined.dedup();
    judge.out
}

pub(super) struct Judge<'p> {
    pub(super) plan: &'p Plan,
    images: &'p BTreeMap<usize, StageImage>,
    pub(super) out: Judgement,
}

impl<'p> Judge<'p> {
    pub(super) fn tell(&mut self, code: Code, origin: &Origin, mut message: String, help: Option<String>) {
        self.plan.shown(&mut message);
        let mut finding = Finding::new(code, message);
        finding.origin = Some(origin.clone());
        finding.help = help;
        self.out.findings.push(finding);
    }

    pub(super) fn stage(&self, index: usize) -> Option<&'p StagePlan> {
        self.plan.stages.get(index)
    }

    pub(super) fn label(&self, index: usize) -> String {
        self.stage(index).map(StagePlan::label).unwrap_or_default()
    }

    pub(super) fn image(&self, index: usize) -> Option<&'p StageImage> {
        self.images.get(&index)
    }

    /// The last copy on the way: the line where the result comes into the stage that runs it.
    pub(super) fn last_copy(&self, flow: &Flow) -> Option<&'p StageCopy> {
        let carrier = flow.carriers.last()?;
        self.stage(carrier.stage)?.copies.get(carrier.copy)
    }

    fn unpinned_bases(&mut self) {
        for stage in self.plan.needed() {
            if let Base::Image(image) = &stage.base
                && !image.is_pinned()
            {
                let message = format!("`{image}` has no digest: what it names can change");
                let help = "write the digest behind the tag: `name:tag@sha256:...`".to_owned();
                self.tell(Code::UnpinnedBase, &stage.origin, message, Some(help));
            }
        }
    }

    fn assumed_arguments(&mut self) {
        for assumed in self.plan.assumed() {
            let Some(first) = assumed.uses.first() else { continue };
            let value = match &assumed.default {
                Some(value) => format!("its default `{value}` was used"),
                None => "it has no default, so it was taken to be empty".to_owned(),
            };
            let message = format!("the build argument `{}` was not given; {value}", assumed.name);
            let help = format!("give the value that your build gives: --build-arg {}=VALUE", assumed.name);
            self.tell(Code::BuildArgAssumed, first, message, Some(help));
        }
    }

    fn libc(&mut self, flow: &Flow, step: &InstallStep, brings: Native, copy: &StageCopy) {
        let (Some(built), Some(runs)) = (self.image(flow.stage), self.image(flow.runs_in)) else { return };
        let (Some(built), Some(runs)) = (&built.libc, &runs.libc) else { return };
        if brings == Native::Nothing {
            return;
        }
        let (from, to) = (self.label(flow.stage), self.label(flow.runs_in));
        let said = format!(
            "what {} installs in stage `{from}` ({}) runs in stage `{to}` ({})",
            step.tool,
            libc_name(built),
            libc_name(runs)
        );
        let help =
            format!("build on the base of stage `{to}`, or one with the same C library and no newer version");
        match (built, runs) {
            (Libc::Glibc(..), Libc::Musl(..)) | (Libc::Musl(..), Libc::Glibc(..)) => {
                let message = format!("{said}: compiled files of one C library do not load with the other");
                self.tell(Code::StageLibcMismatch, &copy.origin, message, Some(help));
            }
            (Libc::Glibc(major, minor), Libc::Glibc(run_major, run_minor)) => {
                if (major, minor) <= (run_major, run_minor) {
                    return;
                }
                match brings {
                    Native::Built => {
                        let message = format!("{said}: what is compiled there asks for the newer version");
                        self.tell(Code::StageLibcMismatch, &copy.origin, message, Some(help));
                    }
                    // The installer of the build stage takes wheels that its own, newer libc may load.
                    Native::Wheels(Some((need_major, need_minor)))
                        if (need_major, need_minor) > (*run_major, *run_minor) =>
                    {
                        let message =
                            format!("{said}: a wheel taken there asks for glibc {need_major}.{need_minor}");
                        self.tell(Code::StageLibcMismatch, &copy.origin, message, Some(help));
                    }
                    Native::Wheels(Some(_)) | Native::Nothing => {}
                    Native::Wheels(None) | Native::Unknown => {
                        let reason = format!(
                            "{said}: whether anything asks for the newer version has not been looked at"
                        );
                        self.out.undetermined.push(Undetermined { origin: copy.origin.clone(), reason });
                    }
                }
            }
            (Libc::Musl(major, minor, _), Libc::Musl(run_major, run_minor, _))
                if (major, minor) > (run_major, run_minor) =>
            {
                let message = format!("{said}: the older musl does not promise to load it");
                self.tell(Code::StageLibcMismatch, &copy.origin, message, Some(help));
            }
            _ => {}
        }
    }

    fn machine(&mut self, flow: &Flow, step: &InstallStep, brings: Native, copy: &StageCopy) {
        let machine = |index: usize| {
            let known = self.image(index).and_then(|image| image.machine.clone());
            known.or_else(|| self.stage(index).map(|stage| machine_of(&stage.machine_platform).to_owned()))
        };
        let (Some(built), Some(runs)) = (machine(flow.stage), machine(flow.runs_in)) else { return };
        if built == runs || brings == Native::Nothing {
            return;
        }
        let message = format!(
            "what {} installs in stage `{}` is for {built}, and stage `{}` runs on {runs}",
            step.tool,
            self.label(flow.stage),
            self.label(flow.runs_in)
        );
        let help =
            "take `--platform` off the `FROM` of the build stage, or install for the target platform there"
                .to_owned();
        self.tell(Code::StageArchMismatch, &copy.origin, message, Some(help));
    }

    fn python(&mut self, flow: &Flow, step: &InstallStep, facts: &StepFacts, copy: &StageCopy) {
        if brings_interpreter(copy) || self.no_python(flow, step, copy) {
            return;
        }
        let minor = |index: usize| match self.image(index).map(|image| &image.python) {
            Some(ImagePython::Present { version, .. }) => minor_of(version),
            _ => None,
        };
        // A folder named after a version belongs to that version, whatever the image is.
        let source = minor_in(&copy.source);
        let destination = minor_in(&copy.destination);
        let own = facts.python.as_ref().and_then(minor_of);
        let built = source.or(own).or_else(|| minor(flow.stage));
        let runs = minor(flow.runs_in).or(destination);
        let (Some(built), Some(runs)) = (built, runs) else { return };
        let wrong_folder = destination.filter(|folder| *folder != runs);
        if built == runs && wrong_folder.is_none() {
            return;
        }
        // uv brings an interpreter of its own where none is.
        if step.destination.is_venv()
            && self.image(flow.stage).is_some_and(|image| image.python == ImagePython::Absent)
        {
            return;
        }
        let (from, to) = (self.label(flow.stage), self.label(flow.runs_in));
        let message = match wrong_folder.filter(|_| built == runs || source.is_none()) {
            Some((major, minor)) => format!(
                "stage `{to}` has Python {}.{}, which does not look into a folder of {major}.{minor}",
                runs.0, runs.1
            ),
            None => format!(
                "what {} installs for Python {}.{} in stage `{from}` is copied to stage `{to}`, which has {}.{}",
                step.tool, built.0, built.1, runs.0, runs.1
            ),
        };
        let help = "use the same minor version of Python in both stages".to_owned();
        self.tell(Code::StagePythonMismatch, &copy.origin, message, Some(help));
    }

    /// Modules that come to a stage without an interpreter; of environments [`Self::venv`] speaks.
    fn no_python(&mut self, flow: &Flow, step: &InstallStep, copy: &StageCopy) -> bool {
        let runs = self.image(flow.runs_in).map(|image| &image.python);
        if runs != Some(&ImagePython::Absent) {
            return false;
        }
        let stage = self.stage(flow.runs_in);
        let comes = stage.is_some_and(|stage| {
            let interpreters = ["/", "/usr", "/usr/local", "/usr/local/bin", "/usr/bin"];
            stage.copies.iter().any(|copy| {
                interpreters.contains(&copy.source.as_str()) || path::name(&copy.source).starts_with("python")
            })
        });
        if comes || step.destination.is_venv() {
            return true;
        }
        let message = format!(
            "what {} installs in stage `{}` is copied to stage `{}`, which has no Python",
            step.tool,
            self.label(flow.stage),
            self.label(flow.runs_in)
        );
        let help = "run on an image with the same minor version of Python, or copy the interpreter too";
        self.tell(Code::StagePythonMismatch, &copy.origin, message, Some(help.to_owned()));
        // What only carries files to somewhere else runs nothing itself.
        if stage.is_some_and(|stage| stage.base == Base::Scratch)
            && let Some(finding) = self.out.findings.last_mut()
        {
            finding.level = Some(Level::Warn);
        }
        true
    }

    fn venv(&mut self, flow: &Flow, step: &InstallStep, copy: &StageCopy) {
        let Some(carrier) = flow.carriers.first().filter(|_| step.destination.is_venv()) else { return };
        let (Some(from), Some(to)) = (&carrier.from, flow.carriers.last().and_then(|last| last.to.as_ref()))
        else {
            return;
        };
        // Only a copy of the whole venv makes it one; its site-packages alone are modules.
        let Some(first) = self.stage(carrier.stage).and_then(|stage| stage.copies.get(carrier.copy)) else {
            return;
        };
        if path::below(from, first.source.trim_end_matches("/*")).is_none() {
            return;
        }
        let (build, run) = (self.label(flow.stage), self.label(flow.runs_in));
        if from != to {
            let message = format!(
                "the venv `{from}` of stage `{build}` becomes `{to}` in stage `{run}`: the first lines of its programs name the old path"
            );
            let help = format!("copy it to the same path, or make it at `{to}` from the start");
            self.tell(Code::CopiedVenvDangles, &copy.origin, message, Some(help));
        }
        let runs = self.image(flow.runs_in).map(|image| &image.python);
        let built = self.image(flow.stage).map(|image| &image.python);
        let venv =
            self.stage(flow.stage).and_then(|stage| stage.venvs.iter().find(|venv| venv.path == *from));
        let named = venv.and_then(|venv| venv.python.clone()).filter(|python| python.starts_with('/'));
        let interpreter = match (named, built) {
            (Some(named), _) => named,
            (None, Some(ImagePython::Present { path, .. })) => path.clone(),
            // No interpreter in the image: uv fetched one.
            (None, Some(ImagePython::Absent)) => {
                let folder = step.environment.get("UV_PYTHON_INSTALL_DIR").cloned();
                folder.unwrap_or_else(|| "/root/.local/share/uv/python".to_owned())
            }
            (None, _) => return,
        };
        let carried = self.stage(flow.runs_in).is_some_and(|stage| {
            stage.copies.iter().any(|copy| {
                matches!(copy.from, CopyOrigin::Stage(_))
                    && copy.source == copy.destination
                    && path::below(&interpreter, &copy.source).is_some()
            })
        });
        if carried {
            return;
        }
        let there = match runs {
            Some(ImagePython::Present { path, .. }) => {
                if path::parent(path) == path::parent(&interpreter) {
                    return;
                }
                format!("has its Python at `{path}`")
            }
            Some(ImagePython::Absent) => "has no Python".to_owned(),
            _ => return,
        };
        let message = format!(
            "the venv `{from}` points to `{interpreter}` of stage `{build}`, and stage `{run}` {there}: its `bin/python` leads nowhere"
        );
        let help = "build on a base with the interpreter at the same path, copy the interpreter too, or copy only the \
                    site-packages and set PYTHONPATH"
            .to_owned();
        self.tell(Code::CopiedVenvDangles, &copy.origin, message, Some(help));
    }
}

fn libc_name(libc: &Libc) -> String {
    match libc {
        Libc::Glibc(major, minor) => format!("glibc {major}.{minor}"),
        Libc::Musl(major, minor, Some(patch)) => format!("musl {major}.{minor}.{patch}"),
        Libc::Musl(major, minor, None) => format!("musl {major}.{minor}"),
        _ => "no C library of its own".to_owned(),
    }
}

fn minor_of(version: &Version) -> Option<(u64, u64)> {
    match version.release() {
        [major, minor, ..] => Some((*major, *minor)),
        _ => None,
    }
}

/// The `3.12` of `/usr/local/lib/python3.12/site-packages`.
fn minor_in(text: &str) -> Option<(u64, u64)> {
    let component = text.split('/').find_map(|part| part.strip_prefix("python3."))?;
    let digits: String = component.chars().take_while(char::is_ascii_digit).collect();
    Some((3, digits.parse().ok()?))
}

/// The machine of a platform (<https://github.com/containerd/platforms>).
fn machine_of(platform: &str) -> &str {
    let mut parts = platform.split('/');
    let first = parts.next().unwrap_or_default();
    let arch = parts.next().unwrap_or(first);
    match (arch, parts.next().unwrap_or_default()) {
        ("amd64" | "x86_64" | "x86-64", _) => "x86_64",
        ("arm64" | "aarch64", _) => "aarch64",
        ("arm", "v6") => "armv6l",
        ("arm", _) => "armv7l",
        ("386" | "i386", _) => "i686",
        (other, _) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_of_platforms() {
        assert_eq!(machine_of("linux/amd64"), "x86_64");
        assert_eq!(machine_of("linux/arm/v6"), "armv6l");
        assert_eq!(machine_of("arm64"), "aarch64");
        assert_eq!(machine_of("linux/riscv64"), "riscv64");
    }
}
