//! Calls over a socket, by the simplest transport, of the client of `direct.yaml`.
#![allow(missing_docs)]

include!("client.rs");

use openapi_runtime::{Direct, ReqwestClient};

/// The server is the definition's, each variable of its URL by its default.
async fn the_definition_says_where_the_server_is(client: &Client) {
    let tags = vec!["b c".to_owned(), "d".to_owned()];
    let item = client.get_item("a/1").tags(&tags).limit(7).await.unwrap();
    assert_eq!((item.status().as_u16(), item.as_str()), (200, "it is here"));
}

async fn a_server_that_stands_for_another_is_not_asked(client: &Client) {
    let error = client.delete_elsewhere().send().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Request(_)), "{error}");
    assert_eq!(error.attempts(), 0);
    assert!(error.to_string().contains("`https://abc-00000.region.example` stands for one of yours"), "{error}");
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::with_transport(Direct::new(ReqwestClient::new().unwrap()));
    runtime.block_on(async {
        the_definition_says_where_the_server_is(&client).await;
        a_server_that_stands_for_another_is_not_asked(&client).await;
    });
    println!("all of it");
}
