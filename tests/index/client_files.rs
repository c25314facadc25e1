//! Metadata of wheels and source distributions that the client fetches.

use std::time::{Duration, Instant};

use wheelbase::edge::{CacheMode, FailureKind};
use wheelbase::index::DistributionFile;
use wheelbase::metadata::Confidence;
use wheelbase::sdist::{Language, Search, SourceLanguage};

use crate::messages::{Messages, assert_messages};

use super::server::{Manner, Reply, Server, metadata, noise, sdist, sha256, wheel};
use super::{client, project, run, settings};

const X_WHEEL: &str = "x-1.0-py3-none-any.whl";

fn file(server: &Server, path: &str) -> DistributionFile {
    DistributionFile::new(path.rsplit('/').next().unwrap(), server.url(path))
}

#[test]
fn advertised_metadata_is_one_small_request() {
    let server = Server::start();
    let text = metadata("x", "1.0", &["y>=1"]);
    server.page(
        "x",
        format!(r#"<a href="/f/{X_WHEEL}" data-core-metadata="sha256={}">x</a>"#, sha256(text.as_bytes())),
    );
    server.file(&format!("/f/{X_WHEEL}.metadata"), text);
    let client = client(settings(&server));
    run(async {
        let page = client.page(&project("x")).await.unwrap();
        let metadata = client.metadata(&page.releases()[0].files()[0]).await.unwrap();
        assert_eq!(metadata.requires_dist[0].name.as_str(), "y");
        assert_eq!(metadata.confidence, Confidence::Exact);
    });
    assert_eq!(server.paths(), ["/simple/x/".to_owned(), format!("/f/{X_WHEEL}.metadata")]);
}

#[test]
fn advertised_metadata_of_another_hash_is_refused() {
    let server = Server::start();
    let wrong = "0".repeat(64);
    server.page("x", format!(r#"<a href="/f/{X_WHEEL}" data-core-metadata="sha256={wrong}">x</a>"#));
    let text = metadata("x", "1.0", &[]);
    server.file(&format!("/f/{X_WHEEL}.metadata"), text.clone());
    let client = client(settings(&server));
    let failure = run(async {
        let page = client.page(&project("x")).await.unwrap();
        client.metadata(&page.releases()[0].files()[0]).await.unwrap_err()
    });
    assert_eq!(failure.kind(), FailureKind::Broken);
    for part in [&sha256(text.as_bytes()), &wrong] {
        assert!(failure.message().contains(part), "{failure}");
    }
    assert_messages!(failure);
}

#[test]
fn missing_advertised_metadata_is_read_from_the_wheel() {
    let server = Server::start();
    server.page("x", format!(r#"<a href="/f/{X_WHEEL}" data-dist-info-metadata="true">x</a>"#));
    server.file(&format!("/f/{X_WHEEL}"), wheel("x", "1.0", &["y"], 100_000));
    let client = client(settings(&server));
    let metadata = run(async {
        let page = client.page(&project("x")).await.unwrap();
        client.metadata(&page.releases()[0].files()[0]).await.unwrap()
    });
    assert_eq!(metadata.requires_dist.len(), 1);
}

#[test]
fn an_unadvertised_sibling_is_tried_once_for_a_host_and_its_absence_kept() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(&server);
    settings.cache = CacheMode::Folder(folder.path().to_owned());
    for number in 0..4 {
        server.file(
            &format!("/f/x-{number}-py3-none-any.whl"),
            wheel("x", &number.to_string(), &["y"], 50_000),
        );
    }
    let files: Vec<_> =
        (0..4).map(|number| file(&server, &format!("/f/x-{number}-py3-none-any.whl"))).collect();
    let first = client(settings.clone());
    let siblings = |server: &Server| server.paths().iter().filter(|path| path.ends_with(".metadata")).count();
    run(async {
        let answers =
            futures_util::future::join_all(files[..3].iter().map(|file| first.metadata(file))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        // The response arrives at any time.
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(siblings(&server), 1);
        assert!(first.metadata(&files[3]).await.is_ok());
        assert_eq!(siblings(&server), 1);
    });
    // A later run uses it too.
    settings.max_age = Some(Duration::ZERO);
    let second = client(settings);
    server.file("/f/x-9-py3-none-any.whl", wheel("x", "9", &["y"], 50_000));
    assert!(run(second.metadata(&file(&server, "/f/x-9-py3-none-any.whl"))).is_ok());
    assert_eq!(siblings(&server), 1);
}

#[test]
fn an_unadvertised_sibling_that_exists_is_used_from_then_on() {
    let server = Server::start();
    for number in 0..3 {
        server.file(
            &format!("/f/x-{number}-py3-none-any.whl"),
            wheel("x", &number.to_string(), &["y"], 50_000),
        );
        let text = metadata("x", &number.to_string(), &["y"]);
        server.file(&format!("/f/x-{number}-py3-none-any.whl.metadata"), text);
    }
    let client = client(settings(&server));
    run(async {
        for number in 0..3 {
            let wheel = file(&server, &format!("/f/x-{number}-py3-none-any.whl"));
            assert!(client.metadata(&wheel).await.is_ok());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    assert_eq!(server.count("/f/x-1-py3-none-any.whl"), 0);
    assert_eq!(server.count("/f/x-2-py3-none-any.whl"), 0);
}

#[test]
fn a_host_without_metadata_for_some_files_is_not_queried_again() {
    let server = Server::start();
    let path = |number: usize| format!("/f/x-{number}-py3-none-any.whl");
    for number in 0..4 {
        let slow = wheel("x", &number.to_string(), &["y"], 20_000);
        // The sibling is the first to arrive.
        let pause = if number == 0 { Duration::from_millis(150) } else { Duration::ZERO };
        server.on(&path(number), move |request| Reply::file(&slow, request).manner(Manner::Late(pause)));
    }
    server.file(&format!("{}.metadata", path(0)), metadata("x", "0", &["y"]));
    let client = client(settings(&server));
    run(async {
        for number in 0..4 {
            assert!(client.metadata(&file(&server, &path(number))).await.is_ok());
        }
    });
    let siblings: Vec<_> = server.paths().into_iter().filter(|path| path.ends_with(".metadata")).collect();
    assert_eq!(siblings, [format!("{}.metadata", path(0)), format!("{}.metadata", path(1))]);
}

#[test]
fn a_slow_response_for_metadata_does_not_delay_other_requests() {
    let server = Server::start();
    let path = format!("/f/{X_WHEEL}");
    server.file(&path, wheel("x", "1.0", &["y"], 20_000));
    server.reply(
        &format!("{path}.metadata"),
        Reply::status(404).manner(Manner::Late(Duration::from_millis(500))),
    );
    let client = client(settings(&server));
    run(async {
        let begin = Instant::now();
        assert!(client.metadata(&file(&server, &path)).await.is_ok());
        assert!(begin.elapsed() < Duration::from_millis(450), "{:?}", begin.elapsed());
    });
}

#[test]
fn a_page_in_place_of_a_sibling_is_no_metadata() {
    let server = Server::start();
    server.file(&format!("/f/{X_WHEEL}"), wheel("x", "1.0", &["y"], 50_000));
    server.reply(&format!("/f/{X_WHEEL}.metadata"), Reply::html("<html>Log in, please</html>"));
    let metadata = run(client(settings(&server)).metadata(&file(&server, &format!("/f/{X_WHEEL}")))).unwrap();
    assert_eq!(metadata.requires_dist.len(), 1);
}

#[test]
fn metadata_of_a_wheel_requires_its_tail_and_one_range() {
    let server = Server::start();
    let wheel = wheel("x", "1.0", &["y"], 2_000_000);
    server.file(&format!("/f/{X_WHEEL}"), wheel.clone());
    for size in [None, Some(wheel.len() as u64)] {
        let client = client(settings(&server));
        let mut file = file(&server, &format!("/f/{X_WHEEL}"));
        file.size = size;
        assert!(run(client.metadata(&file)).is_ok());
        assert!(client.stats().bytes < 40_000, "{:?}", client.stats());
    }
    let ranges: Vec<_> =
        server.requests().iter().filter_map(|r| r.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges.len(), 4, "{ranges:?}");
    assert!(ranges.contains(&"bytes=-16384".to_owned()), "{ranges:?}");
}

#[test]
fn the_file_is_fetched_if_a_server_ignores_ranges() {
    let server = Server::start();
    // Small ones are kept in memory, large ones in a file.
    for (name, padding) in [("small", 1_000_000), ("large", 9_000_000)] {
        let wheel = wheel(name, "1.0", &["y"], padding);
        let path = format!("/f/{name}-1.0-py3-none-any.whl");
        server.reply(&path, Reply::new(200, "application/octet-stream", wheel.clone()));
        let mut file = file(&server, &path);
        file.sha256 = Some(sha256(&wheel));
        let client = client(settings(&server));
        let metadata = run(client.metadata(&file)).unwrap();
        assert_eq!(metadata.requires_dist.len(), 1);
        assert_eq!(server.count(&path), 1, "the body that came is used");
        // The same if ranges are read.
        let head = run(async { client.open_file(&file).await.unwrap().read_range(0..4).await.unwrap() });
        assert_eq!(head, b"PK\x03\x04");
    }
}

#[test]
fn a_whole_file_of_another_hash_is_refused() {
    let server = Server::start();
    let path = format!("/f/{X_WHEEL}");
    server.reply(&path, Reply::new(200, "application/octet-stream", wheel("x", "1.0", &[], 1_000)));
    let mut file = file(&server, &path);
    file.sha256 = Some("1".repeat(64));
    let failure = run(client(settings(&server)).metadata(&file)).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Broken);
    assert!(failure.message().contains(&"1".repeat(64)), "{failure}");
    assert_messages!(failure);
}

#[test]
fn a_file_that_is_too_large_to_have_whole_is_refused() {
    let server = Server::start();
    let path = format!("/f/{X_WHEEL}");
    server.reply(&path, Reply::new(200, "application/octet-stream", wheel("x", "1.0", &[], 500_000)));
    let mut settings = settings(&server);
    settings.max_file_bytes = 100_000;
    let failure = run(client(settings).metadata(&file(&server, &path))).unwrap_err();
    assert_messages!(failure);
}

#[test]
fn the_file_is_requested_if_a_server_refuses_ranges() {
    let server = Server::start();
    for status in [416, 400, 405, 501] {
        let body = wheel("x", "1.0", &["y"], 30_000);
        let path = format!("/f{status}/{X_WHEEL}");
        server.on(&path, move |request| match request.header("range") {
            Some(_) => Reply::status(status),
            None => Reply::file(&body, request),
        });
        let metadata = run(client(settings(&server)).metadata(&file(&server, &path))).unwrap();
        assert_eq!(metadata.requires_dist.len(), 1, "{status}");
        assert_eq!(server.count(&path), 2);
    }
}

#[test]
fn a_range_that_was_not_requested_is_not_used() {
    let server = Server::start();
    let body = wheel("x", "1.0", &["y"], 30_000);
    let path = format!("/f/{X_WHEEL}");
    server.on(&path, move |request| match request.header("range") {
        Some(_) => {
            Reply::new(206, "", &body[..100]).with("Content-Range", format!("bytes 0-99/{}", body.len()))
        }
        None => Reply::file(&body, request),
    });
    assert!(run(client(settings(&server)).metadata(&file(&server, &path))).is_ok());
}

#[test]
fn a_wheel_without_metadata_is_named_with_the_cause() {
    let server = Server::start();
    server.file("/f/x-1.0-py3-none-any.whl", noise(30_000));
    server.file("/f/y-1.0-py3-none-any.whl", wheel("x", "1.0", &[], 10));
    let client = client(settings(&server));
    let failure = run(client.metadata(&file(&server, "/f/x-1.0-py3-none-any.whl"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Broken);
    let mut messages = Messages::default();
    messages.add("noise", failure);
    let failure = run(client.metadata(&file(&server, "/f/y-1.0-py3-none-any.whl"))).unwrap_err();
    messages.add("a wheel of another project", failure);
    assert_messages!(messages);
    let failure = run(client.metadata(&file(&server, "/f/z-1.0-py3-none-any.whl"))).unwrap_err();
    assert!(failure.is_not_found(), "{failure:?}");
}

#[test]
fn the_download_of_an_sdist_stops_after_its_metadata() {
    let server = Server::start();
    let pkg_info = b"Metadata-Version: 2.2\nName: x\nVersion: 1.0\nRequires-Dist: y\n";
    let padding = noise(3_000_000);
    let archive = sdist(&[("x-1.0/PKG-INFO", pkg_info), ("x-1.0/data.bin", &padding)]);
    let slow = Manner::Slow(64 << 10, Duration::from_millis(5));
    server.reply("/f/x-1.0.tar.gz", Reply::new(200, "application/gzip", archive).manner(slow));
    let client = client(settings(&server));
    let facts = run(client.file_facts(&file(&server, "/f/x-1.0.tar.gz"), Search::Any)).unwrap();
    assert_eq!(facts.metadata.confidence, Confidence::StaticSdist);
    assert_eq!(facts.metadata.requires_dist.len(), 1);
    assert_eq!(facts.language, Some(SourceLanguage::Unknown));
    assert!(client.stats().bytes < 1_500_000, "{:?}", client.stats());
}

#[test]
fn languages_of_an_sdist_are_read_once_and_kept_by_hash() {
    let server = Server::start();
    let pkg_info = b"Metadata-Version: 2.2\nName: x\nVersion: 1.0\n";
    let members: [(&str, &[u8]); 3] =
        [("x-1.0/PKG-INFO", pkg_info), ("x-1.0/a.cpp", b""), ("x-1.0/b.pyx", b"")];
    let archive = sdist(&members);
    let mut file = file(&server, "/f/x-1.0.tar.gz");
    file.sha256 = Some(sha256(&archive));
    server.reply("/f/x-1.0.tar.gz", Reply::new(200, "application/gzip", archive));
    let folder = tempfile::tempdir().unwrap();
    let settings = || {
        let mut settings = settings(&server);
        settings.cache = CacheMode::Folder(folder.path().to_owned());
        settings
    };
    let expected = [Language::Cpp, Language::Cython].into_iter().collect();
    let first = client(settings());
    let unseen = run(first.file_facts(&file, Search::Any)).unwrap();
    assert_eq!(unseen.language, Some(SourceLanguage::Unknown));
    assert_eq!(run(first.file_facts(&file, Search::Whole)).unwrap().languages, expected);
    assert_eq!(server.count("/f/x-1.0.tar.gz"), 2);
    // The result of a complete search is also used for a shorter one.
    let second = client(settings());
    let kept = second.cached_file_facts(&file, Search::Any).unwrap().unwrap();
    assert_eq!((kept.language, kept.languages), (Some(SourceLanguage::Native), expected));
    assert_eq!(server.count("/f/x-1.0.tar.gz"), 2);
}

#[test]
fn a_truncated_sdist_is_requested_again_and_a_damaged_one_is_not() {
    let server = Server::start();
    let archive = sdist(&[("x-1.0/setup.py", &noise(100_000)), ("x-1.0/x.egg-info/requires.txt", b"y\n")]);
    let whole = archive.clone();
    server.on("/f/x-1.0.tar.gz", move |request| {
        let reply = Reply::new(200, "application/gzip", whole.clone());
        if request.number == 0 { reply.manner(Manner::CutAfter(5_000)) } else { reply }
    });
    let client = client(settings(&server));
    let metadata = run(client.metadata(&file(&server, "/f/x-1.0.tar.gz"))).unwrap();
    assert_eq!((metadata.confidence, metadata.requires_dist.len()), (Confidence::EggInfo, 1));
    assert_eq!(server.count("/f/x-1.0.tar.gz"), 2);

    server.reply("/f/y-1.0.tar.gz", Reply::new(200, "application/gzip", &archive[..5_000]));
    let failure = run(client.metadata(&file(&server, "/f/y-1.0.tar.gz"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Broken);
    assert_messages!(failure);
    assert_eq!(server.count("/f/y-1.0.tar.gz"), 1);
}

#[test]
fn an_sdist_in_zip_format_is_read_by_ranges() {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, content) in [
        ("x-1.0/PKG-INFO", &b"Metadata-Version: 1.1\nName: x\nVersion: 1.0\n"[..]),
        ("x-1.0/x.egg-info/requires.txt", b"y\n"),
        ("x-1.0/x.c", &noise(2_000_000)),
    ] {
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    let server = Server::start();
    server.file("/f/x-1.0.zip", writer.finish().unwrap().into_inner());
    let client = client(settings(&server));
    let facts = run(client.file_facts(&file(&server, "/f/x-1.0.zip"), Search::Any)).unwrap();
    assert_eq!(
        (facts.metadata.confidence, facts.language),
        (Confidence::EggInfo, Some(SourceLanguage::Native))
    );
    assert!(client.stats().bytes < 60_000, "{:?}", client.stats());
}
