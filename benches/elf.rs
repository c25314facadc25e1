//! Benchmarks of the ELF inspector.
//!
//! Without variables the fixtures are measured. With `WHEELBASE_BENCH=MODE` and `WHEELBASE_WHEELS=DIRECTORY` the program
//! makes only one pass over the wheels of a directory, so that the caller can measure its CPU time, as `elf_compare.sh`
//! does. Modes: `list` (print the ELF members), `facts` (read), `inspect` (read and check), `inspect-2` (the same on two
//! threads), and `libdeflate` and `zlib-rs`, which only inflate the members listed in the file `WHEELBASE_MEMBERS`.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    reason = "a measuring program reads its files and reports"
)]

use std::fs::File;
use std::hint::black_box;
use std::io::Read as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};

use criterion::{Criterion, Throughput};
use wheelbase::elf::{ElfFacts, looks_like_elf};
use wheelbase::inspect::inspect;
use wheelbase::wheel::{WheelFacts, WheelReadOptions};

fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/elf/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the fixtures are there")
}

fn fixtures(criterion: &mut Criterion) {
    let bytes = fixture("ext.x86_64.gnu.so");
    let mut group = criterion.benchmark_group("elf");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("facts of a small module", |bencher| {
        bencher.iter(|| ElfFacts::read(black_box(&bytes)));
    });
    group.finish();
    let mut facts = None;
    criterion.bench_function("check a small module", |bencher| {
        let facts = facts.get_or_insert_with(|| {
            WheelFacts::read_elf("demo.so", std::io::Cursor::new(&bytes)).expect("a sound fixture")
        });
        bencher.iter(|| inspect(black_box(facts), None));
    });
}

fn wheels(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a directory of wheels");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "whl"));
    paths.sort();
    paths
}

fn read(path: &Path, threads: usize) -> WheelFacts {
    let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
    let threads = NonZero::new(threads).expect("not 0");
    let options = WheelReadOptions { threads, ..WheelReadOptions::default() };
    WheelFacts::read(name, File::open(path).expect("a file"), &options).expect("a wheel")
}

/// Inflates the listed members of a wheel completely.
fn whole(path: &Path, listed: &str, inflate: &mut impl FnMut(&[u8], &mut Vec<u8>)) -> u64 {
    let mut archive = zip::ZipArchive::new(File::open(path).expect("a file")).expect("a wheel");
    let start = format!("{}\t", path.display());
    let mut total = 0;
    let mut out = Vec::new();
    for name in listed.lines().filter_map(|line| line.strip_prefix(&start)) {
        let number = archive.index_for_name(name).expect("a member");
        let mut member = archive.by_index_raw(number).expect("a member");
        let size = usize::try_from(member.size()).expect("64 bits");
        let stored = member.compression() == zip::CompressionMethod::Stored;
        let mut packed = Vec::with_capacity(usize::try_from(member.compressed_size()).expect("64 bits"));
        member.read_to_end(&mut packed).expect("a sound file");
        total += size as u64;
        if !stored {
            if out.len() < size {
                out = vec![0; size];
            }
            inflate(&packed, &mut out);
            assert!(looks_like_elf(&out));
        }
    }
    total
}

fn pass(mode: &str, folder: &Path) {
    let mut members = 0;
    let mut bytes = 0;
    let listed = std::env::var_os("WHEELBASE_MEMBERS");
    let listed = listed.map_or_else(String::new, |file| std::fs::read_to_string(file).expect("a list"));
    for path in wheels(folder) {
        match mode {
            "list" => {
                for member in read(&path, 1).members {
                    println!("{}\t{}", path.display(), member.path);
                }
            }
            "facts" => members += read(&path, 1).members.len(),
            "inspect" | "inspect-2" => {
                let found = inspect(&read(&path, if mode == "inspect" { 1 } else { 2 }), None);
                members += found.facts.members.len();
            }
            "libdeflate" => {
                let mut inflater = libdeflater::Decompressor::new();
                bytes += whole(&path, &listed, &mut |packed, out| {
                    // Only the error of a buffer that is too small can be hidden by the longer buffer of an earlier member.
                    black_box(inflater.deflate_decompress(packed, out)).expect("sound data");
                });
            }
            "zlib-rs" => {
                let mut inflater = flate2::Decompress::new(false);
                bytes += whole(&path, &listed, &mut |packed, out| {
                    inflater.reset(false);
                    inflater.decompress(packed, out, flate2::FlushDecompress::Finish).expect("sound data");
                });
            }
            other => unreachable!("no mode `{other}`"),
        }
    }
    if mode == "list" {
        return;
    }
    println!("{mode}: {members} members, {bytes} bytes inflated");
}

fn main() {
    if let (Ok(mode), Some(folder)) = (std::env::var("WHEELBASE_BENCH"), std::env::var_os("WHEELBASE_WHEELS"))
    {
        pass(&mode, Path::new(&folder));
        return;
    }
    let mut criterion = Criterion::default().configure_from_args();
    fixtures(&mut criterion);
    criterion.final_summary();
}
