//! Calls over a socket of the client of `swagger.yaml`; the server answers with the request that it got.
#![allow(missing_docs)]

include!("client.rs");

use openapi_runtime::{Direct, ReqwestClient};
use types::*;

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn first(echo: &str) -> &str {
    echo.lines().next().unwrap()
}

async fn lists_are_written_as_their_collection_format_says(client: &Client) {
    let two = texts(&["a b", "c,d"]);
    let csv = client.find_pets().csv(&two).await.unwrap();
    assert_eq!(first(&csv), "GET /v1/pets?csv=a%20b,c%2Cd HTTP/1.1");
    let ssv = client.find_pets().ssv(&two).await.unwrap();
    assert_eq!(first(&ssv), "GET /v1/pets?ssv=a%20b%20c%2Cd HTTP/1.1");
    let tsv = client.find_pets().tsv(&two).await.unwrap();
    assert_eq!(first(&tsv), "GET /v1/pets?tsv=a%20b%09c%2Cd HTTP/1.1");
    let pipes = client.find_pets().pipes(&[1, 2]).await.unwrap();
    assert_eq!(first(&pipes), "GET /v1/pets?pipes=1|2 HTTP/1.1");
    let multi = client.find_pets().multi(&two).await.unwrap();
    assert_eq!(first(&multi), "GET /v1/pets?multi=a%20b&multi=c%2Cd HTTP/1.1");
    let lists = vec![vec![1, 2], vec![3]];
    let ranges = client.find_pets().ranges(&lists).await.unwrap();
    assert_eq!(first(&ranges), "GET /v1/pets?ranges=1|2,3 HTTP/1.1");
    let groups = client.find_pets().groups(&lists).await.unwrap();
    assert_eq!(first(&groups), "GET /v1/pets?groups=1%202&groups=3 HTTP/1.1");
    let owners = client.owners_of(&two).x_fields(&two).await.unwrap();
    assert_eq!(first(&owners), "GET /v1/pets/a%20b%7Cc%2Cd/owners HTTP/1.1");
    assert!(owners.contains("\nx-fields: a b\tc,d\n"), "{:?}", &*owners);
}

async fn a_body_is_written_in_what_the_operation_consumes(client: &Client) {
    let pet = Pet { name: None, owner: Some(Owner { name: "o".to_owned() }).into() };
    let json = client.add_pet(pet).await.unwrap();
    assert!(json.contains("\ncontent-type: application/json\n"), "{:?}", &*json);
    assert!(json.ends_with("\n\n{\"name\":null,\"owner\":{\"name\":\"o\"}}"), "{:?}", &*json);
    let text = client.set_notes("all of them").await.unwrap();
    assert!(text.contains("\ncontent-type: text/plain\n") && text.ends_with("\n\nall of them"), "{:?}", &*text);
}

async fn fields_of_forms_are_one_body(client: &Client) {
    let change = ChangePetRequest::new("n").tags(texts(&["a", "b c"])).sizes(vec![1, 2]).colors(texts(&["r", "g"]));
    let form = client.change_pet("a", change).await.unwrap();
    assert!(form.contains("\ncontent-type: application/x-www-form-urlencoded\n"), "{:?}", &*form);
    let (_, body) = form.rsplit_once("\n\n").unwrap();
    let mut fields: Vec<&str> = body.split('&').collect();
    fields.sort();
    assert_eq!(fields, ["colors=r%09g", "name=n", "sizes=1", "sizes=2", "tags=a,b%20c"]);
}

async fn a_file_is_a_part_of_a_form_and_bytes_in_an_answer(client: &Client) {
    let upload = UploadPictureRequest::new(codegen::FilePart::from("the picture").file_name("a.gif")).tags(texts(&["a", "b"])).sizes(vec![1, 2]);
    let form = client.upload_picture("a", upload).await.unwrap();
    assert!(form.contains("\ncontent-type: multipart/form-data; boundary=part\n"), "{:?}", &*form);
    let picture = "name=\"picture\"; filename=\"a.gif\"\nContent-Type: image/gif\n\nthe picture\n--part";
    assert!(form.contains(picture), "{:?}", &*form);
    let part = |name: &str, text: &str| {
        let end = format!("name=\"{name}\"\nContent-Type: text/plain\n\n{text}\n--part");
        assert!(form.contains(&end), "{name}: {:?}", &*form);
    };
    part("tags", "a|b");
    part("sizes", "1");
    part("sizes", "2");
    let bytes: Vec<u8> = client.download_picture("a").await.unwrap().into_body();
    assert!(bytes.starts_with(b"GET /v1/pets/a/picture "), "it is read as it is, although it is called JSON");
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::with_transport(Direct::new(ReqwestClient::new().unwrap()));
    runtime.block_on(async {
        lists_are_written_as_their_collection_format_says(&client).await;
        a_body_is_written_in_what_the_operation_consumes(&client).await;
        fields_of_forms_are_one_body(&client).await;
        a_file_is_a_part_of_a_form_and_bytes_in_an_answer(&client).await;
    });
    println!("all of it");
}
