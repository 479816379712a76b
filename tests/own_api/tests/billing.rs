//! Two APIs in one program: they share their error types, and the HTTP client.

use openapi_runtime::{ApiKey, ErrorKind, OperationError, ReqwestClient};
use openapi_sandbox::{include_document, Answer, Sandbox};
use own_api::{billing, Client};

/// Serves failures of either API.
fn line(error: &dyn OperationError) -> String {
    format!("{} {:?}", error.operation().id, error.status().map(|status| status.as_u16()))
}

#[tokio::test]
async fn both_are_called_over_one_http_client() {
    let rooms = Sandbox::serve(include_document!()).await.expect("a loopback port");
    let invoices = Sandbox::serve(include_document!(billing)).await.expect("a loopback port");
    let http = ReqwestClient::new().expect("an HTTP client");
    let client: Client = rooms.client_builder().http(http.clone()).build().expect("a client");
    let biller: billing::Client = invoices.client_builder().http(http).build().expect("a client");
    assert_eq!(biller.get_invoice(openapi_runtime::uuid::Uuid::nil()).await.expect("the invoice").total, 12);
    rooms.answer("getRoom", Answer::Status(404));
    invoices.answer("getInvoice", Answer::Status(410));
    let missing = client.get_room("r9").await.expect_err("there is none");
    let gone = biller.get_invoice(openapi_runtime::uuid::Uuid::nil()).await.expect_err("it is gone");
    assert_eq!([line(&missing), line(&gone)], ["getRoom Some(404)", "getInvoice Some(410)"]);
    assert!(matches!(gone.kind(), ErrorKind::Documented(_)), "{gone}");
}

#[test]
fn a_server_variable_takes_what_the_definition_lists() {
    let builder = || billing::Client::builder().credentials(ApiKey::new("k"));
    assert!(builder().server_variable("region", "us").build().is_ok());
    let error = builder().server_variable("region", "mars").build().expect_err("it is not listed");
    assert!(error.to_string().contains("eu, us"), "{error}");
}
