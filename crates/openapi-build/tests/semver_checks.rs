//! The verdict on the crate against an independent judge: cargo-semver-checks, on the clients of both versions of every bump.
//! Skipped unless `OPENAPI_SEMVER_CHECKS` names the program, as `benches/semver-checks.sh` does.

use std::path::{Path, PathBuf};

use openapi_build::pipeline::Loaded;
use openapi_build::track::{self, semver::Level};
use testing::{corpus, rustc};

/// The program, if it is set.
fn judge() -> Option<PathBuf> {
    let Some(program) = std::env::var_os("OPENAPI_SEMVER_CHECKS") else {
        println!("skipped: OPENAPI_SEMVER_CHECKS is not set");
        return None;
    };
    let program = corpus::workspace().join(program);
    assert!(program.is_file(), "OPENAPI_SEMVER_CHECKS names {}, which is no program", program.display());
    Some(program)
}

/// What the judge says of two packages of a workspace: the update that it asks for, and the checks that failed.
fn judged(judge: &Path, workspace: &rustc::Workspace, old: &str, new: &str) -> (Level, Vec<String>) {
    let folder = |name: &str| workspace.folder(name);
    let manifest = folder(new).join("Cargo.toml");
    let baseline = folder(old);
    let (manifest, baseline) = (manifest.to_string_lossy(), baseline.to_string_lossy());
    let arguments =
        ["semver-checks", "--manifest-path", &manifest, "--baseline-root", &baseline, "--release-type", "patch"];
    let text = workspace.run_all(judge, &arguments);
    let level = if text.contains("semver requires new major version") {
        Level::Major
    } else if text.contains("semver requires new minor version") {
        Level::Minor
    } else {
        assert!(text.contains("no semver update required"), "{text}");
        Level::Patch
    };
    let failures = text.lines().filter_map(|line| line.trim().strip_prefix("--- failure ")?.split(':').next());
    (level, failures.map(str::to_owned).collect())
}

#[test]
fn the_verdict_is_never_lower_than_what_cargo_semver_checks_finds() {
    let (Some(judge), Some(folder)) = (judge(), corpus::folder("OPENAPI_BUMPS")) else { return };
    let mut bumps: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    bumps.sort();
    let mut lower = Vec::new();
    for bump in bumps.into_iter().filter(|bump| bump.join("after.yaml").is_file()) {
        let name = bump.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let load = |version: &str| Loaded::path(&bump.join(version)).expect("it reads");
        let (old, new) = (load("before.yaml"), load("after.yaml"));
        let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{name}: {error}"));
        let code = |loaded: &Loaded| loaded.generate().expect("it generates").code;
        let (before, after) = (code(&old), code(&new));
        // Both are one package, each in a workspace of its own.
        let workspace =
            rustc::Workspace::pair(env!("CARGO_TARGET_TMPDIR"), "semver", ("before", &before), ("after", &after));
        let (theirs, failures) = judged(&judge, &workspace, "before", "after");
        let ours = changes.verdict.rust;
        let mut reasons: Vec<&str> = changes
            .changes
            .iter()
            .flat_map(|change| &change.items)
            .chain(&changes.items)
            .filter(|item| item.level == ours)
            .map(|item| item.code)
            .chain(changes.changes.iter().filter(|change| change.level == ours).map(|change| change.code))
            .collect();
        reasons.sort_unstable();
        reasons.dedup();
        println!("{name}: ours {}, theirs {} {failures:?}; ours by {reasons:?}", ours.as_str(), theirs.as_str());
        if ours < theirs {
            lower.push(format!("{name}: ours {}, theirs {}: {failures:?}", ours.as_str(), theirs.as_str()));
        }
        assert!(ours == theirs || !reasons.is_empty() || ours == Level::Patch, "{name}: higher without a reason");
    }
    assert!(lower.is_empty(), "{}", lower.join("\n"));
}
