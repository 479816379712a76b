//! Q042: Swagger 2.0.
//!
//! # What it is
//! The document is Swagger 2.0, the version before OpenAPI 3.0: bodies are parameters, media types stand in `consumes` and
//! `produces`, and the server is a `host`, a `basePath` and `schemes`.
//!
//! # Where it was seen
//! In no document that Confluent publishes today; in Gitea's API, and in many others.
//!
//! # Why it matters
//! Every reader of OpenAPI 3 refuses the document.
//!
//! # The repair
//! The document is converted before anything else is looked at; overlays, digests and places in messages are those of the
//! published one. Body parameters and form fields become request bodies in the media types of `consumes`
//! (`application/json` where there are none; for forms `application/x-www-form-urlencoded`, and with a file
//! `multipart/form-data`), responses have those of `produces` (`application/json` where there are none). Each `scheme` is a
//! server, `https` first; without schemes it is `https`, with a warning, and without a `host` the server is given to the
//! client. `collectionFormat` is honored in every place, also where OpenAPI 3.0 cannot say it. `x-nullable` is `nullable`,
//! `x-example` is `example`, `type: file` is bytes, and a `discriminator` is an object. Extensions are kept. Where this
//! differs from npm's swagger2openapi, `convert/swagger_2/mod.rs` says how.
//!
//! # Before and after
//! ```yaml
//! swagger: '2.0'
//! # of an operation: {consumes: [text/plain], parameters: [{name: note, in: body, schema: {type: string}}]}
//! ```
//! ```yaml
//! openapi: 3.0.3
//! # of an operation: {requestBody: {content: {text/plain: {schema: {type: string}}}}}
//! ```

use super::Repair;

/// The conversion, which comes before all passes, does it.
pub(super) const REPAIR: Repair = Repair::Elsewhere;
