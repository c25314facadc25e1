//! Tests of pages, metadata, source distributions and the index client.

pub(crate) mod server;

mod cache;
mod client;
mod client_credentials;
mod client_files;
mod http;
mod live;
mod metadata;
mod properties;

use std::future::Future;
use std::time::Duration;

use wheelbase::ProjectName;
use wheelbase::edge::{CacheMode, IndexClient, IndexSettings};

use server::Server;

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// Settings that query only this server, with short delays and without a cache.
pub(crate) fn settings(server: &Server) -> IndexSettings {
    let mut settings = IndexSettings::default();
    settings.index_url = server.index();
    settings.cache = CacheMode::Off;
    settings.http.retries = 2;
    settings.http.retry_pause = Duration::from_millis(2);
    settings.http.connect_timeout = Duration::from_secs(5);
    settings.http.read_timeout = Duration::from_millis(600);
    settings.http.system_proxies = false;
    settings
}

pub(crate) fn client(settings: IndexSettings) -> IndexClient {
    IndexClient::with_environment(settings, |_| None).unwrap()
}

pub(crate) fn project(name: &str) -> ProjectName {
    name.parse().unwrap()
}
