//! Operations that would have the same name in Rust (`createItem` and `create_item`). Unless the lock says which of them has
//! the name, none has it, and each is named after its method and path.

use std::collections::{HashMap, HashSet};

use super::model::{Named, Operation};
use crate::diagnostic::Diagnostic;
use crate::lock::{Choice, Lock};

/// Names those of `operations` that would otherwise share a name.
pub(super) fn name(
    operations: &mut [Operation<'_>],
    lock: &Lock,
    diagnostics: &mut Vec<Diagnostic>,
    choices: &mut Vec<Choice>,
) {
    let groups = groups(operations);
    let mut named: Vec<(usize, bool)> = Vec::new();
    for group in &groups {
        let pinned: Vec<Option<&str>> = group.iter().map(|&index| lock.get(&key(&operations[index]))).collect();
        let known: Vec<usize> = group.iter().copied().filter(|&index| lock.knows(&operations[index].id)).collect();
        let none_pinned = pinned.iter().all(Option::is_none);
        for (&index, pinned) in group.iter().zip(&pinned) {
            let operation = &mut operations[index];
            operation.name = match pinned {
                Some(pinned) => Named::new(pinned),
                None if none_pinned && known == [index] => Named::new(&operation.id),
                None => Named::new(&format!("{} {} {}", operation.method, operation.key, operation.id)),
            };
            named.push((index, pinned.is_some()));
        }
    }
    unique(operations, diagnostics);
    diagnostics.extend(groups.iter().map(|group| note(operations, group)));
    choices.extend(named.into_iter().map(|(index, locked)| {
        let operation = &operations[index];
        Choice { places: vec![key(operation)], name: operation.name.source.clone(), locked }
    }));
}

/// An operation as `names.lock` writes it.
fn key(operation: &Operation<'_>) -> String {
    format!("{}@operation", operation.id.replace('/', "~1"))
}

/// The indices of the operations that share a name with others.
fn groups(operations: &[Operation<'_>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: HashMap<String, usize> = HashMap::new();
    for (index, operation) in operations.iter().enumerate() {
        let names = [format!("fn {}", operation.method_name()), operation.type_name()];
        let group = names.iter().find_map(|name| group_of.get(name).copied()).unwrap_or(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(index);
        group_of.extend(names.map(|name| (name, group)));
    }
    groups.retain(|group| group.len() > 1);
    groups
}

fn note(operations: &[Operation<'_>], group: &[usize]) -> Diagnostic {
    let list = |of: &dyn Fn(&Operation<'_>) -> String| {
        group.iter().map(|&index| format!("`{}`", of(&operations[index]))).collect::<Vec<_>>().join(", ")
    };
    let (ids, names) = (list(&|operation| operation.id.clone()), list(&|operation| operation.method_name()));
    let message = format!("the operations {ids} would have the same method name in Rust; they are named {names}");
    Diagnostic::note("G018", message).at(operations[group[0]].pointer.clone())
}

/// Numbers operations that still have the same name, and reports them.
fn unique(operations: &mut [Operation<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let mut taken: HashSet<String> = HashSet::new();
    for operation in operations {
        let names = |operation: &Operation<'_>| [format!("fn {}", operation.method_name()), operation.type_name()];
        let plain = operation.name.source.clone();
        let mut number = 1;
        while names(operation).iter().any(|name| taken.contains(name)) {
            number += 1;
            operation.name = Named::new(&format!("{plain} {number}"));
        }
        taken.extend(names(operation));
        if number > 1 {
            let message = format!(
                "another operation is called like `{}` in Rust, even by method and path; this one is `{}`",
                operation.id,
                operation.method_name()
            );
            let warning = Diagnostic::warning("G013", message).at(operation.pointer.clone());
            diagnostics.push(warning.help("give it another `operationId` in an overlay"));
        }
    }
}
