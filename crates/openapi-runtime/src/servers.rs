//! Chooses the server of an operation: the definition's, or the one that the user gives instead. It must be safe for secrets.

use std::collections::BTreeMap;

use url::Url;

use crate::build_error::BuildError;
use crate::operation::{self, Definition, Operation};

/// The reasons why there is no server to send a request to.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// The definition names no server, and none was given.
    #[error("the definition names no server; give one by `.base_url(…)`")]
    NotNamed,
    /// The host of the server is a placeholder.
    #[error("the server `{server}` stands for one of yours; {}", give(server))]
    Placeholder {
        /// The server, as the definition writes it.
        server: String,
    },
    /// The URL of the server is relative to where the definition is published.
    #[error(
        "the server `{server}` is relative to where the definition is published, which is not known; give a whole URL by \
         `.base_url(\"https://…\")`"
    )]
    Relative {
        /// The server, as the definition writes it.
        server: String,
    },
    /// The server is not a URL.
    #[error("the server `{server}` is not a URL ({reason}); {}", give(server))]
    NotUrl {
        /// The server, as the definition writes it.
        server: String,
        /// The reason.
        reason: String,
    },
    /// The URL is neither https nor loopback, so a secret must not be sent there.
    #[error("the server `{url}` is not https; {}", give(server))]
    NotSafe {
        /// The server, as the definition writes it.
        server: String,
        /// Its URL.
        url: String,
    },
    /// The URL cannot have a path, as `mailto:` cannot.
    #[error("`{server}` cannot be a server")]
    NotBase {
        /// The URL.
        server: String,
    },
}

fn give(server: &str) -> String {
    format!("give the real one by `.server(\"{server}\", \"https://…\")`")
}

/// The reasons why there is no usable token endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// The endpoint is not a URL.
    #[error("the token endpoint `{url}` is not a URL: {reason}")]
    NotUrl {
        /// The endpoint, as the definition writes it.
        url: String,
        /// The reason.
        reason: String,
    },
    /// The URL is neither https nor loopback, so a secret must not be sent there.
    #[error("the token endpoint `{0}` is not https")]
    NotSafe(String),
    /// Another URL that leads to tokens cannot be used.
    #[error("the {what} `{url}` {reason}")]
    Unusable {
        /// What the URL is for: the `discovery document`, or the `device authorization endpoint`.
        what: &'static str,
        /// The URL, as the definition writes it.
        url: String,
        /// The problem.
        reason: String,
    },
    /// The security scheme has none.
    #[error("`{0}` has no token endpoint; give one by `.token_url(…)`")]
    None(String),
}

/// The servers as the user has set them.
pub(crate) struct Servers {
    definition: &'static Definition,
    /// Instead of every server of the definition.
    base: Option<Url>,
    /// Instead of one: as the definition writes it, and the real one.
    replaced: Vec<(String, Url)>,
    /// Values of variables of servers' URLs.
    variables: BTreeMap<String, String>,
}

/// The server of an operation.
pub(crate) struct Target {
    /// As the definition writes it; empty where it names none.
    pub(crate) documented: &'static str,
    pub(crate) url: Url,
}

impl operation::Server {
    /// The URL of this server by the defaults of its variables, if it is one that requests can go to.
    pub(crate) fn default_target(&self) -> Result<Url, ServerError> {
        self.target(self.default_url())
    }

    fn target(&self, url: String) -> Result<Url, ServerError> {
        if Self::stands_for_another(&url) {
            return Err(ServerError::Placeholder { server: self.url.to_owned() });
        }
        let server = || self.url.to_owned();
        Url::parse(&url).map_err(|error| match error {
            url::ParseError::RelativeUrlWithoutBase => ServerError::Relative { server: server() },
            error => ServerError::NotUrl { server: server(), reason: error.to_string() },
        })
    }
}

impl Servers {
    /// `base`, if any, instead of every server of the definition.
    pub(crate) fn new(definition: &'static Definition, base: Option<&str>) -> Result<Self, BuildError> {
        let base = base.map(safe_url).transpose()?;
        Ok(Self { definition, base, replaced: Vec::new(), variables: BTreeMap::new() })
    }

    /// Replaces `documented`, which the definition must have, by `real`.
    pub(crate) fn replace(&mut self, documented: String, real: &str) -> Result<(), BuildError> {
        known(&documented, self.definition)?;
        let real = safe_url(real)?;
        self.replaced.retain(|(other, _)| !same(other, &documented));
        self.replaced.push((documented, real));
        Ok(())
    }

    /// Gives a variable of servers' URLs a value.
    pub(crate) fn set_variable(&mut self, name: String, value: String) -> Result<(), BuildError> {
        let servers = || self.definition.rows().flat_map(|operation| operation.servers);
        let variables = || servers().flat_map(|server| server.variables).filter(|variable| variable.name == name);
        let refuse =
            |reason: String| Err(BuildError::ServerVariable { variable: name.clone(), value: value.clone(), reason });
        if variables().next().is_none() {
            return refuse("no server of the definition has it".into());
        }
        if let Some(variable) = variables().find(|variable| !variable.values.is_empty()) {
            let listed = variables().any(|variable| variable.values.contains(&value.as_str()));
            if !listed {
                return refuse(format!("it can be {}", variable.values.join(", ")));
            }
        } else if value.contains(['@', '?', '#', '\\', '%']) || value.contains(char::is_whitespace) {
            // What comes from a file or a form must not lead to another host.
            return refuse("it would change which part of the URL is the host".into());
        } else {
            let before_path = |server: &&operation::Server| {
                let place = server.url.find(&format!("{{{name}}}"));
                let start = server.url.find("://").map_or(0, |at| at + 3);
                let path = server.url[start..].find('/').map_or(server.url.len(), |at| start + at);
                place.is_some_and(|place| place < path)
            };
            // In a host, a letter beyond ASCII is mapped to what it looks like, signs as well.
            let plain = |character: char| character.is_alphanumeric() || "-._".contains(character);
            if (value.is_empty() || !value.chars().all(plain)) && servers().any(|server| before_path(&server)) {
                return refuse("it would change which part of the URL is the host".into());
            }
        }
        self.variables.insert(name, value);
        Ok(())
    }

