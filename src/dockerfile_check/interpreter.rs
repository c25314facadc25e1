//! The interpreter of a step of a Dockerfile, and whether it exists.

use std::collections::BTreeSet;

use crate::dockerfile::{CopyOrigin, Destination, InstallStep, InstallerVersion, StagePlan, Tool};
use crate::findings::{Finding, InstallerMissing, UnknownCause};
use crate::image::{ImageProfile, PackageInstallation, Unverified, is_leaf_package};
use crate::rules::dockerfile::StagePython;
use crate::target::Python;

/// The interpreter that a step names.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// None: the one of the image, or of its distribution.
    Own,
    /// This one.
    Named(Python),
    /// An unknown one, with the reason.
    Unknown(UnknownCause),
}

/// The interpreter of a step.
///
/// It is, in order, that of an option or variable, of the program (`pip3.12`, `python3.12 -m pip`), or of the virtual
/// environment. A name without a version is the interpreter of the image, otherwise the one of the packages.
pub(super) fn asked(step: &InstallStep, stage: &StagePlan, profile: &ImageProfile) -> Asked {
    let uv = matches!(step.tool, Tool::Uv | Tool::UvPip | Tool::UvTool);
    let variable = step.environment.get("UV_PYTHON").filter(|_| uv);
    let option = step.options.python_version.as_ref().or(step.options.python.as_ref()).or(variable);
    let venv =
        |path: &str| stage.venvs.iter().find(|venv| path == venv.path).map(|venv| venv.python.as_deref());
    let named = match option.map(String::as_str).filter(|named| !named.is_empty()) {
        // An interpreter inside an environment, or the environment itself, is the one that created it.
        Some(named) if named.contains('/') => {
            let folder = named.split("/bin/").next().unwrap_or(named);
            venv(folder).unwrap_or(Some(named))
        }
        Some(named) => Some(named),
        None => match &step.interpreter {
            Destination::Interpreter(program) => Some(program.as_str()),
            Destination::Venv(folder) => venv(folder).flatten(),
            _ => None,
        },
    };
    let own = match named.map_or(Ok(None), version_of) {
        Ok(Some(python)) => {
            let known = profile.python.as_ref().map(|own| &own.python);
            // A minor version is the interpreter of the image, because its patch version is known.
            let same = known.is_some_and(|known| {
                known.implementation == python.implementation
                    && known.abi_flags == python.abi_flags
                    && known.language_version() == python.language_version()
                    && python.version.release().len() <= 2
            });
            return if same { Asked::Own } else { Asked::Named(python) };
        }
        Ok(None) => profile.python.as_ref(),
        Err(cause) => return Asked::Unknown(cause),
    };
    if own.is_some_and(|own| own.installed) {
        return Asked::Own;
    }
    // The package `python3.11` does not contain `python3`; only the default package of the distribution does.
    let versions = versions(&step.packages);
    let plain = brings_plain_python(&step.packages, stage, profile);
    if plain || versions.is_empty() {
        return Asked::Own;
    }
    let program = named.unwrap_or("python3");
    Asked::Unknown(UnknownCause::PythonOfProgram {
        program: program.to_owned(),
        installed: versions.into_iter().collect(),
    })
}

/// The version in the name of an interpreter or of its pip; an error for another form of name.
fn version_of(named: &str) -> Result<Option<Python>, UnknownCause> {
    let last = named.trim_end_matches('/').rsplit('/').next().unwrap_or(named);
    let plain = last.strip_prefix("pip").map(|rest| rest.trim_start_matches('-'));
    let text = plain.unwrap_or(last);
    if matches!(text, "" | "3" | "python" | "python3" | "pypy" | "pypy3" | "system") {
        return Ok(None);
    }
    if let Ok(python) = text.parse::<Python>() {
        return Ok(Some(python));
    }
    // Paths and other programs have no version.
    match named.contains('/') || !text.starts_with(|c: char| c.is_ascii_digit() || "<>=!~".contains(c)) {
        true => Ok(None),
        false => Err(UnknownCause::PythonDuringBuild { named: named.to_owned() }),
    }
}

