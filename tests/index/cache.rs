//! The cache on disk: freshness, offline use, damage, and several at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use wheelbase::edge::{CacheMode, FailureKind, IndexSettings};
use wheelbase::index::DistributionFile;

use crate::messages::{Messages, assert_messages, lines};

use super::server::{Manner, Reply, Server, metadata, sha256, wheel};
use super::{client, project, run, settings};

const PAGE: &str = r#"<a href="x-1.0.tar.gz">x</a>"#;

fn cached(server: &Server, folder: &Path) -> IndexSettings {
    let mut settings = settings(server);
    settings.cache = CacheMode::Folder(folder.to_owned());
    settings
}

/// All entries.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().unwrap() != "CACHEDIR.TAG" {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Requests the page of `x` with a new client.
fn ask(settings: IndexSettings) -> Result<usize, wheelbase::edge::FetchFailure> {
    run(client(settings).page(&project("x"))).map(|page| page.releases().len())
}

#[test]
fn a_page_without_a_word_on_freshness_is_kept_for_the_default_age() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.page("x", PAGE);
    let settings = cached(&server, folder.path());
    assert_eq!(ask(settings.clone()).unwrap(), 1);
    let second = client(settings);
    assert_eq!(second.cached_page(&project("x")).unwrap().unwrap().releases().len(), 1);
    assert_eq!(second.stats().cache_hits, 1);
    assert_eq!(server.requests().len(), 1);
    assert!(folder.path().join("CACHEDIR.TAG").exists());
}

#[test]
fn max_age_decides_in_both_directions() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.reply("/simple/x/", Reply::html(PAGE).with("Cache-Control", "max-age=3600"));
    server.reply("/simple/y/", Reply::html(r#"<a href="y-1.0.tar.gz">"#).with("Cache-Control", "max-age=0"));
    let mut settings = cached(&server, folder.path());
    run(async {
        let client = client(settings.clone());
        client.page(&project("x")).await.unwrap();
        client.page(&project("y")).await.unwrap();
    });
    // The age that the server sets.
    assert!(client(settings.clone()).cached_page(&project("x")).is_some());
    assert!(client(settings.clone()).cached_page(&project("y")).is_none());
    // The age that the user sets.
    settings.max_age = Some(Duration::ZERO);
    assert!(client(settings.clone()).cached_page(&project("x")).is_none());
    settings.max_age = Some(Duration::from_secs(3_600));
    assert!(client(settings).cached_page(&project("y")).is_some());
}

#[test]
fn an_answer_without_validators_is_fetched_again_when_it_is_old() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.page("x", PAGE);
    let mut settings = cached(&server, folder.path());
    settings.max_age = Some(Duration::ZERO);
    ask(settings.clone()).unwrap();
    ask(settings).unwrap();
    assert_eq!(server.requests().len(), 2);
    assert!(server.requests()[1].header("if-none-match").is_none());
}

#[test]
fn validators_are_sent_and_an_unchanged_page_is_kept() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.on("/simple/x/", |request| match request.header("if-none-match") {
        Some("\"v1\"") => Reply::status(304).with("ETag", "\"v1\"").with("Cache-Control", "max-age=600"),
        _ => Reply::html(PAGE).with("ETag", "\"v1\"").with("Cache-Control", "max-age=0"),
    });
    server.on("/simple/y/", |request| match request.header("if-modified-since") {
        Some(_) => Reply::html(r#"<a href="y-1.0.tar.gz"></a><a href="y-2.0.tar.gz"></a>"#),
        None => {
            Reply::html(r#"<a href="y-1.0.tar.gz">"#).with("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT")
        }
    });
    let mut settings = cached(&server, folder.path());
    assert_eq!(ask(settings.clone()).unwrap(), 1);
    let second = client(settings.clone());
    assert_eq!(run(second.page(&project("x"))).unwrap().releases()[0].files().len(), 1);
    assert_eq!(second.stats().revalidated, 1);
    // The freshness in the confirmation applies from then on.
    assert!(client(settings.clone()).cached_page(&project("x")).is_some());
    // A page that did change replaces the old one.
    settings.max_age = Some(Duration::ZERO);
    assert_eq!(run(client(settings.clone()).page(&project("y"))).unwrap().releases().len(), 1);
    assert_eq!(run(client(settings.clone()).page(&project("y"))).unwrap().releases().len(), 2);
    settings.offline = true;
    assert_eq!(run(client(settings).page(&project("y"))).unwrap().releases().len(), 2);
}

#[test]
fn refresh_requests_again_with_validators() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.on("/simple/x/", |request| match request.header("if-none-match") {
        Some("\"v1\"") => Reply::status(304).with("ETag", "\"v1\""),
        _ => Reply::html(PAGE).with("ETag", "\"v1\"").with("Cache-Control", "max-age=3600"),
    });
    let mut settings = cached(&server, folder.path());
    ask(settings.clone()).unwrap();
    settings.refresh = true;
    // Entries of earlier runs are recognised by whole seconds.
    std::thread::sleep(Duration::from_millis(1_100));
    let again = client(settings);
    assert!(again.cached_page(&project("x")).is_none());
    assert_eq!(run(again.page(&project("x"))).unwrap().releases().len(), 1);
    assert_eq!((server.requests().len(), again.stats().revalidated), (2, 1));
    assert!(again.cached_page(&project("x")).is_some());
}

