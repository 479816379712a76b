//! Groups of operations: a handle for each, which the client gives by a method, and the names of the operations in it.

use std::collections::{BTreeMap, HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::docs;
use super::model::Operation;
use super::operations::client_method;
use super::types::doc_attributes;
use crate::extensions::GROUP;
use crate::groups::{by_itself, pinned, place, short, tag};
use crate::lock::{Choice, HANDLE, Lock};
use crate::names::{free, hides_a_method, settle, snake_name, type_name};
use crate::renames;

/// An operation's place in its group.
pub(super) struct Grouped {
    /// The name of the group.
    pub(super) group: String,
    /// The type of its handle.
    pub(super) handle: String,
    /// The name of the operation's method.
    pub(super) method: String,
}

/// Names those of `operations` that are grouped. A name that several of a group could have is not given to any, and one that is
/// pinned stays.
pub(super) fn name(operations: &mut [Operation<'_>], is_shown: bool, lock: &Lock, choices: &mut Vec<Choice>) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let group = operation.raw.get(GROUP).and_then(Value::as_str).map(str::to_owned);
        // A path item that was a reference has operations that were not there when groups were chosen.
        if let Some(group) = group.or_else(|| is_shown.then(|| by_itself(operation.raw, operation.key, 0))) {
            groups.entry(group).or_default().push(index);
        }
    }
    let handles = if is_shown { handles(&groups, operations, lock, choices) } else { BTreeMap::new() };
    for (group, members) in groups {
        let handle = handles.get(&group).cloned().unwrap_or_default();
        let of = |index: usize| &operations[members[index]];
        let whole = |index: usize| {
            let name = snake_name(&of(index).name.source);
            if hides_a_method(&name) { format!("{name}_") } else { name }
        };
        let chosen = |index: usize| of(index).raw.get(renames::EXTENSION).map(|_| whole(index));
        let locked = |index: usize| {
            let (_, method) = pinned(lock, &of(index).id).filter(|(of, _)| *of == group)?;
            Some(method.to_owned())
        };
        let shortened = |index: usize| short(&whole(index), &group).or_else(|| Some(whole(index)));
        let (mut names, mut taken) = (vec![None; members.len()], HashSet::new());
        let levels: [&dyn Fn(usize) -> Option<String>; 4] = [&chosen, &locked, &shortened, &|index| Some(whole(index))];
        levels.into_iter().for_each(|of| settle(&mut names, &mut taken, of));
        let names: Vec<String> = names
            .into_iter()
            .enumerate()
            .map(|(index, name)| name.unwrap_or_else(|| free([whole(index)], &mut taken)))
            .collect();
        for (&index, method) in members.iter().zip(names) {
            let operation = &mut operations[index];
            let name = format!("{group}::{method}");
            let locked = pinned(lock, &operation.id) == Some((&group, &method));
            choices.push(Choice { places: vec![place(&operation.id)], name, locked });
            if is_shown {
                let (group, handle) = (group.clone(), handle.clone());
                operation.grouped = Some(Grouped { group, handle, method });
            }
        }
    }
}

/// The type of the handle of each of `groups`. Groups may differ in `_` alone, which no name of a type has: then the lock pins both,
/// and a group that it has already keeps its handle.
fn handles(
    groups: &BTreeMap<String, Vec<usize>>,
    operations: &[Operation<'_>],
    lock: &Lock,
    choices: &mut Vec<Choice>,
) -> BTreeMap<String, String> {
    let all: Vec<(&String, &Vec<usize>)> = groups.iter().collect();
    let place = |group: &str| format!("{group}@{HANDLE}");
    let locked = |index: usize| lock.identifier(&place(all[index].0)).map(str::to_owned);
    let is_known = |index: usize| {
        let of = |member: &usize| pinned(lock, &operations[*member].id);
        all[index].1.iter().filter_map(of).any(|(group, _)| group == all[index].0)
    };
    let owns: Vec<String> = all.iter().map(|(group, _)| type_name(group)).collect();
    let own = |index: usize| owns[index].clone();
    let mut claims: HashMap<&str, usize> = HashMap::new();
    owns.iter().for_each(|name| *claims.entry(name).or_default() += 1);
    let (mut names, mut taken) = (vec![None; all.len()], HashSet::new());
    settle(&mut names, &mut taken, &locked);
    settle(&mut names, &mut taken, &|index| is_known(index).then(|| own(index)));
    settle(&mut names, &mut taken, &|index| Some(own(index)));
    let mut handles = BTreeMap::new();
    for (index, name) in names.into_iter().enumerate() {
        let (group, pinned) = (all[index].0, locked(index));
        let name = name.unwrap_or_else(|| free([own(index)], &mut taken));
        if claims[owns[index].as_str()] > 1 || pinned.is_some() {
            let locked = pinned.as_ref() == Some(&name);
            choices.push(Choice { places: vec![place(group)], name: name.clone(), locked });
        }
        handles.insert(group.clone(), name);
    }
    handles
}

/// The code of the groups of a document.
#[derive(Default)]
pub(super) struct Code {
    /// The module of the handles, and their methods.
    pub(super) items: TokenStream,
    /// The methods of the client.
    pub(super) methods: Vec<TokenStream>,
}

/// Writes the groups of `operations`, each with the code of its methods; returns the methods that belong to no group too.
pub(super) fn code(tree: &Value, operations: &[Operation<'_>], methods: Vec<TokenStream>) -> Code {
    let mut code = Code::default();
    let mut groups: BTreeMap<&str, (Vec<&Operation<'_>>, Vec<TokenStream>)> = BTreeMap::new();
    for (operation, method) in operations.iter().zip(methods) {
        match &operation.grouped {
            None => code.methods.push(method),
            Some(grouped) => {
                let (members, methods) = groups.entry(&grouped.group).or_default();
                members.push(operation);
                methods.push(method);
            }
        }
    }
    let (mut handles, mut blocks) = (Vec::new(), Vec::new());
    for (group, (members, methods)) in &groups {
        let Some(handle) = members.first().and_then(|first| first.grouped.as_ref()) else { continue };
        let (handle, accessor) = (format_ident!("{}", handle.handle), client_method(group));
        let mut lines = description(tree, group, members);
        let summary = doc_attributes(&lines[..lines.iter().position(String::is_empty).unwrap_or(lines.len())]);
        lines.extend([String::new(), format!("[`Client::{accessor}`](super::Client::{accessor}) returns it.")]);
        let (docs, accessor) = (doc_attributes(&lines), format_ident!("{accessor}"));
        handles.push(quote! {
            #docs
            #[derive(Clone, Debug)]
            pub struct #handle(pub(super) super::Client);
        });
        blocks.push(quote!(impl groups::#handle { #(#methods)* }));
        code.methods.push(quote! {
            #summary
            pub fn #accessor(&self) -> groups::#handle { groups::#handle(self.clone()) }
        });
    }
    if !handles.is_empty() {
        code.items = quote! {
            /// The operations by group: a handle for each, which a method of [`Client`] returns. It shares everything with the client.
            pub mod groups { #(#handles)* }
            #(#blocks)*
        };
    }
    code
}

/// What the definition says of the tag of a group, as the lines of a doc comment.
fn description(tree: &Value, group: &str, members: &[&Operation<'_>]) -> Vec<String> {
    let described: HashMap<&str, &str> = tree
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|tag| Some((tag.get("name")?.as_str()?, tag.get("description")?.as_str()?)))
        .collect();
    let tags: Vec<&str> = members.iter().filter_map(|operation| tag(operation.raw)).collect();
    // A group may have operations of other tags, which the user put there.
    let own = tags.iter().find(|tag| snake_name(tag) == group).or(tags.first()).copied();
    let lines = own.and_then(|tag| described.get(tag)).map(|text| docs::lines(text)).unwrap_or_default();
    if !lines.is_empty() {
        return lines;
    }
    match own {
        Some(tag) => docs::lines(&format!("The operations of {}.", tag.trim_end_matches('.'))),
        None => docs::lines(&format!("The operations of the group `{group}`.")),
    }
}
