use super::*;
use crate::index::MetadataAdvert;

fn project() -> ProjectName {
    "x-y".parse().unwrap()
}

fn files(names: &[&str]) -> Vec<DistributionFile> {
    (0..)
        .zip(names)
        .map(|(position, name)| {
            let mut file =
                DistributionFile::new(*name, format!("https://f.example/packages/{position}/{name}"));
            file.position = position;
            file
        })
        .collect()
}

fn sample() -> Vec<DistributionFile> {
    let mut files = files(&[
        "x_y-1.0-py3-none-any.whl",
        "x-y-1.0.tar.gz",
        "x_y-10.0-cp312-cp312-linux_x86_64.whl",
        "X.Y-1.0.0.zip",
        "x_y-2.0rc1.tar.gz",
        "x_y-1.0+cpu-py3-none-any.whl",
        "x_y-nonsense.tar.gz",
        "x_y-1.0-py3.6.egg",
        "z-1.0.tar.gz",
    ]);
    files[0].sha256 = Some("ab".repeat(32));
    files[0].core_metadata = MetadataAdvert::Sha256("cd".repeat(32));
    files[1].requires_python = Some(">=3.8".to_owned());
    files[1].yanked = Some(String::new());
    files[1].core_metadata = MetadataAdvert::Present;
    files[2].upload_time = Some(-5);
    files[2].size = Some(u64::MAX);
    files[2].url = "http://elsewhere.example/q?name=ü".to_owned();
    files[3].other_hashes = vec![("md5".to_owned(), "00".repeat(16))];
    files[3].sha256 = Some("AB".to_owned());
    files[4].yanked = Some(">=3.8".to_owned());
    files
}

fn everything(page: &ProjectPage) -> Vec<(String, Vec<DistributionFile>)> {
    page.releases().iter().map(|release| (release.version().to_string(), release.files().to_vec())).collect()
}

#[test]
fn releases_are_newest_first_and_equal_versions_are_merged() {
    let page = ProjectPage::from_files(project(), sample());
    let versions: Vec<_> = page.releases().iter().map(|release| release.version().to_string()).collect();
    assert_eq!(versions, ["10.0", "2.0rc1", "1.0+cpu", "1.0"]);
    let names: Vec<_> = page.releases()[3].files().iter().map(|file| file.filename.as_str()).collect();
    assert_eq!(names, ["x_y-1.0-py3-none-any.whl", "x-y-1.0.tar.gz", "X.Y-1.0.0.zip"], "page order");
}

#[test]
fn names_without_a_version_are_kept_with_the_reason() {
    let page = ProjectPage::from_files(project(), sample());
    let unreadable: Vec<_> =
        page.unreadable().iter().map(|(file, why)| (file.filename.as_str(), why.as_str())).collect();
    assert_eq!(unreadable.len(), 3, "{unreadable:?}");
    let lines: Vec<String> = unreadable.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    x_y-nonsense.tar.gz: the version `nonsense` does not follow PEP 440
    x_y-1.0-py3.6.egg: neither a wheel nor an sdist: `.egg`
    z-1.0.tar.gz: not a file of the project `x-y`
    ");
}

#[test]
fn an_encoded_page_decodes_to_the_same_page() {
    for files in [sample(), Vec::new(), sample()[..1].to_vec()] {
        let page = ProjectPage::from_files_with_faults(project(), files, vec!["a fault".to_owned()], 7);
        let mut bytes = b"front".to_vec();
        bytes.extend(page.encode());
        let decoded = ProjectPage::decode(project(), Arc::new(bytes), 5).unwrap();
        assert_eq!(everything(&decoded), everything(&page));
        assert_eq!(decoded.unreadable(), page.unreadable());
        assert_eq!((decoded.faults(), decoded.fault_count()), (page.faults(), 7));
        assert_eq!(decoded.encode(), page.encode());
    }
}

#[test]
fn damage_is_an_error_at_every_byte() {
    let bytes = ProjectPage::from_files(project(), sample()).encode();
    for cut in 0..bytes.len() {
        assert!(ProjectPage::decode(project(), Arc::new(bytes[..cut].to_vec()), 0).is_err(), "cut at {cut}");
    }
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut damaged = bytes.clone();
            damaged[at] ^= bit;
            assert!(ProjectPage::decode(project(), Arc::new(damaged), 0).is_err(), "flip at {at}");
        }
    }
    assert!(ProjectPage::decode(project(), Arc::new(bytes), 1_000_000).is_err());
}

/// The checksum detects accidental damage. Bytes with a forged checksum must not cause a panic either.
#[test]
fn a_forged_encoding_does_not_panic() {
    let bytes = ProjectPage::from_files(project(), sample()).encode();
    for at in 9..bytes.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut forged = bytes.clone();
            forged[at] = value;
            let checksum = crc32fast::hash(&forged[9..]).to_le_bytes();
            forged[5..9].copy_from_slice(&checksum);
            if let Ok(page) = ProjectPage::decode(project(), Arc::new(forged), 0) {
                let _ = everything(&page);
                let _ = page.unreadable().len();
            }
        }
    }
}

#[test]
fn decoded_and_encoded_pages_merge_to_the_same_page() {
    let one = ProjectPage::from_files(project(), sample());
    let two = ProjectPage::from_files(
        project(),
        files(&["x_y-1.0.0-py3-none-any.whl", "x_y-3.tar.gz", "x_y-q.zip"]),
    );
    let coded = |page: &ProjectPage| ProjectPage::decode(project(), Arc::new(page.encode()), 0).unwrap();
    let plain = ProjectPage::merge(project(), &[(0, one.clone()), (1, two.clone())]);
    for pages in [
        [(0, coded(&one)), (1, coded(&two))],
        [(0, one.clone()), (1, coded(&two))],
        [(0, coded(&one)), (1, two)],
    ] {
        let merged = ProjectPage::merge(project(), &pages);
        assert_eq!(everything(&merged), everything(&plain));
        assert_eq!(merged.unreadable(), plain.unreadable());
    }
    let numbers: Vec<_> =
        plain.releases()[4].files().iter().map(|file| (file.index, file.position)).collect();
    assert_eq!(plain.releases()[4].version().to_string(), "1.0");
    assert_eq!(numbers, [(0, 0), (0, 1), (0, 3), (1, 0)]);
    let numbered = ProjectPage::merge(project(), &[(3, coded(&one))]);
    assert!(everything(&numbered).iter().flat_map(|(_, files)| files).all(|file| file.index == 3));
    assert!(numbered.unreadable().iter().all(|(file, _)| file.index == 3));
}
