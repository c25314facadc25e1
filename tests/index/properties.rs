//! Untrusted bytes never cause a panic.

use std::sync::Arc;

use proptest::prelude::*;
use wheelbase::index::{ProjectPage, parse_page};
use wheelbase::metadata::{
    Ask, Confidence, CoreMetadata, SparseBytes, find_wheel_metadata, relevant_headers,
};
use wheelbase::sdist::{SdistLimits, Search, read_tarball, read_zip};

use super::server::{sdist, wheel};

const TYPES: [&str; 3] = ["text/html", "application/vnd.pypi.simple.v1+json", "text/html; charset=utf-16"];

fn limits() -> SdistLimits {
    let mut limits = SdistLimits::default();
    limits.inflated_bytes = 1 << 20;
    limits
}

/// Fetches the requested ranges until there is a result.
fn settle<T, E>(bytes: &[u8], ask: impl Fn(&SparseBytes) -> Result<Ask<T>, E>) {
    let mut sparse = SparseBytes::new(bytes.len() as u64);
    for _ in 0..100 {
        match ask(&sparse) {
            Ok(Ask::Need(range)) => {
                assert!(range.start < range.end && range.end <= bytes.len() as u64, "{range:?}");
                let piece = bytes[range.start as usize..range.end as usize].to_vec();
                sparse.insert(range.start, piece);
            }
            Ok(Ask::Ready(_)) | Err(_) => return,
        }
    }
    unreachable!("no end of asking");
}

fn all(bytes: &[u8]) {
    let url = "https://h.example/simple/x/";
    for content_type in TYPES {
        if let Ok(page) = parse_page(bytes, Some(content_type), url) {
            let page = ProjectPage::from_files("x".parse().unwrap(), page.files);
            let decoded = ProjectPage::decode("x".parse().unwrap(), Arc::new(page.encode()), 0).unwrap();
            let files = |page: &ProjectPage| -> Vec<_> {
                page.releases().iter().flat_map(|release| release.files().to_vec()).collect()
            };
            assert_eq!(files(&page), files(&decoded));
        }
    }
    let _ = ProjectPage::decode("x".parse().unwrap(), Arc::new(bytes.to_vec()), 0);
    if let Ok(metadata) = CoreMetadata::parse(bytes, Confidence::Exact) {
        let short = relevant_headers(bytes);
        assert_eq!(CoreMetadata::parse(short.as_bytes(), Confidence::Exact).as_ref(), Ok(&metadata));
    }
    let _ = read_tarball(bytes, None, Search::Any, limits());
    settle(bytes, |known| read_zip(known, None, Search::Any, limits()));
    settle(bytes, |known| find_wheel_metadata(known, None));
}

/// Text that looks like a page, a metadata file or an archive's pieces.
fn fragments() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&'static [u8]> = vec![
        b"<a href=\"",
        b"x-1.0.tar.gz",
        b"x-1.0-py3-none-any.whl#sha256=",
        b"\" data-yanked",
        b"=\"&gt;&#0;",
        b"\">",
        b"<base href=//h/",
        b"{\"files\":[",
        b"{\"filename\":\"x-1.zip\",\"url\":\"x-1.zip\"}",
        b",",
        b"]}",
        b"Metadata-Version: 2.2\n",
        b"Name: x\r\n",
        b"Requires-Dist: y ; ",
        b"(os_name == 'x'",
        b"\n\t",
        b"%2F%zz",
        b"PK\x05\x06",
        b"PK\x01\x02",
        b"\x1f\x8b\x08\x00",
        b"\xff\x00\x00\x00",
    ];
    let piece = prop::sample::select(pieces);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        all(&bytes);
    }

    #[test]
    fn fragments_of_formats(bytes in fragments()) {
        all(&bytes);
    }

    #[test]
    fn damaged_archives(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let pkg_info = b"Metadata-Version: 2.1\nName: x\nVersion: 1\n";
        for archive in [wheel("x", "1", &["y"], 300), sdist(&[("x-1/PKG-INFO", pkg_info), ("x-1/a.c", b"int x;")])] {
            let mut damaged = archive.clone();
            let index = at.index(damaged.len());
            damaged[index] = value;
            all(&damaged);
            all(&archive[..cut.index(archive.len())]);
        }
    }

    #[test]
    fn any_page_reads_back_from_its_compact_form(
        files in prop::collection::vec(
            ("x-[0-9]{1,3}(\\.[0-9]{1,2}){0,2}(rc1|\\.post2|\\+cpu)?\\.tar\\.gz|\\PC{0,12}", "\\PC{0,30}",
             prop::option::of("\\PC{0,9}"), prop::option::of(any::<i64>()), prop::option::of(any::<u64>()), any::<u16>()),
            0..30)
    ) {
        let files: Vec<_> = files.into_iter().zip(0..).map(|((name, url, text, time, size, index), position)| {
            let mut file = wheelbase::index::DistributionFile::new(name, url);
            file.requires_python = text.clone();
            file.yanked = text.clone();
            file.sha256 = text;
            file.upload_time = time;
            file.size = size;
            file.index = index;
            file.position = position;
            file
        }).collect();
        let page = ProjectPage::from_files("x".parse().unwrap(), files);
        let decoded = ProjectPage::decode("x".parse().unwrap(), Arc::new(page.encode()), 0).unwrap();
        prop_assert_eq!(page.unreadable(), decoded.unreadable());
        prop_assert_eq!(page.releases().len(), decoded.releases().len());
        for (one, two) in page.releases().iter().zip(decoded.releases()) {
            prop_assert_eq!(one.files(), two.files());
            prop_assert_eq!(one.version(), two.version());
        }
    }
}
