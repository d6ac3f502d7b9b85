//! A real browser, driven over WebDriver, which is JSON over plain HTTP. Absent browsers are told of and skipped.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A browser with one window.
pub struct Browser {
    driver: Child,
    port: u16,
    session: String,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already; what counts is that nothing stays behind.
        let session = self.session.clone();
        let _ = exchange(self.port, "DELETE", &format!("/session/{session}"), None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts one; `None` where none is installed and none is demanded.
    pub fn start() -> Option<Self> {
        let started =
            Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let Ok(mut driver) = started else {
            crate::required::missing("chromedriver");
            return None;
        };
        let mut lines = BufReader::new(driver.stdout.take().expect("it was piped")).lines();
        let port = lines
            .find_map(|line| {
                line.ok()?.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
            })
            .expect("chromedriver says its port");
        let profile = TempDir::new().expect("a temporary folder can be made");
        let profile_argument = format!("--user-data-dir={}", profile.path().display());
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            &profile_argument,
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": { "args": arguments },
            "goog:loggingPrefs": { "browser": "ALL" },
        } } });
        let session = exchange(port, "POST", "/session", Some(&wanted));
        let session =
            session["sessionId"].as_str().unwrap_or_else(|| panic!("no session: {session}")).to_owned();
        Some(Self { driver, port, session, _profile: profile })
    }

    pub fn open(&self, url: &str) {
        self.post("url", &json!({ "url": url }));
    }

    /// What a script gives back.
    pub fn run(&self, script: &str) -> Value {
        self.post("execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Presses a key, by its WebDriver code.
    pub fn press(&self, key: &str) {
        let strokes = [json!({ "type": "keyDown", "value": key }), json!({ "type": "keyUp", "value": key })];
        self.post("actions", &json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] }));
    }

    /// Makes the window so wide, in a colour scheme.
    pub fn look(&self, width: u32, scheme: &str) {
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            &json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false }),
        );
        self.tell(
            "Emulation.setEmulatedMedia",
            &json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] }),
        );
    }

    /// Keeps a picture of the whole page among the artefacts.
    pub fn keep_picture(&self, name: &str) {
        use base64::Engine;

        let taken = self.tell("Page.captureScreenshot", &json!({ "captureBeyondViewport": true }));
        let picture = base64::engine::general_purpose::STANDARD
            .decode(taken["data"].as_str().expect("a picture is text"))
            .expect("the browser answers in time");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
            .parent()
            .expect("it lies in the target folder")
            .join("screenshots");
        std::fs::create_dir_all(&folder).expect("the browser answers in time");
        std::fs::write(folder.join(format!("{name}.png")), picture).expect("the browser answers in time");
    }

    /// What the console said so far.
    pub fn console(&self) -> Vec<Value> {
        self.post("se/log", &json!({ "type": "browser" })).as_array().cloned().unwrap_or_default()
    }

    fn tell(&self, command: &str, parameters: &Value) -> Value {
        self.post("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        exchange(self.port, "POST", &format!("/session/{}/{path}", self.session), Some(body))
    }
}

/// One exchange with the driver; the value it answers.
fn exchange(port: u16, method: &str, path: &str, body: Option<&Value>) -> Value {
    let body = body.map_or_else(String::new, Value::to_string);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the driver listens");
    stream.set_read_timeout(Some(super::PATIENCE)).expect("the browser answers in time");
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).expect("the browser answers in time");
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("the browser answers in time");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("the browser answers in time");
        }
    }
    let mut answer = vec![0; length];
    reader.read_exact(&mut answer).expect("the browser answers in time");
    let mut answer: Value = serde_json::from_slice(&answer).expect("the driver answers JSON");
    let value = answer["value"].take();
    assert!(value.get("error").is_none(), "{method} {path}: {value}");
    value
}
