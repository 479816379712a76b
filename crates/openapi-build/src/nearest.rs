//! The name that a user may have meant.

/// The first of `names` that is most like `text`: of which at most `most` characters differ.
pub(crate) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>, most: usize) -> Option<&'a str> {
    let names = names.map(|name| (distance(text, name), name));
    names.min().filter(|(distance, _)| *distance <= most).map(|(_, name)| name)
}

/// How many characters have to be inserted, removed or replaced to make `other` of `one`.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, a) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], above + 1);
        for (left, b) in other.bytes().enumerate() {
            let best = (diagonal + usize::from(a != b)).min(row[left] + 1).min(row[left + 1] + 1);
            diagonal = std::mem::replace(&mut row[left + 1], best);
        }
    }
    row[other.len()]
}
