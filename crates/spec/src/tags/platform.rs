//! The platform tags of a target, most preferred first.

use crate::target::facts::{self, Behaviour, TagFamily};
use crate::target::rules::Rules;
use crate::target::{FloatAbi, InstallerKind, Libc, LibcFamily, Target};

/// The maximum minor version. No C library has such a high one; the limit bounds the work for an invented target.
const MAX_MINOR: u32 = 999;
const MAX_MAJOR: u32 = 99;

/// Why an installer does not run on a target at all.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Unsupported {
    /// The installer does not support the machine and fails.
    Machine(String),
    /// The installer finds no C library version and fails.
    NoLibc,
}

/// Returns the machines of a target's platform tags: one, or two if the machine also runs code for another one.
pub(super) fn machines(target: &Target, rules: Rules<'_>) -> Vec<String> {
    // packaging 26.3, `_normalize_string`.
    let machine = target.machine.replace(['.', '-', ' '], "_");
    let narrow = target.bits == 32;
    // packaging 26.3, `_linux_platforms`: the machine is that of the kernel, corrected for a 32-bit interpreter.
    let machine = match machine.as_str() {
        "x86_64" if narrow && rules.does(Behaviour::I686OnX8664) => "i686".to_owned(),
        "aarch64" if narrow && rules.supports(TagFamily::Armv7lOnArmv8l) => "armv8l".to_owned(),
        "aarch64" if narrow && rules.does(Behaviour::Armv7lOnAarch64) => "armv7l".to_owned(),
        _ => machine,
    };
    match (machine.as_str(), rules.kind()) {
        // uv-platform-tags 0.0.72, platform.rs: armv8l is another name of armv7l.
        ("armv8l", InstallerKind::Uv) if rules.supports(TagFamily::Armv7lOnArmv8l) => {
            vec!["armv7l".to_owned()]
        }
        ("armv8l", InstallerKind::Pip | InstallerKind::Packaging)
            if rules.supports(TagFamily::Armv7lOnArmv8l) =>
        {
            vec![machine, "armv7l".to_owned()]
        }
        _ => vec![machine],
    }
}

/// Returns every platform tag except `any`, most preferred first.
pub(super) fn platform_tags(target: &Target, rules: Rules<'_>) -> Result<Vec<String>, Unsupported> {
    let machines = machines(target, rules);
    if rules.does(Behaviour::UnknownMachineIsError)
        && let Some(unknown) = machines.iter().find(|name| !rules.supports_machine(name) || *name == "armv8l")
    {
        return Err(Unsupported::Machine(unknown.clone()));
    }
    if rules.does(Behaviour::StaticIsError) && target.libc.version().is_none() {
        return Err(Unsupported::NoLibc);
    }
    let linux: Vec<String> = machines.iter().map(|machine| format!("linux_{machine}")).collect();
    let mut tags = Vec::new();
    if rules.does(Behaviour::LinuxFirst) {
        tags.extend_from_slice(&linux);
    }
    match target.libc {
        // Before PEP 600 a `_manylinux` module could enable the tags on any C library. Users added one to Alpine
        // images (pypa/pip#9735).
        _ if !rules.supports(TagFamily::Manylinux) => legacy_only(target, rules, &machines, &mut tags),
        Libc::Glibc(major, minor) => manylinux(target, rules, &machines, (major, minor), &mut tags),
        // PEP 656: every minor version of the same major version, down to 0; packaging 26.3, `_musllinux`.
        Libc::Musl(major, minor, _) if rules.supports(TagFamily::Musllinux) => {
            for machine in &machines {
                let minors = (0..=minor.min(MAX_MINOR)).rev();
                tags.extend(minors.map(|minor| format!("musllinux_{major}_{minor}_{machine}")));
            }
        }
        _ => {}
    }
    if !rules.does(Behaviour::LinuxFirst) {
        tags.extend(linux);
    }
    Ok(tags)
}

/// Returns whether manylinux wheels of any version may be used on these machines.
pub(super) fn has_manylinux_abi(target: &Target, rules: Rules<'_>, machines: &[String]) -> bool {
    let narrow = target.bits == 32;
    let has = |name: &str| machines.iter().any(|machine| machine == name);
    if rules.does(Behaviour::ElfCheck) {
        // packaging 26.3, `_have_compatible_abi`: the interpreter's ELF header decides for the 32-bit machines.
        if has("armv7l") {
            return narrow && target.float_abi == FloatAbi::Hard;
        }
        if has("i686") {
            return narrow;
        }
        // packaging's list contains neither armv8l alone nor any other 32-bit machine.
        if has("armv8l") {
            return false;
        }
    }
    machines.iter().any(|machine| {
        let family = match machine.as_str() {
            "riscv64" => TagFamily::ManylinuxRiscv64,
            "loongarch64" => TagFamily::ManylinuxLoongarch64,
            _ => TagFamily::Linux,
        };
        rules.floor(machine).is_some() && rules.supports(family)
    })
}

