//! What a request carries, as a socket sees it: what the definition and HTTP ask for, and nothing else.

use confluent_cloud::{Client, ClientCredentials, types};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

const TOKEN: &str = r#"{"access_token": "t", "token_type": "Bearer", "expires_in": 3600}"#;
const SIGNUP: &str = r#"{"organization_id": "o", "sso_url": "https://a.example"}"#;

/// A request: its first line, and the names and values of its headers, sorted, the names in small letters.
struct Head {
    line: String,
    headers: Vec<(String, String)>,
}

/// Reads one request, answers it, and closes the connection.
async fn serve(stream: TcpStream) -> Head {
    let mut stream = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.expect("a line of a request");
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let line = lines.remove(0);
    let parts = lines.iter().filter_map(|line| line.split_once(": "));
    let mut headers: Vec<(String, String)> =
        parts.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    headers.sort();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or("0", |(_, value)| value);
    let mut body = vec![0; length.parse().expect("a length")];
    stream.read_exact(&mut body).await.expect("the body");
    let (status, body) = if line.contains("/oauth2/token ") { ("200 OK", TOKEN) } else { ("201 Created", SIGNUP) };
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await.expect("it listens");
    Head { line, headers }
}

#[tokio::test]
async fn no_request_carries_a_header_that_nothing_asks_for() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a loopback port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = async {
        let mut heads = Vec::new();
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.expect("a connection");
            heads.push(serve(stream).await);
        }
        heads
    };
    let client = Client::builder().base_url(&url).credentials(ClientCredentials::new("id", "secret")).build();
    let client = client.expect("a client");
    let (given_name, family_name, email) = ("Ada".into(), "Lovelace".into(), "ada@example.com".into());
    let user = types::V2User::new(types::V2UserRequired { given_name, family_name, email });
    let required = types::ActivatePartnerSignupRequestRequired { user, organization_id: "o".into() };
    let call = client.activate_signup(types::ActivatePartnerSignupRequest::new(required)).send();
    let (heads, outcome) = tokio::join!(server, call);
    outcome.expect("the documented success");

    let host = url.trim_start_matches("http://");
    let agent = format!("confluent-cloud/{}", env!("CARGO_PKG_VERSION"));
    let expected = [
        // RFC 6749, 4.4.2: the credentials, and the form; RFC 9110 asks for the rest.
        (
            "POST /oauth2/token HTTP/1.1",
            vec![
                ("accept", "application/json"),
                ("accept-encoding", "gzip"),
                ("authorization", "Basic aWQ6c2VjcmV0"),
                ("content-length", "52"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("host", host),
                ("user-agent", &agent),
            ],
        ),
        (
            "POST /partner/v2/signup/activate HTTP/1.1",
            vec![
                ("accept", "application/json"),
                ("accept-encoding", "gzip"),
                ("authorization", "Bearer t"),
                ("content-length", "102"),
                ("content-type", "application/json"),
                ("host", host),
                ("user-agent", &agent),
            ],
        ),
    ];
    for (head, (line, headers)) in heads.iter().zip(expected) {
        let found: Vec<(&str, &str)> =
            head.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!((head.line.as_str(), found), (line, headers));
    }
}
