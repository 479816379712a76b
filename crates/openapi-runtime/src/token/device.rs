//! Device authorization (RFC 8628): a person signs in on another device.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::client::Client;
use super::endpoint::{Grant, Granted, TokenEndpoint, UNSTATED_LIFETIME, seconds};
use super::refresh::refresh;
use super::{Token, TokenError, TokenRequest, TokenSource};
use crate::boxed::BoxFuture;
use crate::redact::one_line;
use crate::response::Reply;
use crate::servers::is_safe;

/// The wait between two requests for the token, where the server gives none (RFC 8628, 3.2).
const INTERVAL: Duration = Duration::from_secs(5);

/// What `slow_down` adds to the wait (RFC 8628, 3.5).
const SLOW_DOWN: Duration = Duration::from_secs(5);

/// The shortest wait, also where the server gives a shorter one.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// The longest lifetime of a device code.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Device authorization ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)), for a program without a browser of its own: the
/// person opens a page on any device, enters a code and signs in, while the client waits for the token.
///
/// A refresh token that comes with the token is kept in memory, and renews the token without asking the person again. Without
/// one, or when it is refused, the person is asked again: before the token expires, if the client is in use.
///
/// The person has as long as the code is valid, which may be longer than a call may take. A call that runs out of time fails,
/// and the client goes on waiting for the token, which then serves the next call. To wait for the person within a call, raise
/// [`timeout`](crate::ClientBuilder::timeout) for the client or for a first call
/// ([`CallOptions::timeout`](crate::CallOptions::timeout)).
///
/// ```
/// use openapi_runtime::DeviceAuthorization;
///
/// let credential = DeviceAuthorization::new("my-tool", |prompt| {
///     println!("Open {} and enter {}", prompt.verification_uri, prompt.user_code);
/// })
/// .scopes(["items:read", "offline_access"]);
/// ```
#[derive(Clone)]
pub struct DeviceAuthorization {
    id: String,
    secret: Option<SecretString>,
    in_body: bool,
    pub(crate) authorization_url: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
    prompt: Arc<dyn Fn(&DevicePrompt) + Send + Sync>,
}

impl DeviceAuthorization {
    /// The grant type of device codes.
    pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

    /// Creates the credential of a public client. `prompt` is called once for each device code, and shows it to the person.
    /// The client waits until it returns, so it should not take long.
    pub fn new(client_id: impl Into<String>, prompt: impl Fn(&DevicePrompt) + Send + Sync + 'static) -> Self {
        Self {
            id: client_id.into(),
            secret: None,
            in_body: false,
            authorization_url: None,
            scopes: None,
            prompt: Arc::new(prompt),
        }
    }

    /// Sets the client's secret, if it has one. Id and secret are sent as HTTP Basic.
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(SecretString::from(secret.into()));
        self
    }

    /// Sends id and secret in the form bodies of the requests
    /// ([RFC 6749, 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)), for servers that do not accept Basic.
    pub fn in_body(mut self) -> Self {
        self.in_body = true;
        self
    }

    /// Sets the device authorization endpoint, where the definition does not have it (before OpenAPI 3.2, it cannot) and no
    /// discovery document names it. It must be https, or loopback.
    pub fn authorization_url(mut self, url: impl Into<String>) -> Self {
        self.authorization_url = Some(url.into());
        self
    }

    /// Requests these scopes instead of those of each operation. One token then serves all operations; otherwise the person
    /// is asked once for each set of scopes that the called operations require.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    fn client(&self) -> Client<'_> {
        Client { id: &self.id, secret: self.secret.as_ref(), in_body: self.in_body }
    }
}

/// Shows the client and its scopes, and no secret.
impl fmt::Debug for DeviceAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("DeviceAuthorization");
        shown.field("client_id", &self.id).field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// What a person needs to sign in ([RFC 8628, 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2)). None of it has line
/// breaks or control characters.
///
/// ```
/// fn show(prompt: &openapi_runtime::DevicePrompt) {
///     let page = prompt.verification_uri_complete.as_ref().unwrap_or(&prompt.verification_uri);
///     println!("Open {page}, check that it shows {}, and sign in.", prompt.user_code);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DevicePrompt {
    /// The page to open. It is https, or loopback.
    pub verification_uri: String,
    /// The page with the code already entered, for a link or a QR code.
    pub verification_uri_complete: Option<String>,
    /// The code to enter.
    pub user_code: String,
    /// The time that the person has.
    pub expires_in: Duration,
}

/// Tokens for a [`DeviceAuthorization`].
pub(crate) struct DeviceSource {
    credential: DeviceAuthorization,
    authorization: TokenEndpoint,
    tokens: TokenEndpoint,
    renewal: TokenEndpoint,
    refresh_token: Mutex<Option<SecretString>>,
}

