//! Credentials and server from environment variables.

use std::collections::BTreeMap;

use crate::Client;
use crate::builder::{BuildError, ClientBuilder};
use crate::credentials::{ApiKey, BearerToken, ClientCredentials, Credential};
use crate::support::SecuritySchemeKind;

/// The environment variable that names the server.
const BASE_URL: &str = "CONFLUENT_BASE_URL";

impl Client {
    /// A client whose credentials and server the environment gives: the variables of the manifest's `[env]` table
    /// (`DEFINITION.environment`), and `CONFLUENT_BASE_URL` for another server than the definition's.
    ///
    /// # Errors
    ///
    /// [`BuildError::Environment`] names the variable that is missing or empty.
    pub fn from_env() -> Result<Self, BuildError> {
        let builder = Self::builder();
        for name in builder.definition.environment.iter().map(|variable| variable.name).chain([BASE_URL]) {
            if let Err(std::env::VarError::NotUnicode(_)) = std::env::var(name) {
                return Err(problem(name, "is not UTF-8"));
            }
        }
        builder.env(|name| std::env::var(name).ok())?.build()
    }
}

impl ClientBuilder {
    /// Takes credentials and server from variables that `lookup` knows, as [`Client::from_env`] takes them from the
    /// process's environment.
    ///
    /// # Errors
    ///
    /// [`BuildError::Environment`].
    pub fn env(mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, BuildError> {
        let read = |name: &str| match lookup(name) {
            Some(value) if value.trim().is_empty() => Err(problem(name, "is empty")),
            value => Ok(value),
        };
        if let Some(url) = read(BASE_URL)? {
            self = self.base_url(url);
        }
        let definition = self.definition;
        let mut schemes: BTreeMap<&str, Parts> = BTreeMap::new();
        for variable in definition.environment {
            let part = Part { name: variable.name, value: read(variable.name)? };
            let parts = schemes.entry(variable.scheme).or_default();
            match variable.part {
                "id" => parts.id = Some(part),
                "secret" => parts.secret = Some(part),
                _ => parts.token = Some(part),
            }
        }
        let mut found = self.has_credentials();
        for (scheme, parts) in schemes {
            let kind = definition.security_scheme(scheme).map(|scheme| &scheme.kind);
            let basic = matches!(kind, Some(SecuritySchemeKind::Http { .. }));
            if let Some(credential) = parts.credential(basic)? {
                self = self.credential(scheme, credential);
                found = true;
            }
        }
        match definition.environment.first() {
            Some(first) if !found => Err(problem(first.name, "is not set")),
            _ => Ok(self),
        }
    }
}

/// The variables of one scheme.
#[derive(Default)]
struct Parts {
    id: Option<Part>,
    secret: Option<Part>,
    token: Option<Part>,
}

struct Part {
    name: &'static str,
    value: Option<String>,
}

impl Parts {
    /// The credential that they make together; `None` where none is set.
    fn credential(self, basic: bool) -> Result<Option<Credential>, BuildError> {
        if let Some(Part { value: Some(token), .. }) = self.token {
            return Ok(Some(BearerToken::new(token).into()));
        }
        let (Some(id), Some(secret)) = (self.id, self.secret) else { return Ok(None) };
        match (id.value, secret.value) {
            (Some(id), Some(secret)) if basic => Ok(Some(ApiKey::new(id, secret).into())),
            (Some(id), Some(secret)) => Ok(Some(ClientCredentials::new(id, secret).into())),
            (None, None) => Ok(None),
            (None, Some(_)) => Err(problem(id.name, &format!("is not set, and {} is", secret.name))),
            (Some(_), None) => Err(problem(secret.name, &format!("is not set, and {} is", id.name))),
        }
    }
}

fn problem(name: &str, problem: &str) -> BuildError {
    BuildError::Environment { name: name.to_owned(), problem: problem.to_owned() }
}
