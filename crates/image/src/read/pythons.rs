//! The interpreters of an image, with their versions and installed packages.

use super::content::Content;
use super::detected::{DetectedPython, InstalledPackage, ManylinuxAnswers};
use super::elf::ElfDigest;
use super::notes::Notes;
use super::search_path::{MAX_VARIABLE, below_root};
use super::tree::Tree;
use super::unknown_fact::ImageFact;
use super::wanted::is_interpreter_name;

/// The `PATH` of container runtimes if the configuration has none.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Returns the directories of `PATH`, relative to the root. Links are not followed.
pub(super) fn path_directories(environment: &[(String, String)]) -> Vec<String> {
    let value = environment.iter().rev().find(|(name, _)| name == "PATH").map(|(_, value)| value.as_str());
    let value = value.filter(|value| value.len() <= MAX_VARIABLE);
    let parts = value.unwrap_or(DEFAULT_PATH).split(':');
    parts.filter(|part| part.starts_with('/')).map(below_root).collect()
}

/// A possible interpreter.
struct Candidate {
    /// The path at which it was found, which may be in a virtual environment.
    met: String,
    /// The path of the file.
    real: String,
    facts: ElfDigest,
}

/// Returns all interpreters, first the one in `PATH`.
pub(super) fn find(
    tree: &Tree,
    environment: &[(String, String)],
    packages: &[InstalledPackage],
    notes: &mut Notes,
) -> Vec<(DetectedPython, ElfDigest)> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut candidates = Vec::new();
    for directory in path_directories(environment) {
        candidates.extend(["python3", "python", "pypy3", "pypy"].map(|name| format!("{directory}/{name}")));
        let named = tree.names(&directory).into_iter().filter(|name| is_interpreter_name(name));
        candidates.extend(named.map(|name| format!("{directory}/{name}")));
    }
    // Interpreters outside of `PATH` may be called by their path. Build directories have none in `bin`.
    candidates.extend(tree.paths().filter_map(|path| {
        let (directory, name) = path.rsplit_once('/')?;
        let versioned = name.contains('.') && is_interpreter_name(name);
        (versioned && (directory == "bin" || directory.ends_with("/bin"))).then(|| path.to_owned())
    }));
    for met in candidates {
        match tree.find(&met).map(|at| (at.path, &**at.content)) {
            Some((real, Content::Elf(facts))) => {
                let environment = environment_of(tree, &met);
                let known =
                    |one: &Candidate| one.real == real && environment_of(tree, &one.met) == environment;
                if tree.budget().step(found.len()) && !found.iter().any(known) {
                    found.push(Candidate { met, real: real.to_owned(), facts: facts.clone() });
                }
            }
            Some((real, Content::Unreadable(why))) => {
                notes.undetermined(ImageFact::Interpreter(met), &format!("`/{real}`: {why}"));
            }
            Some((_, Content::Script(line))) if found.is_empty() => {
                notes.undetermined(
                    ImageFact::Interpreter(met),
                    &format!("it is a script for `{line}`, which selects the program at run time"),
                );
            }
            None if found.is_empty() && tree.is_link(&met) => {
                let target = tree.link_target(&met).unwrap_or_default();
                let why = match tree.lost(&met) {
                    Some(target) => {
                        format!(
                            "it is a hard link to `/{target}`, and that name is not the name of an interpreter"
                        )
                    }
                    None => format!("it is a link to `{target}`, which is not an interpreter of the image"),
                };
                notes.undetermined(ImageFact::Interpreter(met), &why);
            }
            _ => {}
        }
    }
    found.into_iter().filter_map(|one| describe(tree, environment, packages, one, notes)).collect()
}

/// The virtual environment of a path in `bin`: it has `pyvenv.cfg` one directory above (PEP 405).
fn environment_of(tree: &Tree, met: &str) -> Option<String> {
    let (directory, _) = met.rsplit_once('/')?;
    let base = directory.strip_suffix("/bin")?;
    tree.text(&format!("{base}/pyvenv.cfg"))?;
    Some(format!("/{base}"))
}

