//! Says in the words of OpenAPI 3 what a document of another version says, before anything is bundled and checked: Swagger 2.0
//! as a whole, and of OpenAPI 3.2 the operations of methods that older versions have no key for. The document as it was
//! published is kept for the sandbox, and [`Moves`] leads from each converted place to the published one.

mod methods;
mod moves;
pub(crate) mod swagger_2;

pub(crate) use methods::convert as methods;
pub(crate) use moves::Moves;

use serde_json::Value;

use crate::grammar::is_method;
use crate::pointer::escape;
use crate::version::Version;

/// Takes out of `published` the operations and components that `tree`, which was converted from it and then sliced, has not.
pub(crate) fn slice(published: &mut Value, tree: &Value, moves: &Moves) {
    let places = moves.reversed();
    let has = |pointer: &str| tree.pointer(&places.published(pointer)).is_some();
    if let Some(paths) = published.get_mut("paths").and_then(Value::as_object_mut) {
        paths.retain(|path, _| has(&format!("/paths/{}", escape(path))));
        for (path, item) in paths.iter_mut() {
            let at = format!("/paths/{}", escape(path));
            let Some(item) = item.as_object_mut() else { continue };
            item.retain(|key, _| !(is_method(key) || key == "query") || has(&format!("{at}/{key}")));
            if let Some(Value::Object(others)) = item.get_mut("additionalOperations") {
                others.retain(|method, _| has(&format!("{at}/additionalOperations/{}", escape(method))));
            }
        }
    }
    // A response or a parameter of Swagger 2.0 may be written where it is used, and be no component any more.
    if Version::is_swagger(published)
        && let Some(definitions) = published.get_mut("definitions").and_then(Value::as_object_mut)
    {
        definitions.retain(|name, _| has(&format!("/definitions/{}", escape(name))));
    }
    for (section, entries) in published.get_mut("components").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Some(entries) = entries.as_object_mut().filter(|_| section != "securitySchemes") {
            entries.retain(|name, _| has(&format!("/components/{section}/{}", escape(name))));
        }
    }
}
