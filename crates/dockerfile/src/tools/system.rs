//! Package managers of the system.

use crate::gap::{DockerfileGap, UnknownPart};
use crate::model::SystemStep;
use crate::shell::command::{Arg, Outcome, Status};
use crate::tools::options::{Line, Spec};
use crate::tools::shell::Shell;
use wheelbase_image::PackageManager;
use wheelbase_spec::source::Origin;

const APT: Spec = Spec {
    valued: &["target-release", "option", "config-file", "default-release", "host-architecture"],
    short: &[
        ('t', "target-release"),
        ('o', "option"),
        ('c', "config-file"),
        ('y', "yes"),
        ('q', "quiet"),
        ('a', "host-architecture"),
    ],
    flags: &[],
};
const APK: Spec = Spec {
    valued: &[
        "virtual",
        "repository",
        "root",
        "arch",
        "keys-dir",
        "repositories-file",
        "wait",
        "cache-dir",
        "cache-max-age",
        "progress-fd",
    ],
    short: &[
        ('t', "virtual"),
        ('X', "repository"),
        ('p', "root"),
        ('U', "update-cache"),
        ('q', "quiet"),
        ('u', "upgrade"),
    ],
    flags: &[],
};
const DNF: Spec = Spec {
    valued: &["config", "installroot", "releasever", "repo", "repoid", "exclude", "forcearch", "advisory"],
    short: &[
        ('c', "config"),
        ('x', "exclude"),
        ('y', "assumeyes"),
        ('q', "quiet"),
        ('d', "debuglevel"),
        ('e', "errorlevel"),
    ],
    flags: &[],
};
const ZYPPER: Spec = Spec {
    valued: &["root", "repo", "from", "type", "reposd-dir"],
    short: &[('R', "root"), ('r', "repo"), ('t', "type"), ('y', "no-confirm"), ('n', "non-interactive")],
    flags: &[],
};
const PACMAN: Spec =
    Spec { valued: &["root", "dbpath"], short: &[('r', "root"), ('b', "dbpath")], flags: &[] };

/// Runs a command of a package manager; `None` if `name` is another command.
pub(super) fn run(shell: &mut Shell<'_, '_>, name: &str, rest: &[Arg], origin: &Origin) -> Option<Outcome> {
    let (manager, spec) = match name {
        "apt-get" | "apt" | "aptitude" | "apt-fast" => (PackageManager::Apt, &APT),
        // A script in the images of Bitnami and minideb.
        "install_packages" => (PackageManager::Apt, &APT),
        "apk" => (PackageManager::Apk, &APK),
        "dnf" | "microdnf" | "yum" | "tdnf" | "dnf5" => (PackageManager::Dnf, &DNF),
        "zypper" => (PackageManager::Zypper, &ZYPPER),
        "pacman" => (PackageManager::Pacman, &PACMAN),
        _ => return None,
    };
    let done = Some((Status::Success, None));
    if rest.iter().any(|arg| matches!(arg.as_str(), "--help" | "--version" | "--dry-run" | "--simulate")) {
        return done;
    }
    let mut line = Line::read(rest, spec);
    let verb = match manager {
        PackageManager::Pacman => {
            let letters: Vec<&str> = line.settings.iter().map(|setting| setting.name.as_str()).collect();
            match () {
                () if letters.contains(&"S") => "install",
                () if letters.contains(&"R") => "remove",
                () => return done,
            }
            .to_owned()
        }
        _ if name == "install_packages" => "install".to_owned(),
        _ => match line.words.is_empty() {
            true => return done,
            false => line.words.remove(0).as_str().to_owned(),
        },
    };
    let (removes, autoremove) = match (manager, verb.as_str()) {
        (PackageManager::Apk, "add") => (false, false),
        (PackageManager::Apk, "del") => (true, true),
        (PackageManager::Apt, "build-dep") => {
            shell.stage.undetermined(origin.clone(), DockerfileGap::BuildDepPackages);
            (false, false)
        }
        (_, "install" | "in" | "localinstall" | "reinstall" | "satisfy") => (false, false),
        (_, "groupinstall" | "group") => (false, false),
        (_, "remove" | "purge" | "erase" | "rm" | "autoremove" | "auto-remove" | "autopurge") => {
            let auto = verb.starts_with("auto")
                || line.has("auto-remove")
                || line.has("autoremove")
                || manager == PackageManager::Dnf;
            (true, auto)
        }
        _ => return done,
    };
    let mut packages = Vec::new();
    let mut words = line.words.clone();
    if verb == "group" && !words.is_empty() {
        words.remove(0);
    }
    if verb == "build-dep" {
        words.clear();
    }
    for word in &words {
        if let Some(reason) = &word.text.unknown {
            let reason = UnknownPart::SystemPackage(name.to_owned()).because(reason);
            shell.stage.undetermined(word.origin.clone(), reason);
            continue;
        }
        shell.stage.assume(&word.text, &word.origin);
        packages.extend(package_names(manager, word.as_str(), verb.starts_with("group")));
    }
    let recommends =
        !removes && manager == PackageManager::Apt && name != "install_packages" && recommends(shell, &line);
    let group = line.value("virtual").map(|arg| arg.as_str().to_owned());
    let step = SystemStep {
        manager,
        removes,
        packages,
        recommends,
        autoremove,
        conditional: shell.conditional.clone(),
        origin: origin.clone(),
    };
    shell.stage.change_packages(step, group.as_deref());
    Some((Status::Success, None))
}

