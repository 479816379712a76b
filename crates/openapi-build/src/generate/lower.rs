//! Lowers the operations of a document to shapes: the Rust form of each parameter, body and response, and their types.

use std::collections::BTreeMap;

use serde_json::Value;

use super::model::{self, BodyKind, Operation};
use super::responses::header_shape;
use super::shape::{Reader, Resolved, Resolver, Shape, Side};
use super::theirs::{self, Untyped, Uses};
use crate::diagnostic::Diagnostic;
use crate::lock::Lock;
use crate::normalize::walk::{Place, components, reference};
use crate::pointer::escape;

/// A document in shapes. Operations, their parameters and their responses are identified by index.
pub(super) struct Lowered {
    pub(super) types: Resolved,
    parameters: BTreeMap<(usize, usize), Shape>,
    requests: BTreeMap<(usize, usize), Shape>,
    responses: BTreeMap<(usize, usize, usize), Shape>,
    items: BTreeMap<(usize, usize, usize), Shape>,
}

impl Lowered {
    /// The shape of a parameter.
    pub(super) fn parameter(&self, operation: usize, index: usize) -> &Shape {
        self.parameters.get(&(operation, index)).unwrap_or(&Shape::Any)
    }

    /// Notes the types of the user's own, and the sides that their values are on; on both if types are read and written `both_ways`.
    pub(super) fn note(&self, operations: &[Operation<'_>], both_ways: bool, uses: &mut Uses) {
        for (item, directions) in self.types.items.values() {
            item.children(&mut |shape| {
                if directions.sent || both_ways {
                    theirs::note(shape, Side::Request, uses);
                }
                if directions.received || both_ways {
                    theirs::note(shape, Side::Response, uses);
                }
            });
        }
        self.parameters.values().chain(self.requests.values()).for_each(|it| theirs::note(it, Side::Request, uses));
        self.responses.values().chain(self.items.values()).for_each(|it| theirs::note(it, Side::Response, uses));
        let headers = operations.iter().flat_map(|operation| &operation.responses).flat_map(|it| &it.headers);
        headers.for_each(|header| theirs::note(&header_shape(header), Side::Response, uses));
    }

    /// The shape of a request body in the media type at `content`.
    pub(super) fn request(&self, operation: usize, content: usize) -> &Shape {
        self.requests.get(&(operation, content)).unwrap_or(&Shape::Any)
    }

    /// Pairs of a response type and the request type that replaces it: the two sides of each component, and the types that
    /// the operations on a resource return with those that replace or change it.
    pub(super) fn conversions(&self, operations: &[Operation<'_>]) -> Vec<(Shape, Shape)> {
        let named = |(given, taken): &(String, String)| (Shape::Named(given.clone()), Shape::Named(taken.clone()));
        let mut conversions: Vec<(Shape, Shape)> = self.types.pairs.iter().map(named).collect();
        for bodies in self.resources(operations).values() {
            let changes = bodies.sent.iter().filter(|(method, _)| matches!(*method, "PUT" | "PATCH"));
            for (_, taken) in changes {
                conversions.extend(bodies.received.iter().map(|given| ((*given).clone(), (*taken).clone())));
            }
        }
        conversions
    }

    /// Pairs of types that operations on one resource send, or that they return: what is created may be what replaces it.
    pub(super) fn alike(&self, operations: &[Operation<'_>]) -> Vec<(Shape, Shape)> {
        let mut pairs = Vec::new();
        for bodies in self.resources(operations).values() {
            let sent = bodies.sent.iter().map(|(_, shape)| *shape).collect();
            for shapes in [sent, bodies.received.clone()] {
                let others = |one: &Shape| shapes.iter().map(move |other| (one.clone(), (*other).clone())).collect();
                pairs.extend(shapes.iter().flat_map(|one| -> Vec<(Shape, Shape)> { others(one) }));
            }
        }
        pairs
    }

    /// The bodies of the operations on each resource: a path, and the path with a parameter after it.
    fn resources<'a>(&'a self, operations: &'a [Operation<'_>]) -> BTreeMap<&'a str, Exchanged<'a>> {
        let mut resources: BTreeMap<&str, Exchanged<'_>> = BTreeMap::new();
        for (index, operation) in operations.iter().enumerate() {
            let bodies = resources.entry(resource(operation.key)).or_default();
            let received = self.responses.range((index, 0, 0)..(index + 1, 0, 0));
            let received = received.filter(|(key, _)| operation.is_success(&operation.responses[key.1]));
            bodies.received.extend(received.map(|(_, shape)| shape));
            let sent = self.requests.range((index, 0)..(index + 1, 0));
            bodies.sent.extend(sent.map(|(_, shape)| (&*operation.method, shape)));
        }
        resources
    }

    /// The shape of the items of a response body that is a sequence, in the media type at `content`.
    pub(super) fn item(&self, operation: usize, index: usize, content: usize) -> &Shape {
        self.items.get(&(operation, index, content)).unwrap_or(&Shape::Any)
    }

    /// The shape of a response body with a type of its own in the media type at `content`.
    pub(super) fn response(&self, operation: usize, index: usize, content: usize) -> &Shape {
        self.responses.get(&(operation, index, content)).unwrap_or(&Shape::Any)
    }
}

/// The bodies of the operations on a resource.
#[derive(Default)]
struct Exchanged<'a> {
    /// Those of requests, each with its method.
    sent: Vec<(&'a str, &'a Shape)>,
    /// Those of successes.
    received: Vec<&'a Shape>,
}