#[test]
fn no_store_is_obeyed() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.reply("/simple/x/", Reply::html(PAGE).with("Cache-Control", "no-store"));
    let settings = cached(&server, folder.path());
    ask(settings.clone()).unwrap();
    assert_eq!(entries(folder.path()), [] as [PathBuf; 0]);
    assert!(client(settings).cached_page(&project("x")).is_none());
}

#[test]
fn that_a_project_does_not_exist_is_kept_too() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let settings = cached(&server, folder.path());
    assert!(ask(settings.clone()).unwrap_err().is_not_found());
    let kept = client(settings).cached_page(&project("x")).unwrap();
    assert!(kept.unwrap_err().is_not_found());
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn offline_uses_cached_entries_of_any_age() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.reply("/simple/x/", Reply::html(PAGE).with("Cache-Control", "max-age=0"));
    let mut settings = cached(&server, folder.path());
    settings.offline = true;
    let failure = ask(settings.clone()).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Offline);
    let mut messages = Messages::default();
    messages.add("a page", failure);
    settings.offline = false;
    ask(settings.clone()).unwrap();
    settings.offline = true;
    settings.max_age = Some(Duration::ZERO);
    settings.refresh = true;
    assert_eq!(ask(settings.clone()).unwrap(), 1);
    let offline = client(settings);
    assert!(offline.cached_page(&project("x")).unwrap().is_ok());
    let file = DistributionFile::new("x-1.0-py3-none-any.whl", server.url("/f/x-1.0-py3-none-any.whl"));
    let failure = offline.cached_metadata(&file).unwrap().unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Offline);
    messages.add("metadata", failure);
    assert_messages!(messages);
    assert_eq!(run(offline.metadata(&file)).unwrap_err().kind(), FailureKind::Offline);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn metadata_is_kept_for_ever_by_the_files_hash() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let wheel = wheel("x", "1.0", &["y>=1 ; extra == 'z'"], 10);
    server.file("/f/x-1.0-py3-none-any.whl", wheel.clone());
    let mut file = DistributionFile::new("x-1.0-py3-none-any.whl", server.url("/f/x-1.0-py3-none-any.whl"));
    file.sha256 = Some(sha256(&wheel));
    let mut settings = cached(&server, folder.path());
    let first = run(client(settings.clone()).metadata(&file)).unwrap();
    settings.max_age = Some(Duration::ZERO);
    settings.refresh = true;
    let before = server.requests().len();
    // The same file elsewhere.
    file.url = server.url("/mirror/x-1.0-py3-none-any.whl");
    let kept = client(settings).cached_metadata(&file).unwrap().unwrap();
    assert_eq!(kept, first);
    assert_eq!(server.requests().len(), before);
}

#[test]
fn facts_are_kept_by_hash_and_kind() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let hash = "ab".repeat(32);
    let settings = cached(&server, folder.path());
    client(settings.clone()).facts_put("elf-1", &hash, b"\x00facts");
    let later = client(settings);
    assert_eq!(later.facts_get("elf-1", &hash).as_deref(), Some(&b"\x00facts"[..]));
    assert_eq!(later.facts_get("elf-2", &hash), None);
    assert_eq!(later.facts_get("elf-1", &"cd".repeat(32)), None);
    // Neither a kind nor a hash can refer to a path outside of the folder.
    later.facts_put("../elf", &hash, b"");
    later.facts_put("elf", "../../x", b"");
    assert_eq!(entries(folder.path()).len(), 1);
}

