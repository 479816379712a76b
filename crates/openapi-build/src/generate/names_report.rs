//! Measures the names of generated code, for those who change how names are chosen:
//!
//! ```text
//! OPENAPI_WILD=folder WILD_ONLY=part-of-a-file-name cargo test -p openapi-build --lib names_report -- --ignored --nocapture
//! ```

use std::collections::BTreeSet;

use serde_json::Value;
use syn::visit::{self, Visit};
use testing::corpus;

use crate::names::type_name;
use crate::normalize::{normalize, walk};
use crate::pipeline::Loaded;

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

/// The names of components, operations and titles, as Rust types would have them.
fn of_definition(tree: &Value, names: &mut BTreeSet<String>) {
    match tree {
        Value::Object(object) => {
            for key in ["operationId", "title"] {
                names.extend(object.get(key).and_then(Value::as_str).map(type_name));
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

#[test]
#[ignore = "prints, and checks nothing"]
fn names_report() {
    let Some(paths) = corpus::documents("OPENAPI_WILD") else { return };
    let only = std::env::var("WILD_ONLY").unwrap_or_default();
    for path in paths {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if !only.split(',').any(|part| name.contains(part)) {
            continue;
        }
        let loaded = Loaded::path(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let tree = loaded.documents[0].tree.clone();
        let output = loaded.generate().unwrap_or_else(|error| panic!("{name}: {error}"));
        if let Some(folder) = std::env::var_os("NAMES_REPORT_CODE") {
            let file = std::path::Path::new(&folder).join(format!("{name}.rs"));
            std::fs::write(file, &output.code).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let file: syn::File = syn::parse_str(&output.code).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut declared = Declared::default();
        declared.visit_file(&file);
        declared.all.extend(declared.types.iter().cloned());
        let mut given = BTreeSet::new();
        of_definition(&tree, &mut given);
        let repaired = normalize(tree, &loaded.lock).tree;
        given.extend(walk::components(&repaired).into_iter().flatten().map(|(name, _)| type_name(name)));
        let mut made: Vec<&String> = declared.types.iter().filter(|name| !given.contains(*name)).collect();
        made.sort_by_key(|name| (std::cmp::Reverse(name.len()), *name));
        let long = |name: &&&String| {
            let own = given.iter().any(|given| given.len() > 42 && name.starts_with(given.as_str()));
            name.len() > 50 && !own
        };
        println!("{name}: {} types, {} of them named by us", declared.types.len(), made.len());
        println!(
            "  {} longer than 50 characters, of which {} not because a name of the definition is long",
            made.iter().filter(|name| name.len() > 50).count(),
            made.iter().filter(long).count()
        );
        for word in ["Variant", "X", "_"] {
            let found: Vec<&String> = declared.all.iter().filter(|name| numbers(name, word)).collect();
            println!("  {word}[0-9]: {} {:?}", found.len(), found.iter().take(12).collect::<Vec<_>>());
        }
        let underscored: Vec<_> = declared.variants.iter().filter(|(_, name)| name.ends_with('_')).collect();
        println!(
            "  variants that end in _: {} {:?}",
            underscored.len(),
            underscored.iter().take(8).collect::<Vec<_>>()
        );
        made.iter().take(20).for_each(|name| println!("  {} {name}", name.len()));
    }
}
