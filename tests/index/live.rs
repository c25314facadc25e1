//! The real index; run with `--ignored`.

use std::time::Instant;

use wheelbase::edge::{CacheMode, IndexClient, IndexSettings};
use wheelbase::metadata::Confidence;
use wheelbase::sdist::Search;

use super::{project, run};

#[test]
#[ignore = "uses the network"]
fn flask_on_the_real_index() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = IndexSettings::default();
    settings.cache = CacheMode::Folder(folder.path().to_owned());
    let client = IndexClient::new(settings.clone()).unwrap();
    run(async {
        let begin = Instant::now();
        let page = client.page(&project("flask")).await.unwrap();
        eprintln!("page of flask: {:?}", begin.elapsed());
        let release =
            page.releases().iter().find(|release| release.version().to_string() == "3.0.3").unwrap();
        let wheel = release.files().iter().find(|file| file.is_wheel()).unwrap();
        assert!(wheel.upload_time.is_some());
        let begin = Instant::now();
        let metadata = client.metadata(wheel).await.unwrap();
        eprintln!("metadata of {}: {:?}", wheel.filename, begin.elapsed());
        let mut names: Vec<_> = metadata.requires_dist.iter().map(|line| line.name.to_string()).collect();
        names.sort();
        names.dedup();
        for name in ["blinker", "click", "itsdangerous", "jinja2", "werkzeug"] {
            assert!(names.iter().any(|known| known == name), "{names:?}");
        }
        let sdist = release.files().iter().find(|file| !file.is_wheel()).unwrap();
        let begin = Instant::now();
        let facts = client.file_facts(sdist, Search::Any).await.unwrap();
        eprintln!("{:?} in {:?}", facts.metadata.confidence, begin.elapsed());
        assert_eq!(facts.metadata.requires_dist.len(), metadata.requires_dist.len());
        // The same by range.
        let begin = Instant::now();
        let file = client.open_file(wheel).await.unwrap();
        assert_eq!(file.read_range(0..2).await.unwrap(), b"PK");
        eprintln!("range in {:?}", begin.elapsed());

        let missing = client.page(&project("wheelbase-no-such-project")).await.unwrap_err();
        assert!(missing.is_not_found(), "{missing}");
        let begin = Instant::now();
        let numpy = client.page(&project("numpy")).await.unwrap();
        let files: usize = numpy.releases().iter().map(|release| release.files().len()).sum();
        eprintln!("numpy: {files} files, {} unreadable, {:?}", numpy.unreadable().len(), begin.elapsed());
        for (file, why) in numpy.unreadable().iter().take(3) {
            eprintln!("  {}: {why}", file.filename);
        }
        eprintln!("{:?} {:?}", client.stats(), client.take_notes());
    });
    settings.offline = true;
    let client = IndexClient::new(settings).unwrap();
    let begin = Instant::now();
    let page = client.cached_page(&project("numpy")).unwrap().unwrap();
    eprintln!("numpy from the cache: {:?}, {} releases", begin.elapsed(), page.releases().len());
}

