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
