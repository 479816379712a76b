//! No name in a definition breaks the code, and no shape of a document does: everything here is checked by rustc without a
//! warning.

use std::collections::BTreeSet;

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output};
use openapi_build::source::SourceFile;
use serde_json::{Map, Value, json};
use testing::rustc;

/// Strict, reserved and weak keywords of all editions.
const KEYWORDS: &str = "abstract as async auto await become box break const continue crate default do dyn else enum extern false \
                        final fn for gen if impl in let loop macro macro_rules match mod move mut override priv pub raw ref \
                        return safe self Self static struct super trait true try type typeof union unsafe unsized use virtual \
                        where while yield _";

/// The methods and functions of the traits in the prelude, and of those that are derived or implemented for everything.
const METHODS: &str = "advance_by all any array_chunks as_mut as_ref async_call async_call_mut async_call_once borrow borrow_mut \
                       by_ref call call_mut call_once chain clamp clone clone_from clone_into cloned cmp cmp_by collect \
                       collect_into copied count cycle default deserialize drop enumerate eq eq_by extend extend_one \
                       extend_reserve filter filter_map find find_map flat_map flatten fmt fold for_each from from_iter \
                       from_json from_str fuse ge gt hash hash_slice inspect intersperse into into_future into_iter \
                       is_empty is_partitioned is_sorted is_sorted_by is_sorted_by_key last le len lt map map_while \
                       map_windows max max_by max_by_key min min_by min_by_key ne next next_back next_chunk nth nth_back \
                       partial_cmp partial_cmp_by partition peekable poll position product reduce rev rfind rfold rposition \
                       scan serialize size_hint skip skip_while step_by sum take take_while to_owned to_string try_collect \
                       try_find try_fold try_for_each try_from try_into try_reduce try_rfold type_id unzip zip";

/// What generated code itself has: methods, arguments, modules and macros.
const OWN: &str = "accept additional_properties as_str body bodies builder client codegen content_type deny errors from_env \
                   from_headers from_reply from_transport header headers items language new object operations options pages \
                   path query read reply request requests required save_to send send_blocking send_streaming serializer \
                   shared std text transport types unknown value vec with with_transport world";

/// Types of the prelude, of the runtime, and of generated code.
const TYPES: &str = "Any Arc Box Bytes Call Checked Client Clone Copy Debug Default Definition Display Drop Endpoint Eq Err Error \
                     Extend Fn From FromIterator Hash Hasher Into IntoIterator Iterator Json None Ok Operation Option Ord \
                     PartialEq PartialOrd Request Response Result S D R T E Send Serialize Sized Some String Sync ToOwned ToString \
                     TryFrom TryInto Unknown Unpin Value Vec bool char f64 i64 str u8 usize NoError Body Headers Success";

/// What is no word at all.
fn odd() -> Vec<String> {
    let texts = [
        "",
        "1",
        "404",
        "2fa",
        "+1",
        "-1",
        "*",
        "**",
        "ñ",
        "ñandú",
        "名",
        "名前",
        "🙂",
        "a-b",
        "a_b",
        "aB",
        "A.B",
        "a  b",
        "a__b",
        "__",
        "x_",
        "type_",
        "type__",
        "a'b",
        "a\"b",
        "a\\b",
        "a\nb",
        "a\rb",
        "*/",
        "/*",
        "\u{202e}x",
        "a/b",
        "a~b",
        "#",
        "{}",
        "{a}",
        "$",
        "<b>",
        "[x]",
        "`",
        "`x`",
        "CON",
        "ALL_CAPS",
        "MixedCASEWord",
        "🏳️‍🌈",
        "\u{301}",
        "null_",
        "x_null",
        "default_null",
        "clone_",
        "clone__",
        "new_",
        "fooRequired",
        "fooRules",
        "foo",
        "fooRequiredFields",
    ];
    texts.into_iter().map(str::to_owned).chain(["long".repeat(80)]).collect()
}

