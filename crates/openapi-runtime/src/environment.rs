//! Credentials and server from environment variables.

use crate::api::Api;
use crate::build_error::BuildError;
use crate::builder::ClientBuilder;
use crate::credentials::{ApiKey, BasicAuth, BearerToken, ClientCredentials, Credential};
use crate::operation::{CredentialPart, Definition, SecuritySchemeKind};

impl<A: Api> ClientBuilder<A> {
    /// Takes credentials and server from the environment of the process: the variables of the definition's table
    /// ([`Definition::environment`], [`Definition::base_url_variable`]), which `Client::from_env` lists.
    ///
    /// # Errors
    ///
    /// [`BuildError::Environment`] names a variable that is empty, not UTF-8, or set without its other half;
    /// [`BuildError::NoCredentialInEnvironment`] names all that would do, where none is set and an operation needs one.
    pub fn from_env(self) -> Result<Self, BuildError> {
        let definition = self.definition();
        let names = definition.environment.iter().map(|variable| variable.name);
        for name in names.chain([definition.base_url_variable]) {
            if let Err(std::env::VarError::NotUnicode(_)) = std::env::var(name) {
                return Err(problem(name, "is not UTF-8"));
            }
        }
        self.env(|name| std::env::var(name).ok())
    }

    /// Takes credentials and server from the variables of `lookup` instead of the environment of the process; otherwise as
    /// [`from_env`](Self::from_env).
    ///
    /// ```
    /// use std::collections::HashMap;
    /// use openapi_runtime::{Api, BuildError};
    ///
    /// fn from_settings<A: Api>(settings: &HashMap<String, String>) -> Result<A, BuildError> {
    ///     A::builder().env(|name| settings.get(name).cloned())?.build()
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`from_env`](Self::from_env).
    pub fn env(mut self, lookup: impl Fn(&str) -> Option<String>) -> Result<Self, BuildError> {
        let read = |name: &str| match lookup(name) {
            Some(value) if value.trim().is_empty() => Err(problem(name, "is empty")),
            value => Ok(value),
        };
        let definition = self.definition();
        if !definition.base_url_variable.is_empty()
            && let Some(url) = read(definition.base_url_variable)?
        {
            self = self.base_url(url);
        }
        // In the definition's order, in which the error names them.
        let mut schemes: Vec<(&str, Parts)> = Vec::new();
        for variable in definition.environment {
            let part = Part { name: variable.name, value: read(variable.name)? };
            let index = schemes.iter().position(|(scheme, _)| *scheme == variable.scheme).unwrap_or_else(|| {
                schemes.push((variable.scheme, Parts::default()));
                schemes.len() - 1
            });
            let parts = &mut schemes[index].1;
            match variable.part {
                CredentialPart::Id => parts.id = Some(part),
                CredentialPart::Secret => parts.secret = Some(part),
                CredentialPart::Token => parts.token = Some(part),
                CredentialPart::Key => parts.key = Some(part),
            }
        }
        let mut found = self.has_credentials();
        let mut ways = Vec::new();
        for (scheme, parts) in schemes {
            ways.extend(parts.ways());
            let kind = definition.security_scheme(scheme).map(|scheme| &scheme.kind);
            let basic = matches!(kind, Some(SecuritySchemeKind::Http { .. }));
            if let Some(credential) = parts.credential(basic)? {
                self = self.credential(scheme, credential);
                found = true;
            }
        }
        if !found && !ways.is_empty() && needs_credentials(definition) {
            return Err(BuildError::NoCredentialInEnvironment { ways });
        }
        Ok(self)
    }
}

/// Whether some operation cannot be called without a credential.
fn needs_credentials(definition: &Definition) -> bool {
    definition.operations.iter().any(|operation| {
        !operation.security.is_empty() && operation.security.iter().all(|alternative| !alternative.is_empty())
    })
}

/// The variables of one scheme.
#[derive(Default)]
struct Parts {
    id: Option<Part>,
    secret: Option<Part>,
    token: Option<Part>,
    key: Option<Part>,
}

struct Part {
    name: &'static str,
    value: Option<String>,
}

impl Parts {
    /// The variables that make a credential.
    fn ways(&self) -> Vec<String> {
        let pair = self.id.as_ref().zip(self.secret.as_ref());
        let pair = pair.map(|(id, secret)| format!("{} and {}", id.name, secret.name));
        let lone = [&self.token, &self.key].into_iter().flatten().map(|part| part.name.to_owned());
        pair.into_iter().chain(lone).collect()
    }

    /// The credential that they make together; `None` if no variable is set.
    fn credential(self, basic: bool) -> Result<Option<Credential>, BuildError> {
        if let Some(Part { value: Some(token), .. }) = self.token {
            return Ok(Some(BearerToken::new(token).into()));
        }
        if let Some(Part { value: Some(key), .. }) = self.key {
            return Ok(Some(ApiKey::new(key).into()));
        }
        let (Some(id), Some(secret)) = (self.id, self.secret) else { return Ok(None) };
        match (id.value, secret.value) {
            (Some(id), Some(secret)) if basic => Ok(Some(BasicAuth::new(id, secret).into())),
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
