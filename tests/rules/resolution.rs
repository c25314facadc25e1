//! The codes of the installer's choices, through the whole command.
//!
//! `CODE_fires` asserts the finding with its level and project, and its message by a snapshot; `CODE_silent`
//! checks a similar case without the finding.

use crate::cli::site::{Site, codes, rows};
use crate::cli::wording::{assert_wording, findings_of, levels_of, messages_of};
use crate::index::server::sha256;

/// The code fires once, with this level and for this project; `wording` names the snapshot of message and help.
fn fires(site: &Site, args: &[&str], code: &str, (level, project): (&str, &str), wording: &str) {
    let report = site.report(args);
    assert_eq!(levels_of(&report, code), [(level.to_owned(), project.to_owned())], "{report:#}");
    assert_wording!(wording, messages_of(&report, code));
}

fn silent(site: &Site, args: &[&str], code: &str) {
    let report = site.report(args);
    assert!(!codes(&report).iter().any(|known| known == code), "{code}: {report:#}");
}

fn native() -> Site {
    Site::of(
        "native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl
         native-1.0-cp312-cp312-musllinux_1_2_x86_64.whl
         native-2.0-cp312-cp312-manylinux_2_28_x86_64.whl
         native-2.0.tar.gz
         pure 1.0",
    )
}

const MUSL: [&str; 2] = ["--on", "musl:1.2"];

#[test]
fn builds_from_source_fires() {
    fires(
        &native(),
        &["native", "--on", "musl:1.2"],
        "builds-from-source",
        ("warn", "native"),
        "builds_from_source",
    );
}

/// The help is a newer version, if the requirements exclude one that has a wheel.
#[test]
fn builds_from_source_names_the_newer_version_that_is_a_wheel() {
    let site = Site::of(
        "native-1.0-cp312-cp312-musllinux_1_2_x86_64.whl
         native-2.0.tar.gz
         native-3.0-cp312-cp312-musllinux_1_2_x86_64.whl
         native-4.0.tar.gz
         native-5.0a1-cp312-cp312-musllinux_1_2_x86_64.whl",
    );
    let musl = |requirement| [requirement, "--on", "musl:1.2"];
    fires(
        &site,
        &musl("native==2.0"),
        "builds-from-source",
        ("warn", "native"),
        "builds_from_source_newer_wheel",
    );
    // No newer version is excluded, and a pre-release is not recommended.
    fires(&site, &musl("native"), "builds-from-source", ("warn", "native"), "builds_from_source_older_wheel");
}

#[test]
fn builds_from_source_silent() {
    silent(&native(), &["native"], "builds-from-source");
    // Excluded sdists are not built: the older wheel is used.
    silent(&native(), &["native", "--on", "musl:1.2", "--only-binary", ":all:"], "builds-from-source");
}

#[test]
fn no_compatible_distribution_fires() {
    let site = Site::of("torch-2.8.0-cp312-cp312-manylinux_2_28_x86_64.whl\ntorch-2.7.0-cp312-none-any.whl");
    fires(
        &site,
        &["torch==2.8.0", "--on", "musl:1.2"],
        "no-compatible-distribution",
        ("deny", "torch"),
        "no_compatible_distribution",
    );
}

#[test]
fn no_compatible_distribution_silent() {
    let site = Site::of("torch-2.8.0-cp312-cp312-manylinux_2_28_x86_64.whl\ntorch-2.7.0-cp312-none-any.whl");
    silent(&site, &["torch", "--on", "musl:1.2"], "no-compatible-distribution");
    silent(&site, &["torch==2.8.0"], "no-compatible-distribution");
}

#[test]
fn older_than_newest_fires() {
    let site = Site::of(
        "a-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl @2026-01-05
         a-1.3.2-py3-none-any.whl @2025-07-09",
    );
    fires(&site, &["a", "--on", "musl:1.2"], "older-than-newest", ("warn", "a"), "older_than_newest");
}