fn describe(
    tree: &Tree,
    environment: &[(String, String)],
    packages: &[InstalledPackage],
    one: Candidate,
    notes: &mut Notes,
) -> Option<(DetectedPython, ElfDigest)> {
    let (directory, name) = one.real.rsplit_once('/')?;
    let prefix =
        directory.strip_suffix("bin").map(|prefix| prefix.trim_end_matches('/')).unwrap_or(directory);
    let implementation = if name.starts_with("pypy") {
        "pypy"
    } else if name.starts_with("graalpy") {
        "graalpy"
    } else {
        "cpython"
    };
    let stdlib = stdlib(tree, prefix, implementation, name);
    let minor = minor_of(name)
        .filter(|_| implementation == "cpython")
        .or_else(|| stdlib.as_deref().and_then(|path| minor_of(path.rsplit('/').next().unwrap_or_default())));
    let Some(minor) = minor else {
        notes.undetermined(
            ImageFact::InterpreterVersion(one.real),
            "neither its name nor its standard library contains the version",
        );
        return None;
    };
    let flags: String = name.chars().rev().take_while(|c| matches!(c, 't' | 'd' | 'm')).collect();
    let abi_flags: String = if name.contains('.') { flags.chars().rev().collect() } else { String::new() };
    let (version, claims) =
        version(tree, environment, packages, &one, prefix, &minor, &abi_flags, implementation);
    for claim in &claims {
        notes.evidence("python version", &claim.value, &claim.source, claim.how);
    }
    let site = |base: &str| site_packages(tree, base, implementation, &minor, &abi_flags);
    let venv = environment_of(tree, &one.met);
    let mut site_packages = match &venv {
        Some(venv) => {
            let base = below_root(venv);
            let system = tree.text(&format!("{base}/pyvenv.cfg")).is_some_and(includes_system_site_packages);
            let mut own = site(&base);
            if system {
                own.extend(site(prefix));
            }
            own
        }
        None => site(prefix),
    };
    site_packages.dedup();
    let pip = site_packages.iter().find_map(|directory| pip_in(tree, directory));
    if let Some((version, source)) = &pip {
        notes.evidence("pip version", version, source, "metadata of the distribution");
    }
    let marker = stdlib.as_ref().map(|stdlib| format!("{stdlib}/EXTERNALLY-MANAGED"));
    // PEP 668: installers in virtual environments ignore the marker.
    let externally_managed = marker
        .filter(|marker| venv.is_none() && tree.find(marker).is_some())
        .map(|marker| format!("/{marker}"));
    if let Some(marker) = &externally_managed {
        notes.evidence("externally managed", "yes", marker, "marker file of PEP 668");
    }
    let manylinux_module = site_packages
        .iter()
        .map(|directory| format!("{directory}/_manylinux.py"))
        .chain(stdlib.iter().map(|stdlib| format!("/{stdlib}/_manylinux.py")))
        .find(|path| tree.find(&below_root(path)).is_some());
    let manylinux =
        manylinux_module.as_ref().and_then(|module| manylinux_answers(tree.text(&below_root(module))?));
    if let (Some(module), None) = (&manylinux_module, &manylinux) {
        notes.undetermined(
            ImageFact::ManylinuxPolicy,
            &format!("`{module}` decides which manylinux tags are accepted, and it is not run"),
        );
    }
    let include = format!("{prefix}/include");
    let headers = tree
        .names(&include)
        .into_iter()
        .filter(|name| minor_of(name).as_deref() == Some(&minor))
        .any(|name| tree.find(&format!("{include}/{name}/Python.h")).is_some());
    let bundled_pip = stdlib.as_ref().and_then(|stdlib| {
        tree.names(&format!("{stdlib}/ensurepip/_bundled"))
            .into_iter()
            .find_map(|name| name.strip_prefix("pip-")?.split('-').next().map(str::to_owned))
    });
    let python = DetectedPython {
        path: format!("/{}", one.real),
        implementation: implementation.to_owned(),
        version,
        abi_flags,
        loader: one.facts.interpreter.clone(),
        machine: one.facts.machine.clone(),
        environment: venv,
        site_packages,
        pip: pip.map(|(version, _)| version),
        bundled_pip,
        externally_managed,
        headers,
        manylinux_module,
        manylinux,
    };
    notes.evidence("python", &format!("{minor}{}", python.abi_flags), &python.path, "name of the executable");
    Some((python, one.facts))
}

struct Claim {
    value: String,
    source: String,
    how: &'static str,
}

