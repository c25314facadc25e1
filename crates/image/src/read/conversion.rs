//! The target of a read image.

use std::fmt;

use wheelbase_spec::target::{
    FloatAbi, Installer, InstallerKind, ManylinuxFunction, ManylinuxPolicy, Target,
};

use super::detected::{DetectedImage, DetectedPython, ManylinuxAnswers};
use super::unknown_fact::ImageFact;

/// The facts that are missing for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetGap {
    missing: Vec<String>,
}

impl TargetGap {
    /// Returns the missing facts, each with its cause.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }
}

impl fmt::Display for TargetGap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Python packages cannot be checked for this image: {}", self.missing.join("; "))
    }
}

impl std::error::Error for TargetGap {}

impl DetectedImage {
    /// Returns the target for an interpreter. The installer is the pip of the image. If the image has none (uv, distroless,
    /// or a pip that only `ensurepip` installs), it is `fallback`.
    ///
    /// # Errors
    ///
    /// If the machine, the C library or the interpreter is unknown, with the causes.
    pub(super) fn target_of(
        &self,
        chosen: Option<&DetectedPython>,
        fallback: &Installer,
    ) -> Result<Target, TargetGap> {
        let mut missing = Vec::new();
        let reasons = |is_about: fn(&ImageFact) -> bool| {
            let of = self.undetermined.iter().filter(|one| is_about(&one.what));
            let all: Vec<&str> = of.map(|one| one.why.as_str()).collect();
            if all.is_empty() { "no file contains it".to_owned() } else { all.join("; ") }
        };
        if self.machine.is_none() {
            missing.push(format!("the machine is unknown ({})", reasons(|fact| *fact == ImageFact::Machine)));
        }
        if self.libc.is_none() {
            missing.push(format!("the C library is unknown ({})", reasons(ImageFact::is_about_libc)));
        }
        let python = chosen.and_then(DetectedPython::to_python);
        if python.is_none() {
            missing.push(format!("the interpreter is unknown ({})", reasons(ImageFact::is_about_python)));
        }
        let (Some(machine), Some(libc), Some(python)) = (self.machine.clone(), self.libc, python) else {
            return Err(TargetGap { missing });
        };
        let pip = chosen.and_then(|python| python.pip.as_deref()).and_then(|version| version.parse().ok());
        let installer = match pip {
            Some(version) => Installer { kind: InstallerKind::Pip, version },
            None => fallback.clone(),
        };
        Ok(Target {
            machine,
            bits: self.bits.unwrap_or(64),
            float_abi: if self.soft_float { FloatAbi::Soft } else { FloatAbi::Hard },
            libc: libc.into(),
            python,
            manylinux_policy: chosen.and_then(|python| python.manylinux.as_ref()).map(policy),
            installer,
        })
    }
}

fn policy(answers: &ManylinuxAnswers) -> ManylinuxPolicy {
    ManylinuxPolicy {
        manylinux1_compatible: answers.manylinux1,
        manylinux2010_compatible: answers.manylinux2010,
        manylinux2014_compatible: answers.manylinux2014,
        compatible: answers.function.map(|answer| ManylinuxFunction::new(Some(answer))),
    }
}
