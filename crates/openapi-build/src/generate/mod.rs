//! Generates Rust from normalized documents.
//!
//! Schemas are read as shapes, separately for each side of the wire. progenitor writes the types of struct fields. This
//! module writes everything else: open enums, unions and checked values, typed errors and headers, the operation table, and
//! the methods and request types of the operations. The code relies on the crate `openapi-runtime`.
//!
//! | code | what is wrong |
//! | --- | --- |
//! | `G001` | a reference cannot be resolved, or is circular; what refers to it is left out, or is any value |
//! | `G002` | a parameter without `name` or `in`, or one that is declared again in the same list, which is not generated |
//! | `G003` | a parameter in a location that OpenAPI does not know, which is not generated |
//! | `G006` | several components would have the same type name in Rust; each is named after the place that leads to it |
//! | `G007` | the schemas that progenitor gets are not OpenAPI 3.0; the types of fields are written without it |
//! | `G008` | progenitor rejects the schemas; the types of fields are written without it |
//! | `G009` | progenitor panics; the types of fields are written without it |
//! | `G010` | progenitor's output is not of the expected shape; the types of fields are written without it |
//! | `G012` | the generated code does not parse |
//! | `G013` | two operations would have the same method name in Rust, even named after their methods and paths; the later one has a number |
//! | `G014` | a schema cannot be expressed in Rust, and is any JSON value |
//! | `G015` | nothing distinguishes two alternatives |
//! | `G016` | a format is unknown, or does not fit its type; the plain type is used |
//! | `G017` | a pattern cannot be matched, because it is not a valid regular expression or would take too much memory; it is not checked |
//! | `G018` | several operations would have the same method name in Rust; each is named after its method and path |
//! | `G019` | a header that OpenAPI does not treat as a parameter: `Content-Type`, `Authorization`, and `Accept` without a schema |
//! | `G020` | a link, which is not followed |
//! | `G021` | a request body without a media type, which is not generated |
//! | `G022` | a callback, which is not generated |
//! | `G023` | a property for one side of the wire, in a type that is used only on the other side |
//! | `G024` | an encoding of a part of a body, which is ignored |
//! | `G025` | two responses of an operation are for the same statuses; the first counts |
//! | `G026` | a webhook, whose types are generated and nothing else |
//! | `G029` | a type of which no finite value exists, because each requires another one; it is generated |
//! | `G035` | an extension says how a list pages, and cannot be followed; the list does not page by itself |

mod accept;
pub(crate) mod additions;
mod alike;
pub(crate) mod answers;
mod backend;
mod bindings;
mod client;
pub(crate) mod command_line;
mod contents;
#[cfg(feature = "track")]
mod differing;
mod docs;
mod environment;
mod files;
mod groups;
#[cfg(feature = "track")]
mod items;
mod lower;
mod model;
mod neighbours;
mod operations;
mod order;
#[cfg(feature = "track")]
mod outline;
mod paging;
mod passwords;
pub(crate) mod pattern;
mod prelude;
pub(crate) mod request_macro;
mod responses;
pub(crate) mod scope;
mod sequences;
mod sets;
mod shape;
mod shared;
#[cfg(test)]
mod stability;
mod statuses;
mod styles;
mod theirs;
mod tokens;
mod types;
mod unpaged;

pub use bindings::bindings;
pub use paging::Listed;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::parse_quote;

use self::client::file;
#[cfg(feature = "track")]
pub(crate) use self::differing::Mentions;
use self::environment::Environment;
#[cfg(feature = "track")]
pub(crate) use self::items::{Compared, Items, Places, Sketch, sketch};
use crate::diagnostic::Diagnostic;
use crate::lock::{Choice, Lock};
use crate::manifest::Part;
use crate::replacements::FEATURES;
use crate::stages::{self, timed};

/// The version of the runtime's interface that generated code expects: `openapi_runtime::codegen::expect_version!`.
const VERSION: u32 = 1;

/// One normalized document to generate from.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The document's name in the manifest, which names its module if there are several documents.
    pub name: &'a str,
    /// The normalized document.
    pub tree: &'a Value,
}

/// An environment variable that holds a part of a credential, or the server's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentVariable {
    /// The variable's name.
    pub name: String,
    /// The security scheme that it is for; empty for the server's URL.
    pub scheme: String,
    /// The part that it holds.
    pub part: Part,
}

