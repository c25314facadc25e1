//! Shapes on which resolvers that undo one choice at a time take exponential time or give up. The structures are those
//! of resolvelib's own cases (1.2, `tests/functional/python`: backjump-test-1 to 4, chalice, cheroot and the like),
//! written anew.

use std::time::{Duration, Instant};

use wheelbase::resolve::Resolution;

use super::memory_index::{Index, problem, summary};

/// Solves; fails if that takes too long or too many rounds.
fn solve(index: &Index, lines: &[&str], most_fetches: usize) -> Resolution {
    let started = Instant::now();
    let (resolution, fetches) = index.solve(problem(lines));
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert!(fetches <= most_fetches, "{fetches} rounds of fetching");
    resolution
}

/// The last of three choices is impossible because of the first. The second has many versions and is unrelated.
#[test]
fn an_unrelated_choice_is_not_tried_version_by_version() {
    let mut text = String::from("a 1.0 -> c==1.0\na 2.0 -> c==2.0\nd 1.0 -> c==1.0\nc 1.0\nc 2.0\n");
    for version in 1..=120 {
        text.push_str(&format!("b {version}.0\n"));
    }
    let resolution = solve(&Index::of(&text), &["a", "b", "d"], 12);
    assert_eq!(summary(&resolution), ["a==1.0", "b==120.0", "c==1.0", "d==1.0"]);
}

/// Two parents pin the same child differently in every version except the oldest.
#[test]
fn both_parents_go_back_to_the_versions_that_agree() {
    let mut text = String::from("child 0.0\na 0.0 -> child==0.0\nb 0.0 -> child==0.0\n");
    for version in 1..=40 {
        text.push_str(&format!(
            "a {version}.0 -> child=={}.0\nb {version}.0 -> child=={}.0\nchild {}.0\nchild {}.0\n",
            2 * version,
            2 * version + 1,
            2 * version,
            2 * version + 1,
        ));
    }
    let resolution = solve(&Index::of(&text), &["a", "b"], 30);
    assert_eq!(summary(&resolution), ["a==0.0", "b==0.0", "child==0.0"]);
}

/// The cause is three levels down, below projects with many versions each.
#[test]
fn a_cause_three_levels_down_is_found() {
    let mut text = String::from("leaf 1.0\nleaf 2.0\nother 1.0 -> leaf<2\n");
    for version in 1..=30 {
        text.push_str(&format!("top {version}.0 -> middle>={version}.0\n"));
        text.push_str(&format!("middle {version}.0 -> low\n"));
        text.push_str(&format!("low {version}.0 -> leaf>={}\n", if version > 3 { 2 } else { 1 }));
    }
    let resolution = solve(&Index::of(&text), &["other", "top"], 30);
    assert_eq!(summary(&resolution), ["leaf==1.0", "low==3.0", "middle==30.0", "other==1.0", "top==30.0"]);
}

/// No version of one project is compatible with any version of another. The result is a conflict after a few rounds.
#[test]
fn an_impossible_pair_is_found_in_linear_time() {
    let mut text = String::from("pin 1.0 -> core==1.0\ncore 1.0\n");
    for version in 2..=300 {
        text.push_str(&format!("core {version}.0\nuser {version}.0 -> core=={version}.0\n"));
    }
    let resolution = solve(&Index::of(&text), &["user", "pin", "bystander"], 40);
    assert_eq!(resolution.conflicts.len(), 1);
    let lines: Vec<&str> = resolution.conflicts[0].lines.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(lines, ["user", "pin"]);
}

/// Like chalice with an old pip pin: a tool limits a popular project to versions below those that all other projects
/// require. Its own old versions set no limit and require a project that no longer exists.
#[test]
fn a_cap_in_every_new_version_leads_to_the_capped_one() {
    let mut text = String::from("wheel 0.37\nwheel 0.45\ntool 1.0 -> gone\n");
    for version in 2..=30 {
        text.push_str(&format!("tool {version}.0 -> wheel<0.40 & click<9 & botocore>={version}\n"));
        text.push_str(&format!("botocore {version}.0 -> jmespath<2 & urllib3<3\n"));
    }
    text.push_str(
        "click 8.0\nclick 9.0\njmespath 1.0\njmespath 2.0\nurllib3 2.0\nurllib3 3.0\nweb 1.0 -> click>=8\n",
    );
    let resolution = solve(&Index::of(&text), &["web", "tool"], 20);
    assert_eq!(
        summary(&resolution),
        [
            "botocore==30.0",
            "click==8.0",
            "jmespath==1.0",
            "tool==30.0",
            "urllib3==2.0",
            "web==1.0",
            "wheel==0.37"
        ]
    );
}

/// Like cheroot on an old Python: the newest versions require a helper without a version that fits, so an older parent
/// is chosen.
#[test]
fn an_older_parent_replaces_one_with_an_impossible_helper() {
    let mut text = String::from("more 1.0\n");
    for version in 1..=60 {
        let requires = if version > 6 { "more & functools>=4" } else { "more" };
        text.push_str(&format!("cheroot {version}.0 -> {requires}\n"));
    }
    text.push_str("functools 3.0\ncherrypy 18.0 -> cheroot>=5\n");
    let resolution = solve(&Index::of(&text), &["cherrypy"], 30);
    assert_eq!(summary(&resolution), ["cheroot==6.0", "cherrypy==18.0", "more==1.0"]);
}

/// Projects that require each other do not cause an endless loop.
#[test]
fn circular_requirements_are_resolved() {
    let index = Index::of("a 1.0 -> b\na 2.0 -> b>=2\nb 1.0 -> a\nb 2.0 -> a<2 & c\nc 1.0 -> a & b");
    assert_eq!(summary(&solve(&index, &["a"], 10)), ["a==1.0", "b==2.0", "c==1.0"]);
}
