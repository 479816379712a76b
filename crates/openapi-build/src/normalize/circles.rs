//! Q038: references that lead in a circle.
//!
//! # What it is
//! A component is a reference to one that leads back to it, or a union is an alternative of itself.
//!
//! # Where it was seen
//! In a definition that was put together from files that include each other.
//!
//! # Why it matters
//! No value is ever reached: a reader that follows the references does not end.
//!
//! # The repair
//! What leads in a circle stands for nothing, as if it led nowhere (quirk Q037): a schema is any value, a parameter is left out.
//! A union is not its own alternative: the alternative is left out, which changes nothing. A warning says so.
//!
//! # Before and after
//! ```yaml
//! Id: {oneOf: [{type: string}, {$ref: '#/components/schemas/Id'}]}
//! ```
//! ```yaml
//! Id: {oneOf: [{type: string}]}
//! ```

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::dangling::End;
use super::leave_out::{fate, leave_out};
use super::{Repair, Report};
use crate::diagnostic::Diagnostic;
use crate::grammar::{self, Kind};
use crate::lock::Lock;

const CODE: &str = "Q038";

pub(super) const REPAIR: Repair = Repair::Pass(repair);

fn repair(document: &mut Value, _: &Lock, report: &mut Report) {
    let mut suspects = Vec::new();
    let _ = grammar::live_from(document, Kind::Document, "", &mut |node| {
        let Some(reference) = node.reference() else { return Ok::<(), ()>(()) };
        let is_circle = matches!(End::of(document, node.kind, reference), End::Circle);
        if is_circle || union(node.pointer).is_some() {
            let (pointer, reference) = (node.pointer.to_owned(), reference.to_owned());
            suspects.push(Suspect { pointer, kind: node.kind, reference, is_circle });
        }
        Ok(())
    });
    if suspects.is_empty() {
        return;
    }
    let mut gone = HashSet::new();
    let mut choices = Choices::of(document, &suspects);
    for Suspect { pointer, kind, reference, is_circle } in &suspects {
        let what = if *is_circle {
            format!("leads in a circle, and never to a {}", kind.name())
        } else if union(pointer).is_some_and(|union| choices.lead_back(union, reference)) {
            "leads back to the union that it is an alternative of".to_owned()
        } else {
            continue;
        };
        let message = format!("`{reference}` {what}; {}", fate(document, *kind, pointer));
        let diagnostic = Diagnostic::warning(CODE, message).at(pointer);
        report.add(diagnostic.help("define one of the references in an overlay"));
        gone.insert(pointer.clone());
    }
    leave_out(document, &gone, report);
}

/// A reference that leads in a circle, or that is an alternative of a union.
struct Suspect {
    pointer: String,
    kind: Kind,
    reference: String,
    is_circle: bool,
}

/// The schema of which `pointer` is an alternative, or an alternative of one.
fn union(pointer: &str) -> Option<&str> {
    let (above, _) = pointer.rsplit_once('/')?;
    let schema = above.strip_suffix("/oneOf").or_else(|| above.strip_suffix("/anyOf"))?;
    Some(union(schema).unwrap_or(schema))
}

/// Which schemas ask which others to check a value: a union asks its alternatives, and a reference what it leads to. Those
/// that ask each other, by way of others too, form a group, and would ask without end.
#[derive(Default)]
struct Choices {
    indices: HashMap<String, usize>,
    /// The schemas that each asks.
    asked: Vec<Vec<usize>>,
    /// The group of each schema.
    group: Vec<usize>,
    /// The schemas of each group.
    groups: Vec<Vec<usize>>,
    /// When each schema was found while its group is divided, and the earliest of those that it leads to.
    found: Vec<(usize, usize)>,
    /// Of each group, the union whose alternatives are being looked at.
    current: HashMap<usize, usize>,
}