/// Versions of interpreters in packages with a version in their names: `python3.11`, `python3.11-dev`, `python39`.
fn versions(packages: &BTreeSet<String>) -> BTreeSet<String> {
    packages.iter().filter_map(|package| version_in_package(package)).collect()
}

fn version_in_package(package: &str) -> Option<String> {
    let rest = package.strip_prefix("python3")?;
    let digits = rest.strip_prefix('.').unwrap_or(rest);
    let number: String = digits.chars().take_while(char::is_ascii_digit).collect();
    let after = digits.get(number.len()..)?;
    (!number.is_empty() && (after.is_empty() || after.starts_with('-'))).then(|| format!("3.{number}"))
}

/// Whether packages contain the default `python3` of the distribution.
fn brings_plain_python(packages: &BTreeSet<String>, stage: &StagePlan, profile: &ImageProfile) -> bool {
    let named = |package: &str| {
        matches!(
            package,
            "python3" | "python" | "py3-pip" | "python3-minimal" | "python-is-python3" | "pip" | "pipx"
        ) || package.strip_prefix("python3-").is_some()
            || package.strip_prefix("py3-").is_some()
    };
    if packages.iter().any(|package| named(package)) {
        return true;
    }
    let all = along(packages, stage, profile);
    all.is_some_and(|all| all.iter().any(|package| named(package)))
}

/// All packages with their dependencies; `None` if they are unknown.
fn along(packages: &BTreeSet<String>, stage: &StagePlan, profile: &ImageProfile) -> Option<BTreeSet<String>> {
    let installed = packages.iter().map(|package| PackageInstallation {
        package,
        recommends: !stage.bare_packages.contains(package),
        itself: true,
    });
    profile.all_packages(installed, is_leaf_package)
}

/// Whether a copy may contain an unknown interpreter.
fn may_be_copied(stage: &StagePlan) -> bool {
    stage.copies.iter().filter(|copy| !copy.temporary).any(|copy| {
        let uv = matches!(&copy.from, CopyOrigin::Image(image) if image.contains("/uv"));
        let place = ["/usr", "/opt", "/bin", "/root", "/python"];
        let folder = copy.destination == "/" || place.iter().any(|place| copy.destination.starts_with(place));
        let site = copy.destination.contains("-packages");
        !uv && (folder || copy.source.contains("python")) && !site
    })
}

/// The interpreter of a stage, for the rules on copies into it.
pub(super) fn of_stage(stage: &StagePlan, profile: &ImageProfile, read: bool) -> StagePython {
    if let Some(own) = profile.python.as_ref().filter(|own| own.installed) {
        return StagePython::Present {
            version: own.python.version.clone(),
            path: own.interpreter.clone().unwrap_or_default(),
        };
    }
    if brings_plain_python(&stage.packages, stage, profile)
        && let Some(own) = &profile.python
    {
        let path = own.interpreter.clone().unwrap_or_else(|| "/usr/bin/python3".to_owned());
        return StagePython::Present { version: own.python.version.clone(), path };
    }
    let versions = versions(&stage.packages);
    let mut versions = versions.iter().filter_map(|text| text.parse().ok().map(|version| (text, version)));
    match (versions.next(), versions.next()) {
        (Some((text, version)), None) => {
            return StagePython::Present { version, path: format!("/usr/bin/python{text}") };
        }
        (Some(_), Some(_)) => return StagePython::Unknown,
        (None, _) => {}
    }
    let nothing_came = along(&stage.packages, stage, profile).is_some() || stage.packages.is_empty();
    if nothing_came && (read || holds_none(profile)) { StagePython::Absent } else { StagePython::Unknown }
}

/// Whether an image of the catalogue is known to have no interpreter.
fn holds_none(profile: &ImageProfile) -> bool {
    let os = profile.os.as_ref().map(|os| os.id.as_str());
    match &profile.python {
        Some(own) => {
            !own.installed
                && matches!(os, Some("debian" | "ubuntu" | "alpine"))
                && profile.family.is_published()
        }
        // All other images in the catalogue without a recorded interpreter were not searched for one.
        None => {
            profile.family.is_published() && (profile.libc.is_none() || profile.family.is_without_python())
        }
    }
}

