//! `securityDefinitions` become security schemes.

use serde_json::{Value, json};

use super::{Converter, Object};

/// The flows of OAuth 2, as Swagger 2.0 and as OpenAPI 3.0 call them.
const FLOWS: [(&str, &str); 4] = [
    ("implicit", "implicit"),
    ("password", "password"),
    ("application", "clientCredentials"),
    ("accessCode", "authorizationCode"),
];

impl Converter<'_> {
    pub(super) fn security_schemes(&mut self, schemes: &Object) -> Object {
        let convert =
            |(name, scheme): (&String, &Value)| (name.clone(), scheme.as_object().map_or(scheme.clone(), scheme_of));
        schemes.iter().map(convert).collect()
    }
}

fn scheme_of(scheme: &Object) -> Value {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str);
    let mut converted = Object::new();
    match text("type") {
        Some("basic") => {
            for (key, value) in scheme {
                converted.insert(key.clone(), if key == "type" { json!("http") } else { value.clone() });
            }
            converted.insert("scheme".into(), json!("basic"));
        }
        Some("oauth2") if !scheme.contains_key("flows") => {
            let moved = ["flow", "authorizationUrl", "tokenUrl", "scopes"];
            converted.extend(
                scheme.iter().filter(|(key, _)| !moved.contains(&key.as_str())).map(|(k, v)| (k.clone(), v.clone())),
            );
            let mut flow = Object::new();
            for key in ["authorizationUrl", "tokenUrl"] {
                flow.extend(scheme.get(key).map(|url| (key.to_owned(), url.clone())));
            }
            flow.insert(
                "scopes".into(),
                scheme.get("scopes").filter(|it| it.is_object()).cloned().unwrap_or(json!({})),
            );
            let stated = text("flow").unwrap_or_default();
            let name = FLOWS.iter().find(|(old, _)| *old == stated).map_or(stated, |(_, new)| new);
            converted.insert("flows".into(), json!({name: flow}));
        }
        _ => return Value::Object(scheme.clone()),
    }
    Value::Object(converted)
}