/// Options for the generated code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Whether every type can be both read and written. Without it, types that are only sent cannot be read, and types that
    /// are only received cannot be written, which halves the work of the compiler.
    pub both_ways: bool,
    /// Whether the client has a handle for each group of operations.
    pub(crate) modules_by_tag: bool,
    /// Whether operations are left out that other builds of the same client have.
    pub(crate) is_part: bool,
    /// Whether the code is only read for its surface and meanings, so that everything else may be left out.
    is_outline: bool,
    /// What the user adds to types.
    pub(crate) additions: Vec<additions::Added>,
    /// By the paths of the types of the user's own, the traits of std that they have.
    implements: BTreeMap<String, BTreeSet<String>>,
}

impl Options {
    /// Adds which traits of std the types of the user's own have.
    pub(crate) fn implement(&mut self, implements: BTreeMap<String, Vec<String>>) {
        for (path, traits) in implements {
            self.implements.entry(path).or_default().extend(traits);
        }
    }
}

/// A generated client.
#[derive(Clone, Debug)]
pub struct Generated {
    /// The Rust code, formatted.
    pub code: String,
    /// Warnings and notes; their pointers refer to the normalized documents.
    pub diagnostics: Vec<Diagnostic>,
    /// The chosen names, wherever there was a choice.
    pub choices: Vec<Choice>,
    /// The lists that page by themselves.
    pub lists: Vec<Listed>,
}

/// The modules of a client whose members come from the definition.
#[cfg(feature = "track")]
pub(crate) const MODULES: [&str; 6] = ["types", "operations", "requests", "errors", "headers", "bodies"];

/// Generates one client from `inputs`.
///
/// # Errors
///
/// `G012`, which is a defect of this crate. What cannot be generated is left out, and a warning says so.
pub fn generate(
    inputs: &[Input<'_>],
    environment: &[EnvironmentVariable],
    lock: &Lock,
    options: &Options,
) -> Result<Generated, Diagnostic> {
    on_a_large_stack(&|| {
        let (code, beside, mut generated) = write(inputs, environment, lock, options)?;
        let (file, added) = beside.parse(code, options)?;
        generated.diagnostics.extend(added);
        let header =
            concat!("// Generated by openapi-build ", env!("CARGO_PKG_VERSION"), "; changes here will be lost.\n\n");
        generated.code = format!("{header}{}", timed("format", || prettyplease::unparse(&file)));
        Ok(generated)
    })
}

/// What a client has beside its code, which is not parsed yet.
struct Beside {
    /// What the code needs of the types of the user's own.
    theirs: TokenStream,
    /// Whether a value is checked with a regular expression.
    patterns: bool,
    /// Where the items come from, by document.
    #[cfg(feature = "track")]
    places: Vec<Places>,
}

/// The stack for code that is nested as deeply as a document may be. Parsing and formatting take about 50 KiB for each level without
/// optimization, and a thread may have 1 MiB.
const STACK: usize = 64 * 1024 * 1024;

/// Runs `work` on a thread with a large stack, or here if there can be no such thread.
pub(crate) fn on_a_large_stack<T: Send>(work: &(impl Fn() -> T + Sync)) -> T {
    std::thread::scope(|scope| {
        let measured = || (work(), stages::take());
        match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, measured).map(|thread| thread.join()) {
            Ok(Ok((result, measured))) => {
                stages::add(measured);
                result
            }
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(_) => work(),
        }
    })
}