/// Returns whether apt installs recommended packages. That is the default; an option or a configuration file can change it
/// (apt.conf(5), `APT::Install-Recommends`).
fn recommends(shell: &Shell<'_, '_>, line: &Line) -> bool {
    let says_no = |text: &str| {
        let words: Vec<&str> =
            text.split(|c: char| c.is_whitespace() || matches!(c, '=' | '"' | ';')).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.windows(2).any(|pair| match pair {
            [name, value] => {
                name.eq_ignore_ascii_case("APT::Install-Recommends")
                    && ["0", "no", "false", "off"].contains(&value.to_ascii_lowercase().as_str())
            }
            _ => false,
        })
    };
    if line.has("install-recommends") {
        return true;
    }
    !line.has("no-install-recommends")
        && !line.values("option").any(|arg| says_no(arg.as_str()))
        && !shell.stage.files.texts_below("/etc/apt").any(says_no)
}

/// Returns the name without version, architecture and release; for a group of compilers its members.
fn package_names(manager: PackageManager, word: &str, group: bool) -> Vec<String> {
    let name = match manager {
        // `gcc=4:12.2`, `libc6:amd64`, `gcc/bookworm-backports`, `gcc+`; the name of a local file is unknown.
        PackageManager::Apt => {
            if word.starts_with(['.', '/']) || word.ends_with(".deb") || word.ends_with('-') {
                return Vec::new();
            }
            installed_name(word.split(['=', ':', '/']).next().unwrap_or_default())
        }
        PackageManager::Apk => {
            if word.ends_with(".apk") || word.starts_with('!') {
                return Vec::new();
            }
            word.split(['=', '<', '>', '~', '@']).next().unwrap_or_default()
        }
        _ => {
            if word.contains("://") || word.ends_with(".rpm") {
                return Vec::new();
            }
            let lower = word.trim_start_matches('@').to_ascii_lowercase();
            if (group || word.starts_with('@')) && lower.contains("development") {
                return ["gcc", "gcc-c++", "make"].map(str::to_owned).to_vec();
            }
            let base = word.split(['=', '<', '>']).next().unwrap_or_default();
            // `gcc-12.2`, `python3-devel.x86_64`: a version starts with a digit after a dash and contains a dot.
            let architectures = [".x86_64", ".aarch64", ".noarch", ".i686"];
            let base = architectures.iter().find_map(|arch| base.strip_suffix(arch)).unwrap_or(base);
            match base.rsplit_once('-') {
                Some((front, version))
                    if version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.') =>
                {
                    front
                }
                _ => base,
            }
        }
    };
    if name.is_empty() { Vec::new() } else { vec![name.to_owned()] }
}

/// `name+` means that apt installs it; `g++` is a name.
fn installed_name(word: &str) -> &str {
    if word.ends_with("++") { word } else { word.strip_suffix('+').unwrap_or(word) }
}
