//! Names in Rust of what a document names alike: none has the bare name, unless the lock says so, and a note says it.

use openapi_build::diagnostic::{Diagnostic, Severity};
use openapi_build::lock::Lock;
use openapi_build::pipeline::{Loaded, Output};
use openapi_build::source::SourceFile;

/// An operation that takes a component, as a line of `paths`.
fn operation(id: &str, path: &str, component: &str) -> String {
    format!(
        "  {path}: {{post: {{operationId: {id}, requestBody: {{content: {{application/json: {{schema: \
         {{$ref: '#/components/schemas/{component}'}}}}}}}}, responses: {{'204': {{description: d}}}}}}}}\n"
    )
}

/// Three components, two of which Rust would name alike, and those operations.
fn generate(operations: &[String], lock: &Lock) -> Output {
    let text = format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{}components:\n  schemas:\n    \
         Foo.Bar: {{type: object, properties: {{a: {{type: string}}}}}}\n    \
         FooBar: {{type: object, properties: {{b: {{type: string}}}}}}\n    \
         Other: {{type: object, properties: {{c: {{$ref: '#/components/schemas/FooBar'}}}}}}\n",
        operations.concat()
    );
    let file = SourceFile::from_bytes("a.yaml".as_ref(), text.into_bytes()).expect("it is YAML");
    let mut loaded = Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"));
    loaded.lock = lock.clone();
    loaded.generate().unwrap_or_else(|error| panic!("{error}"))
}

fn note<'a>(output: &'a Output, code: &str) -> Option<&'a Diagnostic> {
    output.diagnostics.iter().find(|it| it.code == code && it.severity == Severity::Note)
}

fn takes(output: &Output, method: &str, ty: &str) -> bool {
    output.code.contains(&format!("pub fn {method}(")) && output.code.contains(&format!("types::{ty}"))
}

#[test]
fn components_that_rust_would_name_alike_are_called_by_the_places_that_lead_to_them() {
    let both = [operation("putOne", "/one", "Foo.Bar"), operation("putTwo", "/two", "FooBar")];
    let output = generate(&both, &Lock::default());
    assert!(takes(&output, "put_one", "PutOneRequestFooBar") && takes(&output, "put_two", "PutTwoRequestFooBar"));
    assert!(!output.code.contains("struct FooBar "), "none has the bare name");
    let note = note(&output, "G006").expect("a note says it");
    assert!(note.message.contains("`Foo.Bar`, `FooBar`") && note.message.contains("PutTwoRequestFooBar"), "{note}");
}

#[test]
fn a_component_that_comes_later_takes_no_name_that_the_lock_knows() {
    let first = [operation("putTwo", "/two", "FooBar")];
    let alone = generate(&first, &Lock::default());
    assert!(takes(&alone, "put_two", "FooBar"), "alone it has its name");
    let both = [operation("putOne", "/one", "Foo.Bar"), first[0].clone()];
    let lock = Lock::from_choices(&alone.choices);
    let later = generate(&both, &lock);
    assert!(takes(&later, "put_two", "FooBar") && takes(&later, "put_one", "PutOneRequestFooBar"));
    let lock = Lock::from_choices(&later.choices);
    let again = generate(&[both[1].clone(), operation("putOther", "/other", "Other"), both[0].clone()], &lock);
    assert!(takes(&again, "put_two", "FooBar") && takes(&again, "put_one", "PutOneRequestFooBar"));
}

#[test]
fn operations_that_rust_would_name_alike_are_called_by_their_methods_and_paths() {
    let both = [operation("createItem", "/items", "Other"), operation("create_item", "/v2/items", "Other")];
    let output = generate(&both, &Lock::default());
    assert!(output.code.contains("pub fn post_items_create_item("));
    assert!(output.code.contains("pub fn post_v2_items_create_item("));
    assert!(!output.code.contains("pub fn create_item("), "none has the bare name");
    assert!(note(&output, "G018").is_some_and(|note| note.message.contains("`create_item`")));
    let alone = generate(&both[..1], &Lock::default());
    assert!(alone.code.contains("pub fn create_item("));
    let pinned = Lock::parse("createItem@operation = createItem\n").expect("it is a lock");
    let later = generate(&both, &pinned);
    assert!(later.code.contains("pub fn create_item(") && later.code.contains("pub fn post_v2_items_create_item("));
}

