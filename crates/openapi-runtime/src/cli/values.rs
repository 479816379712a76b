//! Values on a command line: texts, read as what the definition says they are.

use serde_json::Value;

use super::table::Valued;
use crate::codegen::Tree;

/// The value of a parameter that is given as `texts`. Messages do not show those that are `secret`.
pub(super) fn parameter(valued: &Valued, texts: &[String], secret: bool) -> Result<Tree, String> {
    let Some(item) = valued.kind.strip_prefix('[') else {
        if valued.is_object() {
            return object(valued, texts);
        }
        let text = texts.last().map(String::as_str).unwrap_or_default();
        return match scalar(valued, text, secret)? {
            // A style would leave it out.
            Tree::Scalar(Value::Null) => Ok(text.into()),
            value => Ok(value),
        };
    };
    let item = Valued { kind: item.to_owned(), ..valued.clone() };
    match texts {
        [one] if one.starts_with('[') => list(valued, one, secret),
        texts => texts.iter().map(|text| scalar(&item, text, secret)).collect::<Result<_, _>>().map(Tree::List),
    }
}

/// A list in JSON, whose items are possible ones.
fn list(valued: &Valued, text: &str, secret: bool) -> Result<Tree, String> {
    let Ok(Tree::List(items)) = serde_json::from_str(text) else {
        return Err("the value is not a list in JSON".to_owned());
    };
    for item in &items {
        if let Tree::Scalar(item) = item {
            possible(valued, &shown(item), secret)?;
        }
    }
    Ok(Tree::List(items))
}

/// Checks that `text` is one of the possible values, if there are no others.
fn possible(valued: &Valued, text: &str, secret: bool) -> Result<(), String> {
    if valued.values.is_empty() || valued.open || valued.values.iter().any(|value| shown(value) == text) {
        return Ok(());
    }
    let all: Vec<String> = valued.values.iter().map(|value| format!("`{}`", shown(value))).collect();
    let named = if secret { "the value".to_owned() } else { format!("`{text}`") };
    Err(format!("{named} is not one of {}", all.join(", ")))
}

/// An object: JSON, or `name=value` for each member.
fn object(valued: &Valued, texts: &[String]) -> Result<Tree, String> {
    if let [one] = texts
        && one.trim_start().starts_with('{')
    {
        return serde_json::from_str(one).map_err(|error| format!("the value is not JSON: {error}"));
    }
    let mut object = Tree::Object(Vec::new());
    for (number, text) in texts.iter().enumerate() {
        let assignment = Assignment::read(text).map_err(|problem| format!("the {}: {problem}", ordinal(number)))?;
        let member = assignment.path.iter().try_fold(valued.clone(), |valued, _| valued.member());
        let (value, append) = assignment.value_or_item(member.as_ref(), true)?;
        put(&mut object, &assignment.path, value, append)?;
    }
    Ok(object)
}