impl Choices {
    /// Those of the unions that `suspects` are alternatives of, and of all that these lead to.
    fn of(document: &Value, suspects: &[Suspect]) -> Self {
        let mut choices = Self::default();
        let mut open: Vec<&str> = suspects.iter().filter_map(|suspect| union(&suspect.pointer)).collect();
        while let Some(pointer) = open.pop() {
            let index = choices.index(pointer);
            let mut references = Vec::new();
            if choices.asked[index].is_empty()
                && let Some(schema) = document.pointer(pointer)
            {
                alternatives(schema, &mut references);
            }
            for target in references.into_iter().filter_map(|reference| reference.strip_prefix('#')) {
                let target_index = choices.index(target);
                choices.asked[index].push(target_index);
                if choices.asked[target_index].is_empty() {
                    open.push(target);
                }
            }
        }
        choices.groups = vec![(0..choices.asked.len()).collect()];
        choices.divide(0);
        choices
    }

    fn index(&mut self, pointer: &str) -> usize {
        if let Some(index) = self.indices.get(pointer) {
            return *index;
        }
        self.indices.insert(pointer.to_owned(), self.asked.len());
        self.asked.push(Vec::new());
        self.group.push(0);
        self.asked.len() - 1
    }

    /// Whether `reference`, an alternative of the union at `pointer`, leads back to it, without the alternatives of earlier
    /// unions for which this was so.
    fn lead_back(&mut self, pointer: &str, reference: &str) -> bool {
        let index = |pointer: &str| self.indices.get(pointer).copied();
        let (union, target) = (index(pointer), reference.strip_prefix('#').and_then(index));
        let (Some(union), Some(target)) = (union, target) else { return false };
        let group = self.group[union];
        // The alternatives of one union that lead back to it do so by way of others: they are gone for the next one.
        if let Some(before) = self.current.insert(group, union).filter(|before| *before != union) {
            self.asked[before].retain(|asked| self.group[*asked] != group);
            self.divide(group);
            self.current.insert(self.group[union], union);
        }
        self.group[union] == self.group[target]
    }

    /// Divides a group into those whose schemas still ask each other (Tarjan's algorithm, without recursion).
    fn divide(&mut self, group: usize) {
        let schemas = std::mem::take(&mut self.groups[group]);
        const UNSEEN: (usize, usize) = (usize::MAX, usize::MAX);
        self.found.resize(self.group.len(), UNSEEN);
        schemas.iter().for_each(|schema| self.found[*schema] = UNSEEN);
        let (mut open, mut count) = (Vec::new(), 0);
        for start in schemas {
            if self.group[start] != group {
                continue;
            }
            let mut path = vec![(start, 0)];
            while let Some((schema, next)) = path.last_mut() {
                let schema = *schema;
                if *next == 0 {
                    self.found[schema] = (count, count);
                    count += 1;
                    open.push(schema);
                }
                *next += 1;
                if let Some(&asked) = self.asked[schema].get(*next - 1) {
                    if self.group[asked] == group {
                        match self.found[asked] {
                            UNSEEN => path.push((asked, 0)),
                            (number, _) => self.found[schema].1 = number.min(self.found[schema].1),
                        }
                    }
                    continue;
                }
                path.pop();
                let (number, lowest) = self.found[schema];
                if let Some((above, _)) = path.last() {
                    self.found[*above].1 = lowest.min(self.found[*above].1);
                }
                if number == lowest {
                    let from = open.iter().rposition(|other| *other == schema).unwrap_or_default();
                    let together = open.split_off(from);
                    together.iter().for_each(|schema| self.group[*schema] = self.groups.len());
                    self.groups.push(together);
                }
            }
        }
    }
}

/// Adds the references that `schema` is or has for alternatives.
fn alternatives<'a>(schema: &'a Value, references: &mut Vec<&'a str>) {
    if let Some(reference) = grammar::reference(schema) {
        references.push(reference);
        return;
    }
    for key in ["oneOf", "anyOf"] {
        for inner in schema.get(key).and_then(Value::as_array).into_iter().flatten() {
            alternatives(inner, references);
        }
    }
}
