//! Wheels and sdists made by other tools, and the inputs that break parsers of requirements.

use wheelbase::metadata::{Ask, Confidence, CoreMetadata, SparseBytes, find_wheel_metadata};

/// Lines that panic, overflow the stack or are misread in pep508_rs 0.9.2.
#[test]
fn requirement_lines_of_strangers_do_not_panic() {
    let deep = format!("a ; {}os_name == 'x'{}", "(".repeat(5_000), ")".repeat(5_000));
    let long = format!("a ; os_name == '{}'", "x".repeat(10_000_000));
    let lines = [
        "a ; 'posix' ~= os_name",
        "a-==1",
        "a[x-]",
        &deep,
        &long,
        "a ; 'x' in extras",
        "a>=1,",
        "a>=2.7.*",
        "a (>=1)",
        "\u{0}\u{feff}",
        "ü>=1",
        "a @ file:///x ; ",
    ];
    let mut text = "Metadata-Version: 2.1\nName: x\nVersion: 1\n".to_owned();
    for line in lines {
        text.push_str(&format!("Requires-Dist: {line}\n"));
    }
    text.push_str("Requires-Dist: last\n");
    let metadata = CoreMetadata::parse(text.as_bytes(), Confidence::Exact).unwrap();
    assert_eq!(metadata.requires_dist.len() + metadata.unreadable.len(), lines.len() + 1);
    assert_eq!(metadata.requires_dist.last().unwrap().name.as_str(), "last");
    assert!(metadata.unreadable.iter().all(|(line, why)| line.len() < 10_000 && !why.is_empty()));
    for repaired in ["a>=1,", "a>=2.7.*"] {
        assert!(!metadata.unreadable.iter().any(|(line, _)| line == repaired), "{:?}", metadata.unreadable);
    }
}

#[test]
fn a_10_mb_line_without_end_is_read_in_time() {
    let mut bytes = b"Metadata-Version: 2.1\nName: x\nSummary: ".to_vec();
    bytes.extend(std::iter::repeat_n(b'y', 10_000_000));
    let folded = b"\n folded".repeat(1_000_000);
    bytes.extend(folded);
    assert!(CoreMetadata::parse(&bytes, Confidence::Exact).is_ok());
    let mut bytes = b"Metadata-Version: 2.1\nName: x\nRequires-Dist: y".to_vec();
    bytes.extend(b"\n z".repeat(1_000_000));
    let metadata = CoreMetadata::parse(&bytes, Confidence::Exact).unwrap();
    assert_eq!(metadata.unreadable.len(), 1);
}

/// `zipfile` of Python 3.11: a comment, bytes in front of the archive, and zip64 records.
#[test]
fn archives_as_python_writes_them_are_read() {
    for name in ["comment.whl", "prefixed.whl", "zip64.whl", "streamed.whl"] {
        let path = concat!(root!(), "/tests/index/wheels/").to_owned() + name;
        let bytes = std::fs::read(path).unwrap();
        let answer = find_wheel_metadata(&SparseBytes::whole(bytes), None);
        let Ok(Ask::Ready(metadata)) = answer else { unreachable!("{name}: {answer:?}") };
        assert_eq!(metadata.name, "x-1.0.dist-info/METADATA", "{name}");
        assert!(metadata.bytes.starts_with(b"Metadata-Version: 2.1\nName: x\n"), "{name}");
    }
}