impl TokenSource for DeviceSource {
    fn token<'a>(&'a self, request: &'a TokenRequest) -> BoxFuture<'a, Result<Token, TokenError>> {
        Box::pin(async move {
            let kept = self.refresh_token().clone();
            if let Some(kept) = kept {
                match refresh(&self.renewal, &kept, Some(self.credential.client()), &[]).await {
                    Ok((next, token)) => {
                        if next.is_some() {
                            *self.refresh_token() = next;
                        }
                        return token;
                    }
                    Err(TokenError::Refused(_)) => *self.refresh_token() = None,
                    Err(error) => return Err(error),
                }
            }
            self.sign_in(&request.scopes).await
        })
    }

    /// The person has as long as the device code is valid.
    fn limits_itself(&self) -> bool {
        true
    }
}

impl DeviceSource {
    pub(crate) fn new(
        credential: DeviceAuthorization,
        authorization: TokenEndpoint,
        tokens: TokenEndpoint,
        renewal: TokenEndpoint,
    ) -> Self {
        Self { credential, authorization, tokens, renewal, refresh_token: Mutex::new(None) }
    }

    fn refresh_token(&self) -> MutexGuard<'_, Option<SecretString>> {
        self.refresh_token.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the person, and waits for the token.
    async fn sign_in(&self, scopes: &[String]) -> Result<Token, TokenError> {
        let clock = &self.tokens.wire.clock;
        let mut grant = Grant::new(Vec::new(), scopes);
        self.credential.client().identify(&mut grant);
        let DeviceCode { code, prompt, interval } = self.authorization.answer(&grant, DeviceCode::read).await?;
        let until = clock.now() + prompt.expires_in;
        (self.credential.prompt)(&prompt);
        let fields = vec![("grant_type", DeviceAuthorization::GRANT), ("device_code", code.expose_secret())];
        let mut grant = Grant::new(fields, &[]);
        grant.secrets.push(code.clone());
        self.credential.client().identify(&mut grant);
        let mut interval = interval;
        let mut wait = interval;
        while clock.now() + wait < until {
            clock.sleep(wait).await;
            let failure = match self.tokens.answer(&grant, Granted::read).await {
                Ok(granted) => {
                    let (refresh_token, token) = granted.split(&grant);
                    *self.refresh_token() = refresh_token;
                    return token;
                }
                Err(failure) => failure,
            };
            wait = match (failure.code.as_deref(), failure.error) {
                (Some("authorization_pending"), _) => interval,
                (Some("slow_down"), _) => {
                    interval += SLOW_DOWN;
                    interval
                }
                // The person may be about to sign in: this outlasts failures that may pass, ever more slowly.
                (_, TokenError::Unavailable { retry_after, .. }) => {
                    interval *= 2;
                    interval.max(retry_after.unwrap_or_default()).min(LONGEST)
                }
                (_, error) => return Err(error),
            };
        }
        Err(TokenError::Refused(format!("expired_token: nobody signed in within {:.1?}", prompt.expires_in)))
    }
}

/// A device authorization response (RFC 8628, 3.2).
struct DeviceCode {
    code: SecretString,
    prompt: DevicePrompt,
    interval: Duration,
}

/// The same as it is sent.
#[derive(Deserialize)]
struct Sent {
    device_code: Option<SecretString>,
    user_code: Option<String>,
    /// Google names it otherwise.
    #[serde(alias = "verification_url")]
    verification_uri: Option<String>,
    #[serde(alias = "verification_url_complete")]
    verification_uri_complete: Option<String>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<Duration>,
    #[serde(default, deserialize_with = "seconds")]
    interval: Option<Duration>,
}

impl DeviceCode {
    /// The errors quote nothing that is secret.
    fn read(reply: &Reply) -> Result<Self, TokenError> {
        let sent: Sent = serde_json::from_slice(&reply.body)
            .map_err(|_| TokenError::Invalid("the answer of the device authorization endpoint is not one".into()))?;
        let missing = |name: &str| {
            TokenError::Invalid(format!("the answer of the device authorization endpoint has no `{name}`"))
        };
        let page = sent.verification_uri.ok_or_else(|| missing("verification_uri"))?;
        // The person gives a password there.
        for page in [Some(&page), sent.verification_uri_complete.as_ref()].into_iter().flatten() {
            if !Url::parse(page).is_ok_and(|url| is_safe(&url)) {
                return Err(TokenError::Invalid("the page where the person would sign in is not https".into()));
            }
        }
        Ok(Self {
            code: sent.device_code.ok_or_else(|| missing("device_code"))?,
            prompt: DevicePrompt {
                verification_uri: printable(page),
                verification_uri_complete: sent.verification_uri_complete.map(printable),
                user_code: one_line(&sent.user_code.ok_or_else(|| missing("user_code"))?),
                expires_in: sent.expires_in.unwrap_or(UNSTATED_LIFETIME).min(LONGEST),
            },
            interval: sent.interval.unwrap_or(INTERVAL).clamp(SHORTEST_INTERVAL, LONGEST),
        })
    }
}

/// `page`, or the way in which a URL writes it if it has control characters.
fn printable(page: String) -> String {
    match Url::parse(&page) {
        Ok(url) if !page.bytes().all(|byte| byte.is_ascii_graphic()) => url.into(),
        _ => page,
    }
}
