//! Bodies and parameters of `uploads.yaml`: files over real sockets, against the sandbox, and what the rest puts on the wire.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use exactness::Transport;
use exactness::uploads::{Client, types};
use openapi_runtime::http::StatusCode;
use openapi_runtime::http::header::HeaderMap;
use openapi_runtime::{Body, BoxFuture, Failure, FilePart, Reply, Request};
use openapi_sandbox::{Sandbox, include_document};

/// The beginning of a PNG, with bytes that are no UTF-8.
const PNG: &[u8] = &[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0x00, 0xfe];

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::serve(include_document!(uploads)).await.expect("a sandbox");
    let client = sandbox.client_builder::<Client>().build().expect("a client");
    (sandbox, client)
}

fn picture(picture: impl Into<FilePart>) -> types::NewPicture {
    types::NewPicture::new(types::NewPictureRequired {
        title: "a title".parse().expect("a short title"),
        picture: picture.into(),
    })
}

/// The parts of what arrived last: their headers, and their bytes.
fn parts(sandbox: &Sandbox) -> Vec<(String, Vec<u8>)> {
    let arrived = sandbox.arrived().pop().expect("a request");
    let content_type = arrived.headers["content-type"].to_str().expect("text");
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").expect("a multipart body");
    let delimiter = format!("--{boundary}\r\n");
    let at = |bytes: &[u8], wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
    let mut rest = arrived.body.strip_prefix(delimiter.as_bytes()).expect("a first part");
    let mut parts = Vec::new();
    loop {
        let head = at(rest, b"\r\n\r\n").expect("headers");
        let end = at(rest, format!("\r\n--{boundary}").as_bytes()).expect("an end");
        let text = String::from_utf8(rest[..head].to_vec()).expect("text");
        parts.push((text, rest[head + 4..end].to_vec()));
        rest = &rest[end + boundary.len() + 4..];
        if rest == b"--\r\n" {
            return parts;
        }
        rest = rest.strip_prefix(b"\r\n").expect("a line");
    }
}

#[tokio::test]
async fn a_picture_arrives_as_it_was_sent_with_its_filename_and_media_type() {
    let (sandbox, client) = sandbox().await;
    let details = types::Details::new(3).expect("a width").caption("é");
    let body = picture(FilePart::from(PNG).file_name("logo.png")).details(details);
    let body = body.tags(["a".to_owned(), "b".to_owned()]).scan(vec![0xff; 70_000]);
    let body =
        body.thumbnails(vec![FilePart::from(PNG).file_name("1.gif"), FilePart::from(vec![])]).expect("two at most");
    client.upload_picture(body).await.expect("a success");
    let part = |head: &str, bytes: &[u8]| (format!("Content-Disposition: form-data; {head}"), bytes.to_vec());
    let expected = [
        part("name=\"title\"\r\nContent-Type: text/plain", b"a title"),
        part("name=\"picture\"; filename=\"logo.png\"\r\nContent-Type: image/png\r\nX-Origin: upload", PNG),
        part("name=\"thumbnails\"; filename=\"1.gif\"\r\nContent-Type: image/gif", PNG),
        part("name=\"thumbnails\"; filename=\"blob\"\r\nContent-Type: application/octet-stream", b""),
        part("name=\"scan\"; filename=\"blob\"\r\nContent-Type: application/octet-stream", &[0xff; 70_000]),
        part("name=\"details\"\r\nContent-Type: application/json", "{\"width\":3,\"caption\":\"é\"}".as_bytes()),
        part("name=\"tags\"\r\nContent-Type: text/plain", b"a,b"),
    ];
    let sent = parts(&sandbox);
    assert_eq!(
        sent.iter().map(|(head, _)| head).collect::<Vec<_>>(),
        expected.iter().map(|(head, _)| head).collect::<Vec<_>>()
    );
    assert!(sent == expected, "the bytes are others");
    let length = sandbox.arrived().pop().map(|arrived| arrived.headers["content-length"].clone());
    assert_eq!(length.expect("a request").to_str().ok(), Some(&*sandbox.arrived()[0].body.len().to_string()));
}