#[test]
fn damage_of_any_kind_is_a_reported_miss() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.page("x", PAGE);
    let settings = cached(&server, folder.path());
    ask(settings.clone()).unwrap();
    let entry = entries(folder.path()).pop().unwrap();
    let whole = fs::read(&entry).unwrap();
    let mut all = BTreeSet::new();
    let mut is_miss = |bytes: &[u8], what: &str| {
        fs::write(&entry, bytes).unwrap();
        let client = client(settings.clone());
        assert!(client.cached_page(&project("x")).is_none(), "{what}");
        let notes = client.take_notes();
        assert_eq!(notes.len(), 1, "{what}: {notes:?}");
        all.extend(notes);
    };
    for length in 0..whole.len() {
        is_miss(&whole[..length], &format!("cut at {length}"));
    }
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x10;
        // Two reserved bytes are covered by the checksum as well.
        is_miss(&damaged, &format!("flip at {at}"));
    }
    is_miss(&[&whole[..], b"x"].concat(), "a byte too many");
    assert_messages!(lines(all));
    // The response is fetched and stored again.
    assert_eq!(ask(settings.clone()).unwrap(), 1);
    assert!(client(settings).cached_page(&project("x")).is_some());
}

#[test]
fn a_damaged_entry_is_reported_as_missing_offline() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.page("x", PAGE);
    let mut settings = cached(&server, folder.path());
    ask(settings.clone()).unwrap();
    let entry = entries(folder.path()).pop().unwrap();
    fs::write(&entry, b"wbCE").unwrap();
    settings.offline = true;
    assert_eq!(ask(settings).unwrap_err().kind(), FailureKind::Offline);
}

#[test]
fn a_folder_that_cannot_be_written_causes_only_a_note() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.page("x", PAGE);
    server.page("y", r#"<a href="y-1.0.tar.gz">"#);
    let blocked = folder.path().join("file");
    fs::write(&blocked, b"").unwrap();
    let client = client(cached(&server, &blocked));
    assert!(run(client.page(&project("x"))).is_ok());
    assert!(run(client.page(&project("y"))).is_ok());
    let notes = client.take_notes();
    // Their order is that of the entries' names, which differ from run to run.
    assert_eq!(notes.len(), 3, "{notes:?}");
    let causes: BTreeSet<&str> = notes.iter().filter_map(|note| note.splitn(3, '`').last()).collect();
    assert_messages!(lines(causes));
}