fn plain() -> Vec<String> {
    let words = [KEYWORDS, METHODS, OWN, TYPES].map(str::split_whitespace).into_iter().flatten();
    words.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect()
}

fn all() -> Vec<String> {
    plain().into_iter().chain(odd()).collect()
}

fn document(paths: Value, schemas: Value) -> Value {
    json!({"openapi": "3.0.3", "info": {"title": "a\nb */ \u{202e}c", "version": "1"}, "paths": paths,
           "components": {"schemas": schemas}})
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", name.replace('~', "~0").replace('/', "~1"))})
}

/// An operation that takes and returns `schema`.
fn echo(id: &str, schema: &Value) -> Value {
    let content = json!({"application/json": {"schema": schema}});
    json!({"operationId": id, "tags": [id], "requestBody": {"required": true, "content": content},
           "responses": {"200": {"description": "d", "content": content}, "404": {"description": "d", "content": content}}})
}

fn generate_with(document: &Value, lock: &Lock) -> Output {
    let text = serde_json::to_vec(document).expect("it is JSON");
    let file = SourceFile::from_bytes("a.json".as_ref(), text).expect("it is read");
    let mut loaded = Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"));
    loaded.lock = lock.clone();
    loaded.generate().unwrap_or_else(|error| panic!("{error}"))
}

fn generate(document: &Value) -> Output {
    generate_with(document, &Lock::default())
}

fn codes(output: &Output, severity: Severity) -> Vec<&Diagnostic> {
    output.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).collect()
}

/// A struct with every name as an optional, a required, and a nullable property with a default.
fn properties() -> Value {
    let names = all();
    let of = |schema: Value| -> Value {
        let properties: Map<String, Value> = names.iter().map(|name| (name.clone(), schema.clone())).collect();
        json!({"type": "object", "properties": properties})
    };
    let optional = of(json!({"type": "string", "description": "`d`"}));
    let mut required = of(json!({"type": "integer"}));
    required["required"] = json!(names);
    let mut nullable = of(json!({"type": "boolean", "nullable": true, "default": true}));
    nullable["additionalProperties"] = json!({"type": "string"});
    let mut counted = optional.clone();
    counted["minProperties"] = json!(1);
    let schemas = json!({"Optional": optional, "Must": required, "Nullable": nullable, "Counted": counted});
    let names = ["Optional", "Must", "Nullable", "Counted"];
    let paths: Map<String, Value> =
        names.iter().map(|name| (format!("/{name}"), json!({"post": echo(name, &reference(name))}))).collect();
    document(Value::Object(paths), schemas)
}

/// An operation with every name as a required and as an optional parameter.
fn parameters() -> Value {
    let mut path = String::new();
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for name in plain() {
        path.push_str(&format!("/{{{name}}}"));
        required.push(json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}));
    }
    for (place, names) in [("query", all()), ("header", plain()), ("cookie", plain())] {
        for name in names {
            required.push(json!({"name": name, "in": place, "required": true, "schema": {"type": "string"}}));
            optional.push(json!({"name": name, "in": place, "schema": {"type": "integer"}}));
            optional.push(json!({"name": name, "in": place, "schema": {"type": "integer"}, "description": "twice"}));
        }
    }
    let operation = |id: &str, parameters: &[Value]| json!({"post": {"operationId": id, "parameters": parameters, "responses": {"204": {"description": "d"}}}});
    document(json!({path: operation("required", &required), "/optional": operation("optional", &optional)}), json!({}))
}

