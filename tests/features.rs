//! What depending on this crate does to a user's program: it switches on no feature of serde_json that changes how others
//! read and write numbers or objects, and what is compiled is no more than what is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Cargo's tree of a package alone, a line a package. A workspace's tests unify the features of all members, so that only
/// the tree tells.
fn tree(package: &str, edges: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "-p", package, "-e", edges, "--prefix", "none", "--locked"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

/// The features of serde_json that a build of the client switches on.
fn features(arguments: &[&str]) -> BTreeSet<String> {
    let tree = tree("confluent-cloud", "normal,features", arguments);
    assert!(tree.contains("serde_json v1."), "serde_json is in the tree:\n{tree}");
    let features = tree.lines().filter_map(|line| line.strip_prefix("serde_json feature \""));
    features.filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

/// The packages that are compiled, each with its versions.
fn packages(package: &str, edges: &str, arguments: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
    let mut packages = BTreeMap::<String, BTreeSet<String>>::new();
    for line in tree(package, edges, arguments).lines() {
        let mut words = line.split(' ').map(str::to_owned);
        if let (Some(name), Some(version)) = (words.next(), words.next()) {
            packages.entry(name).or_default().insert(version);
        }
    }
    packages
}

#[test]
fn no_feature_of_serde_json_is_switched_on_for_the_users_program_but_that_numbers_are_exact() {
    for arguments in [&[][..], &["--features", "both-ways"]] {
        let features = features(arguments);
        let more: Vec<&String> = features
            .iter()
            .filter(|feature| !["default", "std", "alloc", "float_roundtrip"].contains(&feature.as_str()))
            .collect();
        assert!(features.contains("std"), "{arguments:?}: {features:?}");
        assert!(more.is_empty(), "{arguments:?} switches on {more:?}");
    }
}

#[test]
fn nothing_is_compiled_in_two_versions_but_what_progenitor_brings_in() {
    let packages = packages("confluent-cloud", "normal,build", &[]);
    assert!(packages.contains_key("progenitor") && packages.contains_key("reqwest"), "{packages:?}");
    let twice: Vec<&String> =
        packages.iter().filter(|(_, versions)| versions.len() > 1).map(|(name, _)| name).collect();
    // Its schemars_derive is of the time before syn 3.
    assert!(twice.iter().all(|name| *name == "syn"), "in two versions: {twice:?}");
}

#[test]
fn what_is_switched_off_is_not_compiled() {
    let of_features = ["h2", "async-compression", "rustls", "aws-lc-rs"];
    let compiled = |arguments: &[&str]| -> Vec<&str> {
        let packages = packages("confluent-cloud", "normal", arguments);
        of_features.into_iter().filter(|name| packages.contains_key(*name)).collect()
    };
    assert_eq!(compiled(&[]), of_features);
    assert_eq!(compiled(&["--no-default-features"]), [""; 0]);
    assert_eq!(compiled(&["--no-default-features", "--features", "http2"]), ["h2"]);
    assert_eq!(compiled(&["--no-default-features", "--features", "gzip"]), ["async-compression"]);
    assert_eq!(compiled(&["--no-default-features", "--features", "rustls-no-provider"]), ["rustls"]);
}

#[test]
fn a_program_with_an_http_client_of_its_own_compiles_no_http_stack() {
    let packages = packages("openapi-runtime", "normal", &["--no-default-features"]);
    let of_http = ["reqwest", "hyper", "h2", "rustls", "aws-lc-rs", "chrono", "fancy-regex", "uuid"];
    let there: Vec<&str> = of_http.into_iter().filter(|name| packages.contains_key(*name)).collect();
    assert!(packages.contains_key("http") && there.is_empty(), "{there:?}");
}

#[test]
fn a_build_script_compiles_nothing_of_the_command() {
    let packages = packages("openapi-build", "normal", &[]);
    let of_the_command = ["clap", "miette", "indicatif", "toml_edit", "reqwest", "tokio"];
    let there: Vec<&str> = of_the_command.into_iter().filter(|name| packages.contains_key(*name)).collect();
    assert!(packages.contains_key("progenitor"), "{packages:?}");
    assert!(there.is_empty(), "{there:?}");
    // What compares two versions of a definition has no packages of its own.
    let features = tree("confluent-cloud", "build,features", &[]);
    assert!(features.contains("openapi-build feature \"default\""), "{features}");
    assert!(!features.contains("openapi-build feature \"track\""), "{features}");
}

#[test]
fn a_command_line_is_compiled_only_where_it_is_asked_for() {
    let has = |package: &str, arguments: &[&str]| {
        let packages = packages(package, "normal", arguments);
        ["clap", "clap_complete", "serde_norway"].map(|name| packages.contains_key(name))
    };
    assert_eq!(has("confluent-cloud", &[]), [false; 3]);
    assert_eq!(has("openapi-runtime", &[]), [false; 3]);
    assert_eq!(has("openapi-runtime", &["--features", "cli"]), [true; 3]);
}
