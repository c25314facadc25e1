//! Markers with comparisons that the specification does not define.

use crate::cli::site::{Site, rows};

/// The results of uv 0.13.9, `uv pip install --dry-run --no-index --find-links W 'a; MARKER'`.
#[test]
fn uv_leaves_undefined_comparisons_out() {
    let site = Site::of("a 1.0\nb 1.0 -> a; os_name ~= 'posix'");
    for (marker, taken) in [
        ("python_version ~= 'x'", true),
        ("os_name ~= 'posix' and python_version < '3'", false),
        ("os_name ~= 'posix' or python_version < '3'", false),
        ("os_name ~= 'posix' or python_version > '3'", true),
        ("(os_name ~= 'posix' or os_name ~= 'nt') and python_version > '3'", true),
        ("(os_name ~= 'posix' or os_name ~= 'nt') or python_version < '3'", false),
    ] {
        let report = site.report(&[&format!("a; {marker}"), "--installer", "uv"]);
        assert_eq!(rows(&report, 0).len(), usize::from(taken), "{marker}");
    }
    assert_eq!(rows(&site.report(&["b", "--installer", "uv"]), 0), ["a 1.0 wheel", "b 1.0 wheel"]);
    assert_eq!(rows(&site.report(&["b"]), 0), ["b 1.0 wheel"]);
}
