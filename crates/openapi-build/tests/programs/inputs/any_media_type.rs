//! Reads bodies that are documented as `*/*`.
#![allow(missing_docs)]

include!("client.rs");

use errors::ListError;
use types::Todo;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let client = Client::new(&std::io::read_to_string(std::io::stdin()).unwrap()).unwrap();
    let todos: Vec<Todo> = client.list().await.unwrap().into_body();
    assert_eq!((todos.len(), todos[0].id.as_deref(), todos[0].done), (1, Some("a"), Some(true)));
    let error = client.list().await.unwrap_err();
    let Some(ListError::NotFound { body, .. }) = error.documented() else { panic!("{error}") };
    assert_eq!(body.title.as_deref(), Some("gone"));
    let created: Todo = client.create(Todo::new().id("b")).await.unwrap().into_body();
    assert_eq!((created.id.as_deref(), created.done), (Some("b"), None));
    println!("all of it");
}
