//! Detection of interpreters, their distributions, and compilers.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use wheelbase::image::read::DetectedImage;

use super::read::{debian, none, why};
use super::read_support::*;

#[test]
fn installed_distributions_have_their_tags() {
    let site = "usr/local/lib/python3.12/site-packages";
    let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER)
        .file(&format!("{site}/numpy-2.3.4.dist-info/METADATA"), b"Metadata-Version: 2.4\nName: numpy\nVersion: 2.3.4\n\nName: no\n")
        .file(
            &format!("{site}/numpy-2.3.4.dist-info/WHEEL"),
            b"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp312-cp312-manylinux_2_27_x86_64\nTag: cp312-cp312-manylinux_2_28_x86_64\n",
        )
        .file(&format!("{site}/numpy-2.3.4.dist-info/RECORD"), b"numpy/a.py,,\nnumpy/b.cpython-312-x86_64-linux-gnu.so,sha256=x,9\n")
        .file(&format!("{site}/numpy-2.3.4.dist-info/INSTALLER"), b"uv\n")
        .file(&format!("{site}/local-1.dist-info/METADATA"), b"Name: local\nVersion: 1\n")
        .file(&format!("{site}/local-1.dist-info/direct_url.json"), br#"{"url": "file:///src", "dir_info": {}}"#)
        .file(&format!("{site}/old-0.1.egg-info/PKG-INFO"), b"Name: old\nVersion: 0.1\n")
        .file(&format!("{site}/older-0.1.egg-info"), b"Name: older\nVersion: 0.1\n")
        .file(&format!("{site}/setuptools/_vendor/wheel-0.45.1.dist-info/METADATA"), b"Name: wheel\nVersion: 0.45.1\n")
        .file(&format!("{site}/torn-1.dist-info/METADATA"), b"\x00\xff");
    let image = detect_layers(vec![layer], &none());
    let names: Vec<&str> = image.distributions.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["local", "numpy", "old", "older"]);
    let numpy = &image.distributions[1];
    assert_eq!(numpy.tags, ["cp312-cp312-manylinux_2_27_x86_64", "cp312-cp312-manylinux_2_28_x86_64"]);
    assert_eq!(numpy.compiled, ["numpy/b.cpython-312-x86_64-linux-gnu.so"]);
    assert_eq!(numpy.installer.as_deref(), Some("uv"));
    assert_eq!(image.distributions[0].direct_url.as_deref(), Some("file:///src"));
    assert!(!why(&image, "torn-1.dist-info").is_empty());
}

// PEP 405 and PEP 668: the path leads through a virtual environment, whose pip does not look at the marker.
#[test]
fn environment_on_the_path_is_the_first_interpreter() {
    let layer = python(debian(), "usr", "3.11", GLIBC_LOADER)
        .file("usr/lib/python3.11/EXTERNALLY-MANAGED", b"[externally-managed]\n")
        .file("opt/venv/pyvenv.cfg", b"home = /usr/bin\ninclude-system-site-packages = false\n")
        .link("opt/venv/bin/python", "/usr/bin/python3")
        .link("opt/venv/bin/python3", "python")
        .file(
            "opt/venv/lib/python3.11/site-packages/pip-24.0.dist-info/METADATA",
            b"Name: pip\nVersion: 24.0\n",
        );
    let image = detect_layers(vec![layer], &config("amd64", &["PATH=/opt/venv/bin:/usr/bin"]));
    let first = image.python().unwrap();
    assert_eq!(
        (first.path.as_str(), first.environment.as_deref()),
        ("/usr/bin/python3.11", Some("/opt/venv"))
    );
    assert_eq!((first.pip.as_deref(), image.externally_managed()), (Some("24.0"), false));
    assert_eq!(first.site_packages, ["/opt/venv/lib/python3.11/site-packages"]);
    let second = &image.pythons[1];
    assert_eq!(second.externally_managed.as_deref(), Some("/usr/lib/python3.11/EXTERNALLY-MANAGED"));
}

#[test]
fn version_of_python_comes_from_the_strongest_evidence() {
    let base = || python(debian(), "usr/local", "3.12", GLIBC_LOADER);
    let version = |layer: Tarball, env: &[&str]| {
        detect_layers(vec![layer], &config("amd64", env)).python().unwrap().version.clone()
    };
    // Inherited from a base whose interpreter was replaced: another minor version is ignored.
    assert_eq!(version(base(), &["PYTHON_VERSION=3.11.4"]), "3.12");
    assert_eq!(version(base(), &["PYTHON_VERSION=3.12.11"]), "3.12.11");
    let header = base()
        .file("usr/local/include/python3.12/patchlevel.h", b"#define PY_VERSION              \"3.12.9+\"\n");
    assert_eq!(version(header, &["PYTHON_VERSION=3.12.11"]), "3.12.9");
}