/// A step that runs a missing program.
pub(super) fn missing(step: &InstallStep, stage: &StagePlan, profile: &ImageProfile) -> Option<Finding> {
    let Destination::Interpreter(program) = &step.interpreter else { return None };
    if step.tool != Tool::Pip || step.installer != InstallerVersion::OfImage || !holds_none(profile) {
        return None;
    }
    let known = along(&step.packages, stage, profile);
    if may_be_copied(stage) || known.is_none() && !step.packages.is_empty() || step.files.has_downloads() {
        return None;
    }
    let known = known.unwrap_or_default();
    let has = |ends: &[&str]| known.iter().any(|package| ends.iter().any(|end| package.ends_with(end)));
    let interpreter = known.iter().any(|name| name == "python3") || !versions(&step.packages).is_empty();
    if has(&["-pip", "-pip-whl"]) {
        return None;
    }
    let rule = InstallerMissing {
        program: program.clone(),
        image: profile.name.clone(),
        os: profile.os.as_ref().map(|os| os.id.clone()),
        has_python: interpreter,
        // A command that was not followed may have installed it.
        certain: !step.after_unread && step.conditional.is_none(),
    };
    Some(Finding::of(rule).at(step.origin.clone()))
}

/// The unknown facts of the interpreter that a step names, and of its pip.
pub(super) fn unverified(
    step: &InstallStep,
    stage: &StagePlan,
    asked: &Asked,
    profile: &ImageProfile,
) -> Vec<Unverified> {
    let mut out = Vec::new();
    if let Asked::Named(python) = asked {
        let minor = python.language_version();
        let text = format!("{}.{}", minor.0, minor.1);
        let installed = versions(&step.packages).contains(&text);
        let fetched = matches!(step.tool, Tool::Uv | Tool::UvPip | Tool::UvTool);
        let cross = step.options.python_version.is_some();
        if !installed && !fetched && !cross && !may_be_copied(stage) {
            out.push(Unverified::PythonOrigin { minor: text.clone() });
        }
        if python.version.release().len() <= 2 {
            out.push(Unverified::PythonPatch { minor: text });
        }
    }
    let pip = matches!(step.tool, Tool::Pip | Tool::PipSync) && step.installer == InstallerVersion::OfImage;
    let own = profile.pip.is_some() && *asked == Asked::Own;
    if pip && !own && packaged_pip(step, asked, profile).is_none() {
        out.push(Unverified::PipOfStep { assumed: profile.newest_pip.clone() });
    }
    out
}

/// The pip of the packages of the distribution, if a step uses that one.
pub(super) fn packaged_pip(
    step: &InstallStep,
    asked: &Asked,
    profile: &ImageProfile,
) -> Option<crate::version::Version> {
    let own = profile.python.as_ref().is_some_and(|own| !own.installed) && *asked == Asked::Own;
    let system = matches!(step.interpreter, Destination::Interpreter(_) | Destination::User(_));
    (own && system && step.packages.contains("python3-pip")).then(|| profile.packaged_pip()).flatten()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_names_of_programs_and_packages() {
        let version =
            |named: &str| version_of(named).map(|python| python.map(|python| python.version.to_string()));
        for (named, want) in [
            ("pip3.11", Some("3.11")),
            ("python3.12", Some("3.12")),
            ("/usr/bin/python3.9", Some("3.9")),
            ("pip-3.11", Some("3.11")),
            ("3.12.4", Some("3.12.4")),
            ("cpython-3.13", Some("3.13")),
            ("pip", None),
            ("pip3", None),
            ("python3", None),
            ("/opt/venv/bin/python", None),
        ] {
            assert_eq!(version(named).unwrap().as_deref(), want, "{named}");
        }
        assert!(version_of(">=3.11").is_err());
        let package = |name: &str| version_in_package(name);
        assert_eq!(package("python3.11-venv").as_deref(), Some("3.11"));
        assert_eq!(package("python39").as_deref(), Some("3.9"));
        assert_eq!((package("python3"), package("python3-pip"), package("python3dist")), (None, None, None));
    }
}