#[tokio::test]
async fn a_png_of_many_bytes_that_are_no_utf_8_arrives_with_its_digest() {
    use sha2::{Digest, Sha256};

    let (sandbox, client) = sandbox().await;
    let bytes: Vec<u8> = PNG.iter().copied().chain((0..=255).rev().cycle().take(300_000)).collect();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("digest-{}.png", std::process::id()));
    std::fs::write(&path, &bytes).expect("a file");
    for file in [FilePart::from(bytes.clone()).file_name("logo.png"), FilePart::path(&path).file_name("logo.png")] {
        client.upload_picture(picture(file)).await.expect("a success");
        let (head, arrived) = parts(&sandbox).swap_remove(1);
        assert!(head.contains("; filename=\"logo.png\"\r\nContent-Type: image/png\r\n"), "{head}");
        assert_eq!(Sha256::digest(&arrived), Sha256::digest(&bytes));
    }
    std::fs::remove_file(&path).expect("the file");
}

#[tokio::test]
async fn a_file_is_a_body_by_itself_too() {
    let (sandbox, client) = sandbox().await;
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("alone-{}.png", std::process::id()));
    std::fs::write(&path, PNG).expect("a file");
    client.put_picture("1", PNG).await.expect("bytes");
    client.put_picture("1", PNG.to_vec()).await.expect("bytes");
    client.put_picture("1", Body::path(&path)).await.expect("a file");
    client.upload_picture(picture(FilePart::path(&path))).await.expect("a file");
    assert_eq!(parts(&sandbox)[1].1, PNG);
    client.put_signature("1", Body::path(&path)).await.expect("a file in base64");
    std::fs::remove_file(&path).expect("the file");
    let arrived = sandbox.arrived();
    assert_eq!(arrived[4].body, "iVBORw0KGgr/AP4=");
    assert_eq!(
        (&arrived[4].headers["content-type"], &arrived[4].headers["content-length"]),
        (&"text/plain".parse().expect("a value"), &"16".parse().expect("a value"))
    );
    assert!(arrived[..3].iter().all(|arrived| arrived.body == PNG && arrived.headers["content-type"] == "image/png"));
    let error = client.put_picture("1", Body::path(&path)).await.expect_err("it is gone");
    assert!(error.to_string().contains("alone-") && sandbox.arrived().len() == 5, "{error}");
}

#[tokio::test]
async fn the_sandbox_rejects_what_the_definition_does_not_allow() {
    let (_sandbox, client) = sandbox().await;
    let text = picture(FilePart::from("text").content_type("text/plain"));
    let error = client.upload_picture(text).await.expect_err("no picture");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(400), "{error}");
    client.upload_picture(picture(FilePart::from(PNG).file_name("a.jpg"))).await.expect("a JPEG, by its name");
}

#[tokio::test]
async fn a_component_of_json_and_of_multipart_is_two_types() {
    let (sandbox, client) = sandbox().await;
    client.create_note(types::Note::new("a").attachment("text")).await.expect("JSON");
    assert_eq!(sandbox.arrived()[0].body, r#"{"text":"a","attachment":"text"}"#);
    let form = types::NoteForm::new("a").attachment(PNG);
    client.create_note_with_multipart_form_data(form).await.expect("parts");
    assert_eq!(parts(&sandbox)[1].1, PNG);
}

/// Keeps what it is given.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<Request>>>);

impl Transport for Memory {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Reply, Failure>> {
        self.0.lock().expect("no test panics with it").push(request);
        Box::pin(std::future::ready(Ok(Reply::new(StatusCode::NO_CONTENT, HeaderMap::new(), Vec::new()))))
    }
}

/// What a call sends.
fn sent<F: Future<Output = Result<T, E>>, T, E>(call: impl FnOnce(Client) -> F) -> Request {
    let memory = Memory::default();
    let future = call(Client::with_transport(memory.clone()));
    assert!(matches!(pin!(future).poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(Ok(_))));
    memory.0.lock().expect("no test panics with it").pop().expect("a request")
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).into()
}

