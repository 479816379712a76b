//! Types that other generators make of a document, by the instances and the judge that our own are held to.
//!
//! `EXACTNESS_PEER` names a folder with a crate `peer`, and `EXACTNESS_PEER_DOCUMENT` the document that it was made of. Without
//! them there is nothing to measure, and the test says so. `benches/peers-exactness.sh` makes the folders.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use heck::ToSnakeCase;
use openapi_build::pipeline::Loaded;
use quote::ToTokens;
use serde_json::Value;
use syn::visit::Visit;
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, GenericArgument, Pat, PathArguments, ReturnType, Type, TypeParamBound};
use testing::corpus;
use testing::entries::Kind;
use testing::instances::{Maker, Random, Taken};
use testing::oracle::Side;
use testing::rules::{Case, Outcome};

/// A body, where its schema stands, and what the peer makes of it.
struct Body {
    kind: Kind,
    schema: Value,
    ty: Option<String>,
}

/// What the functions of a crate take and give: by the name of the function, and by whether it is what they take.
#[derive(Default)]
struct Signatures(HashMap<(String, Kind), String>);

impl Signatures {
    /// Reads every file of the crate.
    fn read(folder: &Path) -> Self {
        let mut signatures = Self::default();
        let mut open: Vec<PathBuf> = vec![folder.join("src")];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path).expect("a folder of the peer");
                open.extend(entries.map(|entry| entry.expect("an entry of the folder").path()));
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("a file of the peer");
                if let Ok(file) = syn::parse_file(&text) {
                    signatures.visit_file(&file);
                }
            }
        }
        signatures
    }
}

impl<'a> Visit<'a> for Signatures {
    fn visit_signature(&mut self, signature: &'a syn::Signature) {
        let name = signature.ident.to_string();
        let arguments = signature.inputs.iter().filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(argument),
            FnArg::Receiver(_) => None,
        });
        for argument in arguments {
            let named =
                matches!(&*argument.pat, Pat::Ident(ident) if ident.ident == "request" || ident.ident == "body");
            if let Some(ty) = path(&argument.ty).filter(|_| named) {
                self.0.entry((name.clone(), Kind::Request)).or_insert(ty);
            }
        }
        let ReturnType::Type(_, returned) = &signature.output else { return };
        if let Some(ty) = first(returned, "Result").and_then(path) {
            self.0.entry((name, Kind::Response)).or_insert(ty);
        }
    }
}

/// The first argument of `Name<…>`.
fn first<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The path of a type from outside of the peer's crate.
fn path(ty: &Type) -> Option<String> {
    let ty = match ty {
        Type::Reference(reference) => return path(&reference.elem),
        Type::ImplTrait(bounds) => {
            return bounds.bounds.iter().find_map(|bound| match bound {
                TypeParamBound::Trait(bound) => {
                    let bound: Type = syn::parse2(bound.path.to_token_stream()).ok()?;
                    first(&bound, "Into").and_then(path)
                }
                _ => None,
            });
        }
        ty => ty,
    };
    let mut ty = ty.clone();
    Outside.visit_type_mut(&mut ty);
    let text = ty.to_token_stream().to_string();
    (text != "()").then_some(text)
}

/// Makes paths start outside of the peer's crate; a bare name that is not one of std's is one of its types.
struct Outside;

impl VisitMut for Outside {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_mut::visit_path_mut(self, path);
        let known = ["Vec", "Option", "Box", "String", "bool", "i32", "i64", "f64", "std", "serde_json"];
        let first = path.segments[0].ident.to_string();
        if first == "crate" {
            path.segments[0].ident = quote::format_ident!("peer");
        } else if path.leading_colon.is_none()
            && !known.contains(&first.as_str())
            && let Some(last) = path.segments.last().cloned()
        {
            *path = syn::parse_quote!(peer::types::#last);
        }
    }
}

/// The JSON bodies of every operation: what it takes, and its first success.
fn bodies(document: &Value, types: &Signatures) -> Vec<Body> {
    let follow = |mut value: Value| {
        while let Some(target) = value.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix('#')) {
            value = document.pointer(target).cloned().unwrap_or_default();
        }
        value
    };
    let json = |value: Value| {
        let content = value.get("content")?.as_object()?.clone();
        let is_json = |name: &str| name.split(';').next().is_some_and(|name| name.trim().ends_with("json"));
        content.into_iter().find(|(name, _)| is_json(name))?.1.get("schema").cloned()
    };
    let mut bodies = Vec::new();
    for (_, item) in document["paths"].as_object().into_iter().flatten() {
        for (_, operation) in item.as_object().into_iter().flatten() {
            let Some(id) = operation.get("operationId").and_then(Value::as_str) else { continue };
            let responses = operation["responses"].as_object().into_iter().flatten();
            let success =
                responses.filter(|(status, _)| status.starts_with('2')).map(|(_, value)| value.clone()).next();
            for (kind, value) in [(Kind::Request, operation.get("requestBody").cloned()), (Kind::Response, success)] {
                if let Some(schema) = value.map(follow).and_then(json) {
                    let ty = types.0.get(&(id.to_snake_case(), kind)).cloned();
                    bodies.push(Body { kind, schema, ty });
                }
            }
        }
    }
    bodies
}