/// The place of what stands behind `before` others.
pub(super) fn ordinal(before: usize) -> String {
    let number = before + 1;
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The value that `text` is, which is no list of several texts. Messages do not show it if it is `secret`.
pub(super) fn scalar(valued: &Valued, text: &str, secret: bool) -> Result<Tree, String> {
    if valued.kind.starts_with('[') {
        return list(valued, text, secret);
    }
    possible(valued, text, secret)?;
    if let Some(value) = valued.values.iter().find(|value| shown(value) == text) {
        return Ok(value.clone().into());
    }
    let named = if secret { "the value".to_owned() } else { format!("`{text}`") };
    let scalar = |value: Value| Ok(Tree::Scalar(value));
    match valued.kind.as_str() {
        "int" => match (text.parse::<i64>(), text.parse::<u64>()) {
            (Ok(number), _) => scalar(number.into()),
            (_, Ok(number)) => scalar(number.into()),
            _ => Err(format!("{named} is not a whole number of 64 bits")),
        },
        "number" => {
            let number = text.parse().ok().and_then(serde_json::Number::from_f64);
            number.map(|number| Tree::Scalar(number.into())).ok_or_else(|| format!("{named} is not a number"))
        }
        "bool" => match text {
            "true" => scalar(true.into()),
            "false" => scalar(false.into()),
            _ => Err(format!("{named} is neither `true` nor `false`")),
        },
        _ if valued.is_object() => match serde_json::from_str(text) {
            Ok(object @ Tree::Object(_)) => Ok(object),
            _ => Err("the value is not an object in JSON".to_owned()),
        },
        "any" => Ok(match serde_json::from_str(text) {
            // `1e5` and an id of 25 digits are texts: as numbers they would be sent otherwise.
            Ok(Tree::Scalar(Value::Number(number))) if number.to_string() != text => text.into(),
            read => read.unwrap_or_else(|_| text.into()),
        }),
        _ => Ok(text.into()),
    }
}

/// A possible value, as command lines have it.
pub(super) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// `path=value`, or `path:=json`.
pub(super) struct Assignment<'a> {
    /// The path as it is given.
    pub(super) name: &'a str,
    /// The names in it.
    pub(super) path: Vec<String>,
    /// The value.
    pub(super) text: &'a str,
    /// Whether the value is JSON, whatever the field is.
    pub(super) json: bool,
}

impl<'a> Assignment<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, String> {
        // What stands there instead may be a password.
        let wrong = || "it is neither `name=value` nor `name:=json`".to_owned();
        let (name, value) = text.split_once('=').ok_or_else(wrong)?;
        let (name, json) = name.strip_suffix(':').map_or((name, false), |name| (name, true));
        let path = steps(name);
        if path.iter().any(String::is_empty) {
            return Err(wrong());
        }
        Ok(Self { name, path, text: value, json })
    }

    /// The value, as `valued` says; where nothing is said, it is JSON if it can be, else text.
    pub(super) fn value(&self, valued: Option<&Valued>, secret: bool) -> Result<Tree, String> {
        let of_field = |problem: String| format!("the field `{}`: {problem}", self.name);
        if self.json {
            let read = serde_json::from_str(self.text);
            return read.map_err(|error| of_field(format!("the value is not JSON: {error}")));
        }
        let any = Valued { kind: "any".to_owned(), ..Valued::default() };
        scalar(valued.unwrap_or(&any), self.text, secret).map_err(of_field)
    }

    /// The same, or one item of the list that `valued` says is there; and whether it is an item.
    pub(super) fn value_or_item(&self, valued: Option<&Valued>, secret: bool) -> Result<(Tree, bool), String> {
        let item = valued
            .and_then(|valued| Some(Valued { kind: valued.kind.strip_prefix('[')?.to_owned(), ..valued.clone() }));
        match item {
            Some(item) if !self.json && !self.text.starts_with('[') => Ok((self.value(Some(&item), secret)?, true)),
            _ => Ok((self.value(valued, secret)?, false)),
        }
    }
}

/// The names in a path, between which are dots; `\.` is a dot in a name.
pub(super) fn steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match (character, steps.last_mut()) {
            ('.', _) => steps.push(String::new()),
            ('\\', Some(last)) => last.extend(characters.next()),
            (other, Some(last)) => last.push(other),
            (_, None) => {}
        }
    }
    steps
}

