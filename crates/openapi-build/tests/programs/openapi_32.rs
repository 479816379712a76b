//! Calls over a socket of the client of `openapi_32.yaml`; the server answers with the request that it got.
#![allow(missing_docs)]

include!("client.rs");

use openapi_runtime::{Direct, ReqwestClient};
use types::*;

fn first(echo: &str) -> &str {
    echo.lines().next().unwrap()
}

async fn a_method_is_sent_as_the_definition_writes_it(client: &Client) {
    let search = client.search_items(Search::new().name("a")).await.unwrap();
    assert_eq!(first(&search), "QUERY /v1/items HTTP/1.1");
    assert!(search.ends_with("\n\n{\"name\":\"a\"}"), "{:?}", &*search);
    let copy = client.copy_items("there").await.unwrap();
    assert_eq!(first(&copy), "COPY /v1/items?to=there HTTP/1.1");
    let link = client.link_items().await.unwrap();
    assert_eq!(first(&link), "link /v1/items HTTP/1.1");
}

async fn a_parameter_may_be_the_whole_query(client: &Client) {
    let text = client.find_items("a b&c").await.unwrap();
    assert_eq!(first(&text), "GET /v1/items?a%20b%26c HTTP/1.1");
    let json = client.filter_items(Search::new().name("a")).await.unwrap();
    assert_eq!(first(&json), "GET /v1/found?%7B%22name%22%3A%22a%22%7D HTTP/1.1");
    let form = client.list_items(Search::new().name("a").size(1)).await.unwrap();
    assert_eq!(first(&form), "GET /v1/listed?name=a&size=1 HTTP/1.1");
}

async fn a_stream_is_what_its_media_type_says(client: &Client) {
    let bytes: Vec<u8> = client.stream_items().await.unwrap().into_body();
    assert!(bytes.starts_with(b"GET /v1/stream HTTP/1.1"));
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::with_transport(Direct::new(ReqwestClient::new().unwrap()));
    runtime.block_on(async {
        a_method_is_sent_as_the_definition_writes_it(&client).await;
        a_parameter_may_be_the_whole_query(&client).await;
        a_stream_is_what_its_media_type_says(&client).await;
    });
    println!("all of it");
}
