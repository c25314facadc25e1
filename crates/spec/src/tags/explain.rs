//! Which parts of a wheel's tags fail on a target, and how close the wheel is to fitting.

use super::mismatch::TagMismatch;
use super::pair::{generic_abis, sees_free_threading};
use super::parts::{AbiPart, PlatformPart, PythonPart, abi_part, platform_part, python_part};
use super::platform::{floor, has_manylinux_abi, machines, present};
use super::{SupportedTags, TagSet};
use crate::target::facts::{Behaviour, TagFamily, is_machine};
use crate::target::rules::Rules;
use crate::target::{FloatAbi, Implementation, LibcFamily, Target};

/// The maximum number of members of one part that an explanation examines. Real names have a few; the limit bounds the
/// work on malicious names.
const MAX_MEMBERS: usize = 32;

/// How far a wheel is from fitting: smaller is closer, and zero fits. Only the order is meaningful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Distance(u32);

impl Distance {
    /// Returns whether the wheel fits.
    pub fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// The faults of the closest member of one part.
type Faults = Vec<TagMismatch>;

fn weight(faults: &[TagMismatch]) -> u32 {
    faults.iter().map(TagMismatch::weight).sum()
}

impl SupportedTags {
    /// Returns every part that fails; empty if the set fits.
    ///
    /// For a compressed set, the result describes the closest triple: all of its failing parts, most severe first.
    pub fn mismatch(&self, tags: &TagSet) -> Vec<TagMismatch> {
        if self.supports(tags) {
            return Vec::new();
        }
        let mut faults = self.closest(tags);
        faults.sort_by_key(|fault| std::cmp::Reverse(fault.weight()));
        faults.dedup();
        faults
    }

    /// Returns how close a wheel is to fitting, to find the closest wheel of a release.
    pub fn distance(&self, tags: &TagSet) -> Distance {
        if self.supports(tags) { Distance(0) } else { Distance(weight(&self.closest(tags)).max(1)) }
    }

    /// Returns the faults of the closest triple.
    fn closest(&self, tags: &TagSet) -> Faults {
        let target = self.target();
        let rules = Rules::of(&target.installer);
        if let Some(why) = self.unsupported() {
            let installer = target.installer.clone();
            return vec![TagMismatch::InstallerUnsupported { installer, why: why.clone() }];
        }
        let context = Context { tags: self, target, rules, machines: machines(target, rules) };
        // The faults of the platform depend on the pair only through `any`, so the closest platform and the closest
        // pair can be found separately.
        let members =
            |part: &'_ str| part.split('.').take(MAX_MEMBERS).map(str::to_owned).collect::<Vec<_>>();
        let (pythons, abis) = (members(tags.python()), members(tags.abi()));
        let mut best: Option<(u32, Faults)> = None;
        for platform in &members(tags.platform()) {
            let platform_faults = context.platform(platform);
            let platform_weight = weight(&platform_faults);
            for python in &pythons {
                for abi in &abis {
                    let mut faults = context.pair(python, abi, platform == "any");
                    let total = platform_weight + weight(&faults);
                    if best.as_ref().is_none_or(|(least, _)| total < *least) {
                        faults.extend(platform_faults.iter().cloned());
                        best = Some((total, faults));
                    }
                }
            }
        }
        match best {
            Some((_, faults)) if !faults.is_empty() => faults,
            // Each part is supported, but not their combination.
            _ => vec![TagMismatch::UnknownTag { tag: tags.to_string() }],
        }
    }
}

struct Context<'a> {
    tags: &'a SupportedTags,
    target: &'a Target,
    rules: Rules<'a>,
    machines: Vec<String>,
}

