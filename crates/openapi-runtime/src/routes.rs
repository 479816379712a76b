//! The server and the credential of each operation, chosen once when the client is built.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use url::Url;

use crate::credentials::{Credential, Presented};
use crate::error::ErrorKind;
use crate::fits::either;
use crate::http_client::Wire;
use crate::operation::{Definition, Operation, Requirement};
use crate::request::{RequestError, RequestUrl};
use crate::retry::Gate;
use crate::servers::{EndpointError, ServerError, Servers, Target};
use crate::token::{Cell, Discovery, Fetching, TokenRequest};

/// A credential as the user has given it.
pub(crate) struct Given {
    pub(crate) scheme: String,
    /// The one server that it is for.
    pub(crate) at: Option<String>,
    pub(crate) credential: Credential,
}

/// Where an operation goes, and what it presents there.
pub(crate) struct Route {
    pub(crate) server: Url,
    /// The whole URL, where the path has no parameters: made by the first call.
    pub(crate) whole: OnceLock<Arc<RequestUrl>>,
    pub(crate) presenting: Presenting,
    pub(crate) gate: Arc<Gate>,
}

/// The credential of a route.
pub(crate) enum Presenting {
    Nothing,
    /// Always the same.
    Fixed(Presented),
    /// A token that is fetched and renewed.
    Token(Arc<Cell>),
    /// None of the client's credentials will do: only a call with a token source of its own can be sent.
    Missing(NoCredential),
}

/// The reasons why there is no credential for an operation, and the credentials that it accepts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoCredential {
    /// No credential was given for any of its security alternatives.
    #[error("the operation takes {}; give one to the client's builder", .0.join(", or "))]
    NoneFits(Vec<String>),
    /// The definition does not define the security schemes that it requires.
    #[error(
        "the operation requires {}, which the definition does not define: define it in an overlay, or give the call a token \
         source of its own (`CallOptions::token_source`)", .0.join(", or ")
    )]
    Undefined(Vec<String>),
    /// The given credential needs tokens, and there is no usable token endpoint.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// The given credential does not give tokens.
    #[error("this credential does not give tokens")]
    NoTokens,
}