/// Makes a client of `inputs`, without parsing its code.
fn write(
    inputs: &[Input<'_>],
    environment: &[EnvironmentVariable],
    lock: &Lock,
    options: &Options,
) -> Result<(TokenStream, Beside, Generated), Diagnostic> {
    let mut generated =
        Generated { code: String::new(), diagnostics: Vec::new(), choices: Vec::new(), lists: Vec::new() };
    let several = inputs.len() > 1;
    let locks: Vec<Lock> =
        inputs.iter().map(|input| if several { lock.of_document(input.name) } else { lock.clone() }).collect();
    let (mut trees, mut copies): (Vec<Cow<'_, Value>>, Vec<files::Copies>) = (Vec::new(), Vec::new());
    for (input, lock) in inputs.iter().zip(&locks) {
        let mut choices = Vec::new();
        let (tree, of_tree) = files::marked(input.tree, lock, &mut choices);
        trees.push(tree);
        copies.push(of_tree);
        generated.choose(input, choices, several);
    }
    let inputs: Vec<Input<'_>> =
        inputs.iter().zip(&trees).map(|(input, tree)| Input { name: input.name, tree: tree.as_ref() }).collect();
    let inputs = inputs.as_slice();
    let mut read = Vec::new();
    for (index, (input, lock)) in inputs.iter().zip(&locks).enumerate() {
        let (mut choices, mut found) = (Vec::new(), Vec::new());
        read.push(Read::of(input, options, lock, &mut found, &mut choices));
        files::lead_back(&copies[index], &mut found);
        found.iter_mut().for_each(|finding| finding.document = u16::try_from(index).ok());
        generated.diagnostics.append(&mut found);
        generated.choose(input, choices, several);
    }
    shared::unite(&mut read.iter_mut().map(|read| &mut read.lowered).collect::<Vec<_>>());
    let mut documents: Vec<Document> = Vec::new();
    for ((input, lock), read) in inputs.iter().zip(&locks).zip(&read) {
        let mut choices = Vec::new();
        documents.push(document(
            (read, input.tree),
            (lock, several),
            options,
            &mut choices,
            &mut generated.diagnostics,
        ));
        generated.choose(input, choices, several);
    }
    generated.lists = documents.iter_mut().flat_map(|document| std::mem::take(&mut document.lists)).collect();
    let trees: Vec<&Value> = inputs.iter().map(|input| input.tree).collect();
    let environment = Environment::of(&trees, environment);
    let patterns = documents.iter().any(|document| document.patterns);
    let code = file(inputs, documents, &environment)?;
    let mut uses = theirs::Uses::new();
    read.iter().for_each(|read| read.lowered.note(&read.operations, options.both_ways, &mut uses));
    let beside = Beside {
        theirs: theirs::items(&uses),
        patterns,
        #[cfg(feature = "track")]
        places: inputs.iter().zip(&mut read).map(|(input, read)| Places::of(input, several, read)).collect(),
    };
    Ok((code, beside, generated))
}

impl Beside {
    /// The client as a tree of syntax, with what the user adds to types, and what is to be said of that.
    fn parse(self, code: TokenStream, options: &Options) -> Result<(syn::File, Vec<Diagnostic>), Diagnostic> {
        let unparsed = |error| Diagnostic::error("G012", format!("the generated code does not parse: {error}"));
        let mut file: syn::File = timed("parse", || syn::parse2(code)).map_err(unparsed)?;
        neighbours::bring_in(&mut file.items);
        let mut added = additions::add(&mut file, &options.additions, &options.implements)?;
        // A pattern may be for types of operations that only this build leaves out.
        added.retain(|finding| !(options.is_part && finding.code == "X004"));
        let mut theirs: syn::File = syn::parse2(self.theirs).map_err(unparsed)?;
        let mut needed = BTreeSet::new();
        // A surface has the same paths, however long they were.
        if !options.is_outline {
            needed.extend(prelude::shorten(&mut file));
            needed.extend(prelude::shorten(&mut theirs));
        }
        needed.extend(self.patterns.then_some("patterns"));
        let is_feature = |name: &&str| ["chrono", "patterns", "uuid"].contains(name) || FEATURES.contains(name);
        let needed = needed.into_iter().filter(is_feature);
        let required = needed.map(|name| format_ident!("require_{name}"));
        let version = proc_macro2::Literal::u32_unsuffixed(VERSION);
        let handshake: syn::File = parse_quote! {
            #theirs
            codegen::expect_version!(#version);
            #(codegen::#required!();)*
        };
        file.items.splice(0..0, handshake.items);
        Ok((file, added))
    }
}

/// The code of one document.
struct Document {
    /// Whether a value is checked with a regular expression.
    patterns: bool,
    modules: TokenStream,
    methods: Vec<TokenStream>,
    markers: Vec<proc_macro2::Ident>,
    lists: Vec<Listed>,
    /// What the command line has of each operation.
    entries: Vec<command_line::Entry>,
}

impl Generated {
    /// Adds the choices made in a document.
    fn choose(&mut self, input: &Input<'_>, choices: Vec<Choice>, several: bool) {
        let of = |choice: Choice| if several { choice.of_document(input.name) } else { choice };
        self.choices.extend(choices.into_iter().map(of));
    }
}

/// The operations of a document, and the types that they need.
struct Read<'a> {
    operations: Vec<model::Operation<'a>>,
    lowered: lower::Lowered,
}

impl<'a> Read<'a> {
    fn of(
        input: &Input<'a>,
        options: &Options,
        lock: &Lock,
        diagnostics: &mut Vec<Diagnostic>,
        choices: &mut Vec<Choice>,
    ) -> Self {
        let mut operations = model::operations(input.tree, diagnostics);
        operations.iter_mut().for_each(|operation| operation.is_documented = !options.is_outline);
        alike::name(&mut operations, lock, diagnostics, choices);
        groups::name(&mut operations, options.modules_by_tag, lock, choices);
        let mut lowered = lower::lower(input.tree, &operations, lock, diagnostics);
        choices.append(&mut lowered.types.choices);
        Self { operations, lowered }
    }
}

fn document(
    (read, tree): (&Read<'_>, &Value),
    (lock, several): (&Lock, bool),
    options: &Options,
    choices: &mut Vec<Choice>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Document {
    let Read { operations, lowered } = read;
    let (fields, warning) = backend::field_types(&lowered.types.items, options.is_outline);
    diagnostics.extend(warning);
    let types = types::Writer {
        items: &lowered.types.items,
        fields: &fields,
        both_ways: options.both_ways,
        is_documented: !options.is_outline,
        conversions: &lowered.conversions(operations),
        alike: &lowered.alike(operations),
    };
    let types = types.all(&mut operations::Names { lock, choices });
    let mut headers = responses::Headers::new(operations, several, lock, choices);
    let mut errors = responses::Errors::default();
    let mut bodies = Vec::new();
    let mut shared = operations::Shared::default();
    let (mut codes, mut lists, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    let group = |operation: &model::Operation<'_>| operation.grouped.as_ref().map(|grouped| grouped.group.clone());
    let mut methods: HashMap<Option<String>, HashSet<String>> = HashMap::new();
    for operation in operations {
        methods.entry(group(operation)).or_default().insert(operation.method_name());
    }
    let mut answers = answers::Answers::default();
    let mut unpaged = unpaged::Unpaged::of(tree);
    for (index, operation) in operations.iter().enumerate() {
        let of_operation = contents::Bodies::of(operation, index, lowered);
        let paging = paging::of(operation, index, lowered, &of_operation, diagnostics)
            .or_else(|| unpaged.paging(operation, index, lowered, &of_operation, diagnostics));
        lists.extend(paging.as_ref().map(|paging| paging.listed(operation)));
        let mut names = operations::Names { lock, choices };
        let idents = operations::argument_names(operation, &mut names);
        let order = order::required(operation, &mut names);
        if !options.is_outline {
            entries.push(command_line::entry((operation, index), (tree, lowered), &idents, paging.as_ref()));
            answers.add(operation, index, lowered, &of_operation);
        }
        codes.push(operations::code(
            (operation, index),
            lowered,
            (&mut headers, &mut shared),
            (&of_operation, paging.as_ref()),
            (idents, &order),
            methods.entry(group(operation)).or_default(),
        ));
        errors.add(operation, &mut headers, &of_operation);
        bodies.extend(of_operation.items);
    }
    let (headers, errors) = (headers.items(), errors.items(operations, several, lock, choices));
    let markers = codes.iter().map(|code| &code.marker);
    let requests = codes.iter().map(|code| &code.request);
    let (shared, answers) = (&shared.items, answers.call());
    let bodies = (!bodies.is_empty()).then(|| {
        quote! {
            /// Response bodies that differ by status or by media type.
            pub mod bodies { #[allow(unused_imports)] use super::codegen; #(#bodies)* }
        }
    });
    let modules = quote! {
        /// Types of request and response bodies, and of parameters.
        // What the definition does not describe has no documentation; deprecated items may be used within the module.
        #[allow(missing_docs, deprecated)]
        pub mod types { #[allow(unused_imports)] use super::codegen; #(#types)* }
        /// Documented response headers, typed.
        pub mod headers { #[allow(unused_imports)] use super::codegen; #(#headers)* }
        #bodies
        /// Documented errors: an enum for each set of statuses, bodies and headers, and an alias for each operation.
        // Each variant holds what the definition documents for its status: the body, if there is one, and the headers.
        #[allow(missing_docs)]
        pub mod errors { #[allow(unused_imports)] use super::codegen; #(#errors)* }
        /// A marker type for each operation: its row of the operation table, and the types of its responses.
        #[allow(missing_docs)]
        pub mod operations {
            #[allow(unused_imports)]
            use super::codegen;
            #(#shared)*
            #(#markers)*
            #answers
        }
        /// A request for each operation, with setters for its optional parameters. The methods of [`Client`] create them.
        // A parameter that the definition does not describe has no documentation.
        #[allow(missing_docs, deprecated)]
        pub mod requests { #[allow(unused_imports)] use super::codegen; #(#requests)* }
    };
    let methods = codes.into_iter().map(|code| code.method).collect();
    let groups::Code { items, methods } = groups::code(tree, operations, methods);
    let modules = quote!(#modules #items);
    Document {
        patterns: types::has_patterns(&lowered.types.items),
        modules,
        markers: operations.iter().map(|operation| format_ident!("{}", operation.type_name())).collect(),
        methods,
        lists,
        entries,
    }
}
