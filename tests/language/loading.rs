use proptest::prelude::*;
use wheelbase::marker::Marker;
use wheelbase::requirement::Requirement;
use wheelbase::requirements::{
    DocumentLocation, Loader, ProjectSelection, RequirementKind, RequirementSet, Setting, SettingKind,
};
use wheelbase::source::Origin;
use wheelbase::version::SpecifierSet;

use crate::messages::{assert_messages, lines};

fn load(files: &[(&str, &[u8])]) -> Result<RequirementSet, Vec<String>> {
    let mut loader = Loader::new(&|_| None);
    if let Some((root, _)) = files.first() {
        loader.add_file(DocumentLocation::new(root));
    }
    loop {
        let needed = loader.needed();
        if needed.is_empty() {
            break;
        }
        for need in needed {
            match files.iter().find(|(name, _)| *name == need.location.to_string()) {
                Some((_, content)) => loader.supply(&need.location, content),
                None => loader.fail(&need.location, "no such file"),
            }
        }
    }
    loader.finish().map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

#[test]
fn every_fault_of_every_file_is_reported_in_one_run() {
    let faults = load(&[
        (
            "r.txt",
            b"flask = 2\n\n  django >= 2 < 3 # why\n-r a/b.txt\n--global-option x\nx \\\n  ; python_version\n-r none.txt\n\
              y --hash=md5:00 --config-settings z\n-c c.txt\n-f 'x\n",
        ),
        ("a/b.txt", b"-r ../r.txt\n-r b.txt\nok\n"),
        ("c.txt", b"-e .\nx[y]\n./z\nz<2\n"),
    ])
    .expect_err("faults");
    assert_eq!(faults.len(), 13);
    assert_messages!(lines(faults));
}

#[test]
fn options_that_pip_ignores_are_remarks() {
    let set = load(&[(
        "r.txt",
        b"flask --pre\n--no-index django\n-f a -f b\nhttps://example.org/${UNSET}/p-1.0.tar.gz\n-r b.txt --pre\n--no-binary ,a\n",
    ), ("b.txt", b"")])
    .expect("no faults");
    assert_eq!(set.remarks.len(), 6);
    assert_messages!(lines(&set.remarks));
}

#[test]
fn arguments_are_parsed_like_lines() {
    let mut loader = Loader::new(&|_| None);
    for argument in
        ["flask", "django>=5", "./app[web]", "git+https://example.org/x.git", "x @ https://example.org/x.zip"]
    {
        loader.add_argument(argument, false);
    }
    loader.add_argument("./lib", true);
    let set = loader.finish().expect("no faults");
    let kinds: Vec<&str> = set
        .requirements
        .iter()
        .map(|line| match line.kind {
            RequirementKind::Index(_) => "index",
            RequirementKind::Archive(_) => "archive",
            RequirementKind::Directory(_) => "directory",
            RequirementKind::Vcs(_) => "vcs",
            _ => "other",
        })
        .collect();
    assert_eq!(kinds, ["index", "index", "directory", "vcs", "archive", "directory"]);
    assert!(set.requirements.last().is_some_and(|line| line.editable));
    let mut loader = Loader::new(&|_| None);
    loader.add_argument("flask>=", false);
    let faults = loader.finish().expect_err("a fault");
    assert_messages!(lines(&faults));
}

/// The value of a variable is used but never displayed, because it may be a password.
#[test]
fn values_of_variables_are_not_displayed() {
    let variable = |name: &str| (name == "TOKEN").then(|| "s3cret".to_owned());
    let mut loader = Loader::new(&variable);
    let location = DocumentLocation::new("https://me:pass@example.org/r.txt");
    loader.add_file(location.clone());
    loader.supply(
        &location,
        b"-i https://u:${TOKEN}@example.org/simple\np @ https://u:${TOKEN}@example.org/p-1.0.tar.gz\n",
    );
    let set = loader.finish().expect("no faults");
    assert_eq!(set.options.pip_indexes("d"), ["https://u:s3cret@example.org/simple"]);
    let line = set.requirements.first().expect("a line");
    assert_eq!(line.text, "p @ https://u:${TOKEN}@example.org/p-1.0.tar.gz");
    assert_eq!(line.origin.to_string(), "https://example.org/r.txt:2:1");
    let mut loader = Loader::new(&variable);
    loader.add_file(DocumentLocation::new("r.txt"));
    loader
        .supply(&DocumentLocation::new("r.txt"), b"https://u:${TOKEN}@[x/p.zip\np>=${TOKEN} x\n-${TOKEN}\n");
    for fault in loader.finish().expect_err("faults") {
        assert!(!fault.to_string().contains("s3cret"), "{fault}");
    }
}

#[test]
fn options_of_the_command_line_come_first() {
    let mut options = wheelbase::requirements::Options::default();
    let argument = || Origin::new("argument", 0, 0);
    for kind in [SettingKind::IndexUrl("https://cli".to_owned()), SettingKind::OnlyBinary(":all:".to_owned())]
    {
        options.apply(Setting::new(kind, argument())).expect("a setting");
    }
    let mut loader = Loader::new(&|_| None);
    loader.set_options(options);
    loader.add_file(DocumentLocation::new("-"));
    loader.supply(&DocumentLocation::new("-"), b"--extra-index-url https://file\n--no-binary flask\n");
    let set = loader.finish().expect("no faults");
    assert_eq!(set.options.pip_indexes("https://default"), ["https://cli", "https://file"]);
    assert_eq!(set.options.uv_indexes("https://default"), ["https://file", "https://cli"]);
    let flask = "flask".parse().expect("a name");
    let django = "django".parse().expect("a name");
    let formats = &set.options.formats;
    assert!(!formats.allows_wheels(&flask) && formats.allows_sdists(&flask));
    assert!(formats.allows_wheels(&django) && !formats.allows_sdists(&django));
}

#[test]
fn files_that_are_not_requirements_files_are_reported() {
    let faults = load(&[("pylock.toml", b"")]).expect_err("a lock file");
    assert_messages!(lines(faults));
    let mut loader = Loader::new(&|_| None);
    let location = DocumentLocation::new("r.txt");
    loader.add_project(
        location.clone(),
        ProjectSelection { extras: vec!["x".parse().expect("a name")], ..ProjectSelection::default() },
    );
    loader.supply(&location, b"flask");
    assert!(loader.finish().is_err());
    let mut loader = Loader::new(&|_| None);
    loader.add_file(location);
    assert!(loader.finish().is_err(), "a document that was not supplied");
}

/// Wide, deep and long input is parsed in bounded time and stack.
#[test]
fn hostile_files_have_bounded_cost() {
    let long = |part: &str| part.repeat(10_000_000 / part.len());
    let wide = |part: &str| part.repeat(1_000_000 / part.len());
    for content in [
        long("a"),
        long("${A}"),
        long("a,"),
        long("("),
        long("'"),
        wide("\\\n"),
        long("#"),
        wide(" -x"),
        format!("a; {}", long("(")),
        format!("a; {}", long("not ")),
        format!("a; {}", wide("os_name=='a' or ")),
        format!("a[{}", wide("x,")),
        format!("a{}", wide("==1,")),
        format!("a @ {}", wide("%41")),
        format!("a {}", wide("--hash=sha256:a ")),
    ] {
        let _ = load(&[("r.txt", content.as_bytes())]);
    }
    let many = "!\n".repeat(100_000);
    let faults = load(&[("r.txt", many.as_bytes())]).expect_err("faults");
    assert_eq!(faults.len(), 1001);
    assert_messages!(lines(&faults[999..]));
    // Each file includes the next twice: each file is read once, not 2^n times.
    let names: Vec<String> = (0..60).map(|n| format!("{n}.txt")).collect();
    let contents: Vec<String> =
        (1..61).map(|n| if n < 60 { format!("-r {n}.txt\n-r {n}.txt\n") } else { "x".to_owned() }).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(contents.iter().map(String::as_bytes)).collect();
    assert_eq!(load(&files).expect("no faults").requirements.len(), 1);
    for content in [
        format!("[project]\nname='p'\ndependencies={}", "[".repeat(100_000)),
        format!("[project]\nname='p'\ndependencies=[{}]", "'a',".repeat(500_000)),
        format!(
            "[project]\nname='p'\n[project.optional-dependencies]\na=[\"p[a];os_name=='a'\",\"p[a];os_name=='b'\"{}]",
            ""
        ),
        format!("a{}=1", ".a".repeat(100_000)),
    ] {
        let mut loader = Loader::new(&|_| None);
        let location = DocumentLocation::new("pyproject.toml");
        loader.add_project(
            location.clone(),
            ProjectSelection { all_extras: true, ..ProjectSelection::default() },
        );
        loader.supply(&location, content.as_bytes());
        let _ = loader.finish();
    }
}

/// Text that is almost valid, so that the parsers read most of it.
fn near() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("flask"),
        Just("a-"),
        Just("[x"),
        Just("]"),
        Just(","),
        Just(">=1.0"),
        Just("==1.*"),
        Just("~=1"),
        Just("==="),
        Just(" ; "),
        Just("python_version"),
        Just("extra"),
        Just(" in "),
        Just("not in"),
        Just("'3.8'"),
        Just("\"x"),
        Just("("),
        Just(")"),
        Just(" and "),
        Just(" or "),
        Just("@"),
        Just("https://h/p-1.0-py3-none-any.whl"),
        Just("git+https://h/p#egg="),
        Just("-r "),
        Just("-e "),
        Just("--hash=sha256:"),
        Just("--no-binary="),
        Just("\\\n"),
        Just("\n"),
        Just(" #"),
        Just("${A}"),
        Just("\u{e9}"),
        Just("\u{2028}"),
        Just("./"),
        Just("file:"),
        Just("%4"),
        Just("\\x4"),
        Just("99999999999999999999"),
        Just("+l"),
        Just("dev"),
        Just("!="),
        Just("# /// script\n"),
        Just("# ///\n"),
        Just("[project]\n"),
        Just("name='p'\n"),
        Just("dependencies=["),
        Just("{include-group='a'}"),
        Just("[dependency-groups]\n"),
        Just("a=["),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// No input makes a parser panic, and the displayed form of a value parses to the same value.
    #[test]
    fn no_parser_panics(text in prop_oneof![near(), any::<String>(), "[ -~\t]{0,80}"]) {
        if let Ok(set) = text.parse::<SpecifierSet>() {
            prop_assert_eq!(set.to_string().parse::<SpecifierSet>(), Ok(set));
        }
        let _ = SpecifierSet::parse_lenient(&text);
        if let Ok(marker) = text.parse::<Marker>() {
            prop_assert_eq!(marker.to_string().parse::<Marker>(), Ok(marker));
        }
        match text.parse::<Requirement>() {
            Ok(requirement) => prop_assert_eq!(requirement.to_string().parse::<Requirement>(), Ok(requirement)),
            Err(fault) => prop_assert!(text.is_char_boundary(fault.offset())),
        }
        let _ = Requirement::parse_lenient(&text);
        for file in ["r.txt", "pyproject.toml", "x.py"] {
            let mut loader = Loader::new(&|name| (name == "A").then(|| "b c\u{e9}".to_owned()));
            let location = DocumentLocation::new(file);
            loader.add_project(location.clone(), ProjectSelection { all_extras: true, ..ProjectSelection::default() });
            loader.add_argument(&text, false);
            loader.add_argument(&text, true);
            loader.supply(&location, text.as_bytes());
            for need in loader.needed() {
                loader.fail(&need.location, "no such file");
            }
            let _ = loader.finish();
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for file in ["r.txt", "pyproject.toml", "x.py"] {
            let mut loader = Loader::new(&|_| None);
            let location = DocumentLocation::new(file);
            loader.add_file(location.clone());
            loader.supply(&location, &bytes);
            let _ = loader.finish();
        }
    }
}