#[test]
fn a_parameter_that_a_request_has_a_method_of_gets_a_name_of_its_own_and_keeps_it() {
    let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /items: {get: {operationId: listItems, parameters: [\
                {name: send, in: query, schema: {type: boolean}}, {name: accept, in: query, schema: {type: string}}], \
                responses: {'204': {description: d}}}}\n  /new: {get: {operationId: new, responses: {'204': {description: d}}}}\n";
    let generate = |lock: &Lock| {
        let file = SourceFile::from_bytes("a.yaml".as_ref(), text.into()).expect("it is YAML");
        let mut loaded = Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"));
        loaded.lock = lock.clone();
        loaded.generate().unwrap_or_else(|error| panic!("{error}"))
    };
    let output = generate(&Lock::default());
    assert!(output.code.contains("pub fn send_(self, send_: bool)"), "{}", output.code);
    assert!(output.code.contains("pub fn accept_(self, accept_: &str)"), "a later method of requests is reserved too");
    assert!(output.code.contains("pub fn new_(&self)"), "nor does an operation hide a method of the client");
    let text = Lock::from_choices(&output.choices).to_text();
    assert!(text.contains("listItems@setter/query/accept = accept_\n"), "{text}");
    let pinned = Lock::parse("listItems@setter/query/accept = accepting\n").expect("it is a lock");
    assert!(generate(&pinned).code.contains("pub fn accepting(self, accepting: &str)"), "what is pinned stays");
}

/// Operations `method path operationId` that answer with an object of their own, with `lock`.
fn answering(operations: &[(&str, &str, &str)], lock: &Lock) -> Output {
    let paths: String = operations
        .iter()
        .map(|(method, path, id)| {
            format!(
                "  '{path}': {{{method}: {{operationId: {id}, responses: {{'200': {{description: d, content: {{application/json: \
                 {{schema: {{type: object, properties: {{a{}: {{type: string}}}}}}}}}}}}}}}}}}\n",
                path.len()
            )
        })
        .collect();
    let text = format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}");
    let file = SourceFile::from_bytes("a.yaml".as_ref(), text.into_bytes()).expect("it is YAML");
    let mut loaded = Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"));
    loaded.lock = lock.clone();
    loaded.generate().unwrap_or_else(|error| panic!("{error}"))
}

fn methods(output: &Output) -> Vec<&str> {
    let calls = output.code.split("pub fn ").skip(1).filter(|item| item.contains("-> requests::"));
    calls.filter_map(|item| item.split('(').next()).collect()
}

/// What the next version reads of the names that a version chose.
fn locked(output: &Output) -> Lock {
    let lock = Lock::from_choices(&output.choices);
    assert_eq!(Lock::parse(&lock.to_text()).as_ref(), Ok(&lock));
    lock
}

const LIST: (&str, &str, &str) = ("get", "/items", "list");
const OTHER: (&str, &str, &str) = ("get", "/rooms/{id}", "list");

#[test]
fn operations_of_one_id_are_called_by_their_methods_and_paths() {
    let output = answering(&[LIST, OTHER], &Lock::default());
    assert_eq!(methods(&output), ["get_items", "get_rooms_id"]);
    let lock = locked(&output).to_text();
    assert!(lock.contains("list@id/get ~1items = get /items\n"), "{lock}");
    assert!(lock.contains("get ~1items/response = GetItemsResponse\n"), "{lock}");
    // Nothing depends on their order.
    assert_eq!(locked(&answering(&[OTHER, LIST], &Lock::default())).to_text(), lock);
}

#[test]
fn an_operation_keeps_its_names_when_another_one_of_its_id_is_added() {
    let first = answering(&[LIST], &Lock::default());
    assert_eq!(methods(&first), ["list"]);
    let lock = locked(&first);
    assert!(lock.to_text().contains("list@id/get ~1items = list\n"), "{}", lock.to_text());
    let second = answering(&[OTHER, LIST], &lock);
    assert_eq!(methods(&second), ["get_rooms_id", "list"]);
    assert!(second.code.contains("pub struct ListResponse") && second.code.contains("pub struct GetRoomsIdResponse"));
    let warnings: Vec<&Diagnostic> = second.diagnostics.iter().filter(|it| it.code == "Q032").collect();
    assert!(warnings.len() == 2 && warnings[1].message.ends_with("the method of this one is `list` in Rust"));
    // A third one renames neither, and without the first one the second keeps its name.
    let third = answering(&[("put", "/tables", "list"), OTHER, LIST], &locked(&second));
    assert_eq!(methods(&third), ["put_tables", "get_rooms_id", "list"]);
    let left = answering(&[OTHER], &locked(&second));
    assert_eq!(methods(&left), ["get_rooms_id"]);
    assert!(note(&left, "Q032").is_some_and(|note| note.message.contains("names.lock keeps")), "a note says why");
    // An id of its own is a new name.
    assert_eq!(
        methods(&answering(&[("get", "/rooms/{id}", "listRooms"), LIST], &locked(&second))),
        ["list_rooms", "list"]
    );
}

