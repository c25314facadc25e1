//! Facts of paths on disk and of wheels on a server.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use wheelbase::edge::inspect::{NoCache, read_path, read_remote};
use wheelbase::edge::{CacheMode, IndexClient, IndexSettings};
use wheelbase::index::DistributionFile;
use wheelbase::inspect::inspect;
use wheelbase::wheel::{Container, WheelFacts, WheelReadOptions};

use super::support::{Entry, Wheel, fixture, fixtures};
use crate::index::server::{Reply, Server, sha256};

fn client(server: &Server, folder: &Path) -> IndexClient {
    let mut settings = IndexSettings::default();
    settings.index_url = server.index();
    settings.cache = CacheMode::Folder(folder.to_owned());
    settings.http.system_proxies = false;
    IndexClient::with_environment(settings, |_| None).expect("a client")
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

/// Bytes that do not pack.
fn noise(count: usize) -> Vec<u8> {
    let mut seed = 7_u64;
    let next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(seed >> 56).expect("eight bits")
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn grown(fixture_name: &str, by: usize) -> Vec<u8> {
    let mut bytes = fixture(fixture_name);
    bytes.extend(noise(by));
    bytes
}

/// A wheel with everything that a remote look treats in its own way.
fn wheel() -> Wheel {
    Wheel::new("cp312-cp312-manylinux_2_17_x86_64")
        .with("demo/a.so", "chain-rpath.so")
        .bytes("demo/readme.txt", &noise(1 << 20))
        .with("demo.libs/liba.so", "liba.so")
        .bytes("demo/model.weights", &noise(3 << 20))
        .bytes("demo/large.so", &grown("new-node.so", 5 << 20))
        .entry(Entry::stored("demo/stored.so", &grown("old-node.so", 2 << 20)))
        .bytes("demo/cut.so", &fixture("old-node.so")[..500])
        .bytes("demo/program", &fixture("dynamic.exe"))
        .with("demo.libs/libb.so", "libb.so")
}

#[test]
fn a_remote_inspection_finds_the_facts_of_a_local_one() {
    let wheel = wheel();
    let bytes = wheel.build();
    let server = Server::start();
    server.file("/files/wheel.whl", bytes.clone());
    let mut file = DistributionFile::new(&*wheel.file, server.url("/files/wheel.whl"));
    file.sha256 = Some(sha256(&bytes));
    let folder = tempfile::tempdir().expect("a folder");
    let client = client(&server, folder.path());
    let told = AtomicU64::new(0);
    let progress = |bytes| _ = told.fetch_add(bytes, Ordering::Relaxed);
    let remote = run(read_remote(&client, &file, &progress)).expect("facts");

    let mut options = WheelReadOptions::default();
    options.sha256.clone_from(&file.sha256);
    let mut whole = WheelFacts::read_bytes(&wheel.file, &bytes, &options).expect("facts");
    // The text alone is left out.
    assert_eq!((remote.unseen, whole.unseen), (1, 0));
    whole.unseen = 1;
    assert_eq!(remote, whole);

    // Nor do the ends of large members travel, nor what begins unlike ELF.
    let received = client.stats().bytes;
    assert!(received < 1 << 20 && received < bytes.len() as u64 / 8, "{received} of {}", bytes.len());
    assert!(told.load(Ordering::Relaxed) >= received / 2);

    // A second look needs no request, also by another process.
    let before = server.count("/files/wheel.whl");
    assert_eq!(run(read_remote(&client, &file, &|_| ())).expect("facts"), remote);
    let fresh = self::client(&server, folder.path());
    assert_eq!(run(read_remote(&fresh, &file, &|_| ())).expect("facts"), remote);
    assert_eq!(server.count("/files/wheel.whl"), before);
}

/// Without ranges the whole file comes, and gives the same.
#[test]
fn a_server_without_ranges_gives_the_same_facts() {
    let wheel = wheel();
    let server = Server::start();
    server.reply("/files/wheel.whl", Reply::new(200, "application/zip", wheel.build()));
    let folder = tempfile::tempdir().expect("a folder");
    let client = client(&server, folder.path());
    let file = DistributionFile::new(&*wheel.file, server.url("/files/wheel.whl"));
    let remote = run(read_remote(&client, &file, &|_| ())).expect("facts");
    assert_eq!(remote.members.len(), 6);
}

#[test]
fn a_file_that_is_not_an_archive_is_an_error_with_its_path() {
    let server = Server::start();
    server.file("/files/wheel.whl", noise(100_000));
    let folder = tempfile::tempdir().expect("a folder");
    let client = client(&server, folder.path());
    let file = DistributionFile::new("demo-1.0-py3-none-any.whl", server.url("/files/wheel.whl"));
    let failure = run(read_remote(&client, &file, &|_| ())).expect_err("no archive");
    assert!(failure.message().contains("demo-1.0-py3-none-any.whl"), "{failure}");
}

#[test]
fn a_path_is_read_by_its_kind() {
    let folder = tempfile::tempdir().expect("a folder");
    let wheels = folder.path().join("wheels");
    std::fs::create_dir(&wheels).expect("a folder");
    let names = ["cp312-cp312-manylinux_2_17_x86_64", "py3-none-any"].map(|tags| {
        let wheel = Wheel::new(tags).with("demo/demo.so", "old-node.so");
        std::fs::write(wheels.join(&wheel.file), wheel.build()).expect("written");
        wheel.file
    });
    std::fs::write(wheels.join("broken-1.0-py3-none-any.whl"), "no archive").expect("written");
    std::fs::write(folder.path().join("lib.so"), fixture("libb.so")).expect("written");

    // A folder of wheels: each by name, and the fault of one hides no other.
    let read = read_path(&wheels, &NoCache);
    assert_eq!(read.len(), 3);
    assert!(read[0].as_ref().is_err_and(|error| error.to_string().contains("broken-1.0")));
    let files: Vec<&str> = read.iter().flatten().map(|facts| facts.file.as_str()).collect();
    assert_eq!(files, names);
    let expected = sha256(&std::fs::read(wheels.join(&names[0])).expect("a file"));
    assert_eq!(read[1].as_ref().expect("facts").sha256, Some(expected));

    let read = read_path(&folder.path().join("lib.so"), &NoCache);
    assert_eq!(read[0].as_ref().expect("facts").container, Container::File);
    let read = read_path(&folder.path().join("absent"), &NoCache);
    assert!(
        read[0].as_ref().is_err_and(|error| error.is_not_found() && error.to_string().contains("absent"))
    );
}

/// site-packages, a venv or a Lambda layer: libraries under other names by link, labels of several projects.
#[test]
fn a_directory_is_read_like_a_wheel() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("written");
    };
    write("demo/demo.so", &fixture("chain-rpath.so"));
    write("demo.libs/liba.so.1.2", &fixture("liba.so"));
    write("demo.libs/libb.so", &fixture("libb.so"));
    write("demo/__init__.py", b"\x7fELF is no reason to read a Python file");
    write("demo-1.0.dist-info/WHEEL", b"Tag: cp312-cp312-linux_x86_64\n");
    write("other-1.0.dist-info/WHEEL", b"Tag: py3-none-any\n");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("liba.so.1.2", folder.path().join("demo.libs/liba.so")).expect("a link");
        std::os::unix::fs::symlink("..", folder.path().join("demo/loop")).expect("a link");
    }
    let read = read_path(folder.path(), &NoCache);
    let facts = read[0].as_ref().expect("facts");
    assert_eq!((facts.container, facts.members.len(), facts.labels.len()), (Container::Directory, 3, 2));
    assert_eq!(facts.problems, []);
    let found = inspect(facts, None);
    #[cfg(unix)]
    assert_eq!(found.verdict().expect("one").external_libraries, [""; 0], "the link leads to liba");
    assert!(found.claimed_platforms.is_empty());
    assert!(found.findings.iter().all(|one| one.code().name() != "labels-disagree"));
}

/// One reading after the other way: several threads give the same facts as one.
#[test]
fn threads_change_nothing() {
    let mut wheel = Wheel::new("cp312-cp312-manylinux_2_17_x86_64");
    for (number, name) in fixtures().iter().enumerate() {
        wheel = wheel.with(&format!("demo/{number}/{name}"), name);
    }
    let bytes = wheel.build();
    let mut options = WheelReadOptions::default();
    let one = WheelFacts::read_bytes(&wheel.file, &bytes, &options).expect("facts");
    for threads in [2, 7] {
        options.threads = std::num::NonZero::new(threads).expect("not 0");
        assert_eq!(WheelFacts::read_bytes(&wheel.file, &bytes, &options).expect("facts"), one);
    }
    assert_eq!(one.members.len(), fixtures().len());
}