#[test]
fn older_than_newest_silent() {
    let site = Site::of("a-2.0.0-cp312-cp312-manylinux_2_28_x86_64.whl\na 1.3.2\nb 1.0\nb 2.0 py>=3.13");
    silent(&site, &["a"], "older-than-newest");
    // Requested, so not reported.
    silent(&site, &["a<2", "--on", "musl:1.2"], "older-than-newest");
    // A project drops a Python in this way.
    silent(&site, &["b"], "older-than-newest");
}

#[test]
fn project_not_found_fires() {
    fires(&native(), &["nosuch"], "project-not-found", ("deny", "nosuch"), "project_not_found");
}

#[test]
fn project_not_found_silent() {
    // A project without a version that fits still exists.
    silent(&native(), &["pure==9"], "project-not-found");
}

#[test]
fn pure_fallback_fires() {
    let site = Site::of("protobuf-6.0-cp39-abi3-manylinux2014_x86_64.whl\nprotobuf-6.0-py3-none-any.whl");
    fires(&site, &["protobuf", "--on", "musl:1.2"], "pure-fallback", ("warn", "protobuf"), "pure_fallback");
}

#[test]
fn pure_fallback_silent() {
    let site = Site::of(
        "protobuf-6.0-cp39-abi3-manylinux2014_x86_64.whl
         protobuf-6.0-py3-none-any.whl
         winonly-1.0-cp312-cp312-win_amd64.whl
         winonly-1.0-py3-none-any.whl
         pure 1.0",
    );
    silent(&site, &["protobuf"], "pure-fallback");
    // No native wheel for any Linux.
    silent(&site, &["winonly", "pure", "--on", "musl:1.2"], "pure-fallback");
}

#[test]
fn yanked_file_fires() {
    let site = Site::of("a 1.0\na 2.0 yanked");
    fires(&site, &["a==2.0"], "yanked-file", ("warn", "a"), "yanked_file");
}

#[test]
fn yanked_file_silent() {
    silent(&Site::of("a 1.0\na 2.0 yanked"), &["a"], "yanked-file");
}

/// pip supports `musllinux` since 21.2 and the names of PEP 600 since 20.3.
#[test]
fn installer_too_old_fires() {
    let site = native();
    fires(
        &site,
        &["native==1.0", "--on", "musl:1.2", "--installer", "pip==21.1"],
        "installer-too-old",
        ("warn", "native"),
        "installer_too_old_for_musllinux",
    );
    fires(
        &site,
        &["native", "--installer", "pip==19.3"],
        "installer-too-old",
        ("warn", "native"),
        "installer_too_old_for_pep_600",
    );
}

#[test]
fn installer_too_old_silent() {
    silent(&native(), &["native==1.0", "--on", "musl:1.2", "--installer", "pip==21.2"], "installer-too-old");
    // Another machine's wheel would not fit a newer installer either.
    silent(&native(), &["native", "--arch", "arm64", "--installer", "pip==19.3"], "installer-too-old");
}

#[test]
fn undetermined_fires() {
    let site = Site::of("a 1.0 -> b; platform_release >= '5'\nb 1.0\nold-1.0.tar.gz");
    fires(&site, &["a"], "undetermined", ("warn", "b"), "undetermined_marker");
    fires(
        &site,
        &["x @ git+https://example.org/x.git"],
        "undetermined",
        ("warn", "x"),
        "undetermined_checkout",
    );
    // PEP 643: nothing is static before metadata 2.2.
    let body = crate::index::server::sdist(&[("old-1.0/setup.py", b"import os")]);
    site.write_bytes("files/old-1.0.tar.gz", &body);
    fires(&site, &["old"], "undetermined", ("warn", "old"), "undetermined_dependencies");
}

#[test]
fn undetermined_silent() {
    let site = Site::of("a 1.0 -> b; platform_machine == 'x86_64'\nb 1.0\nold-1.0.tar.gz");
    silent(&site, &["a", "old"], "undetermined");
}

#[test]
fn unknown_extra_fires() {
    let site = Site::of("a 1.0 -> extra:tls");
    fires(&site, &["a[tsl]"], "unknown-extra", ("warn", "a"), "unknown_extra");
}

#[test]
fn unknown_extra_silent() {
    silent(&Site::of("a 1.0 -> extra:tls"), &["a[TLS]"], "unknown-extra");
}

