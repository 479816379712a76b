//! What depending on this crate does to the rest of a user's program: it switches on no feature of serde_json that changes
//! how others read and write numbers or objects.

use std::collections::BTreeSet;
use std::process::Command;

/// The features of serde_json that a build of the client alone switches on. A workspace's tests unify the features of all
/// members, so that only cargo's own tree tells.
fn features(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-p", "confluent-cloud", "-e", "normal,features", "--prefix", "none", "--locked"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    assert!(tree.contains("serde_json v1."), "serde_json is in the tree:\n{tree}");
    let features = tree.lines().filter_map(|line| line.strip_prefix("serde_json feature \""));
    features.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[test]
fn no_feature_of_serde_json_is_switched_on_for_the_users_program() {
    for arguments in [&[][..], &["--features", "both-ways"]] {
        let features = features(arguments);
        let more: Vec<&String> =
            features.iter().filter(|feature| !["default", "std", "alloc"].contains(&feature.as_str())).collect();
        assert!(features.contains("std"), "{arguments:?}: {features:?}");
        assert!(more.is_empty(), "{arguments:?} switches on {more:?}");
    }
}