#[test]
fn an_operation_that_moves_is_not_the_one_that_the_lock_knows() {
    let lock = locked(&answering(&[LIST], &Lock::default()));
    let moved = answering(&[("get", "/v2/items", "list"), OTHER], &lock);
    assert_eq!(methods(&moved), ["get_v2_items", "get_rooms_id"]);
    assert_eq!(methods(&answering(&[("get", "/v2/items", "list")], &lock)), ["list"], "alone it keeps its id");
}

#[test]
fn paths_that_differ_in_names_or_a_fragment_keep_their_names_in_any_order() {
    let paths = ["/a/{x}", "/a/{y}", "/a/{z:[0-9]{3}}", "/a/{x}#b", "/a/{x}#c"];
    let document = |paths: &[&str]| {
        let item = |path: &&str| format!("  '{path}': {{get: {{responses: {{'204': {{description: d}}}}}}}}\n");
        let paths: String = paths.iter().map(item).collect();
        let text = format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}");
        let file = SourceFile::from_bytes("a.yaml".as_ref(), text.into_bytes()).expect("it is YAML");
        let loaded = Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"));
        loaded.generate().unwrap_or_else(|error| panic!("{error}"))
    };
    let expected = ["get_a_x", "get_a_y", "get_a_z_0_9_3", "get_a_x_b", "get_a_x_c"];
    let output = document(&paths);
    assert_eq!(methods(&output), expected);
    assert_eq!(output.diagnostics.iter().filter(|it| it.code == "V007").count(), 2, "a fragment is a difference");
    for (path, expected) in paths.iter().zip(expected) {
        assert_eq!(methods(&document(&[path])), [expected]);
    }
}

#[test]
fn a_lock_of_before_operations_were_pinned_is_no_warning() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    write(
        "a.yaml",
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {operationId: a, responses: {}}}}\n",
    );
    write("spec.toml", "[[document]]\nname = \"a\"\n[[document.file]]\npath = \"a.yaml\"\n");
    write("names.lock", "# nothing yet\n");
    let output = Loaded::folder(folder.path()).and_then(|loaded| loaded.generate()).unwrap_or_else(|it| panic!("{it}"));
    assert!(output.diagnostics.iter().all(|it| it.code != "L003"), "{:?}", output.diagnostics);
    assert_eq!(output.choices.len(), 1, "the next lock pins it");
}

/// The client of a document with those `paths` and `components`, each indented by two.
fn document(paths: &str, components: &str, lock: &Lock) -> Output {
    let text = format!("openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}components:\n{components}");
    let file = SourceFile::from_bytes("a.yaml".as_ref(), text.into_bytes()).expect("it is YAML");
    let mut loaded = Loaded::sources(vec![file], &[]).unwrap_or_else(|error| panic!("{error}"));
    loaded.lock = lock.clone();
    loaded.generate().unwrap_or_else(|error| panic!("{error}"))
}

/// The names of the variants of an enum.
fn variants(output: &Output, name: &str) -> Vec<String> {
    let file: syn::File = syn::parse_str(&output.code).expect("it is Rust");
    let items = file.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) => module.content.as_ref(),
        _ => None,
    });
    let mut enums = items.flat_map(|(_, items)| items).filter_map(|item| match item {
        syn::Item::Enum(item) if item.ident == name => Some(item),
        _ => None,
    });
    let item = enums.next().unwrap_or_else(|| panic!("no enum {name} in {}", output.code));
    item.variants.iter().map(|variant| variant.ident.to_string()).collect()
}

/// A component that is an enum of `values`, as a document sends it.
fn words(values: &str, lock: &Lock) -> Output {
    let paths = operation("put", "/a", "Order");
    document(&paths, &format!("  schemas:\n    Order: {{type: string, enum: [{values}]}}\n"), lock)
}

