//! What a user writes who has groups of operations, types of their own and a stub.

include!("client.rs");

use std::time::Duration;

use errors::CreateMessageError;
use openapi_runtime::{ApiKey, FilePart};
use openapi_sandbox::Stub;
use types::{CreateRoom, Message, PostedMessage, Room, RoomStatus};

type Result<T, E = Box<dyn std::error::Error>> = std::result::Result<T, E>;

/// Takes the place of a component.
#[derive(Clone, Debug, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
pub struct Money(pub String);

fn client(key: &str) -> Result<Client> {
    let client = Client::builder()
        .credentials(ApiKey::new(key)) // X-Api-Key: the definition says where it goes
        .timeout(Duration::from_secs(5))
        .build()?;
    Ok(client)
}

async fn use_it(client: &Client, channel: &str, png: Vec<u8>) -> Result<()> {
    let room = client.rooms().create(CreateRoom::new().unique_name("standup")).await?;
    println!("{}", room.sid);

    let mut rooms = client.rooms().list().status(RoomStatus::InProgress).page_size(50)?.items();
    while let Some(room) = rooms.try_next().await? {
        println!("{}", room.sid);
    }

    client.files().upload(FilePart::bytes(png).file_name("a.png").content_type("image/png")).await?;
    client.files().download("7").save_to(std::env::temp_dir().join("a.png")).await?;

    match client.messages().create(channel, Message::new().content("hi")?).await {
        Err(error) => match error.documented() {
            Some(CreateMessageError::TooManyRequests { headers, .. }) => println!("wait {:?}", headers.reset_after),
            _ => return Err(error.into()),
        },
        Ok(message) => println!("{}", message.id),
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    assert!(format!("{:?}", client("a key")?).starts_with("Client"));

    let stub = Stub::new();
    stub.on::<operations::CreateRoom>().reply(201, Room::new("RM1").price(Money("1.10".to_owned())));
    stub.on::<operations::ListRooms>().reply(200, types::ListRoomsResponse::new([Room::new("RM2")]));
    stub.on::<operations::UploadFile>().reply(204, ());
    stub.on::<operations::DownloadFile>().raw(200, "a picture");
    stub.on::<operations::CreateMessage>().reply(200, PostedMessage::new("M1"));
    let client = Client::with_transport(stub.clone());
    use_it(&client, "c", vec![0x89]).await?;

    let list = &stub.calls::<operations::ListRooms>()[0];
    assert_eq!((list.query("status").as_deref(), list.query("page_size").as_deref()), (Some("in-progress"), Some("50")));
    let upload = String::from_utf8_lossy(&stub.calls::<operations::UploadFile>()[0].body()).into_owned();
    assert!(upload.contains("filename=\"a.png\"\r\nContent-Type: image/png"), "{upload}");
    assert!(Room::new("a") < Room::new("b"));
    Ok(())
}
