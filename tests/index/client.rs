//! The client with a server that misbehaves: the result and message of each case.

use std::time::{Duration, Instant};

use wheelbase::edge::{FailureKind, FetchFailure, LocationRole};

use crate::messages::{FILTERS, Messages, assert_messages, lines};

use super::server::{Manner, Reply, Server, wheel};
use super::{client, project, run, settings};

pub(super) fn page_failure(server: &Server, name: &str) -> FetchFailure {
    run(client(settings(server)).page(&project(name))).unwrap_err()
}

#[test]
fn html_and_json_are_distinguished_by_the_response() {
    let server = Server::start();
    server.page("x", r#"<a href="../../files/x-1.0.tar.gz">x</a>"#);
    server.reply(
        "/simple/y/",
        Reply::json(
            r#"{"meta":{"api-version":"1.1"},"name":"y","files":[
                {"filename":"y-2-py3-none-any.whl","url":"../../files/y-2-py3-none-any.whl","hashes":{},
                 "upload-time":"2024-01-01T00:00:01.5Z","size":7,"yanked":"bad"}]}"#,
        ),
    );
    let client = client(settings(&server));
    run(async {
        let page = client.page(&project("x")).await.unwrap();
        assert_eq!(page.releases()[0].files()[0].url, server.url("/files/x-1.0.tar.gz"));
        let page = client.page(&project("y")).await.unwrap();
        let file = &page.releases()[0].files()[0];
        assert_eq!(
            (file.upload_time, file.size, file.yanked.as_deref()),
            (Some(1_704_067_201), Some(7), Some("bad"))
        );
    });
    let accept = server.requests()[0].header("accept").unwrap().to_owned();
    assert!(
        accept.contains("application/vnd.pypi.simple.v1+json") && accept.contains("text/html"),
        "{accept}"
    );
}

