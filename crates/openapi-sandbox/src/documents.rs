//! What a sandbox can be given to serve: a document, or those that a build script has read.

use std::borrow::Cow;

use serde_json::Value;

/// Documents for a [`Sandbox`](crate::Sandbox) to serve: a `serde_json::Value`, or what
/// [`include_document!`](crate::include_document!) gives.
///
/// ```
/// use openapi_sandbox::{Documents, Sandbox};
///
/// let documents: Documents = serde_json::json!({"openapi": "3.1.0", "paths": {}}).into();
/// let builder = Sandbox::builder().document(documents);
/// ```
#[derive(Clone)]
pub struct Documents(Form);

#[derive(Clone)]
enum Form {
    Tree(Value),
    Text(Cow<'static, str>),
}

impl Documents {
    /// The documents in `text`, which is what `openapi-build` writes to `OUT_DIR/documents.json`: a JSON array of objects with
    /// a `document`. [`include_document!`](crate::include_document!) finds that file in a crate with a build script.
    ///
    /// ```
    /// # use openapi_sandbox::{Documents, Sandbox};
    /// let text = r#"[{"name": "rooms", "document": {"openapi": "3.0.3", "paths": {}}}]"#;
    /// let builder = Sandbox::builder().document(Documents::from_json(text));
    /// ```
    pub fn from_json(text: impl Into<Cow<'static, str>>) -> Self {
        Self(Form::Text(text.into()))
    }

    /// The documents as trees; the error says why they cannot be read.
    pub(crate) fn into_trees(self) -> Result<Vec<Value>, String> {
        let text = match self.0 {
            Form::Tree(tree) => return Ok(vec![tree]),
            Form::Text(text) => text,
        };
        let wrong = |what: String| format!("{what}; give the text of the `documents.json` that openapi-build writes");
        let entries: Vec<Value> = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let document = |(index, mut entry): (usize, Value)| {
            let document = entry.get_mut("document").map(Value::take);
            document.ok_or_else(|| wrong(format!("entry {} has no `document`", index + 1)))
        };
        entries.into_iter().enumerate().map(document).collect()
    }
}

impl From<Value> for Documents {
    fn from(document: Value) -> Self {
        Self(Form::Tree(document))
    }
}

/// Shows nothing of the documents, which can be megabytes.
impl std::fmt::Debug for Documents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Documents").finish_non_exhaustive()
    }
}

/// The definition of this crate, as the build script has read it: whole, with its overlays, and before any repair.
///
/// `include_document!()` is that of the client that `openapi_runtime::include_client!()` includes, and
/// `include_document!(billing)` that of `include_client!(billing)`. [`Sandbox::serve`](crate::Sandbox::serve) and
/// [`SandboxBuilder::document`](crate::SandboxBuilder::document) take it.
///
/// ```ignore
/// use openapi_sandbox::{Sandbox, include_document};
///
/// let sandbox = Sandbox::serve(include_document!()).await?;
/// let billing = Sandbox::serve(include_document!(billing)).await?;
/// ```
#[macro_export]
macro_rules! include_document {
    () => {
        $crate::Documents::from_json(::std::include_str!(::std::concat!(::std::env!("OUT_DIR"), "/documents.json")))
    };
    ($module:ident) => {
        $crate::Documents::from_json(::std::include_str!(::std::concat!(
            ::std::env!("OUT_DIR"),
            "/",
            ::std::stringify!($module),
            ".documents.json"
        )))
    };
}
