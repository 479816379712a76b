//! What a list of servers comes to: where calls go, whatever the way in which it is written.

use serde_json::{Map, Value, json};

/// A server as it takes effect.
#[derive(Debug, PartialEq)]
pub(crate) struct Effect {
    /// The URL, its variables filled in with their defaults: scheme and host in lower case, without the scheme's own port and
    /// without a slash at the end.
    pub(crate) url: String,
    /// The variables: their defaults, and the values that they may have.
    variables: Map<String, Value>,
}

impl Effect {
    /// What `server` comes to.
    pub(crate) fn of(server: &Value) -> Self {
        let mut variables = Map::new();
        let mut filled = url(server).to_owned();
        for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
            let default = variable.get("default");
            if let Some(text) = default.and_then(Value::as_str) {
                filled = filled.replace(&format!("{{{name}}}"), text);
            }
            variables.insert(name.clone(), json!([default, variable.get("enum")]));
        }
        Self { url: plain(&filled), variables }
    }
}

/// The URL of a server as it is written.
pub(crate) fn url(server: &Value) -> &str {
    server.get("url").and_then(Value::as_str).unwrap_or_default()
}

/// Two spellings of one URL become one.
fn plain(url: &str) -> String {
    let (scheme, rest) = match url.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => (scheme.to_ascii_lowercase(), rest),
        // Relative to where the definition was.
        _ => return url.trim_end_matches('/').to_owned(),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, host) = authority.rsplit_once('@').map_or(("", authority), |(user, host)| (user, host));
    let host = host.to_ascii_lowercase();
    let port = match scheme.as_str() {
        "http:" => ":80",
        "https:" => ":443",
        _ => "",
    };
    let host = host.strip_suffix(port).filter(|_| !port.is_empty()).unwrap_or(&host);
    let at = if user.is_empty() { "" } else { "@" };
    format!("{scheme}//{user}{at}{host}{}", path.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_url_are_one() {
        for (one, other) in [
            ("https://API.example.com/v1/", "https://api.example.com:443/v1"),
            ("HTTP://a.example:80", "http://a.example/"),
            ("/v1/", "/v1"),
            ("/", ""),
            ("//A.example/", "//a.example"),
        ] {
            assert_eq!(plain(one), plain(other), "{one} {other}");
        }
        for (one, other) in [
            ("https://a.example/v1", "https://a.example/V1"),
            ("https://a.example", "http://a.example"),
            ("https://a.example:80", "https://a.example"),
            ("https://a.example:8443", "https://a.example"),
            ("https://U@a.example", "https://u@a.example"),
        ] {
            assert_ne!(plain(one), plain(other), "{one} {other}");
        }
    }

    #[test]
    fn a_variable_is_its_default() {
        let server =
            json!({"url": "https://{r}.example.com", "variables": {"r": {"default": "eu", "description": "region"}}});
        assert_eq!(Effect::of(&server).url, "https://eu.example.com");
        assert_ne!(Effect::of(&server), Effect::of(&json!({"url": "https://eu.example.com"})));
    }
}