/// An enum with every name as a value, in both directions, and a union that a discriminator of these values selects.
fn values() -> Value {
    let words = json!({"type": "string", "enum": all(), "default": "Error"});
    let mut schemas = Map::from_iter([
        ("Words".to_owned(), words),
        (
            "Holder".to_owned(),
            json!({"type": "object", "properties": {"words": reference("Words"), "read": {"type": "string", "readOnly": true}, "union": reference("Union")}}),
        ),
    ]);
    let tags = ["Error", "Ok", "Err", "Self", "Default", "Unknown", "None"];
    for tag in tags {
        let properties = json!({"kind": {"type": "string"}, tag: {"type": "string"}, "words": reference("Words"), "id": {"type": "string", "readOnly": true}});
        schemas.insert(format!("Of{tag}"), json!({"type": "object", "required": ["kind"], "properties": properties}));
    }
    let mapping: Map<String, Value> =
        tags.iter().map(|tag| ((*tag).to_owned(), json!(format!("#/components/schemas/Of{tag}")))).collect();
    let one_of: Vec<Value> = tags.iter().chain(["Error"].iter()).map(|tag| reference(&format!("Of{tag}"))).collect();
    let union = json!({"oneOf": one_of, "discriminator": {"propertyName": "kind", "mapping": mapping}});
    schemas.insert("Union".to_owned(), union);
    let paths = json!({
        "/holder": {"post": echo("holder", &reference("Holder")), "get": echo("getHolder", &reference("Holder")), "put": echo("putHolder", &reference("Holder"))},
    });
    document(paths, Value::Object(schemas))
}

/// Every name as a component, an operation and a tag.
fn components() -> Value {
    let mut schemas = Map::new();
    let mut paths = Map::new();
    for (index, name) in all().into_iter().enumerate() {
        let properties = json!({"type": {"type": "string", "nullable": true}, "must": {"type": "integer"}, "more": {"type": "string", "maxLength": 3}, "clone": {"type": "array", "items": {"type": "string"}}});
        let operation = echo(&name, &reference(&name));
        schemas.insert(name, json!({"type": "object", "required": ["must"], "properties": properties}));
        paths.insert(format!("/o/{index}"), json!({"post": operation}));
    }
    document(Value::Object(paths), Value::Object(schemas))
}

/// Bodies, statuses and headers with names that meet.
fn responses() -> Value {
    let json = |name: &str| json!({"schema": {"type": "object", "properties": {name: {"type": "string"}}}});
    let headers: Map<String, Value> = ["X-A", "x-a", "x_a", "type", "clone", "1", "Self"]
        .map(|name| (name.to_owned(), json!({"schema": {"type": "integer"}, "required": name == "type"})))
        .into_iter()
        .collect();
    let content = json!({"application/json": json("a"), "application/json; version=2": json("b"), "application/json; version=3": json("c"),
                         "text/plain": {}, "text/*": {}, "*/*": {}});
    let responses = json!({"200": {"description": "d", "content": content, "headers": headers}, "201": {"description": "d"},
                           "2XX": {"description": "d"}, "2xx": {"description": "d"}, "404": {"description": "d", "content": content},
                           "4XX": {"description": "d"}, "40X": {"description": "d"}, "odd one": {"description": "d"},
                           "default": {"description": "d"}});
    let operation = |id: &str| json!({"operationId": id, "requestBody": {"required": true, "content": content}, "responses": responses});
    let none = json!({"operationId": "No", "responses": {"204": {"description": "d"}}});
    document(
        json!({
            "/a": {"post": operation("create"), "put": operation("createWithTextPlain")},
            "/b": {"post": operation("get a"), "put": operation("get a not")}, "/c": {"get": none},
            "/d": {"get": {"responses": {"200": {"description": "d"}}}, "head": {"responses": {"200": {"description": "d"}}}},
            "/e-f": {"get": {"responses": {"200": {"description": "d"}}}}, "/e_f": {"get": {"responses": {"200": {"description": "d"}}}},
        }),
        json!({}),
    )
}

/// An operation that takes a component in a form and in parts, and as a parameter in each style.
fn forms(name: &str) -> Value {
    let schema = json!({"schema": reference(name)});
    let parameter = |style: &str| json!({"name": style, "in": "query", "style": style, "explode": false, "schema": reference(name)});
    json!({"operationId": format!("form{name}"), "parameters": [parameter("form"), parameter("deepObject"), parameter("pipeDelimited")],
           "requestBody": {"content": {"application/x-www-form-urlencoded": schema, "multipart/form-data": schema}},
           "responses": {"204": {"description": "d"}}})
}

