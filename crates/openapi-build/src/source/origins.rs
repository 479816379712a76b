//! Which places of a document came from files beside it.

use std::collections::HashMap;

use super::bundle::Origin;

/// The files and the places in them that places of a document came from; what stands below one came with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins(HashMap<String, Vec<(usize, String)>>);

impl Origins {
    /// Where what stands at `pointer` came from: the file, and the place there.
    pub(crate) fn of(&self, pointer: &str) -> Option<(usize, String)> {
        self.above(pointer).next().map(|(file, origin, rest)| (file, format!("{origin}{rest}")))
    }

    /// The place in `file` of what stands at `pointer`, or of the nearest place above it that came from there.
    pub(crate) fn within(&self, file: usize, pointer: &str) -> Option<String> {
        let (_, origin, rest) = self.above(pointer).find(|(of, ..)| *of == file)?;
        Some(format!("{origin}{rest}"))
    }

    /// The origins of the places at and above `pointer`, nearest first, and what of `pointer` follows after the place. Where one
    /// was replaced by another, the last one counts.
    fn above<'a>(&'a self, pointer: &'a str) -> impl Iterator<Item = (usize, &'a str, &'a str)> {
        let ends = std::iter::once(pointer.len()).chain(pointer.rmatch_indices('/').map(|(end, _)| end));
        ends.flat_map(move |end| {
            let (place, rest) = pointer.split_at(end);
            let of = self.0.get(place).into_iter().flat_map(|of| of.iter().rev());
            of.map(move |(file, origin)| (*file, origin.as_str(), rest))
        })
    }
}

impl Extend<Origin> for Origins {
    fn extend<T: IntoIterator<Item = Origin>>(&mut self, origins: T) {
        for (at, file, from) in origins {
            self.0.entry(at).or_default().push((file, from));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_place_counts_and_of_several_there_the_last() {
        let mut origins = Origins::default();
        let all = [("/a", 0, "/x"), ("/a/b", 1, "/y"), ("/a/b", 0, "/z"), ("/c", 2, "")];
        origins.extend(all.map(|(at, file, from)| (at.to_owned(), file, from.to_owned())));
        for (pointer, origin) in [
            ("/a", Some((0, "/x"))),
            ("/a/bc", Some((0, "/x/bc"))),
            ("/a/b/c", Some((0, "/z/c"))),
            ("/c/d", Some((2, "/d"))),
            ("/ab", None),
            ("", None),
        ] {
            assert_eq!(origins.of(pointer), origin.map(|(file, at)| (file, at.to_owned())), "{pointer}");
        }
        assert_eq!(origins.within(1, "/a/b/c").as_deref(), Some("/y/c"));
        assert_eq!(origins.within(2, "/a/b/c"), None);
    }
}
