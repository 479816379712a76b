//! How large a value is, as the budget for copies counts.

use serde_json::Value;

/// How many bytes of text count as one value.
const BYTES_OF_A_VALUE: usize = 16;

/// How large `value` is: how many values it has, with its texts as values that take as much memory.
pub(super) fn size(value: &Value) -> usize {
    let mut left = usize::MAX / 4;
    pay(value, &mut left);
    usize::MAX / 4 - left
}

/// Takes the size of `value` from `budget`; false as soon as that is too small.
pub(super) fn pay(value: &Value, budget: &mut usize) -> bool {
    let own = if let Value::String(text) = value { 1 + text.len() / BYTES_OF_A_VALUE } else { 1 };
    let Some(left) = budget.checked_sub(own) else { return false };
    *budget = left;
    match value {
        Value::Array(items) => items.iter().all(|item| pay(item, budget)),
        Value::Object(object) => object.iter().all(|(key, value)| {
            *budget = budget.saturating_sub(key.len() / BYTES_OF_A_VALUE);
            pay(value, budget)
        }),
        _ => true,
    }
}