/// Shapes without a value, and those that lead back to themselves.
fn shapes() -> Value {
    let schemas = json!({
        "Empty": {"type": "object", "properties": {}, "additionalProperties": false},
        "NoValue": {"type": "string", "enum": []},
        "NoAlternative": {"oneOf": []},
        "OnlyNull": {"type": "string", "nullable": true, "enum": [null]},
        "Deep": (0..100).fold(json!({"type": "string"}), |inner, _| json!({"type": "array", "items": inner})),
        "List": {"type": "array", "items": reference("List")},
        "Tree": {"type": "object", "additionalProperties": reference("Tree")},
        "Branch": {"type": "object", "required": ["own"], "properties": {"own": {"type": "string"}, "next": reference("Branch")},
                   "additionalProperties": reference("Branch")},
        "Node": {"type": "object", "required": ["next"], "properties": {"next": reference("Node"), "other": {"oneOf": [reference("Node"), reference("Tree")]}}},
        "Same": {"oneOf": [reference("Node"), reference("Node")], "discriminator": {"propertyName": "kind"}},
        "Swapped": {"oneOf": [reference("Node"), reference("Tree")],
                    "discriminator": {"propertyName": "kind", "mapping": {"Tree": "#/components/schemas/Node"}}},
        "Numbers": {"type": "object", "properties": {
            "f": {"type": "number", "format": "float", "default": 1e300}, "i": {"type": "integer", "format": "int32", "default": 5000000000i64},
            "m": {"type": "integer", "maximum": 18446744073709551615u64, "minimum": -9223372036854775808i64},
            "e": {"type": "number", "maximum": 1e308, "multipleOf": 1e-300}, "z": {"type": "integer", "multipleOf": 0}}},
        "FooRequired": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}},
        "FooRequiredFields": {"type": "string", "maxLength": 1},
        "Foo": {"type": "object", "required": ["a", "c"], "properties": {"a": reference("FooRequired"), "b": reference("FooRequiredFields"), "c": {}}},
        "Bar": {"type": "string", "pattern": "^a$"}, "BarRules": {"type": "string", "minLength": 1}, "BarRulesOf": {"type": "string", "minLength": 2},
    });
    let names: Vec<String> = schemas.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    let paths: Map<String, Value> = names
        .iter()
        .map(|name| {
            (format!("/{name}"), json!({"post": echo(&format!("do{name}"), &reference(name)), "put": forms(name)}))
        })
        .collect();
    document(Value::Object(paths), schemas)
}

/// A document whose only operations are those of the server.
fn webhooks() -> Value {
    let made = json!({"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "state": {"type": "string", "enum": ["new", "old"]}}});
    let answer = json!({"type": "object", "properties": {"seen": {"type": ["boolean", "null"]}}});
    let content = |name: &str| json!({"application/json": {"schema": reference(name)}});
    let inline = json!({"application/json": {"schema": {"type": "object", "properties": {"why": {"type": "string"}}}}});
    json!({"openapi": "3.1.0", "info": {"title": "t", "version": "1"},
        "webhooks": {
            "made": {"post": {"operationId": "made", "requestBody": {"content": content("Made")},
                              "responses": {"200": {"description": "d", "content": content("Answer")}}}},
            "referred": {"$ref": "#/components/pathItems/Referred"},
            "gone": {"post": {"requestBody": {"content": inline}, "responses": {"204": {"description": "d"}}}},
        },
        "components": {"schemas": {"Made": made, "Answer": answer, "Unused": {"type": "object"}},
            "pathItems": {"Referred": {"put": {"requestBody": {"content": {"application/json": {"schema": {
                "type": "object", "properties": {"at": {"type": "string", "format": "date"}}}}}}}}}}})
}

fn components_alone() -> Value {
    document(
        json!({}),
        json!({
            "Item": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "readOnly": true}, "kind": reference("Kind")}},
            "Kind": {"type": "string", "enum": ["a", "b"]}, "Other": {"type": "array", "items": reference("Item")},
        }),
    )
}