#[test]
fn variants_are_words_that_depend_on_the_value_alone() {
    let none = Lock::default();
    let output = words("'+1', '-1', '*', '<=', '', '10', '1.0', '1.10', 日本, unknown", &none);
    let expected = ["Plus1", "Minus1", "Star", "LessOrEqual", "Empty", "N10", "N1_0", "N1_10", "日本", "UnknownValue"];
    assert_eq!(variants(&output, "Order"), expected);
    assert_eq!(variants(&words("x, '+1', '-1'", &none), "Order"), ["X", "Plus1", "Minus1"]);
}

#[test]
fn a_value_that_is_inserted_renames_no_variant() {
    let first = words("ASC, DESC", &Lock::default());
    assert_eq!(variants(&first, "Order"), ["Asc", "Desc"]);
    let lock = locked(&first);
    assert!(lock.to_text().contains("types: Order@variant/ASC = Asc\n"), "{}", lock.to_text());
    let second = words("asc, ASC, DESC", &lock);
    assert_eq!(variants(&second, "Order"), ["AscLowercase", "Asc", "Desc"]);
    assert_eq!(variants(&words("DESC, asc", &locked(&second)), "Order"), ["Desc", "AscLowercase"]);
    // Without a lock, no operation has a better right than another, whatever their order.
    assert_eq!(variants(&words("ASC, asc", &Lock::default()), "Order"), ["AscUppercase", "Asc"]);
}

#[test]
fn alternatives_that_nothing_tells_apart_are_pinned_each() {
    let parts = "{type: string, pattern: ^a}, {type: string, pattern: ^b}, {type: string, pattern: ^c}";
    let of = |lock: &Lock| {
        document(&operation("put", "/a", "Code"), &format!("  schemas:\n    Code: {{oneOf: [{parts}]}}\n"), lock)
    };
    let first = of(&Lock::default());
    let again = of(&locked(&first));
    assert_eq!(variants(&again, "Code"), variants(&first, "Code"));
    assert!(again.choices.iter().all(|choice| choice.locked), "{:?}", again.choices);
}

#[test]
fn names_that_the_definition_gives_to_values_come_first() {
    for given in [
        "x-enum-varnames: [Newest, Oldest]",
        "x-enumNames: [Newest, Oldest]",
        "x-ms-enum: {values: [{value: '-1', name: Oldest}, {value: '+1', name: Newest}]}",
    ] {
        let schemas = format!("  schemas:\n    Order: {{type: string, enum: ['+1', '-1'], {given}}}\n");
        let output = document(&operation("put", "/a", "Order"), &schemas, &Lock::default());
        assert_eq!(variants(&output, "Order"), ["Newest", "Oldest"], "{given}");
    }
}

/// Operations with a query parameter `page_size`, each with the schema of its own or a reference.
fn paged(operations: &[(&str, &str)], lock: &Lock) -> Output {
    let paths: String = operations
        .iter()
        .map(|(id, parameter)| {
            let parameter = match parameter.strip_prefix("$ref ") {
                Some(name) => format!("$ref: '#/components/parameters/{name}'"),
                None => format!("name: page_size, in: query, schema: {{{parameter}}}"),
            };
            format!(
                "  /{id}: {{get: {{operationId: {id}, parameters: [{{{parameter}}}], responses: {{'204': {{description: d}}}}}}}}\n"
            )
        })
        .collect();
    let components = "  parameters:\n    PageSize: {name: page_size, in: query, schema: {type: integer, maximum: 100}}\n    \
                      Large: {name: page_size, in: query, schema: {type: integer, maximum: 1000}}\n";
    document(&paths, components, lock)
}

/// The types that setters of `page_size` take, in the order of the operations.
fn page_sizes(output: &Output) -> Vec<&str> {
    let setters = output.code.split("page_size: ").skip(1);
    setters
        .filter_map(|rest| Some(rest.split(')').next()?.rsplit("::").next()?.trim_end_matches(['>', ',', '\n', ' '])))
        .collect()
}

const SMALL: &str = "type: integer, maximum: 100";
const OWN: &str = "type: integer, maximum: 7";

