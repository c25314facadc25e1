use super::*;
use crate::index::{DistributionFile, MetadataAdvert, ParsedPage};

const HASH: &str = "9da884457e910bf0847d396cb4b778ad9f3c3d17db1c5997cb861937bd284237";

fn parse(body: &str, content_type: &str) -> ParsedPage {
    parse_page(body.as_bytes(), Some(content_type), "https://h.example/simple/x/").unwrap()
}

fn html(body: &str) -> Vec<DistributionFile> {
    let page = parse(body, "text/html");
    assert_eq!(page.faults, [""; 0]);
    page.files
}

fn json_file(fields: &str) -> DistributionFile {
    let body = format!(
        r#"{{"meta":{{"api-version":"1.3"}},"name":"x","files":[{{"filename":"x-1.zip","url":"x-1.zip"{fields}}}]}}"#
    );
    let page = parse(&body, "application/vnd.pypi.simple.v1+json; charset=utf-8");
    assert_eq!(page.faults, [""; 0]);
    page.files.into_iter().next().unwrap()
}

/// PEP 503, PEP 592, PEP 714.
#[test]
fn all_attributes_of_a_link_are_read() {
    let files = html(&format!(
        "<!DOCTYPE html><html><body><h1>Links</h1>\n<a class=q href=\"https://f.example/x-1.zip#sha256={HASH}\" \
         data-requires-python=\"&gt;=3.8,&#33;=3.9.*\" data-yanked=\"a &quot;reason&quot;\" \
         data-dist-info-metadata=\"true\" data-core-metadata='sha256={HASH}' \
         data-upload-time=\"2010-04-16T14:29:37.458396Z\">x-1.zip</a><br/>"
    ));
    let mut expected = DistributionFile::new("x-1.zip", "https://f.example/x-1.zip");
    expected.sha256 = Some(HASH.to_owned());
    expected.requires_python = Some(">=3.8,!=3.9.*".to_owned());
    expected.yanked = Some("a \"reason\"".to_owned());
    expected.core_metadata = MetadataAdvert::Sha256(HASH.to_owned());
    expected.upload_time = Some(1_271_428_177);
    assert_eq!(files, [expected]);
}

/// PEP 592, "Specification": the attribute's presence says it.
#[test]
fn yanked_without_a_value_is_yanked() {
    let files =
        html("<a href=x-1.zip data-yanked>1</a><a href=x-2.zip data-yanked=''>2</a><a href=x-3.zip>3</a>");
    let yanked: Vec<_> = files.iter().map(|file| file.yanked.as_deref()).collect();
    assert_eq!(yanked, [Some(""), Some(""), None]);
}

