//! Benchmarks of parsing and matching the wheel names of a large project page, and of the explanation of a mismatch.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use wheelbase::filename::{NameRules, WheelFilename, WheelName};
use wheelbase::tags::SupportedTags;
use wheelbase::target::{Arch, Libc, Target};

fn names() -> Vec<&'static str> {
    include_str!("data/numpy-wheels.txt").lines().filter(|line| !line.starts_with('#')).collect()
}

fn target(installer: &str) -> Target {
    let python = "3.12".parse().expect("a version");
    Target::new(Arch::x86_64(), Libc::Glibc(2, 36), python, installer.parse().expect("an installer"))
}

fn tags(criterion: &mut Criterion) {
    let names = names();
    let mut group = criterion.benchmark_group("numpy");
    group.throughput(Throughput::Elements(names.len() as u64));
    for installer in ["pip", "uv"] {
        let target = target(installer);
        let supported = SupportedTags::of(&target);
        let rules = NameRules::of(&target.installer);
        group.bench_function(format!("borrowed parse and rank, {installer}"), |bencher| {
            bencher.iter(|| names.iter().filter_map(|name| supported.rank_filename(black_box(name))).count());
        });
        group.bench_function(format!("borrowed parse, {installer}"), |bencher| {
            bencher.iter(|| {
                names.iter().filter(|name| WheelName::parse(black_box(name), rules).is_ok()).count()
            });
        });
    }
    let supported = SupportedTags::of(&target("pip"));
    let wheels: Vec<WheelFilename> = names.iter().filter_map(|name| name.parse().ok()).collect();
    group.bench_function("owned parse", |bencher| {
        bencher.iter(|| names.iter().filter(|name| black_box(name).parse::<WheelFilename>().is_ok()).count());
    });
    group.bench_function("rank of names read before", |bencher| {
        bencher.iter(|| wheels.iter().filter_map(|wheel| supported.rank(wheel.tags())).count());
    });
    group.bench_function("reasons", |bencher| {
        bencher.iter(|| wheels.iter().map(|wheel| supported.mismatch(wheel.tags()).len()).sum::<usize>());
    });
    group.finish();
    criterion.bench_function("list of a target", |bencher| {
        let target = target("pip");
        bencher.iter(|| SupportedTags::of(black_box(&target)).len());
    });
}

criterion_group!(benches, tags);
criterion_main!(benches);
