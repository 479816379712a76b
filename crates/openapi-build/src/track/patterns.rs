//! Whether the texts that one pattern takes are among those that another takes.
//!
//! Both become automata, which read all texts together, state by state. What is found out so holds for every text; where a
//! pattern looks around, refers back or takes too many states, nothing is said.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use regex_automata::Anchored;
use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;

use serde_json::Value;

use super::difference::Difference;
use crate::generate::pattern::translated;
use crate::grammar::Kind;

/// The size of an automaton, in bytes, beyond which nothing is said.
const LARGEST: usize = 1 << 21;

/// How many combinations of states are looked at.
const MOST: usize = 20_000;

/// What the texts of two patterns have to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// They are the same.
    Same,
    /// The new pattern takes all that the old one takes, and more.
    Wider,
    /// The new pattern takes only a part of what the old one takes.
    Narrower,
    /// Each takes texts that the other does not; whether there are texts that both take may be unknown.
    Other,
    /// Each takes texts, and none that the other takes.
    Disjoint,
    /// It was not found out.
    Unknown,
}

/// What the old and the new pattern have to do with each other, where it is a pattern that differs.
pub(crate) fn relation(difference: &Difference<'_>) -> Option<Relation> {
    if !difference.is_field(Kind::Schema, "pattern") {
        return None;
    }
    let text = |value: Option<&Value>| value.map(|value| value.as_str().map(str::to_owned));
    Some(match (text(difference.old), text(difference.new)) {
        // A pattern that is no text.
        (Some(None), _) | (_, Some(None)) => Relation::Unknown,
        (old, new) => compare(old.flatten().as_deref(), new.flatten().as_deref()),
    })
}

/// Two patterns, the old one first.
type Asked = [Option<String>; 2];

thread_local! {
    /// The answers for the two definitions at hand: several rules ask about one change, and many schemas have one pattern.
    static KNOWN: RefCell<HashMap<Asked, Relation>> = RefCell::new(HashMap::new());

    /// What reads every text: bytes that are no text are no evidence.
    static TEXT: Option<Search> = Search::new(r"\A(?s:.)*\z", StartKind::Anchored);
}

/// Forgets the answers for other definitions.
pub(crate) fn forget() {
    KNOWN.take();
}

/// Compares two patterns of ECMA-262, which stand anywhere in a text; without one every text is taken.
pub(crate) fn compare(old: Option<&str>, new: Option<&str>) -> Relation {
    if old == new {
        return Relation::Same;
    }
    let asked = [old, new].map(|pattern| pattern.map(str::to_owned));
    let known = KNOWN.with_borrow(|known| known.get(&asked).copied());
    known.unwrap_or_else(|| {
        let relation = found_out(old, new).unwrap_or(Relation::Unknown);
        KNOWN.with_borrow_mut(|known| known.insert(asked, relation));
        relation
    })
}

fn found_out(old: Option<&str>, new: Option<&str>) -> Option<Relation> {
    let automaton =
        |pattern: Option<&str>| Search::new(&translated(pattern.unwrap_or_default())?, StartKind::Unanchored);
    let (old, new) = (automaton(old)?, automaton(new)?);
    TEXT.with(|text| differences(&old, &new, text.as_ref()?))
}

/// Reads all texts with both automata; `None` if that takes too long or one gives up.
fn differences(old: &Search, new: &Search, text: &Search) -> Option<Relation> {
    // Whether there is a text that only the old pattern takes, that only the new one takes, and that both take.
    let (mut lost, mut won, mut kept) = (false, false, false);
    let start = (old.start()?, new.start()?, text.start()?);
    // Of bytes that no automaton tells from each other, one is enough.
    let class = |byte: u8| [old, new, text].map(|search| search.automaton.byte_classes().get(byte));
    let mut classes = HashSet::new();
    let bytes: Vec<u8> = (0..=u8::MAX).filter(|byte| classes.insert(class(*byte))).collect();
    let (mut open, mut seen) = (vec![start], HashSet::from([start]));
    while let Some((one, other, whole)) = open.pop() {
        if lost && won && (kept || seen.len() > MOST) {
            return Some(Relation::Other);
        }
        if seen.len() > MOST {
            return None;
        }
        if text.takes(whole)? {
            let takes = (old.takes(one)?, new.takes(other)?);
            lost |= takes == (true, false);
            won |= takes == (false, true);
            kept |= takes == (true, true);
        }
        // What both have found stays found, whatever follows; and every text that has begun has an end.
        if (one, other) == (State::Found, State::Found) {
            kept = true;
            continue;
        }
        for &byte in &bytes {
            let next = (old.next(one, byte)?, new.next(other, byte)?, text.step(whole, byte)?);
            if !text.is_dead(next.2) && seen.insert(next) {
                open.push(next);
            }
        }
    }
    Some(match (lost, won) {
        (false, false) => Relation::Same,
        (false, true) => Relation::Wider,
        (true, false) => Relation::Narrower,
        (true, true) if kept => Relation::Other,
        (true, true) => Relation::Disjoint,
    })
}

/// An automaton that looks for a pattern.
struct Search {
    automaton: dense::DFA<Vec<u32>>,
    anchored: Anchored,
}

/// How far a search is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum State {
    /// The pattern was found.
    Found,
    At(StateID),
}

