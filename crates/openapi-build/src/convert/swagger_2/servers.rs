//! `host`, `basePath` and `schemes` become servers.

use serde_json::{Value, json};

use super::Converter;
use crate::pointer::escape;

impl Converter<'_> {
    /// The servers of the document.
    pub(super) fn servers(&mut self) -> Vec<Value> {
        let from = ["host", "basePath", "schemes"].into_iter().find(|key| self.source.get(key).is_some());
        let servers = self.servers_of(self.source.get("schemes"), "/schemes");
        if let Some(key) = from {
            self.came_from("/servers", &format!("/{key}"), &servers);
        }
        servers
    }

    /// The servers of an operation that has schemes of its own.
    pub(super) fn operation_servers(&mut self, schemes: &Value, at: &str) -> Vec<Value> {
        let servers = self.servers_of(Some(schemes), &format!("{at}/schemes"));
        self.came_from(&format!("{at}/servers"), &format!("{at}/schemes"), &servers);
        servers
    }

    /// Remembers that the list of `servers` at `to`, and each of them, was made of the field at `from`.
    fn came_from(&mut self, to: &str, from: &str, servers: &[Value]) {
        self.moves.add(to, from);
        for index in 0..servers.len() {
            self.moves.add(format!("{to}/{index}"), from);
            self.moves.add(format!("{to}/{index}/url"), from);
        }
    }

    fn servers_of(&mut self, schemes: Option<&Value>, at: &str) -> Vec<Value> {
        let text =
            |key: &str| self.source.get(key).and_then(Value::as_str).map(str::trim).unwrap_or_default().to_owned();
        let path = match text("basePath").trim_matches('/') {
            "" => String::new(),
            path => format!("/{path}"),
        };
        let mut named: Vec<String> = schemes.map(super::media_types::texts).unwrap_or_default();
        let host = text("host");
        // Some write a whole URL.
        let (own, host) = host.split_once("://").map_or((None, host.as_str()), |(scheme, host)| (Some(scheme), host));
        let host = host.trim_end_matches('/');
        if host.is_empty() {
            if !named.is_empty() {
                let message =
                    "there is no `host`: requests go to the server that the client is given, by its own scheme";
                self.note(at, message);
            }
            return if path.is_empty() { Vec::new() } else { vec![json!({"url": path})] };
        }
        if let (Some(own), true) = (own, named.is_empty()) {
            named.push(own.to_owned());
        }
        let mut known: Vec<&str> = Vec::new();
        for (index, scheme) in named.iter().enumerate() {
            match scheme.to_ascii_lowercase().as_str() {
                // What is sent in the clear comes last.
                "https" => known.insert(0, "https"),
                "http" => known.push("http"),
                _ => {
                    let message = format!("the scheme `{scheme}` is not one of HTTP's; no server is made of it");
                    self.warn(format!("{at}/{}", escape(&index.to_string())), message);
                }
            }
        }
        if known.is_empty() {
            let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
            let local = ["localhost", "127.0.0.1", "[::1]"].contains(&name);
            let scheme = if local { "http" } else { "https" };
            self.warn("/host", format!("no scheme is stated for `{host}`: `{scheme}` is taken"));
            known.push(scheme);
        }
        known.into_iter().map(|scheme| json!({"url": format!("{scheme}://{host}{path}")})).collect()
    }
}
