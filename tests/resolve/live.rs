//! All cases of the oracle on the real index.

use serde_json::Value;

use super::recorded::differences;

/// Twelve sets with a date cut, each as pip and as uv resolve it: same versions, kinds and files.
#[test]
#[ignore = "asks the real index"]
fn all_oracle_cases_on_the_real_index() {
    let oracle: Value =
        serde_json::from_str(include_str!("../oracle/resolve.json")).expect("the oracle is JSON");
    let mut faults = Vec::new();
    for case in oracle["cases"].as_array().expect("cases") {
        for installer in ["pip", "uv"] {
            let differences = differences(case, installer, &[]);
            if !differences.is_empty() {
                faults.push(format!("{} with {installer}: {differences:#?}", case["id"]));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