#[test]
fn the_type_of_a_parameter_that_operations_share_is_called_after_it() {
    let none = Lock::default();
    assert_eq!(page_sizes(&paged(&[("listA", SMALL)], &none)), ["ListAPageSize"]);
    let shared = paged(&[("listA", SMALL), ("listB", SMALL)], &none);
    assert_eq!(page_sizes(&shared), ["PageSize", "PageSize"]);
    // Where shapes differ, only the component parameter may have the bare name.
    let differing = paged(&[("listA", SMALL), ("listB", SMALL), ("listC", OWN)], &none);
    assert_eq!(page_sizes(&differing), ["ListAPageSize", "ListAPageSize", "ListCPageSize"]);
    let component = paged(&[("listA", OWN), ("listB", "$ref PageSize"), ("listC", "$ref PageSize")], &none);
    assert_eq!(page_sizes(&component), ["ListAPageSize", "PageSize", "PageSize"]);
    let two =
        [("listA", "$ref Large"), ("listB", "$ref Large"), ("listC", "$ref PageSize"), ("listD", "$ref PageSize")];
    assert_eq!(page_sizes(&paged(&two, &none)), ["Large", "Large", "ListCPageSize", "ListCPageSize"]);
}

#[test]
fn a_later_operation_neither_takes_nor_renames_the_type_of_a_parameter() {
    let shared = paged(&[("listA", SMALL), ("listB", SMALL)], &Lock::default());
    let later = paged(&[("earlier", OWN), ("listA", SMALL), ("listB", SMALL), ("other", OWN)], &locked(&shared));
    assert_eq!(page_sizes(&later), ["EarlierPageSize", "PageSize", "PageSize", "EarlierPageSize"]);
    let fewer = paged(&[("earlier", OWN), ("listB", SMALL)], &locked(&later));
    assert_eq!(page_sizes(&fewer), ["EarlierPageSize", "PageSize"]);
    // A lock of the form that it had before keeps its names, too.
    let before =
        Lock::parse("listA/page_size = ListAPageSize\nlistB/page_size = ListAPageSize\n").expect("it is a lock");
    let kept = paged(&[("listA", SMALL), ("listB", SMALL), ("listC", SMALL)], &before);
    assert_eq!(page_sizes(&kept), ["ListAPageSize"; 3]);
}

/// Operations that answer 204, and 429 with those headers or as that component.
fn limited(operations: &[(&str, &str)], lock: &Lock) -> Output {
    let paths: String = operations
        .iter()
        .map(|(id, answer)| {
            format!(
                "  /{id}: {{get: {{operationId: {id}, responses: {{'204': {{description: d}}, '429': {{{answer}}}}}}}}}\n"
            )
        })
        .collect();
    let components = "  responses:\n    RateLimited: {description: d, headers: {Retry-After: {schema: {type: integer}}, \
                      X-Left: {schema: {type: integer}}}}\n";
    document(&paths, components, lock)
}

const RATE_LIMITED: &str = "$ref: '#/components/responses/RateLimited'";
const LEFT_AND_RESET: &str =
    "description: d, headers: {X-Left: {schema: {type: integer}}, X-Reset: {schema: {type: integer}}}";

#[test]
fn headers_and_errors_are_called_after_what_has_them() {
    let output =
        limited(&[("listA", RATE_LIMITED), ("listB", RATE_LIMITED), ("getC", LEFT_AND_RESET)], &Lock::default());
    assert!(output.code.contains("pub struct RateLimitedHeaders {"), "{}", output.code);
    assert!(output.code.contains("pub struct GetCTooManyRequestsHeaders {"));
    assert!(
        output.code.contains("pub enum RateLimitedError {")
            && output.code.contains("pub type ListAError = RateLimitedError;")
    );
    assert!(output.code.contains("pub enum GetCError {") && !output.code.contains("pub type GetCError"));
    let common = limited(&[("listA", LEFT_AND_RESET), ("listB", LEFT_AND_RESET)], &Lock::default());
    assert!(common.code.contains("pub struct TooManyRequestsHeaders {"), "{}", common.code);
    assert!(common.code.contains("pub enum TooManyRequestsError {"));
}

#[test]
fn headers_and_errors_keep_their_names_when_operations_come_and_go() {
    let first = limited(&[("getC", LEFT_AND_RESET)], &Lock::default());
    let second = limited(&[("listA", LEFT_AND_RESET), ("getC", LEFT_AND_RESET)], &locked(&first));
    for output in [&second, &limited(&[("listA", LEFT_AND_RESET)], &locked(&second))] {
        assert!(output.code.contains("pub struct GetCTooManyRequestsHeaders {"), "{}", output.code);
        assert!(output.code.contains("pub type ListAError = GetCError;"), "{}", output.code);
    }
    // A lock of the form that it had before keeps its names.
    let before = "errors: 429 () XLeftXReset = Or429\nheaders: X-Left i64?, X-Reset i64? = XLeftXReset\n";
    let kept = limited(&[("getC", LEFT_AND_RESET)], &Lock::parse(before).expect("it is a lock"));
    assert!(
        kept.code.contains("pub struct XLeftXReset {") && kept.code.contains("pub type GetCError = Or429;"),
        "{}",
        kept.code
    );
}