/// Projects of a large real set: those of the recorded resolutions.
fn many_projects() -> Vec<wheelbase::ProjectName> {
    let text = include_str!("../oracle/resolve.json");
    let document: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut names: Vec<String> = document["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|case| case["packages"].as_object())
        .flat_map(|packages| packages.keys().cloned())
        .chain(["boto3", "botocore", "awscli", "google-api-python-client"].map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    names.iter().map(|name| project(name)).collect()
}

/// Not a benchmark, but the test to run if the cache is slow.
#[test]
#[ignore = "uses the network; run with --release for its times"]
fn times_of_a_large_set() {
    let names = many_projects();
    let folder = tempfile::tempdir().unwrap();
    let mut settings = IndexSettings::default();
    settings.cache = CacheMode::Folder(folder.path().to_owned());
    settings.netrc = None;
    let client = IndexClient::new(settings.clone()).unwrap();
    run(async {
        let begin = Instant::now();
        let pages = futures_util::future::join_all(names.iter().map(|name| client.page(name))).await;
        eprintln!("{} pages cold: {:?}, {:?}", names.len(), begin.elapsed(), client.stats());
        assert!(pages.iter().all(Result::is_ok));
        let files: usize = pages
            .iter()
            .flatten()
            .flat_map(|page| page.releases())
            .map(|release| release.files().len())
            .sum();
        eprintln!("{files} files");
        let newest: Vec<_> = pages
            .iter()
            .flatten()
            .filter_map(|page| page.releases().first()?.files().iter().find(|file| file.is_wheel()).cloned())
            .collect();
        let begin = Instant::now();
        client.metadata(&newest[0]).await.unwrap();
        eprintln!("the first metadata: {:?}, {:?}", begin.elapsed(), client.stats());
        let begin = Instant::now();
        let metadata = futures_util::future::join_all(newest.iter().map(|file| client.metadata(file))).await;
        eprintln!("{} metadata cold: {:?}, {:?}", metadata.len(), begin.elapsed(), client.stats());
    });
    let size: u64 = walk(folder.path());
    eprintln!("cache: {} KiB", size / 1024);
    settings.offline = true;
    for _ in 0..3 {
        let client = IndexClient::new(settings.clone()).unwrap();
        let begin = Instant::now();
        let pages: Vec<_> = names.iter().map(|name| client.cached_page(name).unwrap().unwrap()).collect();
        let loaded = begin.elapsed();
        let newest: Vec<_> = pages.iter().filter_map(|page| page.releases().first()).collect();
        let files: Vec<_> =
            newest.iter().filter_map(|release| release.files().iter().find(|file| file.is_wheel())).collect();
        let picked = begin.elapsed();
        let known = files.iter().filter(|file| client.cached_metadata(file).unwrap().is_ok()).count();
        let queried = begin.elapsed();
        let all: usize =
            pages.iter().flat_map(|page| page.releases()).map(|release| release.files().len()).sum();
        eprintln!(
            "from the cache: {} pages {loaded:?}, files of one release each {:?}, {known} metadata {:?}, all {all} \
             files {:?}",
            pages.len(),
            picked - loaded,
            queried - picked,
            begin.elapsed() - queried
        );
    }
}

fn walk(folder: &std::path::Path) -> u64 {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(
            |entry| if entry.path().is_dir() { walk(&entry.path()) } else { entry.metadata().unwrap().len() },
        )
        .sum()
}

#[test]
#[ignore = "uses the network; run with --release for its times"]
fn times_of_a_large_page() {
    let settings = IndexSettings::default();
    let client = IndexClient::new(settings).unwrap();
    let body = run(client.get_bytes("https://pypi.org/simple/numpy/", 100 << 20)).unwrap();
    let url = "https://pypi.org/simple/numpy/";
    for _ in 0..3 {
        let begin = Instant::now();
        let parsed = wheelbase::index::parse_page(&body, Some("text/html"), url).unwrap();
        let read = begin.elapsed();
        let page = wheelbase::index::ProjectPage::from_files(project("numpy"), parsed.files);
        let grouped = begin.elapsed();
        let encoded = page.encode();
        let written = begin.elapsed();
        let length = encoded.len();
        let again = wheelbase::index::ProjectPage::decode(project("numpy"), encoded.into(), 0).unwrap();
        eprintln!(
            "{} bytes: html {read:?}, group {:?}, encode {:?} to {length} bytes, decode {:?}, {} releases",
            body.len(),
            grouped - read,
            written - grouped,
            begin.elapsed() - written,
            again.releases().len()
        );
    }
}

/// Where the recorded study found the dependencies of each chosen sdist (`dependencies_stated_in`).
#[test]
#[ignore = "uses the network"]
fn sdists_have_the_facts_of_the_study() {
    let text = include_str!("../oracle/resolve.json");
    let document: serde_json::Value = serde_json::from_str(text).unwrap();
    let mut chosen = std::collections::BTreeMap::new();
    for case in document["cases"].as_array().unwrap() {
        for (name, entry) in case["packages"].as_object().into_iter().flatten() {
            if let (Some(file), Some(place)) =
                (entry["file"].as_str(), entry["dependencies_stated_in"].as_str())
            {
                chosen.insert(file.to_owned(), (name.clone(), place.to_owned()));
            }
        }
    }
    assert!(chosen.len() >= 8, "{chosen:?}");
    let mut settings = IndexSettings::default();
    settings.cache = CacheMode::Off;
    let client = IndexClient::new(settings).unwrap();
    run(async {
        for (filename, (name, place)) in chosen {
            let page = client.page(&project(&name)).await.unwrap();
            let file = page
                .releases()
                .iter()
                .flat_map(|release| release.files().iter())
                .find(|file| file.filename == filename)
                .cloned()
                .unwrap();
            let before = client.stats().bytes;
            let begin = Instant::now();
            let facts = client.file_facts(&file, Search::Any).await.unwrap();
            let confidence = facts.metadata.confidence;
            eprintln!(
                "{filename}: {place}, {confidence:?}, {:?}, {} KiB, {:?}",
                facts.language,
                (client.stats().bytes - before) / 1024,
                begin.elapsed()
            );
            match place.as_str() {
                "pkg-info" => assert_eq!(confidence, Confidence::StaticSdist, "{filename}"),
                "pyproject" => assert_eq!(confidence, Confidence::StaticPyproject, "{filename}"),
                "egg-info-only" => assert_eq!(confidence, Confidence::EggInfo, "{filename}"),
                "nowhere" => assert_eq!(confidence, Confidence::Unknown, "{filename}"),
                _ => assert!(confidence >= Confidence::SiblingWheel, "{filename}: {confidence:?}"),
            }
        }
    });
}
