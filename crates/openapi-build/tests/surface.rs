//! `api.txt`: it lists every public item of a generated client, and the committed one is that of the vendored definition.

use openapi_build::pipeline::{Loaded, Output};
use openapi_build::track::Derived;
use openapi_build::track::surface::{Kind, Surface};
use testing::corpus;

fn generated(path: &std::path::Path) -> Output {
    let output = Loaded::path(path).and_then(|loaded| loaded.generate());
    output.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_committed_files_are_what_the_vendored_definition_gives() {
    let spec = corpus::workspace().join("spec");
    for (name, text) in Derived::of(&generated(&spec)).expect("it is Rust").files() {
        let committed = std::fs::read_to_string(spec.join(name)).expect("it is committed");
        assert!(committed.replace("\r\n", "\n") == text, "spec/{name} is stale: run `cargo oas lock spec`");
    }
}

/// How many items the text of `code` declares with `pub` and then one of `words`.
fn declared(code: &str, words: &[&str]) -> usize {
    let declarations = code.lines().filter_map(|line| line.trim_start().strip_prefix("pub "));
    declarations.filter(|rest| words.iter().any(|word| rest.split(' ').next() == Some(word))).count()
}

/// Fields are the declarations whose first word is a name and a colon.
fn declared_fields(code: &str) -> usize {
    let first = code.lines().filter_map(|line| line.trim_start().strip_prefix("pub ")?.split(' ').next());
    first.filter(|word| word.ends_with(':')).count()
}

#[test]
fn every_declaration_of_every_document_is_listed() {
    let Some(documents) = corpus::documents("OPENAPI_CORPUS") else { return };
    for path in documents {
        let output = generated(&path);
        let surface = Surface::of(&output.code).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let listed = |kind: Kind| surface.items().filter(|item| item.kind == kind).count();
        let name = path.display();
        // The runtime's macro declares the type of each request, and its `send`.
        let requests = output.code.matches("codegen::request! {").count();
        assert!(requests > 0, "{name}");
        assert_eq!(listed(Kind::Function), declared(&output.code, &["fn"]) + requests, "{name}");
        assert_eq!(listed(Kind::Struct), declared(&output.code, &["struct"]) + requests, "{name}");
        assert_eq!(listed(Kind::Enum), declared(&output.code, &["enum"]), "{name}");
        assert_eq!(listed(Kind::Module), declared(&output.code, &["mod"]), "{name}");
        assert_eq!(listed(Kind::Field), declared_fields(&output.code), "{name}");
        let text = surface.to_text();
        assert_eq!(Surface::parse(&text), Ok(surface), "{name} is not read back");
        println!("{name}: {} items", text.lines().count());
    }
}
