//! What an operation needs of a shared resource, in Rust: parts of an `allOf` that speak of one property are one struct with
//! all of its fields, required and typed as the parts together say.

use std::collections::BTreeMap;

use openapi_build::generate::bindings;
use openapi_build::pipeline::Loaded;
use quote::ToTokens;
use serde_json::Value;
use syn::{Fields, Item, Type};
use testing::corpus;

/// A generated client: its document, its types, and the request type of each operation.
struct Client {
    document: Value,
    types: BTreeMap<String, Item>,
    requests: BTreeMap<String, String>,
}

impl Client {
    fn of(name: &str) -> Option<Self> {
        let path = corpus::document("OPENAPI_CORPUS", name)?;
        let output = Loaded::path(&path).and_then(|loaded| loaded.generate()).unwrap_or_else(|error| panic!("{error}"));
        let bindings = bindings(&output.code).expect("the code is a client");
        let operations = bindings["operations"].as_array().expect("a list").iter();
        let requests = operations.filter_map(|operation| {
            let ty = operation["body"]["type"].as_str()?.rsplit("::").next()?;
            Some((operation["id"].as_str()?.to_owned(), ty.to_owned()))
        });
        let requests = requests.collect();
        let file = syn::parse_file(&output.code).expect("the code is Rust");
        let module = file.items.into_iter().find_map(|item| match item {
            Item::Mod(module) if module.ident == "types" => module.content,
            _ => None,
        });
        let items = module.expect("there are types").1.into_iter();
        let types = items.filter_map(|item| {
            let name = match &item {
                Item::Struct(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Type(item) => &item.ident,
                _ => return None,
            };
            Some((name.to_string(), item))
        });
        Some(Self { document: output.documents[0]["document"].clone(), types: types.collect(), requests })
    }

    /// The fields of a struct, each with its type and whether it must be given.
    fn fields(&self, name: &str) -> BTreeMap<String, (String, bool)> {
        let Some(Item::Struct(item)) = self.types.get(name) else { panic!("{name} is no struct") };
        let Fields::Named(fields) = &item.fields else { panic!("{name} has no named fields") };
        let of = |field: &syn::Field| {
            let optional = matches!(&field.ty, Type::Path(path) if path.path.segments[0].ident == "Option");
            let ty = field.ty.to_token_stream().to_string().replace(' ', "");
            (field.ident.as_ref().expect("a named field has a name").to_string(), (ty, !optional))
        };
        fields.named.iter().map(of).collect()
    }

    /// The type of the field `name` of `of`, which must be given.
    fn required(&self, of: &str, name: &str) -> String {
        let fields = self.fields(of);
        let (ty, required) = fields.get(name).unwrap_or_else(|| panic!("{of} has no {name}: {fields:?}"));
        assert!(required, "{name} of {of} is optional");
        ty.clone()
    }

    fn variants(&self, name: &str) -> Vec<String> {
        let Some(Item::Enum(item)) = self.types.get(name) else { panic!("{name} is no enum") };
        item.variants.iter().map(|variant| variant.ident.to_string()).collect()
    }

    fn property(&self, component: &str, name: &str) -> &Value {
        &self.document["components"]["schemas"][component]["properties"][name]
    }

    /// The names in camel case of the values that a component's property names.
    fn values(&self, component: &str, name: &str) -> Vec<String> {
        let property = self.property(component, name);
        let values = property.get("enum").or_else(|| property.get("x-extensible-enum")).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).map(camel).collect()
    }
}

fn camel(value: &str) -> String {
    let words = value.split(['_', '-']).filter(|word| !word.is_empty());
    words.map(|word| word[..1].to_uppercase() + &word[1..].to_lowercase()).collect()
}

#[test]
fn the_request_of_create_cmk_v2_cluster_has_a_spec_with_all_that_it_requires() {
    let Some(client) = Client::of("cmk-v2.yaml") else { return };
    let spec = client.required(&client.requests["createCmkV2Cluster"], "spec");
    assert_eq!(client.required(&spec, "display_name"), "String");
    assert_eq!(client.required(&spec, "region"), "String");
    for name in ["availability", "cloud"] {
        let ty = client.required(&spec, name);
        let values = client.values("cmk.v2.ClusterSpec", name);
        if values.is_empty() {
            assert_eq!(ty, "String", "{name}");
        } else {
            let variants = client.variants(&ty);
            assert!(values.iter().all(|value| variants.contains(value)), "{ty}: {variants:?} for {values:?}");
        }
    }
    let kinds = client.property("cmk.v2.ClusterSpec", "config")["discriminator"]["mapping"].as_object();
    let kinds: Vec<String> = kinds.expect("config has kinds").keys().cloned().collect();
    assert_eq!(client.variants(&client.required(&spec, "config")), kinds, "config is the enum of its kinds");
    let environment = client.fields(&client.required(&spec, "environment"));
    assert!(environment["id"].1, "an environment is referred to by its id: {environment:?}");
    let declared = client.document["components"]["schemas"]["cmk.v2.ClusterSpec"]["properties"].as_object();
    let sent = declared.expect("it has properties").iter().filter(|(_, property)| property["readOnly"] != true);
    let fields = client.fields(&spec);
    for (name, _) in sent {
        assert!(fields.contains_key(name), "{name} of the component is lost: {fields:?}");
    }
}

#[test]
fn the_request_of_create_iam_v2_api_key_has_a_spec_with_an_owner() {
    let Some(client) = Client::of("apikeys-v2.yaml") else { return };
    let spec = client.required(&client.requests["createIamV2ApiKey"], "spec");
    let owner = client.fields(&client.required(&spec, "owner"));
    assert!(owner["id"].1, "an owner is referred to by its id: {owner:?}");
    let fields = client.fields(&spec);
    assert_eq!(fields["display_name"], ("Option<String>".to_owned(), false));
    assert_eq!(fields["description"], ("Option<String>".to_owned(), false));
}

#[test]
fn the_request_of_create_iam_v2_service_account_has_a_display_name() {
    let Some(client) = Client::of("iam-v2.yaml") else { return };
    let request = &client.requests["createIamV2ServiceAccount"];
    let fields = client.fields(request);
    assert!(fields["display_name"].1, "{fields:?}");
    assert!(fields.contains_key("description") && !fields["description"].1, "{fields:?}");
}
