//! Where requests go: the server of an operation, or what the user has put in its place, and only where a secret is safe.

use reqwest::Url;

use crate::builder::BuildError;
use crate::support::{Definition, Operation};

/// What the user says of servers.
pub(crate) struct Servers {
    definition: &'static Definition,
    /// In the place of every server of the definition.
    base: Option<Url>,
    /// In the place of one: as the definition writes it, and the real one.
    replaced: Vec<(String, Url)>,
}

/// The server of an operation.
pub(crate) struct Server {
    /// As the definition writes it; empty where it names none.
    pub(crate) documented: &'static str,
    pub(crate) url: Url,
}

impl Servers {
    /// `base`, if any, in the place of every server of the definition.
    pub(crate) fn new(definition: &'static Definition, base: Option<&str>) -> Result<Self, BuildError> {
        Ok(Self { definition, base: base.map(safe_url).transpose()?, replaced: Vec::new() })
    }

    /// Puts `real` in the place of `documented`, which the definition must have.
    pub(crate) fn replace(&mut self, documented: String, real: &str) -> Result<(), BuildError> {
        known(&documented, self.definition)?;
        let real = safe_url(real)?;
        self.replaced.retain(|(other, _)| !same(other, &documented));
        self.replaced.push((documented, real));
        Ok(())
    }

    /// Refuses a server that no request goes to: neither one of the definition, nor what is put in the place of one.
    pub(crate) fn heeds(&self, named: &str) -> Result<(), BuildError> {
        let origin = Url::parse(named).ok().map(|url| url.origin());
        let real = self.base.iter().chain(self.replaced.iter().map(|(_, real)| real));
        if origin.is_some_and(|origin| real.into_iter().any(|url| url.origin() == origin)) {
            return Ok(());
        }
        known(named, self.definition)
    }

    /// Where `operation` goes: to the user's server, else to the first that the definition names for it.
    pub(crate) fn of(&self, operation: &Operation) -> Result<Server, String> {
        let replaced = |documented: &str| self.replaced.iter().find(|(other, _)| same(other, documented));
        // Where several are documented, the one that the user knows is meant.
        let chosen = operation.servers.iter().find_map(|server| Some((server, replaced(server.url)?)));
        let documented = chosen.map(|(server, _)| server).or(operation.servers.first());
        if let Some(base) = &self.base {
            return Ok(Server { documented: documented.map_or("", |server| server.url), url: base.clone() });
        }
        let Some(server) = documented else {
            return Err("the definition names no server; give one by `Client::builder().base_url(…)`".into());
        };
        if let Some((_, (_, real))) = chosen {
            return Ok(Server { documented: server.url, url: real.clone() });
        }
        let give = format!("give the real one by `Client::builder().server(\"{}\", \"https://…\")`", server.url);
        if server.is_placeholder() {
            return Err(format!("the server `{}` stands for one of yours; {give}", server.url));
        }
        let url = Url::parse(&server.default_url())
            .map_err(|error| format!("the server `{}` is no URL ({error}); {give}", server.url))?;
        if !is_safe(&url) {
            return Err(format!("the server `{url}` is not https; {give}"));
        }
        Ok(Server { documented: server.url, url })
    }

    /// Where the tokens come from that `token_url` names: an endpoint on a server that the user has replaced is on the
    /// replacement, so that no secret goes where no request goes.
    pub(crate) fn token_endpoint(&self, token_url: &str, server: &Server) -> Result<Url, String> {
        let no_url = |error| format!("the token endpoint `{token_url}` is no URL: {error}");
        let Ok(mut endpoint) = Url::parse(token_url) else {
            return server.url.join(token_url).map_err(no_url);
        };
        let on = |documented: &str| Url::parse(documented).is_ok_and(|url| url.origin() == endpoint.origin());
        let replacement = match &self.base {
            Some(base) => documented(self.definition).any(on).then_some(base),
            None => self.replaced.iter().find(|(documented, _)| on(documented)).map(|(_, real)| real),
        };
        if let Some(real) = replacement {
            let mut moved = real.clone();
            moved.set_path(endpoint.path());
            moved.set_query(endpoint.query());
            endpoint = moved;
        }
        if is_safe(&endpoint) { Ok(endpoint) } else { Err(format!("the token endpoint `{endpoint}` is not https")) }
    }
}

impl Server {
    /// Whether `named`, as the user writes it, is this server: as the definition writes it, or the real one.
    pub(crate) fn is(&self, named: &str) -> bool {
        same(self.documented, named) || Url::parse(named).is_ok_and(|url| url.origin() == self.url.origin())
    }
}

/// All servers of the definition, as it writes them.
fn documented(definition: &Definition) -> impl Iterator<Item = &'static str> {
    definition.operations.iter().flat_map(|operation| operation.servers).map(|server| server.url)
}

/// Refuses a server that the definition does not have.
fn known(server: &str, definition: &Definition) -> Result<(), BuildError> {
    if documented(definition).any(|documented| same(documented, server)) {
        return Ok(());
    }
    let mut known: Vec<String> = documented(definition).map(str::to_owned).collect();
    known.sort();
    known.dedup();
    Err(BuildError::UnknownServer { server: server.to_owned(), known })
}

/// Whether two URLs are the same text, but for a slash at the end.
fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('/') == other.trim_end_matches('/')
}

/// A URL that a secret may be sent to, and that holds none itself.
pub(crate) fn safe_url(text: &str) -> Result<Url, BuildError> {
    let refuse = |shown: &str, reason: &str| Err(BuildError::Url { url: shown.to_owned(), reason: reason.to_owned() });
    let url = match Url::parse(text) {
        Ok(url) => url,
        // What is no URL may still hold a secret.
        Err(error) => return refuse(if text.contains('@') { "…" } else { text }, &error.to_string()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(url.host_str().unwrap_or_default(), "it holds credentials; give them by `credential`");
    }
    if is_safe(&url) { Ok(url) } else { refuse(text, "it must be https, or loopback") }
}

/// Whether a secret may be sent there: by https, or to this very machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    let loopback = match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && loopback)
}
