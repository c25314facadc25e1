//! What the HTTP layer does for indexes: encodings, and connections that are shared.

use std::time::Duration;

use wheelbase::edge::http::Client;
use wheelbase::edge::{FailureKind, IndexClient};

use super::server::{Manner, Reply, Server, gzip, noise, sha256};
use super::{client, project, run, settings};
use crate::messages::FILTERS;

#[test]
fn page_may_be_compressed() {
    let server = Server::start();
    let page = gzip(br#"<a href="/f/x-1.0.tar.gz">x</a>"#);
    server.reply("/simple/x/", Reply::html(page.clone()).with("Content-Encoding", "gzip"));
    server.reply("/simple/y/", Reply::html(&page[..page.len() - 9]).with("Content-Encoding", "gzip"));
    let client = client(settings(&server));
    assert_eq!(run(client.page(&project("x"))).unwrap().releases().len(), 1);
    assert_eq!(server.requests()[0].header("accept-encoding"), Some("gzip"));
    let failure = run(client.page(&project("y"))).unwrap_err();
    assert_eq!(failure.kind(), FailureKind::Unreachable);
    insta::with_settings!({ filters => FILTERS }, {
        insta::assert_snapshot!(
            failure,
            @"`http://127.0.0.1:[PORT]/simple/y/`: the compressed response is not valid: incomplete deflate stream (tried 3 times)"
        );
    });
    assert_eq!(client.stats().retries, 2, "it may have been cut off");
}

/// Servers of archives describe their compression as an encoding of the transfer, regardless of the request. Hashes and
/// ranges are those of the stored bytes.
#[test]
fn file_is_read_as_it_is_stored() {
    let server = Server::start();
    let archive = gzip(&noise(1_000));
    let reply = Reply::new(200, "application/x-tar", archive.clone()).with("Content-Encoding", "gzip");
    server.reply("/f/x-1.0.tar.gz", reply);
    let client = client(settings(&server));
    let bytes = run(client.get_bytes(&server.url("/f/x-1.0.tar.gz"), 1 << 20)).unwrap();
    assert_eq!(sha256(&bytes), sha256(&archive));
    assert_eq!(server.requests()[0].header("accept-encoding"), Some("identity"));
}

#[test]
fn clients_of_one_run_share_connections_and_count_apart() {
    let server = Server::start();
    for name in ["x", "y", "z"] {
        let page =
            Reply::html("<a href='/f/a-1.tar.gz'>a</a>").manner(Manner::Late(Duration::from_millis(50)));
        server.reply(&format!("/simple/{name}/"), page);
    }
    let mut settings = settings(&server);
    settings.http.concurrency = 1;
    let http = Client::new(settings.http.clone());
    let [one, other] = [(); 2].map(|()| IndexClient::with_http(settings.clone(), &http, |_| None).unwrap());
    let (x, y, z) = (project("x"), project("y"), project("z"));
    run(async {
        let (x, y, z) = tokio::join!(one.page(&x), one.page(&y), other.page(&z));
        assert!(x.is_ok() && y.is_ok() && z.is_ok());
    });
    assert_eq!(server.most_at_once(), 1, "the limit is that of the run");
    assert_eq!((one.stats().requests, other.stats().requests), (2, 1));
}
