//! Credentials of the client, and redirects.

use wheelbase::edge::FailureKind;

use crate::messages::{Messages, assert_messages};

use super::client::page_failure;
use super::server::{Reply, Server};
use super::{client, project, run, settings};

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
