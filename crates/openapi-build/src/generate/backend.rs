//! progenitor: asked for types and signatures, with its panics caught and its output checked.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::Value;
use syn::{FnArg, GenericArgument, ImplItem, Item, PathArguments, ReturnType, Type};

use super::lower::Question;
use crate::diagnostic::Diagnostic;

/// The progenitor whose output this module knows.
const PROGENITOR: &str = "progenitor 0.15";

/// What progenitor made.
pub(super) struct Answers {
    /// The items of its module `types`.
    pub(super) types: Vec<Item>,
    signatures: BTreeMap<Question, Signature>,
}

#[derive(Default)]
struct Signature {
    /// By name: `p0`, `p1`, …, `body`.
    arguments: BTreeMap<String, Type>,
    output: Option<Type>,
}

impl Answers {
    /// The Rust type of an argument, without the `Option` of an optional one.
    pub(super) fn argument(&self, question: Question, name: &str) -> Result<Type, Diagnostic> {
        let argument = self.signatures.get(&question).and_then(|signature| signature.arguments.get(name));
        argument.cloned().ok_or_else(|| unexpected(&format!("no argument `{name}` of q{question}")))
    }

    /// The Rust type of a response body.
    pub(super) fn output(&self, question: Question) -> Result<Type, Diagnostic> {
        let output = self.signatures.get(&question).and_then(|signature| signature.output.clone());
        output.ok_or_else(|| unexpected(&format!("no result of q{question}")))
    }
}

/// Gives `document` to progenitor.
pub(super) fn run(document: Value) -> Result<Answers, Diagnostic> {
    let document = serde_json::from_value(document).map_err(|error| {
        Diagnostic::error("G007", format!("this is not OpenAPI 3.0: {error}")).at("").help("correct it in an overlay")
    })?;
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Positional);
    let tokens = caught(|| Generator::new(&settings).generate_tokens(&document))?;
    let tokens =
        tokens.map_err(|error| Diagnostic::error("G008", format!("{PROGENITOR} refuses the document: {error}")))?;
    let file: syn::File = syn::parse2(tokens).map_err(|error| unexpected(&format!("it does not parse: {error}")))?;
    collect(file)
}

/// Runs `work`; a panic in it becomes an error, and prints nothing.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    let silent: Box<dyn Fn(&std::panic::PanicHookInfo<'_>) + Sync + Send> = Box::new(|_| {});
    let hook = std::panic::take_hook();
    std::panic::set_hook(silent);
    let result = catch_unwind(AssertUnwindSafe(work));
    std::panic::set_hook(hook);
    result.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        let text = text.unwrap_or("it gives no reason");
        Diagnostic::error("G009", format!("{PROGENITOR} cannot take the document: {text}"))
            .help("this is a quirk without a cure; please report it with the document")
    })
}

/// An error for output that does not have the shape we know.
pub(super) fn unexpected(what: &str) -> Diagnostic {
    Diagnostic::error("G010", format!("the output of {PROGENITOR} is not as expected: {what}"))
        .help("build with the version of progenitor in Cargo.lock of openapi-build")
}

/// Sorts progenitor's items: `types` and the signatures of its methods are used; its client, hooks, imports and prelude
/// are dropped, because ours stand in their place.
fn collect(file: syn::File) -> Result<Answers, Diagnostic> {
    let mut answers = Answers { types: Vec::new(), signatures: BTreeMap::new() };
    for item in file.items {
        match item {
            Item::Mod(module) if module.ident == "types" => {
                answers.types = module.content.map(|(_, items)| items).unwrap_or_default();
            }
            Item::Impl(block) if block.trait_.is_none() => {
                for item in block.items {
                    let ImplItem::Fn(method) = item else { continue };
                    let name = method.sig.ident.to_string();
                    if let Some(question) = name.strip_prefix('q').and_then(|number| number.parse().ok()) {
                        answers.signatures.insert(question, signature(&method.sig)?);
                    }
                }
            }
            Item::Mod(module) if module.ident == "prelude" => {}
            Item::Use(_) | Item::Struct(_) | Item::Impl(_) => {}
            other => return Err(unexpected(&format!("there is another item: {}", first_tokens(&other)))),
        }
    }
    Ok(answers)
}

fn first_tokens(item: &Item) -> String {
    quote::quote!(#item).to_string().chars().take(60).collect()
}

fn signature(signature: &syn::Signature) -> Result<Signature, Diagnostic> {
    let mut found = Signature::default();
    for input in &signature.inputs {
        let FnArg::Typed(argument) = input else { continue };
        let syn::Pat::Ident(name) = &*argument.pat else {
            return Err(unexpected("an argument is no plain name"));
        };
        let whole = (*argument.ty).clone();
        let inner = generic(&whole, "Option").unwrap_or(whole);
        found.arguments.insert(name.ident.to_string(), without_reference(inner));
    }
    if let ReturnType::Type(_, output) = &signature.output {
        let value = generic(output, "Result").and_then(|ok| generic(&ok, "ResponseValue"));
        found.output = Some(value.ok_or_else(|| unexpected("a method does not return a Result of a ResponseValue"))?);
    }
    Ok(found)
}

/// `T` of `Name<T, …>`.
fn generic(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    })
}

fn without_reference(ty: Type) -> Type {
    match ty {
        Type::Reference(reference) => *reference.elem,
        other => other,
    }
}
