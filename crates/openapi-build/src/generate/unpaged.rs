//! Lists whose pages have types of the user's own, whose parts are unknown. By which rule they page is seen in the definition; the
//! items are taken from the page all the same where no such type holds them.

use std::collections::HashMap;

use serde_json::Value;

use super::contents::Bodies;
use super::lower::{Lowered, lower};
use super::model::{self, Operation};
use super::paging::{self, Paging};
use crate::diagnostic::Diagnostic;
use crate::extensions::TYPE;
use crate::lock::Lock;
use crate::replacements;

/// The lists of a document that page by a rule if every type is generated.
pub(super) struct Unpaged<'a> {
    document: &'a Value,
    /// By the pointers of their operations, once one was asked for.
    lists: Option<HashMap<String, Paging>>,
}

impl<'a> Unpaged<'a> {
    pub(super) fn of(document: &'a Value) -> Self {
        // Without types of the user's own, there are none.
        Self { document, lists: (!replacements::is_in(document)).then(HashMap::new) }
    }

    /// Reads `document` as if it had no types of the user's own.
    fn read(document: &Value) -> HashMap<String, Paging> {
        let mut plain = document.clone();
        generate_all(&mut plain);
        let mut ignored = Vec::new();
        let mut operations = model::operations(&plain, &mut ignored);
        // What an extension says is read without rules.
        operations.retain(|operation| operation.method == "GET" && !paging::is_stated(operation));
        let lowered = lower(&plain, &operations, &Lock::default(), &mut ignored);
        let lists = operations.iter().enumerate().filter_map(|(index, operation)| {
            let bodies = Bodies::of(operation, index, &lowered);
            let paging = paging::of(operation, index, &lowered, &bodies, &mut ignored)?;
            Some((operation.pointer.clone(), paging))
        });
        lists.collect()
    }

    /// How the list of `operation` pages, which no rule found as it is generated. If its items cannot be taken from a page, a
    /// warning says so.
    pub(super) fn paging(
        &mut self,
        operation: &Operation<'_>,
        index: usize,
        lowered: &Lowered,
        bodies: &Bodies,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Paging> {
        // A whole document is read again: only where a list may be found so.
        let document = self.document;
        let may_page = operation.method == "GET" && !paging::is_stated(operation);
        let plain =
            may_page.then(|| self.lists.get_or_insert_with(|| Self::read(document)).remove(&operation.pointer))??;
        let rule = plain.rule.clone();
        let why = match plain.of_generated(operation, index, lowered, bodies) {
            Ok(paging) => return Some(paging),
            Err(why) => why,
        };
        let message = format!("this list does not page by itself, as it otherwise would, {rule}: {why}");
        let help = "replace the type of the items instead, or say `x-pagination: false` of the operation in an overlay";
        diagnostics.push(Diagnostic::warning("X015", message).at(operation.pointer.clone()).help(help));
        None
    }
}

/// Takes the types of the user's own out of `value`.
fn generate_all(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.shift_remove(TYPE);
            members.values_mut().for_each(generate_all);
        }
        Value::Array(items) => items.iter_mut().for_each(generate_all),
        _ => {}
    }
}
