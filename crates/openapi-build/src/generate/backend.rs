//! Has progenitor write the types of the fields of every struct, catches its panics and checks its output.
//!
//! progenitor gets each struct as a schema of its own. Opaque types, which it leaves alone, stand for the shapes that only
//! this crate generates: open enums, unions, checked values, and null as distinct from absent.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use proc_macro2::TokenStream;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use quote::quote;
use serde_json::{Map, Value, json};
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, Item, Type};

use super::shape::{self, Directions, Int, Kind, Shape};
use super::tokens;
use crate::diagnostic::Diagnostic;
use crate::stages::timed;

/// The version of progenitor whose output this module knows.
const PROGENITOR: &str = "progenitor 0.15";

/// The Rust types of the fields of each struct, in the order of the fields.
pub(super) type FieldTypes = HashMap<String, Vec<Type>>;

type Items = BTreeMap<String, (shape::Item, Directions)>;

/// Determines the types of the fields of the structs among `items`. An outline does without progenitor, which is slow and gives the
/// same types. If progenitor fails, a warning says so, and the types are written without it.
pub(super) fn field_types(items: &Items, is_outline: bool) -> (FieldTypes, Option<Diagnostic>) {
    if is_outline {
        return (own(items), None);
    }
    match of_progenitor(items) {
        Ok(types) => (types, None),
        Err(failure) => (own(items), Some(failure)),
    }
}

/// The types of the fields without progenitor.
fn own(items: &Items) -> FieldTypes {
    let structs = items.iter().filter_map(|(name, (item, _))| match &item.kind {
        Kind::Struct(item) => Some((name.clone(), item)),
        _ => None,
    });
    let types = |item: &shape::Struct| {
        item.fields.iter().map(|field| Type::Verbatim(as_progenitor(&field.shape))).collect::<Vec<_>>()
    };
    structs.map(|(name, item)| (name, types(item))).collect()
}

/// The type of `shape`: chrono has the type of a date under two paths, and progenitor names the longer one.
fn as_progenitor(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Date => quote!(::chrono::naive::NaiveDate),
        Shape::Array(item) => {
            let item = as_progenitor(item);
            quote!(::std::vec::Vec<#item>)
        }
        Shape::Map(value) if **value != Shape::Any => {
            let value = as_progenitor(value);
            quote!(::std::collections::BTreeMap<::std::string::String, #value>)
        }
        other => tokens::within(other),
    }
}

/// The types of the fields as progenitor writes them.
fn of_progenitor(items: &Items) -> Result<FieldTypes, Diagnostic> {
    let mut lowering = Lowering { items, opaque: Vec::new(), known: HashMap::new() };
    let mut schemas = Map::new();
    let mut sizes = Vec::new();
    for (name, (item, _)) in items {
        let Kind::Struct(item) = &item.kind else { continue };
        let properties: Map<String, Value> = item
            .fields
            .iter()
            .enumerate()
            .map(|(index, field)| (format!("f{index}"), lowering.schema(&field.shape)))
            .collect();
        let required: Vec<&String> = properties.keys().collect();
        let schema = json!({"type": "object", "required": required, "properties": properties});
        sizes.push((name.clone(), item.fields.len()));
        schemas.insert(name.clone(), schema);
    }
    if sizes.is_empty() {
        return Ok(FieldTypes::new());
    }
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Positional).with_map_type("::std::collections::BTreeMap");
    for index in 0..lowering.opaque.len() {
        settings.with_replacement(opaque(index), opaque(index), std::iter::empty());
        schemas.insert(opaque(index), json!({"type": "object", "properties": {"opaque": {"type": "string"}}}));
    }
    let file = generate(&settings, schemas)?;
    collect(file, &sizes, lowering.opaque)
}

/// The name of an opaque type.
fn opaque(index: usize) -> String {
    format!("Opaque{index}Shape")
}

struct Lowering<'a> {
    items: &'a Items,
    /// The shapes that opaque types stand for.
    opaque: Vec<Shape>,
    known: HashMap<String, usize>,
}

