//! Real bumps of real definitions: every difference is accounted for, and the reports stay readable.

use std::path::PathBuf;

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use openapi_build::track::{self, diff::Style};
use testing::versions::{differing, remaining};
use testing::{corpus, edits};

/// What a screen shows.
const SCREEN: usize = 40;

/// What a person reads through: some pages.
const READABLE: usize = 400;

/// What GitHub takes for the text of a pull request.
const PULL_REQUEST: usize = 65_536;

/// The bumps: their names, and the old and new version.
fn bumps() -> Option<Vec<(String, PathBuf, PathBuf)>> {
    let folder = corpus::folder("OPENAPI_BUMPS")?;
    let entries = std::fs::read_dir(&folder).expect("the folder can be read").flatten().map(|entry| entry.path());
    let mut bumps: Vec<_> = entries
        .filter(|path| path.join("before.yaml").is_file() && path.join("after.yaml").is_file())
        .map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (name, path.join("before.yaml"), path.join("after.yaml"))
        })
        .collect();
    bumps.sort();
    assert!(!bumps.is_empty(), "OPENAPI_BUMPS names {}, which has no bump", folder.display());
    Some(bumps)
}

#[test]
fn every_leaf_that_differs_is_accounted_for() {
    let Some(bumps) = bumps() else { return };
    let (mut problems, mut lengths) = (Vec::new(), Vec::new());
    for (name, before, after) in bumps {
        let (old, new) = (Loaded::path(&before).expect("it reads"), Loaded::path(&after).expect("it reads"));
        let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{name}: {error}"));
        let leaves = differing(&old.documents[0].tree, &new.documents[0].tree);
        let left = remaining(&old, &new, &changes);
        if !left.is_empty() || !changes.unknown.is_empty() {
            let left = left.iter().take(10).collect::<Vec<_>>();
            problems
                .push(format!("{name}: {left:#?}, unknown {:#?}", changes.unknown.iter().take(5).collect::<Vec<_>>()));
        }
        assert!(leaves == 0 || !changes.is_empty() || !changes.noise.is_empty(), "{name}");
        let (text, markdown) = (changes.to_text(Style::default()), changes.to_markdown());
        println!(
            "{name}: {leaves} leaves differ: {} changes, {} places of noise; wire {}, crate {}; {} lines of text, {} of markdown",
            changes.changes.len(),
            changes.noise.len(),
            changes.verdict.wire.as_str(),
            changes.verdict.rust.as_str(),
            text.lines().count(),
            markdown.lines().count(),
        );
        assert!(markdown.len() < PULL_REQUEST, "{name}: {} bytes", markdown.len());
        lengths.push((leaves, text.lines().count(), name));
    }
    lengths.sort();
    if let [(_, first, name), .., (_, last, other)] = lengths.as_slice() {
        assert!(*first <= SCREEN, "the smallest, {name}, has a report of {first} lines");
        assert!(*last <= READABLE, "the largest, {other}, has a report of {last} lines");
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_way_back_is_accounted_for_too() {
    let Some(bumps) = bumps() else { return };
    for (name, before, after) in bumps {
        let (old, new) = (Loaded::path(&after).expect("it reads"), Loaded::path(&before).expect("it reads"));
        let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(remaining(&old, &new, &changes), Vec::<String>::new(), "{name}");
        assert!(changes.unknown.is_empty(), "{name}: {:?}", changes.unknown);
    }
}

#[test]
fn fifty_edits_of_the_whole_api_are_found_and_nothing_else() {
    let Some(path) = corpus::document("OPENAPI_CORPUS", "full-2023-12.json") else { return };
    let old = Loaded::path(&path).expect("it reads");
    let mut tree = old.documents[0].tree.clone();
    let expected = edits::apply(&mut tree, 50);
    let file = SourceFile::from_bytes("edited.json".as_ref(), tree.to_string().into_bytes()).expect("it is text");
    let new = Loaded::sources(vec![file], &[]).expect("it reads");
    let changes = track::diff(&old, &new).unwrap_or_else(|error| panic!("{error}"));
    let mut found: Vec<&str> =
        changes.changes.iter().map(|change| change.code).chain(changes.noise.iter().map(|noise| noise.code)).collect();
    found.sort_unstable();
    let mut wanted: Vec<&str> = expected.iter().map(|(code, _)| *code).collect();
    wanted.sort_unstable();
    if found != wanted {
        let subjects: Vec<String> =
            changes.changes.iter().map(|change| format!("{} {}", change.code, change.subject)).collect();
        panic!("found {found:?}\nwanted {wanted:?}\n{subjects:#?}\n{expected:#?}");
    }
    assert_eq!((found.len(), changes.unknown.len()), (50, 0));
    assert_eq!(remaining(&old, &new, &changes), Vec::<String>::new());
}