/// PEP 691, "Project Detail": any truthy value.
#[test]
fn yanked_in_json_is_a_flag_or_a_reason() {
    assert_eq!(json_file("").yanked, None);
    assert_eq!(json_file(r#","yanked":false"#).yanked, None);
    assert_eq!(json_file(r#","yanked":null"#).yanked, None);
    assert_eq!(json_file(r#","yanked":"""#).yanked, None);
    assert_eq!(json_file(r#","yanked":true"#).yanked.as_deref(), Some(""));
    assert_eq!(json_file(r#","yanked":"broken \u00fc""#).yanked.as_deref(), Some("broken ü"));
}

/// PEP 714, "Specification".
#[test]
fn metadata_is_advertised_under_two_names_in_three_forms() {
    use MetadataAdvert::{Absent, Present, Sha256};
    let hash = || Sha256(HASH.to_owned());
    assert_eq!(json_file("").core_metadata, Absent);
    assert_eq!(json_file(r#","core-metadata":true"#).core_metadata, Present);
    assert_eq!(json_file(r#","core-metadata":false,"dist-info-metadata":true"#).core_metadata, Absent);
    assert_eq!(json_file(r#","dist-info-metadata":true"#).core_metadata, Present);
    assert_eq!(json_file(r#","core-metadata":{}"#).core_metadata, Present);
    assert_eq!(json_file(&format!(r#","core-metadata":{{"sha256":"{HASH}"}}"#)).core_metadata, hash());
    let advert = |value: &str| html(&format!("<a href=x-1.zip {value}>x</a>"))[0].core_metadata.clone();
    assert_eq!(advert("data-core-metadata=true"), Present);
    assert_eq!(advert("data-core-metadata=false"), Absent);
    assert_eq!(advert("data-core-metadata"), Absent);
    assert_eq!(advert(&format!("data-dist-info-metadata=sha256={HASH}")), hash());
    assert_eq!(advert("data-core-metadata=md5=0123456789abcdef0123456789abcdef"), Present);
}

#[test]
fn base_moves_relative_links_and_only_the_first_counts() {
    let files = html(
        "<head><base target=_top><base href='//cdn.example/pkgs/'><base href='/no/'></head>\
         <a href='x-1.zip'>1</a><a href='../x-2.zip'>2</a><a href='https://other.example/x-3.zip'>3</a>",
    );
    let urls: Vec<_> = files.iter().map(|file| file.url.as_str()).collect();
    assert_eq!(
        urls,
        ["https://cdn.example/pkgs/x-1.zip", "https://cdn.example/x-2.zip", "https://other.example/x-3.zip"]
    );
}

#[test]
fn entities_in_addresses_are_decoded() {
    let files = html("<a href='x-1.zip?a=1&amp;b=2#sha256=0'>1</a>");
    assert_eq!(files[0].url, "https://h.example/simple/x/x-1.zip?a=1&b=2");
}

#[test]
fn of_repeated_attributes_the_first_counts() {
    let files = html("<a href=x-1.zip href=x-2.zip HREF=x-3.zip data-yanked data-yanked=no>1</a>");
    assert_eq!(
        (files.len(), files[0].filename.as_str(), files[0].yanked.as_deref()),
        (1, "x-1.zip", Some(""))
    );
}

#[test]
fn comments_hold_no_links_and_anchors_without_address_are_none() {
    assert!(html("<!-- <a href=x-1.zip>1</a> --><a name=top>top</a><A>x</A><abbr href=x-2.zip>").is_empty());
    assert_eq!(html("<A HREF = 'x-1.zip' >1").len(), 1);
}

#[test]
fn listings_of_a_file_server_give_their_files() {
    let files = html(
        "<a href='?C=N;O=D'>Name</a><a href='/'>Parent</a><a href='sub/'>sub</a><a href='#top'></a><a href=''></a>\
         <a href='x-1.zip'>x-1.zip</a>",
    );
    assert_eq!(files.len(), 1);
}

#[test]
fn positions_count_files() {
    let files = html("<a href=x-1.zip>1</a><a href='/'>up</a><a href=x-2.zip>2</a>");
    assert_eq!([files[0].position, files[1].position], [0, 1]);
}

#[test]
fn other_encodings_are_decoded_by_the_content_type() {
    let url = "https://h.example/";
    let page =
        parse_page(b"<a href=x-1.zip data-yanked=\xfc>1</a>", Some("text/html; charset=ISO-8859-1"), url);
    assert_eq!(page.unwrap().files[0].yanked.as_deref(), Some("ü"));
    let page =
        parse_page(b"<a href=x-1.zip data-yanked=\xfc>1</a>", Some("text/html; charset=nonsense"), url);
    assert_eq!(page.unwrap().files[0].yanked.as_deref(), Some("\u{fffd}"));
}

#[test]
fn without_a_type_the_first_character_decides() {
    let url = "https://h.example/";
    let count = |body: &str| parse_page(body.as_bytes(), None, url).map(|page| page.files.len());
    assert_eq!(count(r#" {"files":[{"filename":"x-1.zip","url":"x-1.zip"}]}"#), Ok(1));
    assert_eq!(count("<a href=x-1.zip>"), Ok(1));
}

#[test]
fn the_url_is_absolute() {
    let read = |url: &str| parse_page(b"<a href=x-1.zip>", None, url).unwrap_err().to_string();
    insta::assert_snapshot!(
        read("simple/x/"),
        @"`simple/x/`: the URL of the page is not valid: relative URL without a base"
    );
    insta::assert_snapshot!(
        read("https://me:s3cret@h.example:port/"),
        @"`https://h.example:port/`: the URL of the page is not valid: invalid port number"
    );
}

/// PEP 629, "Specification": a newer minor version is read, a newer major version refused.
#[test]
fn another_major_version_is_refused() {
    let meta =
        |version: &str| format!("<meta content='{version}' name='pypi:repository-version'><a href=x-1.zip>");
    let url = "https://me:s3cret@h.example/simple/x/";
    let read = |body: String| parse_page(body.as_bytes(), Some("text/html"), url);
    for version in ["1.0", "1.999", "1", "0.9", "x"] {
        assert!(read(meta(version)).is_ok(), "{version}");
    }
    insta::assert_snapshot!(
        read(meta("2.0")).unwrap_err(),
        @"`https://h.example/simple/x/`: the page has version 2.0 of the repository API; supported: 1.x"
    );
}

#[test]
fn hashes_are_lower_case_and_of_the_right_length() {
    let upper = HASH.to_ascii_uppercase();
    let file = json_file(&format!(
        r#","hashes":{{"sha256":"{upper}","md5":"00112233445566778899aabbccddeeff","sha1":"x"}}"#
    ));
    assert_eq!(file.sha256.as_deref(), Some(HASH));
    assert_eq!(file.other_hashes, [("md5".to_owned(), "00112233445566778899aabbccddeeff".to_owned())]);
    let files =
        html(&format!("<a href='x-1.zip#egg=x&amp;sha256={upper}'></a><a href='x-2.zip#sha256=zz'></a>"));
    assert_eq!(files[0].sha256.as_deref(), Some(HASH));
    assert_eq!(files[1].sha256, None);
}

#[test]
fn upload_times_are_whole_seconds_rounded_down() {
    let time = |text: &str| json_file(&format!(r#","upload-time":"{text}""#)).upload_time;
    assert_eq!(time("2024-01-01T00:00:00.000000Z"), Some(1_704_067_200));
    assert_eq!(time("2024-01-01T00:00:00.999999Z"), Some(1_704_067_200));
    assert_eq!(time("2024-01-01T01:00:00+01:00"), Some(1_704_067_200));
    assert_eq!(time("1969-12-31T23:59:59.5Z"), Some(-1));
}

#[test]
fn further_faults_are_counted() {
    let body = "<a href='https://['>".repeat(1_000);
    let page = parse(&body, "text/html");
    assert_eq!((page.fault_count, page.faults.len()), (1_000, 20));
}
