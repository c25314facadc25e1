//! Damaged and hostile input: results or faults in bounded time, never a panic.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use wheelbase::dockerfile::{Context, Dockerfile, Ignore, PlanOptions};
use wheelbase::image::ImageRef;
use wheelbase::lock::{Lock, LockProject, LockSelection};
use wheelbase::marker::MarkerEnvironment;
use wheelbase::rules::dockerfile::{Native, StageImage, check};

fn samples(folder: &str, end: &str) -> Vec<Vec<u8>> {
    let root = Path::new(root!()).join("tests/dockerfile").join(folder);
    let mut samples = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let files = if path.is_dir() {
            fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect()
        } else {
            vec![path]
        };
        for file in
            files.into_iter().filter(|file: &std::path::PathBuf| file.to_str().unwrap().ends_with(end))
        {
            let mut bytes = fs::read(file).unwrap();
            bytes.truncate(6000);
            samples.push(bytes);
        }
    }
    assert!(!samples.is_empty());
    samples
}

fn plan_all(bytes: &[u8]) {
    let Ok(dockerfile) = Dockerfile::parse(bytes, "Dockerfile") else { return };
    let mut context = Context::new();
    for _ in 0..3 {
        let Ok(plan) = dockerfile.plan(&PlanOptions::default(), &context) else { return };
        let images = BTreeMap::from([(0, StageImage::default())]);
        check(&plan, &images, |_, _| Native::Built);
        for wanted in plan.wanted() {
            // A script that runs itself, and similar.
            context.answer(&wanted.path, Some(bytes));
        }
        context.set_ignore(Ignore::parse(&String::from_utf8_lossy(bytes), ".dockerignore"));
    }
}

fn lock_all(bytes: &[u8]) {
    for name in ["pylock.toml", "uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "some.lock"] {
        if let Ok(lock) = Lock::parse(bytes, name) {
            let mut selection = LockSelection::default();
            selection.all_groups = true;
            lock.select(&MarkerEnvironment::default(), &selection, None);
            let project = LockProject::default();
            lock.select(&MarkerEnvironment::default(), &selection, Some(&project));
        }
    }
    let _ = LockProject::parse(bytes, "pyproject.toml");
}

/// Removes, repeats and replaces parts of a text.
fn damage(bytes: &[u8], edits: &[(usize, usize, u8)]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    for (at, length, kind) in edits {
        if out.is_empty() {
            break;
        }
        let start = at % out.len();
        let end = (start + length % 40).min(out.len());
        match kind % 4 {
            0 => drop(out.drain(start..end)),
            1 => {
                let piece = out[start..end].to_vec();
                out.splice(start..start, piece);
            }
            2 => out.insert(start, b"\"'`$(){}<>\\\n&|;#=[]*!"[*length % 21]),
            _ => out[start] = out[start].wrapping_add(1),
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_dockerfiles(index in 0_usize..1000, edits in proptest::collection::vec((0_usize..6000, 0_usize..60, any::<u8>()), 1..12)) {
        let samples = samples("files", ".Dockerfile");
        plan_all(&damage(&samples[index % samples.len()], &edits));
    }

    #[test]
    fn damaged_locks(index in 0_usize..1000, edits in proptest::collection::vec((0_usize..6000, 0_usize..60, any::<u8>()), 0..6)) {
        let samples = samples("locks", "k");
        lock_all(&damage(&samples[index % samples.len()], &edits));
    }

    #[test]
    fn any_text(text in "[ -~\n\t\u{e9}\u{1f600}]{0,400}") {
        plan_all(format!("FROM x\nRUN {text}").as_bytes());
        plan_all(text.as_bytes());
        lock_all(text.as_bytes());
        let _ = text.parse::<ImageRef>();
        Ignore::parse(&text, "x").excludes("a/b/c");
    }

    #[test]
    fn shell_words(words in proptest::collection::vec(
        prop_oneof![
            Just("if"), Just("then"), Just("fi"), Just("for"), Just("in"), Just("do"), Just("done"), Just("case"), Just("esac"),
            Just("pip install"), Just("$A"), Just("${A:-b}"), Just("$(pip install x)"), Just("&&"), Just("||"), Just(";"),
            Just("|"), Just("("), Just(")"), Just("{"), Just("}"), Just("<<E"), Just(">"), Just("x"), Just("'"), Just("\""),
            Just("f()"), Just("f"), Just("sh -c"), Just("eval"), Just("uv sync"), Just("cd"), Just("[ -n $A ]"), Just("`"),
        ], 0..30)) {
        plan_all(format!("FROM x\nARG A\nRUN {}\n", words.join(" ")).as_bytes());
    }
}

/// Input that costs exponential time or memory without limits. The test passes if it ends.
#[test]
fn hostile_input_comes_to_an_end() {
    // Functions that call themselves twice, loops in loops, values that double.
    plan_all(b"FROM x\nRUN f() { f; f; f; }; f\n");
    let loops = "for a in 1 2 3 4 5 6 7 8 9; do ".repeat(20) + "pip install x;" + &" done;".repeat(20);
    plan_all(format!("FROM x\nRUN {loops}\n").as_bytes());
    plan_all(
        format!("FROM x\nRUN A=xxxxxxxxxxxxxxxx; {} pip install $A\n", "A=$A$A; ".repeat(60)).as_bytes(),
    );
    let doubling: String = (0..60).map(|n| format!("ENV A{}=${{A{n}}}${{A{n}}}\n", n + 1)).collect();
    plan_all(format!("FROM x\nENV A0=xxxxxxxx\n{doubling}RUN pip install $A60\n").as_bytes());
    // Stages that copy everything from each other.
    let stages: String = (0..60)
        .map(|n| {
            let copies: String = (0..n).map(|m| format!("COPY --from={m} / /\n")).collect();
            format!("FROM x\n{copies}RUN pip install -r /r.txt\n")
        })
        .collect();
    plan_all(stages.as_bytes());
    plan_all(("FROM x\n".to_owned() + &"RUN pip install a\n".repeat(3000)).as_bytes());
    plan_all(("FROM x\nRUN ".to_owned() + &"echo ".repeat(200_000)).as_bytes());
    plan_all(("FROM x\nRUN ".to_owned() + &"(".repeat(100_000)).as_bytes());
    plan_all(("FROM x\nONBUILD ".to_owned() + &"ONBUILD ".repeat(10_000)).as_bytes());
    Ignore::parse(&"**/*a*/".repeat(2000), "x").excludes(&"a/".repeat(300));
    lock_all("[[package]]\nname = 'a'\n".repeat(20_000).as_bytes());
    lock_all(("a = ".to_owned() + &"[".repeat(100_000)).as_bytes());
    lock_all("{\"a\":".repeat(100_000).as_bytes());
    let groups: String = (0..40)
        .map(|n| {
            format!(
                "g{n} = [{{include-group = 'g{}'}}, {{include-group = 'g{}'}}]\n",
                (n + 1) % 40,
                (n + 2) % 40
            )
        })
        .collect();
    let _ = LockProject::parse(format!("[dependency-groups]\n{groups}").as_bytes(), "pyproject.toml");
}
