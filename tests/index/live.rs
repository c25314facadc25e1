//! The real index; run with `--ignored`.

use std::time::Instant;

use wheelbase::edge::{CacheMode, IndexClient, IndexSettings};

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
        let facts = client.file_facts(sdist, wheelbase::sdist::Search::Any).await.unwrap();
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
