//! The names of generated code, for those who change how names are chosen: the longest that are made, and how many have numbers.
//! `cargo bench -p openapi-build --bench names -- DOCUMENT…`. Relative paths start at the workspace's root.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::Path;

use openapi_build::pipeline::Loaded;
use serde_json::Value;
use syn::visit::{self, Visit};
use testing::corpus;

/// The most characters of a name that is made.
const LONGEST: usize = 50;

/// The longest suffix of the types that belong to another, such as `RequestRules`. A name that begins with one of the definition
/// is too long because of that one where the two together are.
const SUFFIX: usize = 8;

fn main() {
    let root = corpus::workspace();
    for document in std::env::args().skip(1).filter(|argument| argument != "--bench") {
        report(&root.join(document));
    }
}

/// The names that generated code declares.
#[derive(Default)]
struct Declared {
    types: BTreeSet<String>,
    /// Types, variants, fields and functions.
    all: BTreeSet<String>,
    /// The variants of enums, each with its enum.
    variants: BTreeSet<(String, String)>,
}

impl<'ast> Visit<'ast> for Declared {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.types.insert(item.ident.to_string());
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.types.insert(item.ident.to_string());
        for variant in &item.variants {
            self.all.insert(variant.ident.to_string());
            self.variants.insert((item.ident.to_string(), variant.ident.to_string()));
        }
        visit::visit_item_enum(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.types.insert(item.ident.to_string());
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        self.all.extend(field.ident.as_ref().map(ToString::to_string));
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.all.insert(function.sig.ident.to_string());
    }
}

/// `name` without what Rust changes of it.
fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Adds the names of operations and the titles in `tree`.
fn of_definition(tree: &Value, names: &mut BTreeSet<String>) {
    match tree {
        Value::Object(object) => {
            for key in ["operationId", "title"] {
                names.extend(object.get(key).and_then(Value::as_str).map(letters));
            }
            object.values().for_each(|value| of_definition(value, names));
        }
        Value::Array(items) => items.iter().for_each(|item| of_definition(item, names)),
        _ => {}
    }
}

/// Whether `name` has `word` directly before a digit.
fn numbers(name: &str, word: &str) -> bool {
    name.match_indices(word).any(|(at, _)| name[at + word.len()..].starts_with(|c: char| c.is_ascii_digit()))
}

fn report(path: &Path) {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let loaded = Loaded::path(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let output = loaded.generate().unwrap_or_else(|error| panic!("{name}: {error}"));
    let file: syn::File = syn::parse_str(&output.code).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut declared = Declared::default();
    declared.visit_file(&file);
    declared.all.extend(declared.types.iter().cloned());
    let mut given = BTreeSet::new();
    of_definition(loaded.documents[0].served(), &mut given);
    for (_, repaired) in loaded.normalize() {
        let components = repaired.tree.pointer("/components/schemas").and_then(Value::as_object).into_iter().flatten();
        given.extend(components.map(|(name, _)| letters(name)));
    }
    let mut made: Vec<&String> = declared.types.iter().filter(|name| !given.contains(&letters(name))).collect();
    made.sort_by_key(|name| (Reverse(name.len()), *name));
    let is_long = |name: &&&String| name.len() > LONGEST;
    let begins = |name: &str| given.iter().any(|given| given.len() + SUFFIX > LONGEST && name.starts_with(given));
    let own = made.iter().filter(is_long).filter(|name| !begins(&letters(name))).count();
    println!("{name}: {} types, {} of them named by us", declared.types.len(), made.len());
    println!(
        "  {} longer than {LONGEST} characters, of which {own} not because a name of the definition is long",
        made.iter().filter(is_long).count(),
    );
    for word in ["Variant", "X", "_"] {
        let found: Vec<&String> = declared.all.iter().filter(|name| numbers(name, word)).collect();
        println!("  {word}[0-9]: {} {:?}", found.len(), found.iter().take(12).collect::<Vec<_>>());
    }
    let underscored: Vec<_> = declared.variants.iter().filter(|(_, name)| name.ends_with('_')).take(8).collect();
    println!("  variants that end in _: {underscored:?}");
    made.iter().take(20).for_each(|name| println!("  {} {name}", name.len()));
}