#[test]
fn the_request_is_for_the_normalized_name_with_a_slash() {
    let server = Server::start();
    server.page("zope-interface", r#"<a href="/f/zope.interface-1.0.tar.gz">x</a>"#);
    let mut settings = settings(&server);
    settings.index_url = server.url("/simple");
    let page = run(client(settings).page(&project("Zope.Interface"))).unwrap();
    assert_eq!(page.releases().len(), 1);
    assert_eq!(server.paths(), ["/simple/zope-interface/"]);
}

#[test]
fn a_project_that_no_index_has_is_not_found() {
    let server = Server::start();
    let failure = page_failure(&server, "nothing");
    assert_eq!(failure.kind(), FailureKind::NotFound);
    assert!(failure.message().contains(&server.index()), "{failure}");
    assert_messages!(failure);
    assert_eq!(server.requests().len(), 1, "a 404 is not tried again");
}

#[test]
fn an_answer_of_404_on_one_index_is_fine_when_another_has_it() {
    let (one, two) = (Server::start(), Server::start());
    two.page("x", r#"<a href="x-1.0.tar.gz">x</a>"#);
    let mut settings = settings(&one);
    settings.extra_index_urls = vec![two.index()];
    let client = client(settings);
    let page = run(client.page(&project("x"))).unwrap();
    assert_eq!(page.releases()[0].files()[0].index, 1);
    assert_eq!(client.locations()[1].role(), LocationRole::ExtraIndex);
    let failure = run(client.page(&project("y"))).unwrap_err();
    assert!([one, two].iter().all(|server| failure.message().contains(&server.index())), "{failure}");
    assert_messages!(failure);
}

#[test]
fn several_indexes_are_one_page_with_index_numbers() {
    let (one, two) = (Server::start(), Server::start());
    one.page("x", r#"<a href="x-1.0.tar.gz"></a><a href="x-2.0.tar.gz"></a>"#);
    two.page("x", r#"<a href="x-3.0.tar.gz"></a><a href="x-1.0.0-py3-none-any.whl"></a>"#);
    let mut settings = settings(&one);
    settings.extra_index_urls = vec![two.index()];
    let page = run(client(settings).page(&project("x"))).unwrap();
    let seen: Vec<_> = page
        .releases()
        .iter()
        .map(|release| {
            let files: Vec<_> = release
                .files()
                .iter()
                .map(|file| (file.filename.clone(), file.index, file.position))
                .collect();
            (release.version().to_string(), files)
        })
        .collect();
    let names = |name: &str, index, position| (name.to_owned(), index, position);
    assert_eq!(seen[0], ("3.0".to_owned(), vec![names("x-3.0.tar.gz", 1, 0)]));
    assert_eq!(seen[1], ("2.0".to_owned(), vec![names("x-2.0.tar.gz", 0, 1)]));
    assert_eq!(seen[2].1, [names("x-1.0.tar.gz", 0, 0), names("x-1.0.0-py3-none-any.whl", 1, 1)]);
}

#[test]
fn an_index_that_fails_is_not_one_without_the_project() {
    let (one, two) = (Server::start(), Server::start());
    one.reply("/simple/x/", Reply::status(500));
    two.page("x", r#"<a href="x-1.0.tar.gz">x</a>"#);
    let mut settings = settings(&one);
    settings.extra_index_urls = vec![two.index()];
    let failure = run(client(settings).page(&project("x"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    assert!(failure.message().contains(&one.url("/simple/x/")), "{failure}");
    assert_messages!(failure);
}

#[test]
fn errors_of_a_server_are_tried_again() {
    for status in [429, 500, 502, 503, 504, 520, 527] {
        let server = Server::start();
        server.on("/simple/x/", move |request| match request.number {
            0 | 1 => Reply::status(status),
            _ => Reply::html(r#"<a href="x-1.0.tar.gz">x</a>"#),
        });
        let client = client(settings(&server));
        assert!(run(client.page(&project("x"))).is_ok(), "{status}");
        assert_eq!((client.stats().requests, client.stats().retries), (3, 2));
    }
}

#[test]
fn other_errors_are_not() {
    let server = Server::start();
    server.reply("/simple/x/", Reply::status(418));
    let failure = page_failure(&server, "x");
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    assert_messages!(failure);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn retry_after_is_waited_for() {
    let server = Server::start();
    server.on("/simple/x/", |request| match request.number {
        0 => Reply::status(429).with("Retry-After", "1"),
        _ => Reply::html(r#"<a href="x-1.0.tar.gz">x</a>"#),
    });
    let begin = Instant::now();
    assert!(run(client(settings(&server)).page(&project("x"))).is_ok());
    assert!(begin.elapsed() >= Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[test]
fn a_retry_after_that_is_too_long_is_reported() {
    let server = Server::start();
    server.reply("/simple/x/", Reply::status(503).with("Retry-After", "3600"));
    let failure = page_failure(&server, "x");
    assert_messages!(failure);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_failure_is_not_remembered() {
    let server = Server::start();
    server.on("/simple/x/", |request| match request.number {
        0..3 => Reply::status(500),
        _ => Reply::html(r#"<a href="x-1.0.tar.gz">x</a>"#),
    });
    let client = client(settings(&server));
    assert!(run(client.page(&project("x"))).is_err());
    assert!(run(client.page(&project("x"))).is_ok());
}

#[test]
fn a_truncated_body_is_requested_again() {
    let server = Server::start();
    server.on("/simple/x/", |request| {
        let reply = Reply::html(r#"<a href="x-1.0.tar.gz">x</a><a href="x-2.0.tar.gz">x</a>"#);
        match request.number {
            0 => reply.manner(Manner::CutAfter(30)),
            1 => reply.manner(Manner::Nothing),
            _ => reply,
        }
    });
    let page = run(client(settings(&server)).page(&project("x"))).unwrap();
    assert_eq!(page.releases().len(), 2);

    let server = Server::start();
    server.reply("/simple/x/", Reply::html("<a href=x-1.tar.gz>").manner(Manner::CutAfter(3)));
    let failure = page_failure(&server, "x");
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    assert_messages!(failure);
}

#[test]
fn a_slow_body_is_waited_for_and_a_silent_one_is_not() {
    let server = Server::start();
    let slow = Manner::Slow(8, Duration::from_millis(20));
    server.reply("/simple/x/", Reply::html(r#"<a href="x-1.0.tar.gz">x</a>"#).manner(slow));
    let silent = Manner::Slow(8, Duration::from_millis(800));
    server.reply("/simple/y/", Reply::html(r#"<a href="y-1.0.tar.gz">x</a>"#).manner(silent));
    let mut settings = settings(&server);
    settings.http.read_timeout = Duration::from_millis(200);
    settings.http.retries = 0;
    let client = client(settings);
    assert!(run(client.page(&project("x"))).is_ok());
    let failure = run(client.page(&project("y"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    let mut messages = Messages::default();
    messages.add("a body that stops", failure);
    server.reply("/simple/z/", Reply::html("").manner(Manner::Late(Duration::from_millis(800))));
    messages.add("no answer", run(client.page(&project("z"))).unwrap_err());
    assert_messages!(messages);
}

#[test]
fn a_server_that_is_not_there_is_named_with_the_cause() {
    // A port that was free and on which nothing listens.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let server = Server::start();
    let mut settings = settings(&server);
    settings.index_url = format!("http://127.0.0.1:{port}/simple/");
    let failure = run(client(settings).page(&project("x"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    insta::with_settings!({ filters => FILTERS }, {
        insta::assert_snapshot!(
            failure,
            @"`http://127.0.0.1:[PORT]/simple/x/`: error sending request: client error (Connect): tcp connect error: Connection refused (os error 111) (tried 3 times)"
        );
    });
}

#[test]
fn broken_pages_are_named_with_the_cause() {
    let server = Server::start();
    server.reply("/simple/a/", Reply::json(r#"{"meta":{"api-version":"2.0"},"files":[]}"#));
    server.reply("/simple/b/", Reply::json("{\"files\": ["));
    server.reply("/simple/c/", Reply::json("[]"));
    server.reply("/simple/d/", Reply::new(200, "text/plain", "hello"));
    server.reply("/simple/e/", Reply::new(200, "application/vnd.pypi.simple.v2+json", "{}"));
    server.page("f", r#"<meta name="pypi:repository-version" content="2.0"><a href="f-1.tar.gz">"#);
    let mut messages = Messages::default();
    for name in ["a", "b", "c", "d", "e", "f"] {
        let failure = page_failure(&server, name);
        assert_eq!(failure.kind(), FailureKind::Broken, "{failure}");
        assert!(failure.message().starts_with(&format!("`{}{name}/`: ", server.index())), "{failure}");
        messages.add(name, failure);
    }
    assert_messages!(messages);
}

#[test]
fn an_invalid_entry_is_skipped_and_counted() {
    let server = Server::start();
    server.reply(
        "/simple/x/",
        Reply::json(
            r#"{"meta":{"api-version":"1.0"},"files":[{"filename":"x-1.tar.gz","url":"x-1.tar.gz","hashes":{}},
               {"filename":7,"url":"x-2.tar.gz","hashes":{}}, {"filename":"x-3.tar.gz","url":"http://[","hashes":{}},
               {"filename":"x-4.tar.gz","url":"x-4.tar.gz","hashes":{},"upload-time":"yesterday"}]}"#,
        ),
    );
    let page = run(client(settings(&server)).page(&project("x"))).unwrap();
    assert_eq!(page.releases().len(), 2);
    assert_eq!(page.fault_count(), 3, "{:?}", page.faults());
    assert_messages!(lines(page.faults()));
}

#[test]
fn requests_at_a_time_are_bounded() {
    let server = Server::start();
    for number in 0..20 {
        let page = format!(r#"<a href="p{number}-1.0.tar.gz">x</a>"#);
        let reply = Reply::html(page).manner(Manner::Slow(8, Duration::from_millis(10)));
        server.reply(&format!("/simple/p{number}/"), reply);
    }
    let mut settings = settings(&server);
    settings.http.concurrency = 4;
    let client = client(settings);
    let names: Vec<_> = (0..20).map(|number| project(&format!("p{number}"))).collect();
    let pages = run(futures_util::future::join_all(names.iter().map(|name| client.page(name))));
    assert!(pages.iter().all(Result::is_ok));
    assert!(server.most_at_once() <= 4, "{}", server.most_at_once());
    assert!(server.most_at_once() > 1);
}

#[test]
fn equal_concurrent_requests_are_sent_once() {
    let server = Server::start();
    server.page("x", r#"<a href="x-1.0.tar.gz">x</a>"#);
    let client = client(settings(&server));
    let name = project("x");
    let pages = run(futures_util::future::join_all((0..10).map(|_| client.page(&name))));
    assert!(pages.iter().all(Result::is_ok));
    assert_eq!(server.requests().len(), 1);
    assert!(client.cached_page(&name).unwrap().is_ok());
    assert!(client.cached_page(&project("y")).is_none());
}

#[test]
fn find_links_pages_and_folders_list_files_of_many_projects() {
    let server = Server::start();
    server.page("x", r#"<a href="/f/x-1.0.tar.gz">x</a>"#);
    server.reply(
        "/links.html",
        Reply::html(r#"<a href="/f/x_y-3.0.tar.gz"></a><a href="/f/X-2.0-py3-none-any.whl"></a><a href="other.html">"#),
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x-4.0-py3-none-any.whl"), wheel("x", "4.0", &["z"], 10)).unwrap();
    std::fs::write(folder.path().join("x-y-5.0.tar.gz"), b"").unwrap();
    std::fs::write(folder.path().join("notes.txt"), b"").unwrap();
    let mut settings = settings(&server);
    settings.find_links =
        vec![server.url("/links.html"), folder.path().display().to_string(), "./not/there".to_owned()];
    let client = client(settings);
    run(async {
        let page = client.page(&project("x")).await.unwrap();
        let seen: Vec<_> = page
            .releases()
            .iter()
            .map(|release| (release.version().to_string(), release.files()[0].index))
            .collect();
        assert_eq!(seen, [("4.0".to_owned(), 2), ("2.0".to_owned(), 1), ("1.0".to_owned(), 0)]);
        // A local wheel's metadata is read from its path.
        let metadata = client.metadata(&page.releases()[0].files()[0]).await.unwrap();
        assert_eq!(metadata.requires_dist[0].name.as_str(), "z");
        let page = client.page(&project("x-y")).await.unwrap();
        assert_eq!(page.releases().len(), 2);
    });
    assert_eq!(server.count("/links.html"), 1);
    let notes = client.take_notes();
    assert_messages!(lines(notes));
    assert_eq!(client.locations()[3].role(), LocationRole::FindLinks);
}

#[test]
fn only_find_links_are_queried_without_an_index() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x-4.0.tar.gz"), b"").unwrap();
    let mut settings = settings(&server);
    settings.no_index = true;
    settings.find_links = vec![format!("file://{}", folder.path().display())];
    let client = client(settings);
    assert!(client.cached_page(&project("x")).unwrap().is_ok(), "a folder answers at once");
    assert!(run(client.page(&project("y"))).unwrap_err().is_not_found());
    assert!(server.requests().is_empty());
}

#[test]
fn a_folder_can_be_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let simple = folder.path().join("simple");
    std::fs::create_dir_all(simple.join("x")).unwrap();
    std::fs::create_dir_all(simple.join("y")).unwrap();
    std::fs::create_dir_all(folder.path().join("files")).unwrap();
    std::fs::write(simple.join("x/index.html"), r#"<a href="../../files/x-1.0-py3-none-any.whl">x</a>"#)
        .unwrap();
    std::fs::write(
        simple.join("y/index.json"),
        r#"{"meta":{"api-version":"1.0"},"files":[{"filename":"y-1.tar.gz","url":"../../files/y-1.tar.gz"}]}"#,
    )
    .unwrap();
    std::fs::write(folder.path().join("files/x-1.0-py3-none-any.whl"), wheel("x", "1.0", &["z"], 10))
        .unwrap();
    let server = Server::start();
    let mut settings = settings(&server);
    settings.index_url = format!("file://{}", simple.display());
    let client = client(settings);
    let page = client.cached_page(&project("x")).unwrap().unwrap();
    let metadata = client.cached_metadata(&page.releases()[0].files()[0]).unwrap().unwrap();
    assert_eq!(metadata.requires_dist[0].name.as_str(), "z");
    assert!(client.cached_page(&project("y")).unwrap().is_ok());
    assert!(client.cached_page(&project("z")).unwrap().unwrap_err().is_not_found());
}

#[test]
fn addresses_that_are_none_are_errors_without_credentials() {
    let server = Server::start();
    for address in ["ftp://me:s3cret@h.example/", "https://me:s3cret@h:port/", ""] {
        let mut settings = settings(&server);
        settings.index_url = address.to_owned();
        let error = wheelbase::edge::IndexClient::with_environment(settings, |_| None).unwrap_err();
        assert!(error.is_input());
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
}
