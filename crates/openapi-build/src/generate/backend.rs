//! Has progenitor write the types of the fields of every struct, catches its panics and checks its output.
//!
//! progenitor gets each struct as a schema of its own. Opaque types, which it leaves alone, stand for the shapes that only
//! this crate generates: open enums, unions, checked values, and null as distinct from absent.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{Map, Value, json};
use syn::visit_mut::{self, VisitMut};
use syn::{Fields, Item, Type};

use super::shape::{self, Directions, Kind, Shape};
use super::tokens;
use crate::diagnostic::Diagnostic;
use crate::stages::timed;

/// The version of progenitor whose output this module knows.
const PROGENITOR: &str = "progenitor 0.15";

/// The Rust types of the fields of each struct, in the order of the fields.
pub(super) type FieldTypes = HashMap<String, Vec<Type>>;

type Items = BTreeMap<String, (shape::Item, Directions)>;

/// Determines the types of the fields of the structs among `items`.
pub(super) fn field_types(items: &Items) -> Result<FieldTypes, Diagnostic> {
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
            Shape::I32 => json!({"type": "integer", "format": "int32"}),
            Shape::I64 => json!({"type": "integer", "format": "int64"}),
            Shape::F32 => json!({"type": "number", "format": "float"}),
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
        .map_err(|error| Diagnostic::error("G007", format!("this is not OpenAPI 3.0: {error}")))?;
    let tokens = timed("progenitor", || caught(|| Generator::new(settings).generate_tokens(&document)))?;
    let tokens =
        tokens.map_err(|error| Diagnostic::error("G008", format!("{PROGENITOR} rejects the document: {error}")))?;
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
        Diagnostic::error("G009", format!("{PROGENITOR} cannot take the document: {text}"))
            .help("this is a quirk that no pass repairs yet; please report it with the document")
    })
}

/// An error for output that does not have the expected shape.
fn unexpected(what: &str) -> Diagnostic {
    Diagnostic::error("G010", format!("the output of {PROGENITOR} has an unexpected shape: {what}"))
        .help("build with the version of progenitor in Cargo.lock of openapi-build")
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
