//! Snapshots of the help texts.

use super::site::Site;
use super::wording::assert_wording;

#[test]
fn help_is_as_it_was_read() {
    let site = Site::of("");
    for command in ["check", "tags", "explain", "cache"] {
        let run = site.run(&[command, "--help"]).with_status(0);
        assert_wording!(format!("help_{command}"), run.out);
    }
    assert!(site.run(&["--version"]).with_status(0).out.starts_with("wheelbase "));
    let run = site.run(&["--help"]).with_status(0);
    assert_wording!("help", run.out);
    // Without arguments the help is printed, and the status is not success.
    site.run(&[]).with_status(2);
}
