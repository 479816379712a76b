//! The interface of generated code. Nothing here is for users: names may change with the version that
//! [`expect_version!`](crate::codegen::expect_version) names.

#[macro_use]
mod value;

mod answers;
mod base64;
mod call;
mod check;
mod conversion;
#[cfg(feature = "chrono")]
mod dates;
mod handshake;
mod headers;
mod json;
mod members;
mod multipart;
mod parameter;
#[cfg(feature = "patterns")]
mod pattern;
mod request;
mod theirs;
mod tree;
#[cfg(feature = "uuid")]
mod uuids;
mod word;

pub use std::result::Result;

pub use serde::{self, Deserialize, Deserializer as Reader, Serialize, Serializer as Writer};
pub use serde_json;

pub use self::answers::answers;
pub use self::base64::Base64;
#[cfg(feature = "blocking")]
pub(crate) use self::call::Answered;
pub use self::call::{Call, Sending};
pub(crate) use self::call::{answer, carry};
pub use self::check::{Check, not_written, obey_schema};
pub use self::conversion::{ConversionError, each, each_member, given, in_field, not_null, unknown};
#[cfg(feature = "chrono")]
pub use self::dates::{AssumedUtc, DateTimeText};
pub use self::handshake::{
    cli, expect_version, require_chrono, require_jiff, require_patterns, require_rust_decimal, require_time,
    require_uuid,
};
pub use self::headers::{FromHeaders, HeaderError, TryFromHeaders, header, required_header};
pub use self::json::{
    FromJson, Json, Made, Object, Read, ReadError, Written, deserialize, deserialize_sent, read, read_word,
};
pub(crate) use self::json::{beyond, from_value_as};
pub use self::members::{Members, deserialize, read_members, serialize};
pub use self::multipart::Field;
pub use self::parameter::{Nesting, PairStyle, Separator, Style, TextStyle};
#[cfg(feature = "patterns")]
pub use self::pattern::Pattern;
pub use self::request::request;
#[cfg(feature = "rust_decimal")]
pub use self::theirs::AsDecimal;
#[cfg(feature = "time")]
pub use self::theirs::AsTime;
#[cfg(feature = "jiff")]
pub use self::theirs::AsTimestamp;
pub(crate) use self::theirs::text_as;
pub use self::theirs::{
    BySerde, Generated, ReadAs, WriteAs, header_as, header_items_as, known_as, read_as, replaces, replaces_received,
    replaces_sent, required_header_as, required_header_items_as, unread, write_as, written_as,
};
pub use self::tree::{Tree, TreeWriter};
pub use self::value::*;
pub use self::word::word;
#[cfg(feature = "blocking")]
pub use crate::blocking::WithBody;
pub use crate::pages::IntoItems;
pub use crate::response::{Decoded, Documented, Reads};
pub use crate::{
    Api, Body, BuildError, CallOptions, ClientBuilder, CredentialPart, DecodeError, Definition, Endpoint,
    EnvironmentVariable, FilePart, Input, Items, List, OAuthFlow, Operation, Pages, Paging, Reply, Requirement,
    SecurityScheme, SecuritySchemeKind, Server, ServerVariable, Transport, UndescribedRequest, http,
};
#[cfg(feature = "chrono")]
pub use ::chrono;
#[cfg(feature = "jiff")]
pub use ::jiff;
#[cfg(feature = "rust_decimal")]
pub use ::rust_decimal;
#[cfg(feature = "time")]
pub use ::time;
#[cfg(feature = "uuid")]
pub use ::uuid;
