//! Documents with random damage: each generates code that parses or is refused with a message, without a panic and in
//! time. The mutants are of the vendored page, of the documents in `OPENAPI_CORPUS`, and of twenty of those in `OPENAPI_WILD`;
//! `MUTANTS` says how many there are of each. A mutant is made from its number alone, which a failure prints.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use openapi_build::pipeline::Loaded;
use openapi_build::source::SourceFile;
use serde_json::{Value, json};
use testing::corpus;

/// How long one mutant may take; an unharmed document of this size takes a twentieth.
const LIMIT: Duration = Duration::from_secs(10);

/// Larger documents are left out: what is damaged is a node, and a small document has the same kinds of nodes.
const MAX_BYTES: u64 = 1 << 20;

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).expect("it is below a usize")
    }
}

/// The pointers of all nodes but the root.
fn pointers(node: &Value, at: &str, found: &mut Vec<String>) {
    let mut child = |key: &str, value: &Value| {
        let pointer = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
        pointers(value, &pointer, found);
        found.push(pointer);
    };
    match node {
        Value::Object(object) => object.iter().for_each(|(key, value)| child(key, value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| child(&index.to_string(), value)),
        _ => {}
    }
}

/// Damages one node: deletes it, replaces it, or swaps it with another; says what it did.
fn damage(tree: &mut Value, random: &mut Random) -> String {
    let mut all = Vec::new();
    pointers(tree, "", &mut all);
    if all.is_empty() {
        return "nothing is left".into();
    }
    let pointer = all[random.below(all.len())].clone();
    let other = all[random.below(all.len())].clone();
    let copy = |tree: &Value, pointer: &str| tree.pointer(pointer).cloned().unwrap_or_default();
    match random.below(4) {
        0 => {
            let (parent, key) = pointer.rsplit_once('/').expect("no pointer here is the root's");
            match tree.pointer_mut(parent) {
                Some(Value::Object(object)) => {
                    object.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
                }
                Some(Value::Array(items)) => {
                    items.remove(key.parse().expect("an index"));
                }
                _ => {}
            }
            format!("without {pointer}")
        }
        1 => {
            let values = [
                json!(null),
                json!(true),
                json!(-1),
                json!(1.5),
                json!(18_446_744_073_709_551_615u64),
                json!(""),
                json!("\u{1f980} self\u{0} \"#\" */ {}"),
                json!([]),
                json!({}),
                json!({"$ref": "#/components/schemas/None"}),
                json!({"$ref": "#/paths"}),
                json!({"allOf": [{}, {"type": "string"}]}),
            ];
            let value = &values[random.below(values.len())];
            if let Some(node) = tree.pointer_mut(&pointer) {
                *node = value.clone();
            }
            format!("{value} at {pointer}")
        }
        2 => {
            let value = copy(tree, &other);
            if let Some(node) = tree.pointer_mut(&pointer) {
                *node = value;
            }
            format!("a copy of {other} at {pointer}")
        }
        _ => {
            let (one, two) = (copy(tree, &pointer), copy(tree, &other));
            if let Some(node) = tree.pointer_mut(&pointer) {
                *node = two;
            }
            // One may have been in the other; then it is gone.
            if let Some(node) = tree.pointer_mut(&other) {
                *node = one;
            }
            format!("{pointer} and {other} swapped")
        }
    }
}

/// What became of a mutant: `generated`, or the code of its error.
fn outcome(tree: &Value) -> &'static str {
    let file = SourceFile::from_bytes(Path::new("mutant.json"), tree.to_string().into_bytes());
    match file.and_then(|file| Loaded::sources(vec![file], &[])).and_then(|loaded| loaded.generate()) {
        Ok(output) => match syn::parse_file(&output.code) {
            Ok(_) => "generated",
            Err(error) => panic!("the code does not parse: {error}"),
        },
        Err(error) => {
            assert_ne!(error.code, "G012", "{error}");
            assert!(!error.message.is_empty());
            error.code
        }
    }
}

/// Checks the mutant number `seed` of `original`; says what became of it, or what is wrong.
fn check(original: &Value, seed: u64) -> Result<&'static str, String> {
    let mut random = Random(seed);
    let mut tree = original.clone();
    let damages: Vec<String> = (0..=random.below(3)).map(|_| damage(&mut tree, &mut random)).collect();
    let (sender, receiver) = mpsc::channel();
    let worker = std::thread::Builder::new().stack_size(8 << 20);
    let handle = worker.spawn(move || sender.send(outcome(&tree)).is_ok()).expect("a thread");
    match receiver.recv_timeout(LIMIT) {
        Ok(outcome) => Ok(outcome),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!("takes more than {LIMIT:?}: {}", damages.join("; "))),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            let panic = handle.join().expect_err("it ended without an outcome");
            let text = panic.downcast_ref::<String>().map_or("a panic", String::as_str).to_owned();
            Err(format!("panics: {text}: {}", damages.join("; ")))
        }
    }
}

