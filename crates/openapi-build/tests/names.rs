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