#[test]
fn version_conflict_fires() {
    let site = Site::of("a 1.0 -> c<2\nb 1.0 -> c>=2\nc 1.0\nc 2.0\npure 1.0");
    site.write("r.txt", "pure\na\nb\n");
    fires(&site, &["-r", "r.txt"], "version-conflict", ("deny", "a"), "version_conflict");
}

#[test]
fn version_conflict_silent() {
    let site = Site::of("a 1.0 -> c<2\nb 1.0 -> c>=2\nb 0.9 -> c\nc 1.0\nc 2.0");
    silent(&site, &["a", "b"], "version-conflict");
}

#[test]
fn hash_missing_fires() {
    let site = Site::of("a 1.0 sha -> b\nb 1.0 sha");
    let hash = sha256(b"a-1.0-py3-none-any.whl");
    site.write("r.txt", &format!("a==1.0 --hash=sha256:{hash}\n"));
    fires(&site, &["-r", "r.txt"], "hash-missing", ("deny", "b"), "hash_missing");
}

#[test]
fn hash_missing_silent() {
    let site = Site::of("a 1.0 sha -> b\nb 1.0 sha");
    silent(&site, &["a"], "hash-missing");
    let hash = sha256(b"a-1.0-py3-none-any.whl");
    site.write("r.txt", &format!("a==1.0 --hash=sha256:{hash}\n"));
    silent(&site, &["-r", "r.txt", "--no-deps"], "hash-missing");
}

#[test]
fn python_not_supported_fires() {
    let site = native();
    site.write(
        "pyproject.toml",
        "[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.13'\ndependencies = ['pure']\n",
    );
    fires(&site, &["-r", "pyproject.toml"], "python-not-supported", ("deny", "-"), "python_not_supported");
}

#[test]
fn python_not_supported_silent() {
    let site = native();
    site.write(
        "pyproject.toml",
        "[project]\nname = 'x'\nversion = '1'\nrequires-python = '>=3.12'\ndependencies = ['pure']\n",
    );
    silent(&site, &["-r", "pyproject.toml"], "python-not-supported");
}

#[test]
fn undated_files_fires() {
    let site = Site::of("a 1.0 @2026-01-01\na 2.0");
    fires(&site, &["a", "--exclude-newer", "2026-02-01"], "undated-files", ("warn", "-"), "undated_files");
}

#[test]
fn undated_files_silent() {
    let site = Site::of("a 1.0 @2026-01-01\na 2.0 @2026-03-01\nb 1.0");
    silent(&site, &["a", "--exclude-newer", "2026-02-01"], "undated-files");
    silent(&site, &["b"], "undated-files");
}

/// uv 0.13.8 refuses a doubled underscore in the version of a wheel's name; packaging 26.3 accepts upper-case tags.
#[test]
fn file_name_disputed_fires() {
    let site = Site::of("a-1.0-PY3-none-any.whl");
    let report = site.report(&["a"]);
    let found = findings_of(&report, "file-name-disputed");
    assert!(found.len() <= 1, "{report:#}");
    let disputed = wheelbase::filename::NameRules::Uv;
    let uv = wheelbase::filename::WheelFilename::parse("a-1.0-PY3-none-any.whl", disputed).is_err();
    assert_eq!(found.len(), usize::from(uv), "{report:#}");
}

#[test]
fn file_name_disputed_silent() {
    silent(&native(), &["native"], "file-name-disputed");
    silent(&native(), &[&["native"][..], &MUSL].concat(), "file-name-disputed");
}

/// PEP 751: an installer refuses a lock whose `requires-python` excludes the target.
#[test]
fn lock_refused_fires() {
    let site = lock(">=3.13");
    fires(&site, &["-r", "pylock.toml"], "lock-refused", ("deny", "-"), "lock_refused");
}

#[test]
fn lock_refused_silent() {
    silent(&lock(">=3.12"), &["-r", "pylock.toml"], "lock-refused");
}

