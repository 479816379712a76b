//! Calls operations whose paths have parameters in the styles `matrix` and `label`.
#![allow(missing_docs)]

include!("client.rs");

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = Client::new(&std::io::read_to_string(std::io::stdin()).unwrap()).unwrap();
    client.m(5).await.unwrap();
    client.l("x").await.unwrap();
    println!("all of it");
}