/// The version with its evidence, the strongest first. Without evidence it is the minor version.
#[expect(clippy::too_many_arguments, reason = "the parts of one interpreter, for one caller")]
fn version(
    tree: &Tree,
    environment: &[(String, String)],
    packages: &[InstalledPackage],
    one: &Candidate,
    prefix: &str,
    minor: &str,
    abi_flags: &str,
    implementation: &str,
) -> (String, Vec<Claim>) {
    let mut claims = Vec::new();
    if implementation == "cpython" {
        let include = join(prefix, &format!("include/python{minor}{abi_flags}/patchlevel.h"));
        if let Some(value) = tree.text(&include).and_then(py_version) {
            claims.push(Claim { value, source: format!("/{include}"), how: "PY_VERSION of the header" });
        }
        if let Some(value) = one.facts.stated.python.clone() {
            claims.push(Claim {
                value,
                source: format!("/{}", one.real),
                how: "version literal of the executable",
            });
        }
        let wanted = format!("libpython{minor}{abi_flags}.so");
        let directories = ["lib", "lib64"].map(|name| join(prefix, name));
        let multiarch = tree.names("usr/lib").into_iter().filter(|name| name.contains("-linux-"));
        let directories = directories.into_iter().chain(multiarch.map(|name| format!("usr/lib/{name}")));
        for directory in directories.collect::<Vec<_>>() {
            for name in tree.names(&directory).into_iter().filter(|name| name.starts_with(&wanted)) {
                let Some(at) = tree.find(&format!("{directory}/{name}")) else { continue };
                if let Content::Elf(facts) = &**at.content
                    && let (Some(value), true) = (&facts.stated.python, facts.machine == one.facts.machine)
                {
                    let source = format!("/{}", at.path);
                    if !claims.iter().any(|claim: &Claim| claim.source == source) {
                        claims.push(Claim {
                            value: value.clone(),
                            source,
                            how: "version literal of the library",
                        });
                    }
                }
            }
        }
        // Only for interpreters of the distribution; it installs none in /usr/local or /opt.
        if prefix == "usr" || prefix.is_empty() {
            let names = [format!("python{minor}-minimal"), format!("python{minor}"), "python3".to_owned()];
            let package = packages.iter().find(|package| {
                names.contains(&package.name)
                    && package
                        .version
                        .split_once(':')
                        .map_or(&*package.version, |(_, v)| v)
                        .starts_with(&format!("{minor}."))
            });
            if let Some(package) = package {
                let text = package.version.split_once(':').map_or(package.version.as_str(), |(_, rest)| rest);
                let value: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                let source = format!("package {}", package.name);
                claims.push(Claim {
                    value: value.trim_end_matches('.').to_owned(),
                    source,
                    how: "package database",
                });
            }
        }
        // The variable may be inherited, and some images only set the minor version. So it is the weakest evidence.
        let hint = environment.iter().rev().find(|(name, _)| name == "PYTHON_VERSION");
        if let Some((_, value)) = hint.filter(|(_, value)| value.starts_with(&format!("{minor}."))) {
            claims.push(Claim {
                value: value.clone(),
                source: "PYTHON_VERSION".to_owned(),
                how: "configuration of the image, a hint",
            });
        }
    }
    let version =
        claims.first().map_or_else(|| minor.to_owned(), |claim| claim.value.trim_end_matches('+').to_owned());
    (version, claims)
}

/// `#define PY_VERSION "3.12.13"`
fn py_version(header: &str) -> Option<String> {
    let line = header.lines().find(|line| {
        let mut words = line.split_whitespace();
        words.next() == Some("#define") && words.next() == Some("PY_VERSION")
    })?;
    line.split('"').nth(1).map(str::to_owned)
}

/// Returns the two numbers in `python3.12`, `pypy3.10` or `python3.13t`.
fn minor_of(name: &str) -> Option<String> {
    let rest = name
        .strip_prefix("python")
        .or_else(|| name.strip_prefix("pypy"))
        .or_else(|| name.strip_prefix("graalpy"))?;
    let rest = rest.trim_end_matches(['t', 'd', 'm']);
    let (major, minor) = rest.split_once('.')?;
    let numbers =
        [major, minor].iter().all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
    numbers.then(|| rest.to_owned())
}

/// The standard library below a prefix, which contains `os.py`. Without a version in the name of the executable it is the
/// only one.
fn stdlib(tree: &Tree, prefix: &str, implementation: &str, name: &str) -> Option<String> {
    let minor = minor_of(name);
    for lib in ["lib64", "lib"] {
        let lib = join(prefix, lib);
        let kind = if implementation == "pypy" { "pypy" } else { "python" };
        let candidates: Vec<&str> = tree
            .names(&lib)
            .into_iter()
            .filter(|entry| entry.starts_with(kind) && minor_of(entry).is_some())
            .filter(|entry| implementation == "pypy" || minor.is_none() || minor_of(entry) == minor)
            .filter(|entry| implementation == "pypy" || flags_of(entry) == flags_of(name))
            .filter(|entry| tree.find(&format!("{lib}/{entry}/os.py")).is_some())
            .collect();
        if let [only] = candidates.as_slice() {
            return Some(format!("{lib}/{only}"));
        }
    }
    None
}

/// Only free-threaded builds have their flag in the name of the library directory.
fn flags_of(name: &str) -> bool {
    name.ends_with('t') && name.contains('.')
}

