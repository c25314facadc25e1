//! Sizes of what is downloaded and of images, in both formats.

use serde_json::json;

use super::site::Site;
use super::wording::{Texts, assert_wording};

const DAY: [&str; 2] = ["--as-of", "2026-11-21"];

fn sized() -> Site {
    Site::of(
        "native-1.0-cp312-cp312-manylinux_2_28_x86_64.whl @2026-01-31 size=12345678
         native-1.0-cp312-cp312-musllinux_1_2_x86_64.whl @2026-01-31 size=7
         native-1.0.tar.gz @2026-01-31 size=800000
         pure-1.0-py3-none-any.whl @2026-01-31 size=1000
         source-1.0.tar.gz @2026-01-31 size=1400",
    )
}

/// The table of sizes and what follows it.
fn table(out: &str) -> String {
    out.lines().skip_while(|line| !line.starts_with("sizes ")).map(|line| format!("{line}\n")).collect()
}

/// Only files that were chosen count, wheels and source distributions alike.
#[test]
fn sizes_of_the_chosen_files_are_added_up() {
    let run = sized().check(&["native", "pure", "source", "--on", "glibc:2.36", "--on", "musl:1.1"]);
    assert_wording!("sizes_of_files", table(&run.out));
    let report = sized().report(&["native", "pure", "source"]);
    let download = json!({"files": 3, "bytes": 12_348_078, "unsized_files": 0});
    assert_eq!(report["results"][0]["download"], download);
    assert_eq!(report["targets"][0]["image_size"], json!(null));
}

/// Indexes do not have to list sizes (PEP 700: only since API version 1.1), and unknown sizes are not estimated.
#[test]
fn a_size_that_the_index_does_not_list_is_unknown() {
    let site = Site::of("a-1.0-py3-none-any.whl size=5000\nb 1.0\nc 1.0");
    let run = site.check(&["a", "b", "c"]);
    assert_wording!("sizes_that_are_unknown", table(&run.out));
    let report = site.report(&["a", "b", "c"]);
    assert_eq!(report["results"][0]["download"], json!({"files": 3, "bytes": 5000, "unsized_files": 2}));
    // Unknown sizes of one target are reported. If all are unknown, there is no table.
    let run = site.check(&["b"]);
    assert!(table(&run.out).is_empty(), "{}", run.out);
    let run = site.check(&["nothing-such"]);
    assert!(table(&run.out).is_empty(), "{}", run.out);
}

#[test]
fn sizes_of_images_are_marked_unless_they_are_their_own() {
    let on = [
        "--on",
        "python:3.14-slim",
        "--on",
        "python:3.12-slim",
        "--on",
        "gcr.io/distroless/python3-debian13",
    ];
    let args = |more: &[&'static str]| [&["pure"], &on[..], &DAY, more].concat();
    let site = sized();
    let run = site.run(&[&["check", "-i", "simple"], &args(&[])[..]].concat());
    let mut texts = Texts::default();
    texts.add("with sizes of other images", &table(&run.out));
    let report = site.run(&[&["check", "-i", "simple"], &args(&["--format", "json"])[..]].concat()).report();
    let sizes: Vec<_> = (0..3).map(|target| &report["targets"][target]["image_size"]).collect();
    let read_from =
        |own| json!({"image": "python:3.14.7-slim-trixie", "seen": "2026-08-05 / 2026-09-19", "own": own});
    let slim = |own| {
        json!({
            "packed_bytes": 43_437_809, "packed_read_from": read_from(own),
            "unpacked": "119.66 MB", "unpacked_read_from": read_from(own),
        })
    };
    assert_eq!(sizes, [&slim(true), &slim(false), &json!(null)]);
    // Without a marked size the mark is not explained.
    let run = site.run(&[&["check", "-i", "simple", "pure", "--on", "python:3.14-slim"], &DAY[..]].concat());
    texts.add("with its own sizes", &table(&run.out));
    assert_wording!("sizes_of_images", texts);
}

/// A finding that several images have is reported once, without the name of one of them.
#[test]
fn the_end_of_life_of_several_images_is_reported_once() {
    let on = ["--on", "python:3.10", "--on", "python:3.10-slim"];
    let site = Site::of("pure 1.0 @2026-01-31");
    let mut texts = Texts::default();
    for on in [&on[..], &on[..2]] {
        let run = site.run(&[&["check", "-i", "simple", "pure"], on, &DAY].concat());
        assert_eq!(run.out.matches("[image-end-of-life]").count(), 1, "{}", run.out);
        texts.add_run(on, &run.out);
    }
    assert_wording!("images_at_end_of_life", texts);
}

/// Assumptions about the pip of the image are not reported for another installer.
#[test]
fn assumptions_about_an_unused_pip_are_not_reported() {
    let site = Site::of("pure 1.0 @2026-01-31");
    let base = [&["check", "-i", "simple", "pure", "--on", "python:3.12-slim"], &DAY[..]].concat();
    let mut texts = Texts::default();
    texts.add("pip of the image", &site.run(&base).out);
    texts.add("another installer", &site.run(&[&base[..], &["--installer", "uv"]].concat()).out);
    assert_wording!("doubts_about_an_installer", texts);
    let json = site.run(&[&base[..], &["--installer", "uv", "--format", "json"]].concat()).report();
    assert_eq!(json["targets"][0]["unverified"], json!([]));
}
