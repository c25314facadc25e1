use wheelbase::edge::{IndexClient, IndexSettings, CacheMode};
#[tokio::main]
async fn main() {
    let mut settings = IndexSettings::default();
    settings.cache = CacheMode::Folder("/tmp/wl-cache".into());
    let client = IndexClient::new(settings).unwrap();
    for arg in std::env::args().skip(1) {
        let t = std::time::Instant::now();
        let bytes = std::sync::atomic::AtomicU64::new(0);
        let found = if std::path::Path::new(&arg).is_dir() {
            wheelbase::edge::imports::imports_of_directory(std::path::Path::new(&arg)).unwrap()
        } else {
            let (n, v) = arg.split_once("==").unwrap();
            let target = wheelbase::image::Catalogue::default().profile(&"python:3.12".parse().unwrap(), "2026-11-21".parse().unwrap(), None).unwrap().target(&Default::default()).unwrap();
            let project = n.parse().unwrap();
            let files = match wheelbase::edge::inspect::wheels_of_release(&client, &project, &v.parse().unwrap(), Some(&target)).await { Ok(f) => f, Err(e) => { println!("{arg}: {}", e.message()); continue } };
            wheelbase::edge::imports::imports_of(&client, &project, &files[0], &|m| { bytes.fetch_add(m, std::sync::atomic::Ordering::Relaxed); }).await.unwrap()
        };
        println!("== {arg} {:?} {} bytes roots {:?} opens {:?} unread {}", t.elapsed(), bytes.into_inner(), found.roots.iter().take(8).collect::<Vec<_>>(), found.opens, found.unread);
        for (n, r) in &found.natives { println!("   {:?} {n} by {}", r.how, r.by); }
    }
}
