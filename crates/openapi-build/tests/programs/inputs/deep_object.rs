//! Calls the client with nested objects and lists in its query.
#![allow(missing_docs)]

include!("client.rs");

use std::collections::BTreeMap;

use openapi_runtime::serde_json::json;
use types::{ListItemsFilter, ListItemsFilterCreated, ListItemsRangeObject};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = Client::new(&std::io::read_to_string(std::io::stdin()).unwrap()).unwrap();
    let ids = ["x".to_owned(), "y".to_owned()];
    let created = ListItemsFilterCreated::new().gte(1);
    client.list_items().filter(ListItemsFilter::new().owner("o").created(created).ids(ids)).await.unwrap();
    client.list_items().expand(&["a".to_owned(), "b".to_owned()]).await.unwrap();
    let free = json!({"a": {"b": ["c"]}});
    let map = BTreeMap::from([("k".to_owned(), "v".to_owned())]);
    client.list_items().free(free.as_object().unwrap()).map(&map).await.unwrap();
    client.list_items().range(ListItemsRangeObject::new().gt(3).into()).await.unwrap();
    println!("all of it");
}