/// The code of a client of several documents, whose names are those of modules that generated code has.
fn several() -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut manifest = String::new();
    for name in [
        "types",
        "errors",
        "headers",
        "operations",
        "requests",
        "bodies",
        "std",
        "codegen",
        "shared",
        "self",
        "crate",
        "new",
    ] {
        let schemas = json!({"Item": {"type": "object", "properties": {"clone": {"type": "string"}, name: {"type": "string", "enum": ["Error"]}}},
                             "Error": {"type": "object", "properties": {"code": {"type": "integer"}}}});
        let paths = json!({format!("/{name}"): {"post": echo(name, &reference("Item")), "put": echo("put", &reference("Error"))}});
        std::fs::write(folder.path().join(format!("{name}.json")), document(paths, schemas).to_string())
            .expect("a file");
        manifest.push_str(&format!("[[document]]\nname = \"{name}\"\n[[document.file]]\npath = \"{name}.json\"\n"));
    }
    std::fs::write(folder.path().join("spec.toml"), manifest).expect("a file");
    let output = Loaded::folder(folder.path()).and_then(|loaded| loaded.generate());
    output.unwrap_or_else(|error| panic!("{error}")).code
}

#[test]
fn no_name_and_no_shape_breaks_the_code() {
    let documents = [
        ("properties", properties()),
        ("parameters", parameters()),
        ("values", values()),
        ("components", components()),
        ("responses", responses()),
        ("shapes", shapes()),
        ("webhooks", webhooks()),
        ("alone", components_alone()),
        ("nothing-at-all", document(json!({}), json!({}))),
    ];
    let mut clients: Vec<(String, String)> =
        documents.iter().map(|(name, document)| (format!("names-{name}"), generate(document).code)).collect();
    clients.push(("names-several".to_owned(), several()));
    let workspace = rustc::Workspace::new(
        env!("CARGO_TARGET_TMPDIR"),
        "names",
        clients.iter().map(|(name, code)| (name.as_str(), code.as_str())),
    );
    workspace.prepare();
    let failed: Vec<String> = clients
        .iter()
        .filter_map(|(name, _)| {
            let errors = workspace.check(name).errors?;
            Some(format!("{name}: {}", errors.chars().take(6000).collect::<String>()))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn no_setter_changes_what_a_call_means() {
    let of = |schema: Value| {
        let names: BTreeSet<&str> = [KEYWORDS, METHODS, OWN].iter().flat_map(|text| text.split_whitespace()).collect();
        let properties: Map<String, Value> = names.into_iter().map(|name| (name.to_owned(), schema.clone())).collect();
        json!({"type": "object", "properties": properties})
    };
    let schemas =
        json!({"Texts": of(json!({"type": "string"})), "Flags": of(json!({"type": "boolean", "nullable": true}))});
    let texts = json!({"post": echo("texts", &reference("Texts"))});
    let flags = json!({"post": echo("flags", &reference("Flags"))});
    let client = generate(&document(json!({"/texts": texts, "/flags": flags}), schemas)).code;
    let workspace = rustc::Workspace::new(env!("CARGO_TARGET_TMPDIR"), "setters", [("setters", client.as_str())]);
    let program = r#"
//! Calls what a setter must not hide.
#![deny(warnings)]
use setters::types::{Flags, Texts};

fn main() {
    let value: Texts = Texts::new().clone_("a").default_("b").into_("c").next("d");
    let same: Texts = value.clone();
    let default: Texts = Texts::default();
    let boxed: Box<Texts> = value.into();
    let owned: Texts = boxed.as_ref().to_owned();
    println!("{:?} {:?} {:?} {:?}", same.clone, owned.into, owned.next, default.clone);
    let flags: Flags = Flags::new().clone_null().type_null();
    println!("{:?} {:?} {:?}", flags.clone().clone, flags.type_, flags.next);
}
"#;
    workspace.add("setters", "src/main.rs", program.trim_start());
    let printed = workspace.run("setters", "").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(printed, "Some(\"a\") Some(\"c\") Some(\"d\") None\nSome(None) Some(None) None\n");
}

#[test]
fn a_setter_that_would_hide_a_method_is_pinned() {
    let schema = json!({"type": "object", "properties": {"clone": {"type": "string"}, "next": {"type": "string"}, "to_owned": {"type": "string"}}});
    let document = document(json!({"/a": {"post": echo("a", &reference("Item"))}}), json!({"Item": schema}));
    let output = generate(&document);
    for method in ["clone_", "to_owned_", "next"] {
        assert!(output.code.contains(&format!("pub fn {method}(mut self,")), "{method}: {}", output.code);
    }
    let text = Lock::from_choices(&output.choices).to_text();
    assert!(text.contains("types: Item@setter/clone = clone_\n"), "{text}");
    assert!(!text.contains("setter/next"), "only what was changed is pinned: {text}");
    let pinned =
        Lock::parse("types: Item@setter/clone = copy\ntypes: Item@setter/to_owned = no name\n").expect("a lock");
    let code = generate_with(&document, &pinned).code;
    assert!(code.contains("pub fn copy(mut self,"), "what is pinned stays: {code}");
    assert!(code.contains("pub fn to_owned_(mut self,"), "what is no name in Rust is ignored: {code}");
}

#[test]
fn no_pattern_keeps_the_build_waiting() {
    let words = json!({"type": "string", "pattern": "^(a+)+$", "enum": ["a".repeat(40) + "b", "a"]});
    let output = generate(&document(json!({"/a": {"post": echo("a", &words)}}), json!({})));
    assert!(output.code.contains(&format!("\"{}b\"", "a".repeat(40))), "{}", output.code);
}

#[test]
fn the_types_of_webhooks_are_generated() {
    let output = generate(&webhooks());
    for ty in [
        "pub struct Made {",
        "pub enum MadeState {",
        "pub struct Answer {",
        "pub struct PostGoneRequest {",
        "pub struct PutReferredRequest {",
    ] {
        assert!(output.code.contains(ty), "{ty}: {}", output.code);
    }
    assert!(output.code.contains("impl codegen::FromJson for Made"), "what a webhook sends is read");
    assert!(output.code.contains("pub fn seen_null(mut self)"), "what answers it is made");
    assert!(!output.code.contains("pub struct Unused"), "nothing leads to it");
    let notes = codes(&output, Severity::Note);
    assert_eq!(notes.iter().filter(|note| note.code == "G026").count(), 3, "{notes:?}");
    assert!(codes(&output, Severity::Warning).is_empty());
}

#[test]
fn where_there_are_neither_operations_nor_webhooks_every_component_is_generated() {
    let output = generate(&components_alone());
    for ty in ["pub struct Item {", "pub struct ItemRequest {", "pub type Other = Vec<Item>;"] {
        assert!(output.code.contains(ty), "{ty}: {}", output.code);
    }
}

#[test]
fn one_wrong_part_costs_nothing_else() {
    let response = json!({"description": "d", "content": {"application/json": {"schema": {"type": "string"}}}});
    let document = document(
        json!({
            "/good": {"get": {"operationId": "good", "responses": {"200": response}}},
            "/status": {"get": {"operationId": "status", "responses": {"200": response, "4XX": response, "40x": response}}},
            "/e-f": {"get": {"operationId": "same", "responses": {"200": response}}},
            "/e_f": {"get": {"operationId": "Same", "responses": {"200": response}}},
        }),
        json!({}),
    );
    let output = generate(&document);
    for method in ["good", "status", "get_e_f_same", "get_e_f_same_2"] {
        assert!(output.code.contains(&format!("pub fn {method}(&self)")), "{method}: {}", output.code);
    }
    let warnings: Vec<&str> = codes(&output, Severity::Warning).iter().map(|it| it.code).collect();
    assert_eq!(warnings, ["G025", "G013"]);
    let again = generate_with(&document, &Lock::from_choices(&output.choices));
    assert!(again.code == output.code && codes(&again, Severity::Warning).len() == 1, "the lock settles the names");
}