#[test]
fn no_name_is_longer_than_fifty_characters_and_it_is_made_of_words_of_its_place() {
    let property = "required_pull_request_reviews: {type: object, properties: {dismissal_restrictions: {type: object, \
                    properties: {users: {type: string}}}}}";
    let paths = format!(
        "  /a: {{put: {{operationId: updateProtection, requestBody: {{content: {{application/json: {{schema: \
         {{type: object, properties: {{{property}}}}}}}}}}}, responses: {{'204': {{description: d}}}}}}}}\n"
    );
    let output = document(&paths, "  schemas: {}\n", &Lock::default());
    assert!(output.code.contains("pub struct UpdateProtectionRequiredPullRequestReviews {"), "{}", output.code);
    assert!(output.code.contains("pub struct UpdateProtectionDismissalRestrictions {"));
}

/// A request that is one of those `alternatives`.
fn union(alternatives: &str, lock: &Lock) -> Output {
    let schemas = format!("  schemas:\n    Filter: {{oneOf: [{alternatives}]}}\n");
    document(&operation("put", "/a", "Filter"), &schemas, lock)
}

#[test]
fn the_variants_of_a_union_are_called_after_what_distinguishes_them() {
    let none = Lock::default();
    for (alternatives, expected) in [
        ("{type: string}, {type: number}, {type: array, items: {type: string}}", vec!["Text", "Number", "List"]),
        (
            "{type: array, items: {type: string}}, {type: array, items: {type: integer}}",
            vec!["TextList", "IntegerList"],
        ),
        ("{type: string, title: Exact Text}, {type: integer, maximum: 9}", vec!["ExactText", "Integer"]),
        (
            "{type: object, properties: {kind: {type: string, enum: [cat]}}}, \
             {type: object, properties: {kind: {type: string, enum: [dog]}}}",
            vec!["Cat", "Dog"],
        ),
        (
            "{type: object, required: [a], properties: {a: {type: string}}}, \
             {type: object, properties: {b: {type: string}}}",
            vec!["WithA", "WithB"],
        ),
        (
            "{type: object, properties: {a: {type: string}}}, {type: object, properties: {a: {type: integer}}}",
            vec!["WithAText", "WithAInteger"],
        ),
        ("{type: string, minLength: 1}, {type: string, maxLength: 9}", vec!["Variant0", "Variant1"]),
    ] {
        assert_eq!(variants(&union(alternatives, &none), "Filter"), expected, "{alternatives}");
    }
    let first = union("{type: integer}, {type: array, items: {type: string}}", &none);
    let later = union(
        "{type: array, items: {type: integer}}, {type: integer}, {type: array, items: {type: string}}",
        &locked(&first),
    );
    assert_eq!(variants(&later, "Filter"), ["IntegerList", "Integer", "List"]);
}

#[test]
fn titles_that_only_describe_make_no_types() {
    let schemas = "  schemas:\n    Item:\n      type: object\n      title: Item\n      properties:\n        \
                   page_size: {type: integer, title: Page Size, maximum: 9}\n        \
                   tags: {type: array, title: Tags, items: {type: string}}\n        \
                   crn: {type: string, title: Resource Name}\n        \
                   owner: {type: object, title: Owner, properties: {a: {type: string}}}\n";
    let output = document(&operation("put", "/a", "Item"), schemas, &Lock::default());
    let has = |text: &str| output.code.contains(text);
    assert!(has("pub struct Owner {") && has("pub type ItemPageSize ="), "{}", output.code);
    assert!(!has("pub type PageSize") && !has("pub type Tags") && !has("ResourceName"), "{}", output.code);
    // What a lock of before has stays.
    let lock = Lock::parse("Item/page_size/(Page Size) = PageSize\n").expect("it is a lock");
    assert!(document(&operation("put", "/a", "Item"), schemas, &lock).code.contains("pub type PageSize ="));
}