/// uv 0.13.9 builds a folder in its lock without a query to an index.
#[test]
fn builds_local_folder_fires() {
    let place = "{ directory = \"libs/own\" }";
    fires(
        &with_own(place),
        &["-r", "uv.lock"],
        "builds-local-folder",
        ("allow", "own"),
        "builds_local_folder",
    );
}

/// A checkout is a requirement; the synced project itself is not.
#[test]
fn builds_local_folder_silent() {
    let place = "{ git = \"https://host.invalid/own?rev=main#0123456789\" }";
    silent(&with_own(place), &["-r", "uv.lock"], "builds-local-folder");
    fires(
        &with_own(place),
        &["-r", "uv.lock"],
        "builds-from-source",
        ("warn", "own"),
        "builds_from_source_checkout",
    );
}

/// A lock that requires `own` from a location.
fn with_own(place: &str) -> Site {
    let site = Site::of("");
    site.write(
        "uv.lock",
        &format!(
            "version = 1\n[[package]]\nname = \"app\"\nversion = \"1\"\nsource = {{ editable = \".\" }}\n\
             dependencies = [{{ name = \"own\" }}]\n\
             [[package]]\nname = \"own\"\nversion = \"0.1\"\nsource = {place}\n"
        ),
    );
    site
}

fn lock(python: &str) -> Site {
    let site = Site::of("");
    site.write(
        "pylock.toml",
        &format!(
            "lock-version = \"1.0\"\ncreated-by = \"a test\"\nrequires-python = \"{python}\"\n\
             [[packages]]\nname = \"pure\"\nversion = \"1.0\"\n\
             wheels = [{{name = \"pure-1.0-py3-none-any.whl\", url = \"https://example.org/pure-1.0-py3-none-any.whl\", \
             hashes = {{sha256 = \"{}\"}}}}]\n",
            "ab".repeat(32)
        ),
    );
    site
}

/// `packaging` 26.3, `_eval_op`: `~=` between texts raises, and `==` does not. For both positions of a marker.
#[test]
fn undefined_marker_fires() {
    let site = Site::of("a 1.0\nb 1.0 -> a; os_name ~= 'posix'");
    fires(
        &site,
        &["a; os_name ~= 'posix'", "b==1.0", "--no-deps"],
        "undefined-marker",
        ("warn", "a"),
        "undefined_marker_argument",
    );
    fires(&site, &["b"], "undefined-marker", ("warn", "b"), "undefined_marker_dependency");
    fires(&site, &["b", "--installer", "uv"], "undefined-marker", ("warn", "b"), "undefined_marker_uv");
}

/// The results of uv 0.13.9, `uv pip install --dry-run --no-index --find-links W 'a; MARKER'`.
#[test]
fn uv_leaves_undefined_comparisons_out() {
    let site = Site::of("a 1.0\nb 1.0 -> a; os_name ~= 'posix'");
    for (marker, taken) in [
        ("python_version ~= 'x'", true),
        ("os_name ~= 'posix' and python_version < '3'", false),
        ("os_name ~= 'posix' or python_version < '3'", false),
        ("os_name ~= 'posix' or python_version > '3'", true),
        ("(os_name ~= 'posix' or os_name ~= 'nt') and python_version > '3'", true),
        ("(os_name ~= 'posix' or os_name ~= 'nt') or python_version < '3'", false),
    ] {
        let report = site.report(&[&format!("a; {marker}"), "--installer", "uv"]);
        assert_eq!(rows(&report, 0).len(), usize::from(taken), "{marker}");
    }
    assert_eq!(rows(&site.report(&["b", "--installer", "uv"]), 0), ["a 1.0 wheel", "b 1.0 wheel"]);
    assert_eq!(rows(&site.report(&["b"]), 0), ["b 1.0 wheel"]);
}

#[test]
fn undefined_marker_silent() {
    let site = Site::of("a 1.0\nb 1.0 -> a; os_name == 'posix'");
    silent(&site, &["a; python_version ~= '3.12'", "b"], "undefined-marker");
    // A marker that is not evaluated cannot cause an error.
    silent(&Site::of("a 1.0\nb 1.0 -> a; os_name ~= 'posix'"), &["b", "--no-deps"], "undefined-marker");
}