    /// Checks that requests go to `named`: a server of the definition, or what is given instead of one.
    pub(crate) fn check_used(&self, named: &str) -> Result<(), BuildError> {
        let origin = Url::parse(named).ok().map(|url| url.origin());
        let real = self.base.iter().chain(self.replaced.iter().map(|(_, real)| real));
        if origin.is_some_and(|origin| real.into_iter().any(|url| url.origin() == origin)) {
            return Ok(());
        }
        known(named, self.definition)
    }

    /// Where `operation` goes: to the user's server, else to the first that the definition names for it.
    pub(crate) fn of(&self, operation: &Operation) -> Result<Target, ServerError> {
        let replaced = |documented: &str| self.replaced.iter().find(|(other, _)| same(other, documented));
        // Where several are documented, the one that the user knows is meant.
        let chosen = operation.servers.iter().find_map(|server| Some((server, replaced(server.url)?)));
        let documented = chosen.map(|(server, _)| server).or(operation.servers.first());
        if let Some(base) = &self.base {
            return Ok(Target { documented: documented.map_or("", |server| server.url), url: base.clone() });
        }
        let Some(server) = documented else { return Err(ServerError::NotNamed) };
        if let Some((_, (_, real))) = chosen {
            return Ok(Target { documented: server.url, url: real.clone() });
        }
        let url = server.target(server.url_with(|name| self.variables.get(name).map(String::as_str)))?;
        if !is_safe(&url) {
            return Err(ServerError::NotSafe { server: server.url.to_owned(), url: url.to_string() });
        }
        Ok(Target { documented: server.url, url })
    }

    /// Where the tokens come from that `token_url` names: an endpoint on a server that the user has replaced is on the
    /// replacement, so that no secret goes where no request goes.
    pub(crate) fn token_endpoint(&self, token_url: &str, server: &Target) -> Result<Url, EndpointError> {
        let not_url =
            |error: url::ParseError| EndpointError::NotUrl { url: token_url.to_owned(), reason: error.to_string() };
        let safe = |url: Url| if is_safe(&url) { Ok(url) } else { Err(EndpointError::NotSafe(url.to_string())) };
        match Url::parse(token_url) {
            Ok(endpoint) => safe(self.moved(endpoint)),
            // `//host/token` leads to another host by the server's scheme, which may be plain http to loopback.
            Err(_) => server.url.join(token_url).map_err(not_url).and_then(safe),
        }
    }

    /// `endpoint`, on the replacement of its server if the user has replaced that.
    pub(crate) fn moved(&self, mut endpoint: Url) -> Url {
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
        endpoint
    }
}

impl Target {
    /// Whether `named`, as the user writes it, is this server: as the definition writes it, or the real one.
    pub(crate) fn is(&self, named: &str) -> bool {
        same(self.documented, named) || Url::parse(named).is_ok_and(|url| url.origin() == self.url.origin())
    }
}

impl Definition {
    /// Every row: the operations, and the one for undescribed requests.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &'static Operation> {
        self.operations.iter().copied().chain([self.undescribed])
    }
}

/// All servers of the definition, as it writes them.
fn documented(definition: &Definition) -> impl Iterator<Item = &'static str> {
    definition.rows().flat_map(|operation| operation.servers).map(|server| server.url)
}

/// Checks that the definition has that server.
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

/// An http or https URL that holds no secret itself.
pub(crate) fn checked_url(text: &str) -> Result<Url, BuildError> {
    let refuse = |shown: &str, reason: &str| Err(BuildError::Url { url: shown.to_owned(), reason: reason.to_owned() });
    let url = match Url::parse(text) {
        Ok(url) => url,
        // Even a text that does not parse may hold a secret.
        Err(error) => return refuse(if text.contains('@') { "…" } else { without_query(text) }, &error.to_string()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return refuse(url.host_str().unwrap_or_default(), "it holds credentials; give them by `credential`");
    }
    if ["http", "https"].contains(&url.scheme()) {
        Ok(url)
    } else {
        refuse(without_query(text), "it must be https, or loopback")
    }
}

/// A URL as it is shown: its query or fragment may hold a secret.
fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// A URL that a secret may be sent to, and that holds none itself.
pub(crate) fn safe_url(text: &str) -> Result<Url, BuildError> {
    let url = checked_url(text)?;
    if is_safe(&url) {
        return Ok(url);
    }
    Err(BuildError::Url { url: without_query(text).to_owned(), reason: "it must be https, or loopback".to_owned() })
}

/// Whether a secret may be sent there: by https, or to this very machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

/// Whether it is on this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
