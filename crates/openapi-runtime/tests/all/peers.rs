//! What others send for the same values: npm's qs and openapi-fetch, and the FormData of Node.js. `tests/peers/make.sh` makes the
//! list anew.

use openapi_runtime::FilePart;
use openapi_runtime::codegen::{Call, Nesting, PairStyle, Style, TextStyle, Tree, serde};

use super::clock::run;
use super::server::{Answer, Server};
use super::{Api, Op, PUT, builder};

fn style(name: &str) -> Style {
    match name {
        "Simple" => Style::Simple,
        "SimpleExploded" => Style::SimpleExploded,
        "Label" => Style::Label,
        "LabelExploded" => Style::LabelExploded,
        "Matrix" => Style::Matrix,
        "MatrixExploded" => Style::MatrixExploded,
        "FormExploded" => Style::FormExploded,
        "Form" => Style::Form,
        "SpaceDelimited" => Style::SpaceDelimited,
        "PipeDelimited" => Style::PipeDelimited,
        "DeepObject" => Style::DeepObject,
        "Brackets" => Style::Deep(Nesting::Brackets),
        "Repeat" => Style::Deep(Nesting::Repeat),
        "Indices" => Style::Deep(Nesting::Indices),
        "Field" => Style::Field,
        "Reserved" => Style::Reserved(&Style::FormExploded),
        other => panic!("no style is called {other}"),
    }
}

/// A case: a value, and what the peer sends for it.
#[derive(Debug, serde::Deserialize)]
#[serde(crate = "serde")]
struct Case {
    place: String,
    style: Option<String>,
    value: Tree,
    sent: String,
    /// Why the runtime sends something else.
    differs: Option<String>,
}

fn cases(place: &str) -> Vec<Case> {
    let all: Vec<Case> = serde_json::from_str(include_str!("../peers/peers.json")).expect("JSON");
    all.into_iter().filter(|case| case.place == place).collect()
}

/// Compares what is sent with what the peer sends. Brackets, bars and apostrophes may be encoded or not.
fn compare(case: &Case, ours: &str) {
    let plain = |text: &str| {
        [("%5B", "["), ("%5D", "]"), ("%7C", "|"), ("%27", "'")]
            .iter()
            .fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
    };
    let agrees = plain(ours) == plain(&case.sent);
    // One that no longer differs is to be marked so.
    assert_eq!(agrees, case.differs.is_none(), "{case:?}\nours: {ours}");
}

#[test]
fn parameters_and_fields_are_written_as_others_write_them() {
    for case in cases("path") {
        compare(&case, &style(case.style.as_deref().expect("a style")).segment("a", &case.value));
    }
    for case in cases("query") {
        let mut query = String::new();
        style(case.style.as_deref().expect("a style")).add(&mut query, "a", &case.value);
        compare(&case, &query);
    }
}

#[test]
fn files_have_the_headers_that_browsers_give_them() {
    for case in cases("file") {
        run(|clock| async move {
            let server = Server::with_tokens(&clock, |_| Answer::status(204));
            let client = builder(&server, &clock).build().expect("a client");
            let value = serde_json::to_value(&case.value).expect("JSON");
            let text = |key: &str| value[key].as_str().expect("text").to_owned();
            let file = FilePart::from("bytes").file_name(text("filename"));
            let body = std::collections::BTreeMap::from([(text("name"), file)]);
            let call = Call::new::<Op<PUT>>(client.transport()).multipart("multipart/form-data", &body);
            call.send::<Op<PUT>>().await.expect("a success");
            let sent = server.calls().remove(0).body;
            let head = sent.split_once("\r\n").and_then(|(_, rest)| rest.split_once("\r\n\r\n")).expect("a part").0;
            compare(&case, head);
        });
    }
}