impl Lowering<'_> {
    fn schema(&mut self, shape: &Shape) -> Value {
        self.plain(shape).unwrap_or_else(|| {
            let next = self.opaque.len();
            let index = *self.known.entry(format!("{shape:?}")).or_insert(next);
            if index == next {
                self.opaque.push(shape.clone());
            }
            json!({"$ref": format!("#/components/schemas/{}", opaque(index))})
        })
    }

    /// The schema from which progenitor makes `shape`, if there is one.
    fn plain(&self, shape: &Shape) -> Option<Value> {
        Some(match shape {
            Shape::Any => json!({}),
            Shape::Bool => json!({"type": "boolean"}),
            Shape::Int(Int::I32) => json!({"type": "integer", "format": "int32"}),
            Shape::Int(Int::I64) => json!({"type": "integer", "format": "int64"}),
            Shape::F64 => json!({"type": "number", "format": "double"}),
            Shape::Text => json!({"type": "string"}),
            Shape::Date => json!({"type": "string", "format": "date"}),
            Shape::Uuid => json!({"type": "string", "format": "uuid"}),
            Shape::Array(item) => json!({"type": "array", "items": self.plain(item)?}),
            Shape::Map(value) if **value != Shape::Any => {
                json!({"type": "object", "additionalProperties": self.plain(value)?})
            }
            Shape::Named(name) if matches!(self.items.get(name)?.0.kind, Kind::Struct(_)) => {
                json!({"$ref": format!("#/components/schemas/{name}")})
            }
            _ => return None,
        })
    }
}

fn generate(settings: &GenerationSettings, schemas: Map<String, Value>) -> Result<syn::File, Diagnostic> {
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "types", "version": "1"}, "paths": {},
        "components": {"schemas": schemas},
    });
    let document = serde_json::from_value(document)
        .map_err(|error| failed("G007", &format!("does not take the schemas for OpenAPI 3.0: {error}")))?;
    let tokens = timed("progenitor", || caught(|| Generator::new(settings).generate_tokens(&document)))?;
    let tokens = tokens.map_err(|error| failed("G008", &format!("rejects the schemas: {error}")))?;
    timed("parse", || syn::parse2(tokens)).map_err(|error| unexpected(&format!("it does not parse: {error}")))
}