fn wanted() -> u64 {
    std::env::var("MUTANTS").map_or(100, |text| text.parse().expect("MUTANTS is a number"))
}

fn run(documents: &[PathBuf]) {
    let wanted = wanted();
    let read = |path: &PathBuf| SourceFile::read(path).and_then(|file| file.parse()).expect("a document");
    let originals: Vec<Value> = documents.iter().map(read).collect();
    let start = Instant::now();
    let mut outcomes = std::collections::BTreeMap::<&str, usize>::new();
    let mut wrong = Vec::new();
    for seed in 0..wanted {
        let index = usize::try_from(seed).expect("few mutants") % originals.len();
        match check(&originals[index], seed) {
            Ok(outcome) => *outcomes.entry(outcome).or_default() += 1,
            Err(why) => wrong.push(format!("{} number {seed} {why}", documents[index].display())),
        }
    }
    println!("{wanted} mutants of {} documents in {:?}: {outcomes:?}", documents.len(), start.elapsed());
    assert!(wrong.is_empty(), "{} of {wanted} mutants fail:\n{}", wrong.len(), wrong.join("\n"));
    // Damage that always stops the reader at its door would test nothing behind it.
    assert!(outcomes.get("generated").is_some_and(|count| *count * 10 > usize::try_from(wanted).expect("few mutants")));
}

#[test]
fn mutants_of_the_vendored_page() {
    run(&[corpus::workspace().join("spec/activate-signup.yaml")]);
}

/// How many of the documents in `OPENAPI_WILD` have mutants.
const WILD: usize = 20;

#[test]
fn mutants_of_published_documents() {
    let Some(mut documents) = corpus::documents("OPENAPI_WILD") else { return };
    documents.retain(|path| std::fs::metadata(path).is_ok_and(|data| data.len() < MAX_BYTES));
    assert!(documents.len() >= WILD, "OPENAPI_WILD has {} documents below {MAX_BYTES} bytes", documents.len());
    let step = documents.len() / WILD;
    run(&documents.into_iter().step_by(step).take(WILD).collect::<Vec<_>>());
}

/// What damages a text: indicators of YAML and JSON, in places where they do not belong.
const PIECES: [&str; 20] = [
    "{", "}", "[", "]", "\"", "'", ": ", ",", "- ", "? ", "&a ", "*a", "!!str ", "|\n", ">-\n", "\n---\n", "\t",
    "<<: ", "\\ud83d", "\u{e9}",
];

/// `text` with some characters taken out, doubled or replaced, or cut off.
fn garbled(text: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..=random.below(4) {
        let at = random.below(chars.len());
        let end = (at + random.below(12)).min(chars.len());
        match random.below(8) {
            0 => drop(chars.drain(at..end)),
            1 => {
                let copy: Vec<char> = chars[at..end].to_vec();
                chars.splice(at..at, copy);
            }
            2 if random.below(8) == 0 => chars.truncate(at),
            _ => drop(chars.splice(at..at, PIECES[random.below(PIECES.len())].chars())),
        }
    }
    chars.into_iter().collect()
}

/// Texts with random damage are read, or refused with a message and a place.
#[test]
fn garbled_texts() {
    let page = std::fs::read_to_string(corpus::workspace().join("spec/activate-signup.yaml")).expect("the page");
    let tree = SourceFile::from_bytes("page.yaml".as_ref(), page.clone().into_bytes()).and_then(|file| file.parse());
    let json = format!("{:#}", tree.expect("the page is YAML"));
    let (mut read, mut lenient, mut refused) = (0, 0, 0);
    let start = Instant::now();
    // A text is read in a hundredth of the time that a client takes.
    for seed in 0..10 * wanted() {
        let text = garbled(if seed % 2 == 0 { &page } else { &json }, &mut Random(seed));
        let Ok(file) = SourceFile::from_bytes("page.yaml".as_ref(), text.into_bytes()) else { continue };
        match file.parse() {
            Ok(_) if file.findings().is_empty() => read += 1,
            Ok(_) => lenient += 1,
            Err(error) => {
                assert!(
                    !error.message.is_empty() && error.position.is_some() && error.help.is_some(),
                    "{seed}: {error}"
                );
                refused += 1;
            }
        }
        file.locate("/paths");
    }
    println!("{read} texts are read, {lenient} leniently, {refused} are refused, in {:?}", start.elapsed());
    assert!(read > 5 && lenient > 1 && refused > 5, "{read}, {lenient}, {refused}");
}

#[test]
fn mutants_of_real_documents() {
    let Some(documents) = corpus::documents("OPENAPI_CORPUS") else { return };
    let small = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|data| data.len() < MAX_BYTES);
    let documents: Vec<PathBuf> = documents.into_iter().filter(small).collect();
    assert!(!documents.is_empty(), "every document of OPENAPI_CORPUS is larger than {MAX_BYTES} bytes");
    run(&documents);
}
