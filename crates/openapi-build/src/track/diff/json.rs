//! What machines read of a comparison. The README says the shape; its keys stay, and new ones may come.

use serde_json::{Map, Value, json};

use crate::track::change::{Change, Changes, Place};
use crate::track::semver::ItemChange;

impl Changes {
    /// The comparison as JSON: `verdict`, `changes`, `items`, `noise` and `unknown`; and `generator`, if it was compared.
    pub fn to_json(&self) -> Value {
        let noise = self.noise_by_kind();
        let noise = noise.iter().map(|(code, title, count)| json!({"code": code, "title": title, "count": count}));
        let unknown = self.unknown.iter().map(|unknown| {
            let mut object = Map::new();
            if !unknown.document.is_empty() {
                object.insert("document".into(), json!(unknown.document));
            }
            places(&mut object, &unknown.old, &unknown.new);
            Value::Object(object)
        });
        let mut verdict = json!({
            "wire": self.verdict.wire.as_str(),
            "rust": self.verdict.rust.as_str(),
            "breaking": self.is_breaking(),
        });
        if let Some((current, needed)) = &self.versions {
            verdict["version"] = json!({"current": current, "needed": needed});
        }
        let mut object = json!({
            "verdict": verdict,
            "changes": self.changes.iter().map(change).collect::<Vec<_>>(),
            "items": self.items.iter().map(item).collect::<Vec<_>>(),
            "noise": noise.collect::<Vec<_>>(),
            "unknown": unknown.collect::<Vec<_>>(),
        });
        if let Some(generator) = &self.generator {
            object["generator"] = json!({
                "rust": generator.level().as_str(),
                "definition": generator.definition.as_str(),
                "items": generator.items.iter().map(item).collect::<Vec<_>>(),
            });
        }
        object
    }
}

fn change(change: &Change) -> Value {
    let mut object = Map::new();
    object.insert("code".into(), json!(change.code));
    object.insert("title".into(), json!(change.title));
    if !change.document.is_empty() {
        object.insert("document".into(), json!(change.document));
    }
    object.insert("subject".into(), json!(change.subject));
    if let Some(member) = &change.member {
        object.insert("member".into(), json!(member));
    }
    object.insert("request".into(), json!(change.sides.request));
    object.insert("response".into(), json!(change.sides.response));
    object.insert("operations".into(), json!(change.operations));
    places(&mut object, &change.old, &change.new);
    object.insert("wire".into(), json!(change.wire.as_str()));
    object.insert("why".into(), json!(change.why));
    object.insert("rust".into(), json!(change.update().as_str()));
    object.insert("items".into(), change.items.iter().map(item).collect());
    if let Some(accepted) = &change.accepted {
        let mut why = Map::new();
        why.insert("reason".into(), json!(accepted.reason));
        if let Some(until) = &accepted.until {
            why.insert("until".into(), json!(until));
        }
        object.insert("accepted".into(), Value::Object(why));
    }
    if !change.inner.is_empty() {
        object.insert("inner".into(), change.inner.iter().map(self::change).collect());
    }
    Value::Object(object)
}

fn places(object: &mut Map<String, Value>, old: &Option<Place>, new: &Option<Place>) {
    for (key, place) in [("old", old), ("new", new)] {
        if let Some(place) = place {
            object.insert(key.into(), self::place(place));
        }
    }
}

fn place(place: &Place) -> Value {
    let mut object = Map::new();
    object.insert("pointer".into(), json!(place.pointer));
    if let Some(text) = &place.text {
        object.insert("text".into(), json!(text));
    }
    if let Some(position) = &place.position {
        object.insert("file".into(), json!(position.file.display().to_string()));
        object.insert("line".into(), json!(position.line));
        object.insert("column".into(), json!(position.column));
    }
    Value::Object(object)
}

fn item(item: &ItemChange) -> Value {
    let mut object = Map::new();
    object.insert("code".into(), json!(item.code));
    object.insert("rust".into(), json!(item.level.as_str()));
    object.insert("path".into(), json!(item.path));
    for (key, line) in [("old", &item.old), ("new", &item.new)] {
        if let Some(line) = line {
            object.insert(key.into(), json!(line));
        }
    }
    if let Some(detail) = &item.detail {
        object.insert("detail".into(), json!(detail));
    }
    Value::Object(object)
}
