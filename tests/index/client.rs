//! The client against a server that misbehaves: outcome and message of each case.

use std::time::{Duration, Instant};

use wheelbase::edge::{CacheMode, FailureKind, FetchFailure, LocationRole};
use wheelbase::index::DistributionFile;
use wheelbase::metadata::Confidence;
use wheelbase::sdist::{Language, Search, SourceLanguage};

use crate::messages::{Messages, assert_messages, lines};

use super::server::{Manner, Reply, Server, metadata, noise, sdist, sha256, wheel};
use super::{client, project, run, settings};

const X_WHEEL: &str = "x-1.0-py3-none-any.whl";

fn page_failure(server: &Server, name: &str) -> FetchFailure {
    run(client(settings(server)).page(&project(name))).unwrap_err()
}

fn file(server: &Server, path: &str) -> DistributionFile {
    DistributionFile::new(path.rsplit('/').next().unwrap(), server.url(path))
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
    let port = Server::start().port();
    std::thread::sleep(Duration::from_millis(20));
    let server = Server::start();
    let mut settings = settings(&server);
    settings.index_url = format!("http://127.0.0.1:{port}/simple/");
    // The listener of a stopped server may accept one last connection.
    let failure = run(client(settings).page(&project("x"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    assert!(failure.message().starts_with(&format!("`http://127.0.0.1:{port}/simple/x/`: ")), "{failure}");
    assert!(failure.message().contains("onnect"), "{failure}");
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
fn a_broken_entry_is_left_out_and_counted() {
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

fn authorization(server: &Server, path: &str) -> Vec<Option<String>> {
    server
        .requests()
        .iter()
        .filter(|request| request.path == path)
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect()
}

#[test]
fn credentials_of_a_url_are_sent_and_never_shown() {
    let server = Server::start();
    server.on("/simple/x/", |request| match request.header("authorization") {
        // me@corp:s3cret
        Some("Basic bWVAY29ycDpzM2NyZXQ=") => Reply::html(r#"<a href="/f/x-1.0-py3-none-any.whl">x</a>"#),
        _ => Reply::status(401),
    });
    let mut settings = settings(&server);
    settings.index_url = format!("http://me%40corp:s3cret@127.0.0.1:{}/simple/", server.port());
    let with = client(settings.clone());
    let page = run(with.page(&project("x"))).unwrap();
    assert_eq!(page.releases()[0].files()[0].url, server.url("/f/x-1.0-py3-none-any.whl"));
    // Files on the index's host get them, too.
    let _ = run(with.metadata(&page.releases()[0].files()[0]));
    assert!(authorization(&server, "/f/x-1.0-py3-none-any.whl")[0].is_some());
    let shown = format!("{with:?} {:?} {:?}", with.settings(), run(with.page(&project("none"))).unwrap_err());
    assert!(!shown.contains("s3cret") && !shown.contains("corp"), "{shown}");

    settings.index_url = format!("http://me%40corp:wr0ng@127.0.0.1:{}/simple/", server.port());
    let failure = run(client(settings.clone()).page(&project("x"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Refused);
    let mut messages = Messages::default();
    messages.add("wrong credentials", failure);
    settings.index_url = server.index();
    messages.add("no credentials", run(client(settings).page(&project("x"))).unwrap_err());
    assert_messages!(messages);
}

#[test]
fn netrc_is_used_if_the_url_has_no_credentials() {
    let server = Server::start();
    server.page("x", r#"<a href="/f/x-1.0.tar.gz">x</a>"#);
    let folder = tempfile::tempdir().unwrap();
    let netrc = folder.path().join("netrc");
    std::fs::write(&netrc, "machine 127.0.0.1 login me password s3cret\n").unwrap();
    let mut settings = settings(&server);
    settings.netrc = Some(netrc);
    assert!(run(client(settings.clone()).page(&project("x"))).is_ok());
    assert_eq!(authorization(&server, "/simple/x/")[0].as_deref(), Some("Basic bWU6czNjcmV0"));
    // The URL's own come first.
    settings.index_url = format!("http://you:other@127.0.0.1:{}/simple/", server.port());
    assert!(run(client(settings).page(&project("x"))).is_ok());
    assert_eq!(authorization(&server, "/simple/x/")[1].as_deref(), Some("Basic eW91Om90aGVy"));
}

#[test]
fn credentials_do_not_follow_a_redirect_to_another_host() {
    let (one, two) = (Server::start(), Server::start());
    one.reply("/simple/port/", Reply::redirect(two.url("/simple/port/")));
    one.reply("/simple/host/", Reply::redirect(one.other_host_url("/elsewhere/host/")));
    one.reply("/simple/same/", Reply::redirect("/moved/same/"));
    one.reply(
        "/simple/planted/",
        Reply::redirect(format!("http://a:b@127.0.0.1:{}/simple/planted/", two.port())),
    );
    for name in ["port", "planted"] {
        two.page(name, format!(r#"<a href="{name}-1.0.tar.gz">x</a>"#));
    }
    one.reply("/elsewhere/host/", Reply::html(r#"<a href="host-1.0.tar.gz">x</a>"#));
    one.reply("/moved/same/", Reply::html(r#"<a href="same-1.0.tar.gz">x</a>"#));
    let mut settings = settings(&one);
    settings.index_url = format!("http://me:s3cret@127.0.0.1:{}/simple/", one.port());
    let client = client(settings);
    run(async {
        for name in ["port", "host", "same", "planted"] {
            client.page(&project(name)).await.unwrap();
        }
        let page = client.page(&project("same")).await.unwrap();
        assert_eq!(page.releases()[0].files()[0].url, one.url("/moved/same/same-1.0.tar.gz"));
    });
    assert!(authorization(&one, "/simple/port/")[0].is_some());
    assert_eq!(authorization(&two, "/simple/port/"), [None]);
    assert_eq!(authorization(&two, "/simple/planted/"), [None]);
    assert_eq!(authorization(&one, "/elsewhere/host/"), [None], "another name of the host is another host");
    assert!(authorization(&one, "/moved/same/")[0].is_some(), "the same host keeps them");
}

// The first index sends the client away and gets it back: credentials of an origin are only sent there.
#[test]
fn credentials_stay_with_their_origin_over_several_hops() {
    let (one, two) = (Server::start(), Server::start());
    one.reply("/simple/x/", Reply::redirect(two.url("/a/")));
    two.reply("/a/", Reply::redirect("/b/"));
    two.reply("/b/", Reply::redirect(one.url("/back/")));
    one.reply("/back/", Reply::html(r#"<a href="x-1.0.tar.gz">x</a>"#));
    let mut settings = settings(&one);
    settings.index_url = format!("http://me:s3cret@127.0.0.1:{}/simple/", one.port());
    run(client(settings).page(&project("x"))).unwrap();
    assert_eq!([authorization(&two, "/a/"), authorization(&two, "/b/")], [[None], [None]]);
    assert!(authorization(&one, "/back/")[0].is_some());
}

// The netrc file's `default` entry is for hosts that the user sets, not for those in responses of servers.
#[test]
fn default_entry_of_netrc_does_not_follow_a_redirect_to_another_host() {
    let server = Server::start();
    server.reply("/simple/x/", Reply::redirect(server.other_host_url("/elsewhere/")));
    server.reply("/elsewhere/", Reply::html(r#"<a href="x-1.0.tar.gz">x</a>"#));
    let folder = tempfile::tempdir().unwrap();
    let netrc = folder.path().join("netrc");
    std::fs::write(&netrc, "default login me password s3cret\n").unwrap();
    let mut settings = settings(&server);
    settings.netrc = Some(netrc);
    run(client(settings).page(&project("x"))).unwrap();
    assert!(authorization(&server, "/simple/x/")[0].is_some());
    assert_eq!(authorization(&server, "/elsewhere/"), [None]);
}

#[test]
fn redirects_end() {
    let server = Server::start();
    server.reply("/simple/x/", Reply::redirect("/simple/x/"));
    server.reply("/simple/y/", Reply::redirect("file:///etc/passwd"));
    let mut messages = Messages::default();
    messages.add("to itself", page_failure(&server, "x"));
    messages.add("to a file", page_failure(&server, "y"));
    assert_messages!(messages);
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
fn an_advert_that_leads_nowhere_is_made_good_from_the_wheel() {
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
        // The sibling wins the first race.
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
fn a_wheels_metadata_costs_its_tail_and_one_range() {
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
fn a_server_that_ignores_ranges_costs_the_file_and_works() {
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
        // The same for those who read pieces.
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
    // The result of a complete search also answers a shorter one.
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
