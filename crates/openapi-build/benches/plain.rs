//! What progenitor makes of documents by itself, and, where it refuses one, what it makes of it once the quirks are repaired.
//! `cargo bench -p openapi-build --bench plain -- DOCUMENT… [--into FOLDER]`, which writes NAME.rs for each. Relative paths
//! start at the workspace's root.
//!
//! It is asked for what its own macro makes by default but for the builders, which it is asked for as well. Beyond the repairs
//! it needs one success and no error in each operation, and one media type that it knows in each body: the rest is cut.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Instant;

use openapi_build::pipeline::Loaded;
use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;
use testing::corpus;

/// The media types that it takes.
const KNOWN: [&str; 4] =
    ["application/json", "application/octet-stream", "text/plain", "application/x-www-form-urlencoded"];

fn main() {
    // Said as a line each, and not by the hook.
    std::panic::set_hook(Box::new(|_| ()));
    let mut documents = Vec::new();
    let mut into = None;
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--into" => into = arguments.next().map(PathBuf::from),
            _ => documents.push(PathBuf::from(argument)),
        }
    }
    let root = corpus::workspace();
    for path in documents {
        let path = root.join(path);
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let alone = serde_yaml::from_str::<Value>(&text).map_err(|error| error.to_string()).and_then(generate);
        match &alone {
            Ok(made) => println!("{name}: as it is: {}", made.line()),
            Err(why) => println!("{name}: as it is: refused: {why}"),
        }
        let repaired = Loaded::path(&path).map(|loaded| loaded.normalize()).map_err(|error| error.to_string());
        let repaired = repaired.and_then(|mut documents| {
            let mut tree = documents.swap_remove(0).1.tree;
            cut(&mut tree);
            generate(tree)
        });
        match repaired {
            Ok(made) => {
                println!("{name}: repaired and cut: {}", made.line());
                if let Some(folder) = &into {
                    std::fs::write(root.join(folder).join(format!("{name}.rs")), made.code)
                        .expect("the folder can be written");
                }
            }
            Err(why) => println!("{name}: repaired and cut: refused: {why}"),
        }
    }
}

struct Made {
    code: String,
    /// The milliseconds of making the tokens, parsing and formatting them.
    times: [f64; 3],
}

impl Made {
    fn line(&self) -> String {
        let [generate, parse, format] = self.times;
        let sum = generate + parse + format;
        let lines = self.code.lines().count();
        format!("{lines} lines in {sum:.0} ms (generate {generate:.0}, parse {parse:.0}, format {format:.0})")
    }
}

fn generate(tree: Value) -> Result<Made, String> {
    let document = serde_json::from_value(tree).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Builder);
    let millis = |start: Instant| start.elapsed().as_secs_f64() * 1e3;
    let made = catch_unwind(AssertUnwindSafe(|| {
        let start = Instant::now();
        let tokens = Generator::new(&settings).generate_tokens(&document).map_err(|error| error.to_string())?;
        let generate = millis(start);
        let start = Instant::now();
        let file: syn::File = syn::parse2(tokens).map_err(|error| error.to_string())?;
        let parse = millis(start);
        let start = Instant::now();
        let code = prettyplease::unparse(&file);
        Ok(Made { code, times: [generate, parse, millis(start)] })
    }));
    made.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panics: {}", text.unwrap_or_default()))
    })
}

/// Cuts what progenitor refuses of a repaired document.
fn cut(tree: &mut Value) {
    let components = tree["components"].clone();
    let resolve = |value: &mut Value, kind: &str| {
        let name =
            value.get("$ref").and_then(Value::as_str).and_then(|text| text.rsplit('/').next()).map(str::to_owned);
        if let Some(target) = name.and_then(|name| components[kind].get(name)) {
            *value = target.clone();
        }
    };
    let items = tree["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    let operations = items.filter_map(Value::as_object_mut).flat_map(|item| item.values_mut());
    for operation in operations.filter_map(Value::as_object_mut) {
        if let Some(body) = operation.get_mut("requestBody") {
            resolve(body, "requestBodies");
            one_known(body);
        }
        if operation.get("requestBody").is_some_and(|body| body.get("content").is_none()) {
            operation.remove("requestBody");
        }
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            parameters.iter_mut().for_each(|parameter| resolve(parameter, "parameters"));
            parameters.retain(|parameter| parameter["in"] != "cookie" && parameter.get("content").is_none());
        }
        if let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) {
            let success = responses.iter().find(|(status, _)| status.starts_with('2'));
            let success = success.map(|(status, response)| (status.clone(), response.clone()));
            responses.clear();
            if let Some((status, mut response)) = success {
                resolve(&mut response, "responses");
                one_known(&mut response);
                responses.insert(status, response);
            }
        }
    }
}

/// Leaves one media type of those that are known in `content`, or none.
fn one_known(body: &mut Value) {
    let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else { return };
    let known = KNOWN.iter().find(|known| content.contains_key(**known));
    content.retain(|name, _| known == Some(&name.as_str()));
    if content.is_empty()
        && let Some(body) = body.as_object_mut()
    {
        body.remove("content");
    }
}