#[test]
fn many_writers_and_readers_never_see_half_an_entry() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let links: String = (0..400).map(|minor| format!(r#"<a href="x-1.{minor}.tar.gz">x</a>"#)).collect();
    server.reply("/simple/x/", Reply::html(links).with("Cache-Control", "max-age=0"));
    let settings = cached(&server, folder.path());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let settings = settings.clone();
            std::thread::spawn(move || {
                for _ in 0..10 {
                    let client = client(settings.clone());
                    assert_eq!(run(client.page(&project("x"))).unwrap().releases().len(), 400);
                    let mut reader = settings.clone();
                    reader.offline = true;
                    let reader = super::client(reader);
                    assert_eq!(reader.cached_page(&project("x")).unwrap().unwrap().releases().len(), 400);
                    assert_eq!(reader.take_notes(), [""; 0]);
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    // No temporary files remain.
    assert_eq!(entries(folder.path()).len(), 1);
}

#[test]
fn files_of_a_killed_writer_are_not_entries() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.page("x", PAGE);
    let settings = cached(&server, folder.path());
    ask(settings.clone()).unwrap();
    let entry = entries(folder.path()).pop().unwrap();
    fs::write(entry.parent().unwrap().join(".tmpAbCdEf"), b"wbCE half").unwrap();
    let client = client(settings);
    assert!(client.cached_page(&project("x")).unwrap().is_ok());
    assert_eq!(client.take_notes(), [""; 0]);
}

#[test]
fn credentials_are_neither_in_names_nor_in_files() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let text = metadata("x", "1.0", &[]);
    server.reply(
        "/simple/x/",
        Reply::html(
            r#"<a href="http://h1dden:t0ken@127.0.0.1:1/f/x-1.0-py3-none-any.whl" data-core-metadata=true>"#,
        )
        .with("Set-Cookie", "session=c00kie")
        .with("ETag", "\"v1\""),
    );
    server.file("/f/x-1.0-py3-none-any.whl.metadata", text);
    let mut settings = cached(&server, folder.path());
    settings.index_url = format!("http://someb0dy:s3cret@127.0.0.1:{}/simple/", server.port());
    ask(settings.clone()).unwrap();
    let one = entries(folder.path());
    for path in &one {
        let bytes = fs::read(path).unwrap();
        let text = format!("{} {}", path.display(), String::from_utf8_lossy(&bytes));
        // The Authorization header's Base64, too.
        for secret in ["s3cret", "someb0dy", "t0ken", "h1dden", "c00kie", "Basic", "c29tZWIwZHk"] {
            assert!(!text.contains(secret), "{secret}: {text}");
        }
    }
    // Another user's page is another entry.
    settings.index_url = format!("http://other:s3cret@127.0.0.1:{}/simple/", server.port());
    ask(settings).unwrap();
    assert_eq!(entries(folder.path()).len(), one.len() + 1);
}

#[test]
fn a_find_links_page_is_kept_like_any_other() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.on("/links/", |request| match request.header("if-none-match") {
        Some("\"v1\"") => Reply::status(304).with("ETag", "\"v1\""),
        _ => Reply::html(r#"<a href="x-1.0.tar.gz"></a><a href="y-2.0.zip"></a>"#).with("ETag", "\"v1\""),
    });
    let mut settings = cached(&server, folder.path());
    settings.no_index = true;
    settings.find_links = vec![server.url("/links/")];
    assert!(client(settings.clone()).cached_page(&project("x")).is_none());
    ask(settings.clone()).unwrap();
    let later = client(settings.clone());
    assert_eq!(later.cached_page(&project("x")).unwrap().unwrap().releases().len(), 1);
    assert!(later.cached_page(&project("z")).unwrap().unwrap_err().is_not_found());
    assert_eq!(server.requests().len(), 1);
    settings.max_age = Some(Duration::ZERO);
    let old = client(settings.clone());
    assert_eq!(run(old.page(&project("y"))).unwrap().releases().len(), 1);
    assert_eq!(old.stats().revalidated, 1);
    settings.offline = true;
    assert!(client(settings).cached_page(&project("y")).unwrap().is_ok());
}

#[test]
fn without_a_cache_nothing_is_written() {
    let server = Server::start();
    server.page("x", PAGE);
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings(&server);
    settings.cache = CacheMode::Off;
    let client = wheelbase::edge::IndexClient::with_environment(settings, |name| {
        (name == "WHEELBASE_CACHE_DIR").then(|| folder.path().display().to_string())
    })
    .unwrap();
    run(client.page(&project("x"))).unwrap();
    assert!(client.cached_page(&project("x")).is_some(), "from memory");
    assert_eq!(client.cache().folder(), None);
    assert!(entries(folder.path()).is_empty());
}

#[test]
fn the_environment_names_the_folder() {
    let server = Server::start();
    let mut settings = settings(&server);
    settings.cache = CacheMode::Default;
    let client = wheelbase::edge::IndexClient::with_environment(settings, |name| {
        (name == "WHEELBASE_CACHE_DIR").then(|| "/somewhere/else".to_owned())
    })
    .unwrap();
    assert_eq!(client.cache().folder(), Some(Path::new("/somewhere/else")));
}

#[test]
fn a_request_that_is_cancelled_leaves_no_partial_response() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    server.on("/simple/x/", |request| match request.number {
        0 => Reply::html(PAGE).manner(Manner::Slow(4, Duration::from_millis(40))),
        _ => Reply::html(PAGE),
    });
    let client = client(cached(&server, folder.path()));
    run(async {
        let name = project("x");
        let gone = tokio::time::timeout(Duration::from_millis(60), client.page(&name)).await;
        assert!(gone.is_err());
        assert_eq!(client.page(&name).await.unwrap().releases().len(), 1);
    });
}
