//! The client of `exactness.yaml`, which has a definition for each point of `docs/exactness.md`. The tests here are of
//! compiled, generated code; those of the page are its right column.
//!
//! What is deprecated says so to whoever uses it, and nothing else does:
//!
//! ```compile_fail
//! #![deny(deprecated)]
//! let _ = exactness::types::PagingRequest::new().page(1);
//! ```
//!
//! ```
//! #![deny(deprecated)]
//! let _ = exactness::types::PagingRequest::new().size(1);
//! ```
//!
//! A required field cannot be left out, nor a body that is required:
//!
//! ```compile_fail
//! let _ = exactness::types::Note::new(exactness::types::NoteRequired { title: "a".into() });
//! ```
//!
//! ```compile_fail
//! fn call(client: exactness::Client) {
//!     let _ = client.exchange_points();
//! }
//! ```
//!
//! ```
//! fn call(client: exactness::Client) {
//!     let _ = client.exchange_points(exactness::types::PointsRequest::new());
//!     let _ = exactness::types::Note::new(exactness::types::NoteRequired { title: "a".into(), due: None });
//! }
//! ```
//!
//! What may hold a float one day is compared, and is no key:
//!
//! ```compile_fail
//! fn key<T: std::hash::Hash + Eq>() {}
//! key::<exactness::types::Room>();
//! ```
//!
//! ```
//! fn key<T: std::hash::Hash + Eq>() {}
//! key::<exactness::types::NewRoomState>();
//! key::<exactness::types::NewRoomName>();
//! ```

/// Compiles the right column of the page.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/exactness.md")]
struct Page;

/// Compiles the guide to lists, whose examples call an operation of this definition.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/lists.md")]
struct Lists;

/// Compiles the guide to hooks, layers and metrics.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/hooks.md")]
struct Hooks;

/// Compiles and runs the guide to test doubles, whose examples write what is otherwise only received.
#[cfg(all(doctest, feature = "both-ways"))]
#[doc = include_str!("../../../docs/testing.md")]
struct Testing;

/// Compiles the guide to the shape of the generated code.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/shape.md")]
struct Shape;

openapi_runtime::include_client!();

/// The definition as the build script has read it, for a sandbox: what `openapi_sandbox::Documents::from_json` takes.
pub const DOCUMENTS: &str = include_str!(concat!(env!("OUT_DIR"), "/documents.json"));
/// Compiles the examples of the page on request bodies.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/bodies.md")]
struct Bodies;

// The requests of `docs/bodies.md`.
openapi_runtime::include_client!(uploads);

/// The definition of [`uploads`], for a sandbox.
pub const UPLOADS: &str = include_str!(concat!(env!("OUT_DIR"), "/uploads.documents.json"));

// The responses of `docs/responses.md` that come bit by bit.
openapi_runtime::include_client!(streams);

/// The definition of [`streams`], for a sandbox.
pub const STREAMS: &str = include_str!(concat!(env!("OUT_DIR"), "/streams.documents.json"));

/// Compiles the guide to command lines.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/command-line.md")]
struct CommandLine;

// The command line of `docs/command-line.md`, and every style and body that one can send.
openapi_runtime::include_client!(commands);

/// The definition of [`commands`], for a sandbox.
pub const COMMANDS: &str = include_str!(concat!(env!("OUT_DIR"), "/commands.documents.json"));

// The operations by group of `docs/shape.md`.
openapi_runtime::include_client!(hotel);

/// The definition of [`hotel`], for a sandbox.
pub const HOTEL: &str = include_str!(concat!(env!("OUT_DIR"), "/hotel.documents.json"));