/// The path of the resource that the path `key` is for: without the parameter at its end.
fn resource(key: &str) -> &str {
    match key.rsplit_once('/') {
        Some((before, last)) if last.starts_with('{') && last.ends_with('}') => before,
        _ => key,
    }
}

/// Lowers `document`, whose operations are `operations`.
pub(super) fn lower(
    document: &Value,
    operations: &[Operation<'_>],
    lock: &Lock,
    diagnostics: &mut Vec<Diagnostic>,
) -> Lowered {
    let mut reader = Reader::new(document);
    let mut untyped = Untyped::of(document);
    let mut parameters = BTreeMap::new();
    let mut requests = BTreeMap::new();
    let mut responses = BTreeMap::new();
    let mut items = BTreeMap::new();
    for (number, operation) in operations.iter().enumerate() {
        let place = |pointer: String, name: &str| Place { pointer, names: vec![operation.id.clone(), name.to_owned()] };
        let body = |within: &str, media_type: &str| {
            format!("{}/{within}/content/{}/schema", operation.pointer, escape(media_type))
        };
        for (index, parameter) in operation.parameters.iter().enumerate() {
            let shape = reader.shape(
                &parameter.schema,
                &place(format!("{}/schema", parameter.pointer), parameter.name),
                Side::Request,
            );
            parameters.insert((number, index), shape);
            let component = parameter.component.map(str::to_owned);
            reader.roots.parameters.insert(parameter.pointer.clone(), component);
        }
        for (content, sent) in operation.request.iter().flat_map(|request| request.contents.iter().enumerate()) {
            let place = place(body("requestBody", sent.media_type), "request");
            if matches!(sent.kind, BodyKind::Json | BodyKind::Form | BodyKind::Multipart) || untyped.takes(sent) {
                let shape = reader.shape(sent.schema, &place, Side::Request);
                requests.insert((number, content), shape);
            } else {
                untyped.note(sent, place.pointer);
            }
        }
        let lone = operation.responses.iter().filter(|response| response.status().is_success()).count() == 1;
        for (index, response) in operation.responses.iter().enumerate() {
            let name = if lone && response.status().is_success() { "response" } else { response.key };
            for (content, received) in response.contents.iter().enumerate() {
                let within = format!("responses/{}", response.key);
                let place_of_body = place(body(&within, received.media_type), name);
                if received.is_typed() || (received.item.is_none() && untyped.takes(received)) {
                    let shape = reader.shape(received.schema, &place_of_body, Side::Response);
                    responses.insert((number, index, content), shape);
                } else if received.item.is_none() {
                    untyped.note(received, place_of_body.pointer);
                }
                if let Some(item) = received.item.as_ref().filter(|_| operation.is_success(response)) {
                    let within = format!("{}/responses/{}", operation.pointer, response.key);
                    let pointer = format!("{within}/content/{}/{}", escape(received.media_type), item.at);
                    let shape = reader.shape(&item.schema, &place(pointer, "item"), Side::Response);
                    items.insert((number, index, content), shape);
                }
            }
        }
    }
    let loose = loose_types(document, operations, &mut reader);
    reader.report_left_out();
    diagnostics.extend(untyped.findings());
    diagnostics.append(&mut reader.diagnostics);
    let mut resolver = Resolver::new(reader.roots, lock);
    let mut named = |shapes: Vec<Shape>, side| -> Vec<Shape> {
        shapes.into_iter().map(|shape| resolver.shape(shape, side)).collect()
    };
    let (parameters, requests, responses) = (unzip(parameters), unzip(requests), unzip(responses));
    let items = unzip(items);
    let shapes = [
        named(parameters.1, Side::Request),
        named(requests.1, Side::Request),
        named(responses.1, Side::Response),
        named(items.1, Side::Response),
    ];
    loose.into_iter().for_each(|(shape, side)| drop(resolver.shape(shape, side)));
    let types = resolver.finish();
    diagnostics.extend(types.diagnostics.iter().cloned());
    let [of_parameters, of_requests, of_responses, of_items] =
        shapes.map(|shapes| shapes.into_iter().map(|shape| types.finished(shape)).collect::<Vec<_>>());
    Lowered {
        parameters: parameters.0.into_iter().zip(of_parameters).collect(),
        requests: requests.0.into_iter().zip(of_requests).collect(),
        responses: responses.0.into_iter().zip(of_responses).collect(),
        items: items.0.into_iter().zip(of_items).collect(),
        types,
    }
}

/// The shapes that no operation of the client has: those of webhooks or, if there are neither operations nor webhooks, all
/// components.
fn loose_types(document: &Value, operations: &[Operation<'_>], reader: &mut Reader<'_>) -> Vec<(Shape, Side)> {
    let mut loose = Vec::new();
    for (schema, pointer, names, received) in model::webhooks(document, &mut reader.diagnostics) {
        let side = if received { Side::Response } else { Side::Request };
        loose.push((reader.shape(schema, &Place { pointer, names }, side), side));
    }
    if operations.is_empty() && document.get("webhooks").is_none() {
        for name in components(document).into_iter().flatten().map(|(name, _)| name) {
            for side in [Side::Response, Side::Request] {
                loose.push((reader.shape(&reference(name), &Place::component(name), side), side));
            }
        }
    }
    loose
}

fn unzip<K>(map: BTreeMap<K, Shape>) -> (Vec<K>, Vec<Shape>) {
    map.into_iter().unzip()
}