/// The routes of all operations, in the order of their ids and paths: several documents may use one id.
pub(crate) struct Routes(Vec<(&'static Operation, Result<Route, ServerError>)>);

impl Routes {
    pub(crate) fn get<E>(&self, operation: &Operation) -> Result<&Route, ErrorKind<E>> {
        let index = self.0.binary_search_by(|(other, _)| order(other).cmp(&order(operation)));
        match index.map(|index| &self.0[index].1) {
            Ok(Ok(route)) => Ok(route),
            Ok(Err(error)) => Err(RequestError::Server(error.clone()).into()),
            Err(_) => Err(RequestError::UnknownOperation.into()),
        }
    }
}

fn order(operation: &Operation) -> (&'static str, &'static str) {
    (operation.id, operation.path)
}

/// Decides the routes.
pub(crate) struct Planner {
    pub(crate) definition: &'static Definition,
    pub(crate) servers: Arc<Servers>,
    pub(crate) given: Vec<Given>,
    /// By security scheme: the token endpoints that the user has set.
    pub(crate) token_urls: BTreeMap<String, Url>,
    pub(crate) wire: Arc<Wire>,
    pub(crate) fetching: Arc<Fetching>,
    /// By URL: the discovery documents of OpenID Connect.
    pub(crate) discoveries: HashMap<String, Arc<Discovery>>,
    /// By the credential's index, token endpoint and scopes.
    cells: HashMap<(usize, String, Vec<String>), Arc<Cell>>,
    /// By server and the credential's index.
    gates: HashMap<(String, Option<usize>), Arc<Gate>>,
}

impl Planner {
    pub(crate) fn new(
        definition: &'static Definition,
        servers: Servers,
        given: Vec<Given>,
        token_urls: BTreeMap<String, Url>,
        wire: Arc<Wire>,
        fetching: Arc<Fetching>,
    ) -> Self {
        Self {
            definition,
            servers: Arc::new(servers),
            given,
            token_urls,
            wire,
            fetching,
            discoveries: HashMap::new(),
            cells: HashMap::new(),
            gates: HashMap::new(),
        }
    }

    pub(crate) fn plan(mut self) -> Routes {
        let mut operations: Vec<_> = self.definition.rows().collect();
        operations.sort_by_key(|operation| order(operation));
        Routes(operations.into_iter().map(|operation| (operation, self.route(operation))).collect())
    }

    fn route(&mut self, operation: &'static Operation) -> Result<Route, ServerError> {
        let server = self.servers.of(operation)?;
        let chosen = self.choose(operation, &server);
        let presenting = match &chosen {
            Ok(None) => Presenting::Nothing,
            Ok(Some((index, requirement))) => match self.fixed(*index) {
                Some(presented) => Presenting::Fixed(presented),
                None => self.cell(*index, requirement, &server).map_or_else(Presenting::Missing, Presenting::Token),
            },
            Err(error) => Presenting::Missing(error.clone()),
        };
        let index = chosen.ok().flatten().map(|(index, _)| index);
        let limited = (server.url.origin().ascii_serialization(), index);
        let gate = Arc::clone(self.gates.entry(limited).or_default());
        Ok(Route { server: server.url, whole: OnceLock::new(), presenting, gate })
    }

    /// The value of the credential of that index, if it is the same for all requests.
    fn fixed(&self, index: usize) -> Option<Presented> {
        let Given { scheme, credential, .. } = &self.given[index];
        credential.fixed(self.definition.security_scheme(scheme)?)
    }

    /// The first of the operation's alternatives for which there is a credential; `None` where none is needed.
    fn choose(
        &self,
        operation: &'static Operation,
        server: &Target,
    ) -> Result<Option<(usize, &'static Requirement)>, NoCredential> {
        for alternative in operation.security {
            if let [requirement] = alternative
                && let Some(index) = self.credential(requirement.scheme, server)
            {
                return Ok(Some((index, requirement)));
            }
        }
        let free = operation.security.is_empty() || operation.security.iter().any(|alternative| alternative.is_empty());
        if free { Ok(None) } else { Err(self.none_fits(operation, server)) }
    }

    /// The credential for a scheme at a server; one for this server is preferred to one for all.
    fn credential(&self, scheme: &str, server: &Target) -> Option<usize> {
        let position =
            |here: &dyn Fn(&Given) -> bool| self.given.iter().position(|given| given.scheme == scheme && here(given));
        position(&|given| given.at.as_deref().is_some_and(|at| server.is(at)))
            .or_else(|| position(&|given| given.at.is_none()))
    }

    /// Names the schemes that the operation accepts, and how to give a credential for each.
    fn none_fits(&self, operation: &Operation, server: &Target) -> NoCredential {
        let mut ways: Vec<String> = Vec::new();
        let mut undefined: Vec<String> = Vec::new();
        for alternative in operation.security {
            let names: Vec<String> = alternative.iter().map(|one| format!("`{}`", one.scheme)).collect();
            let is_undefined = |one: &Requirement| self.definition.security_scheme(one.scheme).is_none();
            if let Some(at) = alternative.iter().position(is_undefined) {
                undefined.push(names[at].clone());
                continue;
            }
            let [requirement] = alternative else {
                ways.push(format!("{} together, which this client cannot present", names.join(" and ")));
                continue;
            };
            let elsewhere = self.given.iter().any(|given| given.scheme == requirement.scheme);
            let note = if elsewhere {
                format!(", given so far only for other servers than {}", server.url)
            } else {
                String::new()
            };
            ways.push(self.how_to_give(requirement.scheme, &note));
        }
        if ways.is_empty() { NoCredential::Undefined(undefined) } else { NoCredential::NoneFits(ways) }
    }

    /// Where the tokens for a requirement are kept: one cell for each scheme, token endpoint and scopes.
    fn cell(&mut self, index: usize, requirement: &Requirement, server: &Target) -> Result<Arc<Cell>, NoCredential> {
        let Given { scheme, credential, .. } = &self.given[index];
        let (scheme, credential) = (scheme.clone(), credential.clone());
        let scopes: Vec<String> = match credential.scopes() {
            Some(scopes) => scopes.to_vec(),
            None => requirement.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        };
        let (place, source) = self.source(&scheme, &credential, server)?;
        let fetching = Arc::clone(&self.fetching);
        let cell = self.cells.entry((index, place, scopes.clone()));
        Ok(Arc::clone(cell.or_insert_with(|| Arc::new(Cell::new(source, TokenRequest { scheme, scopes }, fetching)))))
    }

    /// The credentials that a scheme accepts, as Rust code, with a note.
    fn how_to_give(&self, name: &str, note: &str) -> String {
        let kind = self.definition.security_scheme(name).map(|scheme| &scheme.kind);
        if kind.is_some_and(|kind| kind.unsupported().is_some()) {
            return format!("`{name}`, which this client cannot present");
        }
        let constructors = kind.map_or_else(|| vec!["…"], |kind| kind.constructors());
        match constructors.as_slice() {
            [lone] => format!("`{name}` (`.credential(\"{name}\", {lone})`{note})"),
            several => {
                let several: Vec<String> = several.iter().map(|one| format!("`{one}`")).collect();
                format!("`{name}` (`.credential(\"{name}\", …)` with {}{note})", either(&several))
            }
        }
    }
}
