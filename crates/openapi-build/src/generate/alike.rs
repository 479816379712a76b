//! Operations that would have the same name in Rust (`createItem` and `create_item`). Unless the lock says which of them has
//! the name, none has it, and each is named after its method and path.

use std::collections::HashMap;

use super::model::Operation;
use crate::diagnostic::Diagnostic;
use crate::lock::{Choice, Lock};

/// Names those of `operations` that would otherwise share a name.
pub(super) fn name(
    operations: &mut [Operation<'_>],
    lock: &Lock,
    diagnostics: &mut Vec<Diagnostic>,
    choices: &mut Vec<Choice>,
) -> Result<(), Diagnostic> {
    let groups = groups(operations);
    for group in &groups {
        let pinned: Vec<Option<&str>> = group.iter().map(|&index| lock.get(&key(&operations[index]))).collect();
        let known: Vec<usize> = group.iter().copied().filter(|&index| lock.knows(&operations[index].id)).collect();
        let none_pinned = pinned.iter().all(Option::is_none);
        for (&index, pinned) in group.iter().zip(&pinned) {
            let operation = &mut operations[index];
            operation.name = match pinned {
                Some(pinned) => (*pinned).to_owned(),
                None if none_pinned && known == [index] => operation.id.clone(),
                None => format!("{} {} {}", operation.method, operation.path, operation.id),
            };
            let places = vec![key(operation)];
            choices.push(Choice { places, name: operation.name.clone(), locked: pinned.is_some() });
        }
        diagnostics.push(note(operations, group));
    }
    unique(operations)
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

/// Reports two operations that still have the same method name, as an error that names both.
fn unique(operations: &[Operation<'_>]) -> Result<(), Diagnostic> {
    let Some(group) = groups(operations).into_iter().next() else { return Ok(()) };
    let (first, other) = (&operations[group[0]], &operations[group[1]]);
    let message = format!("`{}` and `{}` would both be `{}` in Rust", first.id, other.id, other.method_name());
    Err(Diagnostic::error("G013", message)
        .at(other.pointer.clone())
        .help("give one of them another `operationId` in an overlay"))
}
