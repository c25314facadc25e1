//! Compares the names per second of wheelbase and of uv's crates on the same recorded file names: medians of alternating
//! runs.
use std::hint::black_box;
use std::str::FromStr;
use std::time::Instant;

use uv_distribution_filename::WheelFilename as UvWheel;
use uv_platform_tags::{Arch, Os, Platform, TagCompatibility, Tags, TagsOptions};
use wheelbase::filename::{NameRules, WheelFilename, WheelName};
use wheelbase::tags::SupportedTags;
use wheelbase::target::{Arch as OurArch, Libc, Target};

const ROUNDS: usize = 41;
const REPEATS: usize = 20;

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn timed(names: &[&str], mut each: impl FnMut(&str) -> bool) -> (f64, usize) {
    let start = Instant::now();
    let mut fits = 0;
    for _ in 0..REPEATS {
        for name in names {
            fits += usize::from(each(black_box(name)));
        }
    }
    (start.elapsed().as_secs_f64(), fits / REPEATS)
}

fn main() {
    let text = include_str!("../../data/numpy-wheels.txt");
    let names: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let options = TagsOptions { manylinux_compatible: true, ..TagsOptions::default() };
    let platform = Platform::new(Os::Manylinux { major: 2, minor: 36 }, Arch::X86_64);
    let uv = Tags::from_env(platform, (3, 12), "cpython", (3, 12), options).expect("uv knows the platform");
    let target = |installer: &str| {
        let python = "3.12".parse().expect("a version");
        Target::new(OurArch::x86_64(), Libc::Glibc(2, 36), python, installer.parse().expect("an installer"))
    };
    let ours = SupportedTags::of(&target("uv"));
    let pip = SupportedTags::of(&target("pip"));

    // The comparison is meaningful only if both return the same result.
    for name in &names {
        let theirs = UvWheel::from_str(name).ok().map(|wheel| wheel.compatibility(&uv));
        let theirs = matches!(theirs, Some(TagCompatibility::Compatible(_)));
        assert_eq!(theirs, ours.rank_filename(name).is_some(), "{name}");
    }

    let mut rates: [Vec<f64>; 4] = Default::default();
    let mut fits = [0; 4];
    for _ in 0..ROUNDS {
        let runs = [
            timed(&names, |name| {
                let wheel = UvWheel::from_str(name);
                wheel.is_ok_and(|wheel| wheel.compatibility(&uv).is_compatible())
            }),
            timed(&names, |name| ours.rank_filename(name).is_some()),
            timed(&names, |name| {
                WheelName::parse(name, NameRules::Packaging).is_ok_and(|name| pip.rank_name(&name).is_some())
            }),
            timed(&names, |name| {
                WheelFilename::parse(name, NameRules::Uv).is_ok_and(|wheel| ours.rank(wheel.tags()).is_some())
            }),
        ];
        for (index, (seconds, fit)) in runs.into_iter().enumerate() {
            rates[index].push((names.len() * REPEATS) as f64 / seconds);
            fits[index] = fit;
        }
    }
    println!("{} wheel names, {ROUNDS} alternating rounds of {REPEATS} passes, medians", names.len());
    let labels = [
        "uv 0.0.72: parse + compatibility",
        "wheelbase: borrowed parse + rank, uv's rules",
        "wheelbase: borrowed parse + rank, pip's rules",
        "wheelbase: owned parse + rank, uv's rules",
    ];
    let base = median(rates[0].clone());
    for (index, label) in labels.iter().enumerate() {
        let rate = median(rates[index].clone());
        println!(
            "{label:48} {:6.2} M names/s  {:5.2} x uv  ({} fit)",
            rate / 1e6,
            rate / base,
            fits[index]
        );
    }
}