impl Context<'_> {
    fn too_old(&self, family: TagFamily, tag: &str) -> TagMismatch {
        TagMismatch::InstallerTooOld {
            installer: self.target.installer.clone(),
            family,
            tag: tag.to_owned(),
            since: family.since(self.rules.kind()).cloned(),
        }
    }

    fn python_version(&self) -> (u32, u32) {
        let (major, minor) = self.target.python.language_version();
        let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        (number(major), number(minor))
    }

    fn main_abi(&self) -> String {
        let first = self.tags.iter().next().map(|tag| tag.abi().to_owned());
        first.unwrap_or_else(|| "none".to_owned())
    }

    /// Returns the faults of a python tag with an ABI tag.
    fn pair(&self, python: &str, abi: &str, any: bool) -> Faults {
        if self.tags.has_pair(python, abi, any) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        let here = self.python_version();
        let unknown = |tag: &str| TagMismatch::UnknownTag { tag: tag.to_owned() };
        let abi_meaning = abi_part(abi);
        let stable = matches!(abi_meaning, AbiPart::Abi3 | AbiPart::Abi3t);
        let own = self.target.python.implementation;
        let mut same_implementation = true;
        match python_part(python) {
            PythonPart::Language { major, minor } => {
                if major != here.0 || minor.is_some_and(|minor| minor > here.1) {
                    let or_newer = major == here.0;
                    faults.push(TagMismatch::PythonVersion { wheel: (major, minor), or_newer, target: here });
                }
            }
            PythonPart::Implementation { prefix, major, minor } => {
                if prefix != own.tag_prefix() {
                    same_implementation = false;
                    faults.push(TagMismatch::Implementation {
                        wheel: implementation_name(prefix),
                        target: own.display_name().to_owned(),
                    });
                }
                match minor {
                    // No installer supports `cp3` and `pp3` with a platform (pypa/pip#7637).
                    None if same_implementation => faults.push(unknown(python)),
                    None => {}
                    Some(minor) if stable => {
                        let wheel = (major, Some(minor));
                        let fault = TagMismatch::PythonVersion { wheel, or_newer: true, target: here };
                        faults.extend((major != here.0 || minor > here.1).then_some(fault));
                    }
                    Some(minor) if (major, minor) != here => {
                        let wheel = (major, Some(minor));
                        faults.push(TagMismatch::PythonVersion { wheel, or_newer: false, target: here });
                    }
                    Some(_) => {}
                }
            }
            PythonPart::Unknown => faults.push(unknown(python)),
        }
        if same_implementation {
            self.abi(abi, abi_meaning, python, any, &mut faults);
        }
        if faults.is_empty() {
            // Each part is supported, but no list has the pair: `cp312-cp312-any`, `py3-abi3`.
            let scope = if any { "-any" } else { "" };
            faults.push(unknown(&format!("{python}-{abi}{scope}")));
        }
        faults
    }

    /// Returns the faults of an ABI tag on an interpreter of the same implementation.
    fn abi(&self, abi: &str, meaning: AbiPart<'_>, python: &str, any: bool, faults: &mut Faults) {
        let interpreter = &self.target.python;
        let cpython = interpreter.implementation == Implementation::CPython;
        let free_threaded = sees_free_threading(interpreter, self.rules);
        let here = self.python_version();
        match meaning {
            AbiPart::None => {}
            AbiPart::Abi3 | AbiPart::Abi3t if !cpython => {
                faults.push(TagMismatch::Abi { wheel: abi.to_owned(), target: self.main_abi() });
            }
            AbiPart::Abi3 if free_threaded => faults.push(TagMismatch::FreeThreading { wheel: false }),
            AbiPart::Abi3t if interpreter.is_free_threaded() => {
                if !self.rules.supports(TagFamily::Abi3t) {
                    faults.push(self.too_old(TagFamily::Abi3t, abi));
                }
            }
            AbiPart::Abi3t => faults.push(TagMismatch::FreeThreading { wheel: true }),
            AbiPart::Abi3 => {
                // pip 8.1 and older support abi3 of the running version only.
                let older = matches!(
                    python_part(python),
                    PythonPart::Implementation { minor: Some(minor), .. } if minor < here.1 && minor >= 2
                );
                if older && !any && !self.rules.supports(TagFamily::Abi3OfOlder) {
                    faults.push(self.too_old(TagFamily::Abi3OfOlder, &format!("{python}-{abi}")));
                }
            }
            AbiPart::CPython { version, flags } if cpython => {
                let wheel_free = flags.contains('t');
                if wheel_free && interpreter.is_free_threaded() && !free_threaded {
                    faults.push(self.too_old(TagFamily::FreeThreaded, abi));
                } else if wheel_free != free_threaded {
                    faults.push(TagMismatch::FreeThreading { wheel: wheel_free });
                }
                let named = faults.iter().any(|fault| matches!(fault, TagMismatch::PythonVersion { .. }));
                if version != here && !named {
                    let wheel = (version.0, Some(version.1));
                    faults.push(TagMismatch::PythonVersion { wheel, or_newer: false, target: here });
                } else if version == here && faults.is_empty() && !any {
                    faults.push(TagMismatch::Abi { wheel: abi.to_owned(), target: self.main_abi() });
                }
            }
            AbiPart::CPython { .. } | AbiPart::Other { .. } => {
                let target = generic_abis(interpreter, self.rules).into_iter().next();
                let target = if cpython { None } else { target }.unwrap_or_else(|| self.main_abi());
                let named = faults.iter().any(|fault| matches!(fault, TagMismatch::PythonVersion { .. }));
                if target != abi && !named {
                    faults.push(TagMismatch::Abi { wheel: abi.to_owned(), target });
                }
            }
            AbiPart::Unknown => faults.push(TagMismatch::UnknownTag { tag: abi.to_owned() }),
        }
    }

    /// Returns the faults of a platform tag.
    fn platform(&self, tag: &str) -> Faults {
        if tag == "any" || self.tags.has_platform(tag) {
            return Vec::new();
        }
        let mut faults = Vec::new();
        match platform_part(tag) {
            PlatformPart::Any => {}
            PlatformPart::Unknown => faults.push(TagMismatch::UnknownTag { tag: tag.to_owned() }),
            PlatformPart::Other { os, machine } => {
                faults.push(TagMismatch::OperatingSystem { wheel: os });
                faults.extend(machine.and_then(|machine| self.machine(machine)));
            }
            PlatformPart::Linux { machine } => match self.machine(machine) {
                Some(fault) => faults.push(fault),
                None => faults.push(TagMismatch::UnknownTag { tag: tag.to_owned() }),
            },
            PlatformPart::Libc { family, version, legacy, machine } => {
                faults.extend(self.machine(machine));
                self.libc(tag, family, version, legacy, machine, &mut faults);
            }
        }
        faults
    }

    fn machine(&self, wheel: &str) -> Option<TagMismatch> {
        if self.machines.iter().any(|machine| machine == wheel) {
            return None;
        }
        let target = self.machines.first().cloned().unwrap_or_default();
        // No installer accepts a tag with a machine that does not exist.
        if is_machine(wheel)
            || wheel.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !wheel.is_empty()
        {
            Some(TagMismatch::Machine { wheel: wheel.to_owned(), target })
        } else {
            Some(TagMismatch::UnknownTag { tag: wheel.to_owned() })
        }
    }

    fn libc(
        &self,
        tag: &str,
        family: LibcFamily,
        version: (u32, u32),
        legacy: Option<&str>,
        machine: &str,
        faults: &mut Faults,
    ) {
        let wrong_machine = !faults.is_empty();
        // A tag below the lowest version of every installer: manylinux_2_4, manylinux_2_16_aarch64, manylinux1_aarch64.
        let lowest = Rules::lowest_floor(machine);
        if family == LibcFamily::Glibc
            && (version.0 < 2
                || lowest.is_none()
                || version.0 == 2 && lowest.is_some_and(|low| version.1 < low))
        {
            faults.push(TagMismatch::UnknownTag { tag: tag.to_owned() });
            return;
        }
        let Some(running) = present(&self.target.libc, family) else {
            let target = self.target.libc.family().filter(|_| self.target.libc.version().is_some());
            faults.push(TagMismatch::LibcFamily { wheel: family, target });
            return;
        };
        // PEP 656: musl's major version never changes silently; glibc stays compatible across major versions.
        let too_new = match family {
            LibcFamily::Musl => version.0 != running.0 || version.1 > running.1,
            _ => version > running,
        };
        if too_new {
            faults.push(TagMismatch::LibcVersion { family, needed: version, present: running });
        }
        let known = match (family, legacy) {
            (LibcFamily::Musl, _) => TagFamily::Musllinux,
            (_, Some("manylinux1")) => TagFamily::Manylinux1,
            (_, Some("manylinux2010")) => TagFamily::Manylinux2010,
            (_, Some(_)) => TagFamily::Manylinux2014,
            (_, None) => TagFamily::Manylinux,
        };
        let on_machine = match machine {
            "riscv64" if family == LibcFamily::Glibc => Some(TagFamily::ManylinuxRiscv64),
            "loongarch64" if family == LibcFamily::Glibc => Some(TagFamily::ManylinuxLoongarch64),
            _ => None,
        };
        let unknown = std::iter::once(known).chain(on_machine).find(|family| !self.rules.supports(*family));
        if let Some(unknown) = unknown {
            let short = tag.strip_suffix(machine).and_then(|name| name.strip_suffix('_')).unwrap_or(tag);
            let shown = if unknown == known { short } else { tag };
            faults.push(self.too_old(unknown, shown));
        }
        if too_new || wrong_machine || unknown.is_some() || family == LibcFamily::Musl {
            return;
        }
        self.manylinux(tag, version, &mut *faults);
    }

    /// Finds the faults of a manylinux tag other than the C library and the age of the installer.
    fn manylinux(&self, tag: &str, version: (u32, u32), faults: &mut Faults) {
        if !has_manylinux_abi(self.target, self.rules, &self.machines) {
            let arm = self.machines.iter().any(|machine| machine == "armv7l");
            if arm && self.target.float_abi == FloatAbi::Soft {
                faults.push(TagMismatch::FloatAbi);
            } else {
                // The executable does not match its machine: a 64-bit interpreter on i686.
                let wheel = self.machines.last().cloned().unwrap_or_default();
                let target = format!("{}-bit", self.target.bits);
                faults.push(TagMismatch::Machine { wheel, target });
            }
            return;
        }
        if version.0 == 2 && version.1 < floor(self.rules, &self.machines) {
            // Another installer supports the tag, this one does not: the list of uv for riscv64 starts at 2.31.
            faults.push(TagMismatch::InstallerTooOld {
                installer: self.target.installer.clone(),
                family: TagFamily::Manylinux,
                tag: tag.to_owned(),
                since: None,
            });
            return;
        }
        let policy = self.target.manylinux_policy.as_ref();
        let function = self.rules.does(Behaviour::ManylinuxFunction);
        let asked = if self.rules.does(Behaviour::ManylinuxPolicyAskedOnce) {
            self.target.libc.version().unwrap_or(version)
        } else {
            version
        };
        if policy.is_some_and(|policy| !policy.allows(asked, function)) {
            faults.push(TagMismatch::PolicyForbids { tag: tag.to_owned() });
        } else {
            faults.push(TagMismatch::UnknownTag { tag: tag.to_owned() });
        }
    }
}

fn implementation_name(prefix: &str) -> String {
    match prefix {
        "cp" => "CPython",
        "pp" => "PyPy",
        "graalpy" => "GraalPy",
        "ip" => "IronPython",
        "jy" => "Jython",
        other => other,
    }
    .to_owned()
}