/// Puts `value` at `path` in `tree`: instead of what is there, or behind the items of the list that is there.
pub(super) fn put(tree: &mut Tree, path: &[String], value: Tree, append: bool) -> Result<(), String> {
    let Some((name, rest)) = path.split_first() else {
        match tree {
            Tree::List(items) if append => items.push(value),
            place => *place = if append { Tree::List(vec![value]) } else { value },
        }
        return Ok(());
    };
    let Tree::Object(members) = tree else { return Err(format!("`{name}` cannot be set: what has it is no object")) };
    let at = members.iter().position(|(other, _)| other == name).unwrap_or_else(|| {
        let empty = if rest.is_empty() { Tree::Scalar(Value::Null) } else { Tree::Object(Vec::new()) };
        members.push((name.clone(), empty));
        members.len() - 1
    });
    put(&mut members[at].1, rest, value, append)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valued(kind: &str) -> Valued {
        Valued { kind: kind.to_owned(), ..Valued::default() }
    }

    fn read(kind: &str, texts: &[&str]) -> Result<String, String> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        parameter(&valued(kind), &texts, false).map(|tree| tree.to_string())
    }

    #[test]
    fn texts_are_read_as_what_the_definition_says() {
        for (kind, texts, expected) in [
            ("text", &["5"][..], "\"5\""),
            ("int", &["-5"], "-5"),
            ("int", &["18446744073709551615"], "18446744073709551615"),
            ("number", &["5"], "5.0"),
            ("bool", &["true"], "true"),
            ("any", &["true"], "true"),
            ("any", &["tru"], "\"tru\""),
            ("any", &["12"], "12"),
            ("any", &["1e5"], "\"1e5\""),
            ("any", &["1234567890123456789012345"], "\"1234567890123456789012345\""),
            ("any", &["null"], "\"null\""),
            ("{text", &["a=1", "b=1e5"], "{\"a\":\"1\",\"b\":\"1e5\"}"),
            ("[int", &["1", "2"], "[1,2]"),
            ("[int", &["[1,2]"], "[1,2]"),
            ("[text", &["1", "a,b"], "[\"1\",\"a,b\"]"),
            ("[[int", &["[1]", "[2,3]"], "[[1],[2,3]]"),
            ("object", &["{\"b\":1,\"a\":2}"], "{\"b\":1,\"a\":2}"),
            ("object", &["b=1", "a.c=x", "a.d:=\"1\"", "e\\.f=y"], r#"{"b":1,"a":{"c":"x","d":"1"},"e.f":"y"}"#),
        ] {
            assert_eq!(read(kind, texts).as_deref(), Ok(expected), "{kind} {texts:?}");
        }
        for (kind, text) in [
            ("int", "1.5"),
            ("number", "inf"),
            ("number", "x"),
            ("bool", "yes"),
            ("[int", "[1"),
            ("object", "a"),
            ("object", "=a"),
            ("object", "{"),
        ] {
            assert!(read(kind, &[text]).is_err(), "{kind} {text}");
        }
    }

    #[test]
    fn a_value_is_one_of_those_that_are_possible() {
        let closed = Valued { values: vec![1.into(), "a".into()], ..valued("any") };
        assert_eq!(scalar(&closed, "1", false), Ok(Tree::Scalar(1.into())));
        assert_eq!(scalar(&closed, "b", false), Err("`b` is not one of `1`, `a`".to_owned()));
        assert_eq!(scalar(&closed, "b", true), Err("the value is not one of `1`, `a`".to_owned()));
        assert_eq!(scalar(&Valued { open: true, ..closed }, "b", false), Ok("b".into()));
        let words = Valued { values: vec!["a".into(), "b".into()], ..valued("[text") };
        assert_eq!(scalar(&words, r#"["a","b"]"#, false), Ok(Tree::List(vec!["a".into(), "b".into()])));
        let wrong = parameter(&words, &[r#"["a","z"]"#.to_owned()], false);
        assert_eq!(wrong, Err("`z` is not one of `a`, `b`".to_owned()));
    }

    #[test]
    fn a_field_is_put_where_its_path_leads() {
        let mut tree: Tree = serde_json::from_str(r#"{"a":{"b":1},"c":2}"#).expect("JSON");
        let path = |path: &str| steps(path);
        put(&mut tree, &path("a.b"), "x".into(), false).expect("it is put");
        put(&mut tree, &path("a.d"), "y".into(), true).expect("it is put");
        put(&mut tree, &path("a.d"), "z".into(), true).expect("it is put");
        assert_eq!(tree.to_string(), r#"{"a":{"b":"x","d":["y","z"]},"c":2}"#);
        assert!(put(&mut tree, &path("c.e"), "x".into(), false).is_err());
    }
}
