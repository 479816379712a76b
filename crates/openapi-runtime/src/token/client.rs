//! How a client says at a token endpoint who it is (RFC 6749, 2.3 and 3.2.1).

use secrecy::{ExposeSecret, SecretString};

use super::endpoint::Grant;
use crate::credentials::basic;
use crate::redact::in_form;

/// A client, as it is registered with the authorization server.
#[derive(Clone, Copy)]
pub(super) struct Client<'a> {
    pub(super) id: &'a str,
    /// `None` for a public client.
    pub(super) secret: Option<&'a SecretString>,
    /// Whether id and secret are in the form, and not HTTP Basic.
    pub(super) in_body: bool,
}

impl<'a> Client<'a> {
    /// Adds id and secret to `grant`.
    pub(super) fn identify(self, grant: &mut Grant<'a>) {
        let Self { id, secret, in_body } = self;
        let Some(secret) = secret else {
            grant.fields.push(("client_id", id));
            return;
        };
        // Both are as in a form before they are joined (RFC 6749, 2.3.1).
        let authorization = basic(in_form(id).expose_secret(), &in_form(secret.expose_secret()));
        let pair = SecretString::from(authorization.expose_secret().trim_start_matches("Basic "));
        grant.secrets.extend([secret.clone(), pair]);
        if in_body {
            grant.fields.extend([("client_id", id), ("client_secret", secret.expose_secret())]);
        } else {
            grant.authorization = Some(authorization);
        }
    }
}