/// A program of the peer's crate that reads `number TAB json` lines, and writes what the type of that number makes of each.
fn program(bodies: &[Body]) -> String {
    let typed = bodies.iter().enumerate().filter_map(|(number, body)| Some((number, body.ty.as_ref()?)));
    let arms: String = typed.map(|(number, ty)| format!("        {number} => trip::<{ty}>(text),\n")).collect();
    format!(
        r#"use std::io::{{BufRead, Write}};
fn trip<T: serde::de::DeserializeOwned + serde::Serialize>(text: &str) -> Result<String, String> {{
    let value: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    serde_json::to_string(&value).map_err(|error| error.to_string())
}}
fn main() {{
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {{
        let line = line.unwrap();
        let (number, text) = line.split_once('\t').unwrap();
        let done = match number.parse::<usize>().unwrap() {{
{arms}            _ => Err("no type".to_owned()),
        }};
        match done {{
            Ok(text) => writeln!(out, "ok\t{{text}}").unwrap(),
            Err(error) => writeln!(out, "no\t{{}}", error.replace('\n', " ")).unwrap(),
        }}
    }}
}}
"#
    )
}

/// Builds the peer's program and gives it `input`; gives back what it writes.
fn answers(folder: &Path, input: &str) -> String {
    let mut child = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--bin", "judge"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", std::env::var_os("EXACTNESS_PEER_TARGET").unwrap_or_else(|| "target".into()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("cargo runs");
    let mut stdin = child.stdin.take().expect("it is piped");
    std::thread::scope(|scope| {
        scope.spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("cargo runs");
        assert!(output.status.success(), "the peer's crate does not build");
        String::from_utf8(output.stdout).expect("JSON is UTF-8")
    })
}

#[test]
fn a_peer_is_measured_by_the_same_instances() {
    let variables = (std::env::var_os("EXACTNESS_PEER"), std::env::var_os("EXACTNESS_PEER_DOCUMENT"));
    let (Some(folder), Some(path)) = variables else {
        println!("skipped: EXACTNESS_PEER and EXACTNESS_PEER_DOCUMENT are not set");
        return;
    };
    let (folder, path) = (corpus::workspace().join(folder), corpus::workspace().join(path));
    let loaded = Loaded::path(&path).expect("a document");
    let document = &loaded.documents[0].tree;
    let bodies = bodies(document, &Signatures::read(&folder));
    let sides = [Side::response(document), Side::request(document)];
    let instances = std::env::var("EXACTNESS_INSTANCES").map_or(100, |text| text.parse().expect("a number"));
    let mut cases = Vec::new();
    for (entry, body) in bodies.iter().enumerate() {
        let (side, at) = (&sides[usize::from(body.kind == Kind::Request)], [&body.schema]);
        let judge = side.judge(&at, false);
        let mut maker = Maker { side, random: Random::new(&body.schema.to_string()), taken: Taken::Some };
        for index in 0..instances {
            let mut instance = maker.value(&at, 0);
            if index % 2 == 1 {
                instance = maker.mutant(&instance);
            }
            let valid = judge.is_valid(&instance);
            cases.push(Case { entry, kind: body.kind, instance, valid, errors: Vec::new() });
        }
    }
    std::fs::create_dir_all(folder.join("src/bin")).expect("the peer's folder can be written");
    std::fs::write(folder.join("src/bin/judge.rs"), program(&bodies)).expect("the peer's folder can be written");
    let input: String = cases.iter().map(|case| format!("{}\t{}\n", case.entry, case.instance)).collect();
    let answers = answers(&folder, &input);
    // By side and validity: how many there are, and how many the types keep, or refuse where they are not valid.
    let mut counts: HashMap<(Kind, bool), (usize, usize)> = HashMap::new();
    for (case, answer) in cases.iter().zip(answers.lines()) {
        let body = &bodies[case.entry];
        let (verdict, text) = answer.split_once('\t').expect("a verdict");
        let back = (verdict == "ok").then(|| serde_json::from_str(text).expect("JSON"));
        let side = &sides[usize::from(body.kind == Kind::Request)];
        let outcome = Outcome::of(side, &[&body.schema], case, back, text);
        let count = counts.entry((case.kind, case.valid)).or_default();
        count.0 += 1;
        count.1 += usize::from(!matches!(outcome, Outcome::Differs(..)));
    }
    let percent = |kind: Kind, valid: bool, kept: bool| {
        let (all, good) = counts.get(&(kind, valid)).copied().unwrap_or_default();
        let count = if kept { good } else { all - good };
        format!("{:.1} % of {all}", 100.0 * count as f64 / all.max(1) as f64)
    };
    let missing = bodies.iter().filter(|body| body.ty.is_none()).count();
    println!("{} bodies, {missing} without a type", bodies.len());
    println!("valid requests given back unchanged: {}", percent(Kind::Request, true, true));
    println!("invalid requests accepted: {}", percent(Kind::Request, false, false));
    println!("valid responses given back unchanged: {}", percent(Kind::Response, true, true));
    assert!(missing < bodies.len(), "no body has a type");
}