/// Returns the lowest glibc 2 minor version for a list of machines. packaging uses the lower one for the whole list if
/// it contains an x86 machine.
pub(super) fn floor(rules: Rules<'_>, machines: &[String]) -> u32 {
    machines.iter().filter_map(|machine| rules.floor(machine)).min().unwrap_or(u32::MAX)
}

fn manylinux(
    target: &Target,
    rules: Rules<'_>,
    machines: &[String],
    running: (u32, u32),
    tags: &mut Vec<String>,
) {
    if !has_manylinux_abi(target, rules, machines) {
        return;
    }
    let (major, minor) = (running.0.min(MAX_MAJOR), running.1.min(MAX_MINOR));
    let ask_function = rules.does(Behaviour::ManylinuxFunction);
    let policy = target.manylinux_policy.as_ref();
    let allowed = |version| policy.is_none_or(|policy| policy.allows(version, ask_function));
    let once = rules.does(Behaviour::ManylinuxPolicyAskedOnce);
    if once && !allowed((major, minor)) {
        return;
    }
    let floor = floor(rules, machines);
    for machine in machines {
        let mut newest = Some((major, minor));
        while let Some((major, minor)) = newest {
            let uv = rules.kind() == InstallerKind::Uv;
            // PEP 600 has no lowest version; packaging and uv stop at the oldest glibc 2 that wheels were built for.
            // For another major version packaging lists all minor versions, and uv stops at the same number.
            let lowest = if major == 2 || uv { floor } else { 0 };
            for minor in (lowest..=minor).rev() {
                if once || allowed((major, minor)) {
                    tags.push(format!("manylinux_{major}_{minor}_{machine}"));
                    let alias = facts::legacy()
                        .iter()
                        .find(|legacy| legacy.glibc.1 == minor && (uv || legacy.glibc.0 == major));
                    tags.extend(alias.map(|alias| format!("{}_{machine}", alias.name)));
                }
            }
            // packaging 26.3, `_manylinux.platform_tags`: glibc is compatible across major versions. uv lists a
            // single major version.
            newest = match major {
                3.. if !uv => Some((major - 1, facts::last_glibc_minor())),
                _ => None,
            };
        }
    }
}

/// Adds the tags from before PEP 600: the newest one that fits and all older ones, because each includes the older ones
/// (packaging 20.4, `_linux_platforms`). pip before 20.0 checked each tag separately (pip 19.3.1, `pep425tags.py`).
fn legacy_only(target: &Target, rules: Rules<'_>, machines: &[String], tags: &mut Vec<String>) {
    if !has_manylinux_abi(target, rules, machines) {
        return;
    }
    let running = present(&target.libc, LibcFamily::Glibc);
    for machine in machines {
        let mut fits = false;
        for legacy in facts::legacy() {
            let family = match legacy.name.as_str() {
                "manylinux1" => TagFamily::Manylinux1,
                "manylinux2010" => TagFamily::Manylinux2010,
                _ => TagFamily::Manylinux2014,
            };
            let named = rules.floor(machine).is_some_and(|floor| floor <= legacy.glibc.1);
            if !named || !rules.supports(family) {
                continue;
            }
            // If the module has the attribute, it decides, and the version of glibc is not checked.
            let attribute = target.manylinux_policy.as_ref().and_then(|policy| match family {
                TagFamily::Manylinux1 => policy.manylinux1_compatible,
                TagFamily::Manylinux2010 => policy.manylinux2010_compatible,
                _ => policy.manylinux2014_compatible,
            });
            let glibc =
                running.is_some_and(|running| running.0 == legacy.glibc.0 && running.1 >= legacy.glibc.1);
            let implied = fits && rules.does(Behaviour::NewerNameBringsOlder);
            fits = implied || attribute.unwrap_or(glibc);
            if fits {
                tags.push(format!("{}_{machine}", legacy.name));
            }
        }
    }
}

/// Returns the version of the target's C library, if it is of this family.
pub(super) fn present(libc: &Libc, family: LibcFamily) -> Option<(u32, u32)> {
    libc.version().filter(|_| libc.family() == Some(family))
}