#[test]
fn free_threaded_interpreter_keeps_its_flag() {
    let layer = debian()
        .file("usr/local/bin/python3.14t", &Elf::program(GLIBC_LOADER).bytes())
        .link("usr/local/bin/python3", "python3.14t")
        .file("usr/local/lib/python3.14t/os.py", b"")
        .file(
            "usr/local/lib/python3.14t/site-packages/pip-25.3.dist-info/METADATA",
            b"Name: pip\nVersion: 25.3\n",
        );
    let image = detect_layers(vec![layer], &none());
    let python = image.python().unwrap();
    assert_eq!(
        (python.version.as_str(), python.abi_flags.as_str(), python.pip.as_deref()),
        ("3.14", "t", Some("25.3"))
    );
}

#[test]
fn pypy_is_not_cpython() {
    let layer = debian()
        .file("opt/pypy/bin/pypy3.11", &Elf::program(GLIBC_LOADER).bytes())
        .link("opt/pypy/bin/pypy3", "pypy3.11")
        .link("opt/pypy/bin/python3", "pypy3")
        .file("opt/pypy/lib/pypy3.11/os.py", b"");
    let image = detect_layers(vec![layer], &config("amd64", &["PATH=/opt/pypy/bin:/usr/bin"]));
    let python = image.python().unwrap();
    assert_eq!((python.implementation.as_str(), python.version.as_str()), ("pypy", "3.11"));
}

// PEP 600: the module is code, which is never run. Only constants are read.
#[test]
fn manylinux_module_is_reported_and_not_run() {
    let with = |text: &[u8]| {
        let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER)
            .file("usr/local/lib/python3.12/site-packages/_manylinux.py", text);
        detect_layers(vec![layer], &none())
    };
    let simple = with(b"manylinux2014_compatible = False\n");
    let policy = target(&simple, None).manylinux_policy.unwrap();
    assert_eq!(policy.manylinux2014_compatible, Some(false));
    assert_eq!(why(&simple, "manylinux"), Vec::<&str>::new());
    let program = with(b"import platform\n");
    assert!(program.python().unwrap().manylinux_module.is_some());
    assert!(!why(&program, "manylinux").is_empty());
}

#[test]
fn compilers_and_headers_are_found_through_links() {
    let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER)
        .file("usr/bin/x86_64-linux-gnu-gcc-12", b"")
        .link("usr/bin/gcc-12", "x86_64-linux-gnu-gcc-12")
        .link("usr/bin/gcc", "gcc-12")
        .file("usr/bin/make", b"")
        .file("opt/cross/bin/cargo", b"")
        .file("usr/local/include/python3.12/Python.h", b"");
    let image = detect_layers(vec![layer], &none());
    assert_eq!(image.tools, ["gcc", "make"]);
    assert!(image.python().unwrap().headers);
}

#[test]
fn target_has_the_pip_of_the_image_or_the_option() {
    let layer = python(debian(), "usr/local", "3.12", GLIBC_LOADER).file(
        "usr/local/lib/python3.12/site-packages/pip-25.0.1.dist-info/METADATA",
        b"Name: pip\nVersion: 25.0.1\n",
    );
    let image = detect_layers(vec![layer], &none());
    let own = target(&image, None);
    assert_eq!((own.machine.as_str(), own.bits), ("x86_64", 64));
    assert_eq!(own.libc, wheelbase::target::Libc::Glibc(2, 36));
    assert_eq!(own.installer.version.to_string(), "25.0.1");
    let without = detect_layers(vec![python(debian(), "usr/local", "3.12", GLIBC_LOADER)], &none());
    assert_eq!(target(&without, Some(installer())).installer, installer());
}

/// The target of the profile of an image.
fn target(
    image: &DetectedImage,
    installer: Option<wheelbase::target::Installer>,
) -> wheelbase::target::Target {
    let profile = image.to_profile("image", "2026-08-13".parse().unwrap(), None);
    let mut options = wheelbase::image::TargetOptions::default();
    options.installer = installer;
    profile.target(&options).unwrap()
}

fn installer() -> wheelbase::target::Installer {
    wheelbase::target::Installer::new(wheelbase::target::InstallerKind::Pip, "26.0".parse().unwrap())
}
