//! What a list of servers comes to: where calls go, whatever the way in which it is written.

use serde_json::{Map, Value, json};

/// How long a URL with its variables filled in may become; longer ones are compared as they are written.
const LONGEST: usize = 1 << 13;

/// A server as it takes effect.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct Effect {
    /// The URL, its variables filled in with their defaults: scheme and host in lower case, without the scheme's own port and
    /// without a slash at the end.
    pub(crate) url: String,
    /// The variables as JSON: their defaults, and the values that they may have.
    pub(crate) variables: String,
}

impl Effect {
    /// What `server`, which is repaired as for a client, comes to.
    pub(crate) fn of(server: &Value) -> Self {
        let empty = Map::new();
        let variables = server.get("variables").and_then(Value::as_object).unwrap_or(&empty);
        let effects = variables.iter().map(|(name, variable)| (name, [variable.get("default"), variable.get("enum")]));
        let mut effects: Vec<_> = effects.collect();
        effects.sort_unstable_by_key(|(name, _)| *name);
        let text = json!(effects).to_string();
        // What is too long goes by all that it is made of, so that no change of it is lost.
        let url = match filled(url(server), variables) {
            Some(filled) => plain(&filled),
            None => json!([url(server), text]).to_string(),
        };
        Self { url, variables: text }
    }
}

/// Servers that belong together: where each stands among the servers of its list, and what it comes to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Compared<'v> {
    pub(crate) old: Option<(usize, &'v Effect)>,
    pub(crate) new: Option<(usize, &'v Effect)>,
}

impl Compared<'_> {
    /// Whether calls go to the server, or went there.
    pub(crate) fn is_first(&self) -> bool {
        self.old.or(self.new).is_some_and(|(index, _)| index == 0)
    }
}

/// The URL of a server as it is written.
pub(crate) fn url(server: &Value) -> &str {
    server.get("url").unwrap_or(server).as_str().map(str::trim).unwrap_or_default()
}

/// A server or a list of them, without what only describes it.
pub(crate) fn bare(servers: &Value) -> Value {
    match servers {
        Value::Array(list) => list.iter().map(bare).collect(),
        Value::Object(server) => {
            let fields = server.iter().filter(|(key, _)| *key != "description" && !key.starts_with("x-"));
            Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
        }
        other => other.clone(),
    }
}

/// `url` with the defaults of its variables, which are not read for variables again; `None` if that is too long.
fn filled(url: &str, variables: &Map<String, Value>) -> Option<String> {
    let (mut whole, mut rest) = (String::new(), Some(url).filter(|url| url.len() <= LONGEST)?);
    while let Some((before, after)) = rest.split_once('{') {
        let named = after.split_once('}');
        let default = named.and_then(|(name, rest)| Some((variables.get(name)?.get("default")?.as_str()?, rest)));
        whole.push_str(before);
        let (text, left) = default.unwrap_or(("{", after));
        if whole.len() + text.len() > LONGEST {
            return None;
        }
        whole.push_str(text);
        rest = left;
    }
    whole.push_str(rest);
    Some(whole)
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

    #[test]
    fn a_default_is_not_read_for_variables_again() {
        let server = json!({"url": "{a}{b}{c}{{d}", "variables": {
            "a": {"default": "{b}"}, "b": {"default": "x"}, "d": {"default": "y"}}});
        assert_eq!(Effect::of(&server).url, "{b}x{c}{y");
        // Each twice what the one before is.
        let variables: Map<String, Value> =
            (0..40).map(|n| (format!("v{n}"), json!({"default": format!("{{v{0}}}{{v{0}}}", n + 1)}))).collect();
        assert_eq!(Effect::of(&json!({"url": "{v0}", "variables": variables})).url, "{v1}{v1}");
    }

    #[test]
    fn what_is_too_long_goes_by_what_it_is_made_of() {
        let server = |text: &str| json!({"url": "{v}".repeat(100), "variables": {"v": {"default": text.repeat(1000)}}});
        assert_eq!(Effect::of(&server("a")), Effect::of(&server("a")));
        assert_ne!(Effect::of(&server("a")).url, Effect::of(&server("b")).url);
        assert!(Effect::of(&server("a")).url.len() < 4000);
    }
}