impl Search {
    fn new(regex: &str, kind: StartKind) -> Option<Self> {
        let size = Some(LARGEST);
        let config = dense::Config::new().dfa_size_limit(size).determinize_size_limit(size).start_kind(kind);
        let nfa = thompson::Config::new().nfa_size_limit(size).which_captures(thompson::WhichCaptures::None);
        let automaton = dense::Builder::new().configure(config).thompson(nfa).build(regex).ok()?;
        let anchored = if kind == StartKind::Anchored { Anchored::Yes } else { Anchored::No };
        Some(Self { automaton, anchored })
    }

    fn start(&self) -> Option<State> {
        self.automaton.start_state(&start::Config::new().anchored(self.anchored)).ok().map(State::At)
    }

    /// The state after `byte`; `None` if the automaton gives up.
    fn step(&self, state: State, byte: u8) -> Option<State> {
        let State::At(id) = state else { return Some(state) };
        let next = self.automaton.next_state(id, byte);
        (!self.automaton.is_quit_state(next)).then_some(State::At(next))
    }

    /// The state after `byte`, where what was found stays found.
    fn next(&self, state: State, byte: u8) -> Option<State> {
        let next = self.step(state, byte)?;
        match next {
            // A match is noticed one byte later.
            State::At(id) if self.automaton.is_match_state(id) => Some(State::Found),
            next => Some(next),
        }
    }

    /// Whether the text that leads to `state` is taken if it ends there.
    fn takes(&self, state: State) -> Option<bool> {
        let State::At(id) = state else { return Some(true) };
        let end = self.automaton.next_eoi_state(id);
        (!self.automaton.is_quit_state(end)).then(|| self.automaton.is_match_state(end))
    }

    fn is_dead(&self, state: State) -> bool {
        matches!(state, State::At(id) if self.automaton.is_dead_state(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wider_narrower_and_the_same_is_found() {
        use Relation::{Disjoint, Narrower, Other, Same, Unknown, Wider};
        for (old, new, expected) in [
            ("^[a-z]{1,10}$", "^[a-z]{1,20}$", Wider),
            ("^[a-z]+$", "^[a-zA-Z]+$", Wider),
            ("^(a|b)$", "^(a|b|c)$", Wider),
            ("^a$", "a", Wider),
            ("^a", "^a|^é", Wider),
            ("^.$", "^(?:.|\\n)$", Wider),
            ("^[0-9]+$", "^\\d+$", Same),
            ("^a*$", "^(a+)?$", Same),
            ("^[\\w\\+\\.-]+$", "^[A-Za-z0-9_+.-]+$", Same),
            ("^[a-z]+$", "^[b-z]+$", Narrower),
            ("^[a-z]+$", "^[0-9]+$", Disjoint),
            ("^[a-z]*$", "^[0-9]*$", Other),
            ("^a", "^b", Disjoint),
            ("^a", "b$", Other),
            ("^é$", "^è$", Disjoint),
            ("[é]", "[è]", Other),
            ("^[a-z]{3}$", "^[a-z]{4}$", Disjoint),
            ("^\\d{4}-\\d{2}$", "^\\d{4}/\\d{2}$", Disjoint),
            ("^[^,]+$", "^[^;]+$", Other),
            ("^(?!x)[a-z]+$", "^[a-z]+$", Unknown),
            ("^(a)\\1$", "^aa$", Unknown),
            ("^[^,]{1,40000}$", "^[^,]{1,50000}$", Unknown),
        ] {
            assert_eq!(compare(Some(old), Some(new)), expected, "{old} {new}");
            let back = match expected {
                Wider => Narrower,
                Narrower => Wider,
                same => same,
            };
            assert_eq!(compare(Some(new), Some(old)), back, "{new} {old}");
        }
        assert_eq!(compare(None, Some("")), Same);
        assert_eq!(compare(None, Some("^")), Same);
        assert_eq!(compare(None, Some("^.*$")), Narrower, "a dot is no end of a line");
        assert_eq!(compare(None, Some("^[\\s\\S]*$")), Same);
        assert_eq!((compare(None, Some("^a")), compare(Some("^a"), None)), (Narrower, Wider));
        assert_eq!(compare(Some("("), Some("a")), Unknown);
    }

    #[test]
    fn what_is_said_holds_for_texts() {
        let patterns = ["^a", "a$", "b", "^[ab]*$", "^(ab)+$", "é", "\\bb", "^$", "^[^a]", "(?:a|b)c?", "^.{2}$"];
        let letters = ["", "a", "b", "c", "é", " ", "ab", "ba", "bc", "aé", "éb", " b", "a b", "abab", "\n", "🦀"];
        for old in patterns {
            for new in patterns {
                let takes = |pattern: &str, text: &str| {
                    fancy_regex::Regex::new(&translated(pattern).expect("it is valid"))
                        .expect("it compiles")
                        .is_match(text)
                };
                let both = |wanted: (bool, bool)| {
                    let verdicts = |text: &str| Some((takes(old, text).ok()?, takes(new, text).ok()?));
                    letters.iter().any(|text| verdicts(text) == Some(wanted))
                };
                let (lost, kept) = (both((true, false)), both((true, true)));
                match compare(Some(old), Some(new)) {
                    Relation::Same | Relation::Wider => assert!(!lost, "{old} {new}"),
                    Relation::Disjoint => assert!(!kept, "{old} {new}"),
                    Relation::Narrower | Relation::Other | Relation::Unknown => {}
                }
            }
        }
    }
}
