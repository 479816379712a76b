//! A headless Chromium, driven by its DevTools protocol over pipes. `OPENAPI_CHROMIUM` names the program; a test that needs it
//! is skipped without the variable, and says so.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};

/// How long a browser may take for one answer, on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one tab.
pub struct Browser {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    events: Vec<Value>,
    session: Option<String>,
    calls: u64,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts the browser that `OPENAPI_CHROMIUM` names; `None`, and a line that says so, where it is not set.
    pub fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("OPENAPI_CHROMIUM") else {
            println!("skipped: OPENAPI_CHROMIUM is not set");
            return None;
        };
        let profile = tempfile::tempdir().expect("a temporary folder");
        // The browser reads commands from descriptor 3 and answers to descriptor 4, which the shell can hand over.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"])
            .arg(&program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell");
        let (input, output) = (child.stdin.take(), child.stdout.take().expect("a pipe"));
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut bytes = Vec::new();
                if output.read_until(0, &mut bytes).is_err() || bytes.pop() != Some(0) {
                    return;
                }
                let message = serde_json::from_slice(&bytes).expect("the protocol is JSON");
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut browser =
            Self { child, input, messages, events: Vec::new(), session: None, calls: 0, _profile: profile };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    /// Calls a method of the protocol, which succeeds.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let mut message = json!({"id": self.calls, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let input = self.input.as_mut().expect("the browser runs");
        input.write_all(format!("{message}\0").as_bytes()).unwrap_or_else(|error| panic!("{}", gone(&error)));
        loop {
            let mut answer = self.message();
            if answer["id"] == json!(self.calls) {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    fn message(&mut self) -> Value {
        self.messages.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("{}", gone(&error)))
    }

    /// Opens the page in the file at `path`, at `anchor` (`""` or `#…`), and forgets what happened before.
    pub fn open(&mut self, path: &Path, anchor: &str) {
        self.events.clear();
        self.call("Page.navigate", json!({"url": "about:blank"}));
        self.wait("Page.loadEventFired");
        self.events.clear();
        let url = format!("file://{}{anchor}", path.display());
        self.call("Page.navigate", json!({"url": url}));
        self.wait("Page.loadEventFired");
    }

    fn wait(&mut self, event: &str) {
        while !self.events.iter().any(|seen| seen["method"] == json!(event)) {
            let message = self.message();
            self.events.push(message);
        }
    }

    /// The value of an expression in JavaScript, a promise's once it has one.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "returnByValue": true, "awaitPromise": true});
        let mut result = self.call("Runtime.evaluate", parameters);
        assert!(result.get("exceptionDetails").is_none(), "{expression}: {result}");
        result["result"]["value"].take()
    }

    /// Presses a key: a character, or a key's name such as `Enter`.
    pub fn press(&mut self, key: &str) {
        let code = match key {
            "Enter" => 13,
            "Escape" => 27,
            "Tab" => 9,
            key => key.to_uppercase().bytes().next().map_or(0, u32::from),
        };
        let text = match key {
            "Enter" => "\r",
            key if key.chars().count() == 1 => key,
            _ => "",
        };
        let event = json!({"type": "keyDown", "key": key, "text": text, "windowsVirtualKeyCode": code});
        self.call("Input.dispatchKeyEvent", event);
        self.call("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": key, "windowsVirtualKeyCode": code}));
    }

    /// Types text where the focus is.
    pub fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Makes the window so large, in CSS pixels.
    pub fn resize(&mut self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500});
        self.call("Emulation.setDeviceMetricsOverride", size);
    }

    /// Asks for the color scheme `light` or `dark`.
    pub fn scheme(&mut self, name: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": name}]});
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// What the page tried that it must not: errors on the console, and requests for anything but itself.
    pub fn problems(&mut self) -> Vec<String> {
        // An answer comes after every event that was there before.
        self.evaluate("0");
        let mut problems = Vec::new();
        for event in &self.events {
            let parameters = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" | "Runtime.consoleAPICalled" | "Log.entryAdded" => {
                    problems.push(parameters.to_string());
                }
                "Network.requestWillBeSent" => {
                    let url = parameters["request"]["url"].as_str().unwrap_or_default();
                    let own = parameters["type"] == json!("Document") && url.starts_with("file:");
                    if !own && !url.starts_with("data:") {
                        problems.push(format!("a request for {url}"));
                    }
                }
                _ => {}
            }
        }
        problems
    }

    /// Writes what the window shows to a PNG in the folder that `OPENAPI_SCREENSHOTS` names, if it is set.
    pub fn screenshot(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("OPENAPI_SCREENSHOTS") else { return };
        let shot = self.call("Page.captureScreenshot", json!({"format": "png"}));
        let data = shot["data"].as_str().expect("a screenshot is text");
        let bytes = BASE64_STANDARD.decode(data).expect("it is in base64");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(Path::new(&folder).join(format!("{name}.png")), bytes).expect("a file");
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A closed pipe ends the browser; it does not have to be asked twice.
        self.input = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn gone(error: &dyn std::fmt::Display) -> String {
    format!("the browser that OPENAPI_CHROMIUM names does not answer: {error}")
}