thread_local! {
    /// Whether [`caught`] turns a panic on this thread into an error.
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`, and turns a panic in it into an error without printing anything. The panic hook belongs to the whole process:
/// it is installed once, and passes the panics of other threads on.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !CATCHING.get() {
                others(panic);
            }
        }));
    });
    CATCHING.set(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    CATCHING.set(false);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("it gives no reason");
        failed("G009", &format!("panics: {text}"))
    })
}

/// A warning that progenitor's output does not have the expected shape.
fn unexpected(what: &str) -> Diagnostic {
    failed("G010", &format!("writes types of an unexpected shape: {what}"))
        .help("build with the version of progenitor in Cargo.lock of openapi-build")
}

/// A warning that progenitor fails.
fn failed(code: &'static str, how: &str) -> Diagnostic {
    Diagnostic::warning(code, format!("{PROGENITOR} {how}; the types of fields are written without it"))
        .at("")
        .help("nothing is lost; please report it with the document")
}

/// Takes the fields of progenitor's structs. Its client, impls, imports and prelude are dropped, because this crate generates
/// its own.
fn collect(file: syn::File, sizes: &[(String, usize)], opaque: Vec<Shape>) -> Result<FieldTypes, Diagnostic> {
    let types = file.items.into_iter().find_map(|item| match item {
        Item::Mod(module) if module.ident == "types" => module.content.map(|(_, items)| items),
        _ => None,
    });
    let mut found: HashMap<String, syn::ItemStruct> = HashMap::new();
    for item in types.ok_or_else(|| unexpected("there is no module `types`"))? {
        if let Item::Struct(item) = item {
            found.insert(item.ident.to_string(), item);
        }
    }
    let mut substitute = Substitute { opaque };
    let mut types = FieldTypes::new();
    for (name, size) in sizes {
        let item = found.remove(name).ok_or_else(|| unexpected(&format!("there is no struct `{name}`")))?;
        let mut by_name: HashMap<String, Type> = HashMap::new();
        if let Fields::Named(fields) = item.fields {
            by_name.extend(fields.named.into_iter().filter_map(|field| Some((field.ident?.to_string(), field.ty))));
        }
        let of_struct = (0..*size).map(|index| {
            let missing = || unexpected(&format!("`{name}` lacks some of its fields"));
            let mut ty = by_name.remove(&format!("f{index}")).ok_or_else(missing)?;
            substitute.visit_type_mut(&mut ty);
            Ok(ty)
        });
        types.insert(name.clone(), of_struct.collect::<Result<_, Diagnostic>>()?);
    }
    Ok(types)
}

/// Replaces an opaque type with the type that it stands for.
struct Substitute {
    opaque: Vec<Shape>,
}

impl VisitMut for Substitute {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let name = match ty {
            Type::Path(path) => path.path.get_ident().map(ToString::to_string),
            _ => None,
        };
        let index = name.and_then(|name| name.strip_prefix("Opaque")?.strip_suffix("Shape")?.parse::<usize>().ok());
        match index.and_then(|index| self.opaque.get(index)) {
            Some(shape) => *ty = Type::Verbatim(tokens::within(shape)),
            None => visit_mut::visit_type_mut(self, ty),
        }
    }
}

#[cfg(test)]
mod tests {
    use quote::ToTokens;

    use super::*;
    use crate::generate::model;
    use crate::generate::shape::{Reader, Resolver, Side};
    use crate::lock::Lock;
    use crate::normalize::walk::{Place, components, reference};

    /// The types of a document whose components hold each other in every way.
    fn items() -> Items {
        let own = json!({"$ref": "#/components/schemas/Item"});
        let document = json!({"components": {"schemas": {"Item": {
            "type": "object", "required": ["own", "text"], "properties": {
                "own": own, "maybe": {"type": "object", "properties": {"item": own}}, "text": {"type": "string"},
                "day": {"type": "string", "format": "date"}, "days": {"type": "array", "items": {"type": "object", "additionalProperties": {"type": "string", "format": "date"}}}, "time": {"type": "string", "format": "date-time"},
                "id": {"type": "string", "format": "uuid"}, "bytes": {"type": "string", "format": "byte"},
                "any": {}, "list": {"type": "array", "items": own}, "map": {"type": "object", "additionalProperties": own},
                "free": {"type": "object"}, "null": {"type": "integer", "nullable": true}, "flag": {"type": "boolean"},
                "word": {"type": "string", "enum": ["a"]}, "short": {"type": "string", "maxLength": 3},
                "float": {"type": "number", "format": "float"}, "small": {"type": "integer", "format": "int32"},
                "either": {"oneOf": [own, {"type": "string"}]}, "number": {"type": "number"}, "lists": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
            }
        }}}});
        assert!(model::operations(&document, &mut Vec::new()).is_empty());
        let mut reader = Reader::new(&document);
        for name in components(&document).into_iter().flatten().map(|(name, _)| name) {
            reader.shape(&reference(name), &Place::component(name), Side::Request);
        }
        Resolver::new(reader.roots, &Lock::default()).finish().items
    }

    #[test]
    fn without_progenitor_the_types_are_the_same() {
        let text = |ty: &Type| ty.to_token_stream().to_string();
        let items = items();
        let (theirs, ours) = (of_progenitor(&items).unwrap_or_else(|warning| panic!("{warning}")), own(&items));
        assert_eq!(theirs.len(), ours.len());
        for (name, types) in &theirs {
            let (theirs, ours): (Vec<_>, Vec<_>) =
                (types.iter().map(text).collect(), ours[name].iter().map(text).collect());
            assert!(!theirs.is_empty() && theirs == ours, "{name}: {theirs:#?} {ours:#?}");
        }
    }

    #[test]
    fn a_panic_becomes_a_warning() {
        let panicked: Result<(), Diagnostic> = caught(|| panic!("at the disco"));
        let warning = panicked.expect_err("it panics");
        assert_eq!((warning.code, warning.severity), ("G009", crate::diagnostic::Severity::Warning));
        assert!(warning.message.contains("at the disco"), "{warning}");
    }
}