#[test]
fn parameters_are_written_in_their_styles() {
    let created = types::SearchFilterCreated::new().gte(1).lt(9);
    let filter = types::SearchFilter::new().owner("o").created(created).ids(texts(["x", "y"]));
    let request = sent(|client| {
        let search = client.search("a b", 5).filter(filter).expand(&texts(["a", "b"])).sort(&texts(["n", "m"]));
        search.next("/things?page=2").send()
    });
    assert_eq!(request.path, "/search/.a%20b;version=5");
    let query = request.query.replace("%5B", "[").replace("%5D", "]");
    let expected = "filter[owner]=o&filter[created][gte]=1&filter[created][lt]=9&filter[ids][]=x&filter[ids][]=y\
        &expand[]=a&expand[]=b&sort[0]=n&sort[1]=m&next=/things?page=2";
    assert_eq!(query, expected);
}

#[test]
fn fields_of_forms_are_written_in_their_styles() {
    let item = |price: &str| types::CreateOrderRequestItemsItem::new().price(price).count(2);
    let order = types::CreateOrderRequest::new()
        .metadata([("k".to_owned(), "v w".to_owned())])
        .items(vec![item("a"), item("b")])
        .names(texts(["x", "y"]))
        .codes(vec![1, 2])
        .ids(texts(["p"]))
        .options(serde_json::Map::from_iter([("deep".to_owned(), serde_json::json!([1]))]));
    let request = sent(|client| client.create_order(order).send());
    let body = String::from_utf8(request.body.as_bytes().expect("it is in memory").to_vec()).expect("text");
    let expected = "metadata[k]=v%20w&items[0][price]=a&items[0][count]=2&items[1][price]=b&items[1][count]=2\
        &names=x&names=y&codes=1,2&ids[]=p&options=%7B%22deep%22%3A%5B1%5D%7D";
    assert_eq!(body.replace("%5B", "[").replace("%5D", "]"), expected.replace("%5B1%5D", "[1]"));
}

#[tokio::test]
async fn parts_and_fields_that_are_checked_together_or_have_a_tag_are_sent_in_their_order() {
    let (sandbox, client) = sandbox().await;
    let to = types::Street::new(types::StreetRequired { zip: "10115".into(), city: "Berlin".into() });
    let to = types::Delivery::Street(to);
    let parcel = || types::Parcel::new(3).to(to.clone()).insured(true);
    client.send_parcel(parcel().amount(100).label(PNG)).await.expect("it is sent");
    let parts = parts(&sandbox);
    let names: Vec<&str> = parts.iter().filter_map(|(head, _)| head.split('"').nth(1)).collect();
    assert_eq!(names, ["weight", "to", "insured", "amount", "label"]);
    assert_eq!(parts[1].1, br#"{"kind":"street","zip":"10115","city":"Berlin"}"#);
    assert_eq!(parts[4].1, PNG);
    let error = client.send_parcel(parcel()).await.expect_err("an amount is missing");
    assert!(error.to_string().contains("`amount`") && sandbox.arrived().len() == 1, "{error}");
    for (delivery, expected) in [
        (to.clone(), "kind=street&zip=10115&city=Berlin"),
        (types::Delivery::Box(types::Box::new(7).city("Rome")), "kind=box&number=7&city=Rome"),
        (types::Delivery::Box(types::Box::new(7).city("Rome").kind("x")), "number=7&city=Rome&kind=box"),
    ] {
        let request = sent(|client| client.send_parcel_with_application_x_www_form_urlencoded(delivery).send());
        assert_eq!(request.body.as_bytes(), Some(expected.as_bytes()));
    }
}
