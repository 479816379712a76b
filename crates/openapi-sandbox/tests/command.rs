//! The command, run as a user runs it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

const DEFINITION: &str = "\
openapi: 3.0.3
info: {title: Rooms, version: '1'}
paths:
  /rooms/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getRoom
      security: [{login: ['rooms:read']}]
      responses:
        '200':
          description: the room
          content:
            application/json:
              schema:
                type: object
                required: [name]
                properties: {name: {type: string, example: blue}}
components:
  securitySchemes:
    login:
      type: oauth2
      flows: {clientCredentials: {tokenUrl: 'https://id.example/oauth/token', scopes: {'rooms:read': read}}}
";

/// The command while it serves.
struct Running {
    child: Child,
    output: Vec<String>,
}

impl Running {
    /// Starts the command, and waits for the last line of what it prints.
    fn serve(definition: &Path) -> Self {
        let child = command(&[definition.as_os_str().to_str().expect("UTF-8"), "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command runs");
        // From here on, a panic ends the process too.
        let mut running = Self { child, output: Vec::new() };
        for line in BufReader::new(running.child.stdout.take().expect("it is piped")).lines() {
            running.output.push(line.expect("it prints UTF-8"));
            if running.output.last().is_some_and(|line| line == "Ctrl-C stops the server") {
                return running;
            }
        }
        panic!("it ended: {:?}", running.output);
    }

    fn url(&self) -> &str {
        self.output[0].strip_prefix("listening on ").expect("the first line has the URL")
    }

    /// The cells of the line that begins with `name`.
    fn line(&self, name: &str) -> Vec<&str> {
        let mut cells = self.output.iter().map(|line| line.split("  ").filter(|cell| !cell.is_empty()).map(str::trim));
        let found = cells.find(|cells| cells.clone().next() == Some(name));
        found.unwrap_or_else(|| panic!("no line `{name}` in {:#?}", self.output)).collect()
    }

    /// Fetches a token from the endpoint of `scheme`, with the client id and secret that were printed.
    async fn token(&self, scheme: &str) -> String {
        let request = reqwest::Client::new().post(self.line(scheme)[1]);
        let request = request.basic_auth(self.line("client id")[1], Some(self.line("client secret")[1]));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let (status, body) = sent(request.body("grant_type=client_credentials")).await;
        assert_eq!(status, 200, "{body}");
        body["access_token"].as_str().expect("a token").to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_openapi-sandbox"));
    command.args(arguments);
    command
}

/// The exit code and standard error of a command that ends by itself.
fn failed(arguments: &[&str]) -> (i32, String) {
    let output = command(arguments).output().expect("the command runs");
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (output.status.code().expect("no signal ended it"), String::from_utf8(output.stderr).expect("it prints UTF-8"))
}

async fn sent(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.expect("an answer");
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.expect("a body")).unwrap_or_default())
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    folder
}

async fn gets_a_room(running: &Running) {
    let room = |token: String| reqwest::Client::new().get(format!("{}/rooms/1", running.url())).bearer_auth(token);
    assert_eq!(sent(room("wrong".into())).await.0, 401);
    assert_eq!(sent(room(running.token("login").await)).await, (200, json!({"name": "blue"})));
}

#[tokio::test]
async fn a_document_is_served_with_what_it_documents() {
    let folder = folder(&[("api.yaml", DEFINITION)]);
    let running = Running::serve(&folder.path().join("api.yaml"));
    assert!(running.url().starts_with("http://127.0.0.1:"), "{}", running.url());
    assert_eq!(running.line("GET"), ["GET", "/rooms/{id}", "getRoom"]);
    assert_eq!(running.line("login"), ["login", &format!("{}/oauth/token", running.url()), "client_credentials"]);
    assert_eq!(running.line("API key")[1], running.line("client secret")[1]);
    assert_eq!(running.line("bearer token").len(), 3);
    gets_a_room(&running).await;
}

#[tokio::test]
async fn a_documentation_page_is_served_by_the_definition_in_it() {
    let page = format!("<html><body><h1>Rooms</h1><pre>{DEFINITION}</pre></body></html>");
    let folder = folder(&[("page.html", &page)]);
    gets_a_room(&Running::serve(&folder.path().join("page.html"))).await;
}

#[tokio::test]
async fn a_folder_with_a_manifest_is_served_after_its_overlays() {
    let spec = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"));
    let running = Running::serve(&spec);
    assert_eq!(running.line("POST"), ["POST", "/partner/v2/signup/activate", "activateSignup"]);
    // The security scheme comes from the overlay.
    let token = running.token("oauth").await;
    let user = json!({"given_name": "Ada", "family_name": "Lovelace", "email": "ada@example.com"});
    let body = json!({"user": user, "organization_id": "b3a17773-05cc-4431-9560-433fb4613da8"});
    let request = reqwest::Client::new().post(format!("{}/partner/v2/signup/activate", running.url()));
    let request = request.bearer_auth(token).header("content-type", "application/json").body(body.to_string());
    let (status, signup) = sent(request).await;
    assert_eq!(
        (status, signup["sso_url"].as_str()),
        (201, Some("https://confluent.cloud/login/sso/AzureAD-OIDC-Conn"))
    );
}

#[test]
fn what_cannot_be_served_is_named_with_its_place_and_what_to_do() {
    let folder = folder(&[
        ("broken.yaml", "openapi: 3.0.3\npaths: [\n"),
        ("other.json", "{\"name\": \"a\"}"),
        ("empty.yaml", ""),
        ("binary.yaml", "\u{0}\u{1}"),
    ]);
    let empty = tempfile::tempdir().expect("a temporary folder");
    for name in ["broken.yaml", "other.json", "empty.yaml", "binary.yaml", "missing.yaml", "."] {
        let path = if name == "." { empty.path().to_owned() } else { folder.path().join(name) };
        let (code, err) = failed(&[path.to_str().expect("UTF-8"), "--port", "0"]);
        assert_eq!(code, 2, "{err}");
        let place = path.to_str().expect("UTF-8");
        assert!(err.starts_with("error[") && err.contains(place) && err.contains("(help: "), "{name}: {err}");
        assert_eq!(err.trim_end().lines().count(), 1, "{err}");
    }
}

#[test]
fn a_port_in_use_is_an_error_that_says_how_to_choose_another() {
    let folder = folder(&[("api.yaml", DEFINITION)]);
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let port = taken.local_addr().expect("it has an address").port().to_string();
    let (code, err) = failed(&[folder.path().join("api.yaml").to_str().expect("UTF-8"), "--port", &port]);
    assert_eq!(code, 2);
    assert!(err.starts_with(&format!("error: cannot listen on 127.0.0.1:{port}: ")), "{err}");
    assert!(err.contains("(help: choose another port with --port, or a free one with --port 0)"), "{err}");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_it() {
    let folder = folder(&[("api.yaml", DEFINITION)]);
    let mut running = Running::serve(&folder.path().join("api.yaml"));
    let sent = Command::new("kill").args(["-INT", &running.child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    assert_eq!(running.child.wait().expect("it ends").code(), Some(0));
}