/// The directories of installed distributions that are not empty.
///
/// Debian's `dist-packages` is for its own packages, with `/usr/local` for those of pip
/// (<https://wiki.debian.org/Python>); Fedora splits `lib` and `lib64`.
fn site_packages(tree: &Tree, base: &str, implementation: &str, minor: &str, flags: &str) -> Vec<String> {
    let free = if flags.contains('t') { "t" } else { "" };
    let named =
        if implementation == "pypy" { format!("pypy{minor}") } else { format!("python{minor}{free}") };
    let mut directories = Vec::new();
    for lib in ["lib", "lib64"] {
        directories.push(join(base, &format!("{lib}/{named}/site-packages")));
    }
    if base == "usr" {
        directories.push(format!("usr/local/lib/{named}/dist-packages"));
        directories.push(format!("usr/local/lib/{named}/site-packages"));
        directories.push(format!("usr/local/lib64/{named}/site-packages"));
        directories.push("usr/lib/python3/dist-packages".to_owned());
    }
    let mut seen: Vec<String> = Vec::new();
    directories
        .into_iter()
        .filter_map(|directory| {
            let real = tree.directory(&directory)?;
            let new = !tree.names(&directory).is_empty() && !seen.contains(&real);
            seen.push(real.clone());
            new.then(|| format!("/{real}"))
        })
        .collect()
}

fn pip_in(tree: &Tree, directory: &str) -> Option<(String, String)> {
    let directory = below_root(directory);
    tree.names(&directory).into_iter().find_map(|name| {
        let rest = name.strip_prefix("pip-")?;
        let stem = rest.strip_suffix(".dist-info").or_else(|| rest.strip_suffix(".egg-info"))?;
        let version = stem.split('-').next()?;
        Some((version.to_owned(), format!("/{directory}/{name}")))
    })
}

/// `include-system-site-packages = true` (PEP 405).
fn includes_system_site_packages(text: &str) -> bool {
    text.lines().any(|line| {
        let (key, value) = line.split_once('=').unwrap_or_default();
        key.trim() == "include-system-site-packages" && value.trim().eq_ignore_ascii_case("true")
    })
}

/// Evaluates modules of constants and one function with a constant result. Other modules are not evaluated.
fn manylinux_answers(text: &str) -> Option<ManylinuxAnswers> {
    let constant = |text: &str| match text.trim() {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    };
    let mut answers = ManylinuxAnswers::default();
    let mut within = false;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let indented = line.starts_with([' ', '\t']);
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if let Some(head) = line.strip_prefix("def ").filter(|_| !indented) {
            let (name, rest) = head.split_once('(')?;
            let (_, body) = rest.rsplit_once(':')?;
            if name.trim() != "manylinux_compatible" || answers.function.is_some() {
                return None;
            }
            within = true;
            if body.trim().is_empty() {
                continue;
            }
            answers.function = Some(constant(body.trim().strip_prefix("return ")?)?);
        } else if indented {
            if !within || answers.function.is_some() {
                return None;
            }
            answers.function = Some(constant(line.strip_prefix("return ")?)?);
        } else {
            let (name, value) = line.split_once('=')?;
            let value = Some(constant(value)?);
            match name.trim() {
                "manylinux1_compatible" => answers.manylinux1 = value,
                "manylinux2010_compatible" => answers.manylinux2010 = value,
                "manylinux2014_compatible" => answers.manylinux2014 = value,
                _ => return None,
            }
        }
    }
    (!within || answers.function.is_some()).then_some(answers)
}

fn join(base: &str, rest: &str) -> String {
    if base.is_empty() { rest.to_owned() } else { format!("{base}/{rest}") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    // The module of Debian's and Alpine's old packages, and the one that forces a policy (pypa/pip#9735).
    #[test]
    fn manylinux_module_of_constants_is_read() {
        let answers = manylinux_answers("# policy\nmanylinux1_compatible = False\n").unwrap();
        assert_eq!((answers.manylinux1, answers.function), (Some(false), None));
        let answers =
            manylinux_answers("def manylinux_compatible(tag_major, tag_minor, tag_arch):\n    return True\n")
                .unwrap();
        assert_eq!(answers.function, Some(true));
        assert_eq!(
            manylinux_answers("def manylinux_compatible(*_): return False").unwrap().function,
            Some(false)
        );
    }

    #[test]
    fn other_manylinux_modules_are_not_evaluated() {
        for text in [
            "import os\nmanylinux1_compatible = True",
            "def manylinux_compatible(major, minor, arch):\n    if minor > 17:\n        return False\n    return None\n",
            "manylinux1_compatible = os.environ",
            "def manylinux_compatible(a, b, c):\n",
        ] {
            assert_eq!(manylinux_answers(text), None, "{text}");
        }
    }
}
