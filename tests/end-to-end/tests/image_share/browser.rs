//! A headless Chromium, driven by its DevTools protocol: https://chromedevtools.github.io/devtools-protocol/

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

const PROGRAM: &str = "/usr/bin/chromium";
const PATIENCE: Duration = Duration::from_secs(60);

/// A page in a browser of its own, which ends when this is dropped.
pub struct Browser {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: Value,
    sent: u64,
    _profile: TempDir,
}

impl Browser {
    /// Opens a page; `None`, and a word about it, if there is no Chromium.
    pub fn open(url: &str) -> Option<Browser> {
        if !Path::new(PROGRAM).exists() {
            eprintln!("skipped: there is no {PROGRAM}");
            return None;
        }
        let profile = tempfile::tempdir().expect("a folder can be made");
        let mut process = Command::new(PROGRAM)
            .args(["--headless=new", "--no-sandbox", "--disable-gpu"])
            .args(["--no-first-run", "--remote-debugging-port=0"])
            .arg("--window-size=1100,800")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the browser starts");
        let output = BufReader::new(process.stderr.take().expect("it is piped"));
        let mut lines = output.lines().map_while(Result::ok);
        let address = lines
            .find_map(|line| {
                line.split_once("DevTools listening on ")
                    .map(|(_, url)| url.to_owned())
            })
            .expect("the browser says where it listens");
        // It must never wait for somebody to read what else it says.
        std::thread::spawn(move || lines.for_each(drop));
        let host = address
            .strip_prefix("ws://")
            .and_then(|rest| rest.split('/').next());
        let stream = TcpStream::connect(host.expect("an address")).expect("it listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("sockets have timeouts");
        let (socket, _) = tungstenite::client(&address, stream).expect("it speaks WebSocket");
        let mut browser = Browser {
            process,
            socket,
            session: Value::Null,
            sent: 0,
            _profile: profile,
        };
        let target = browser.call("Target.createTarget", json!({ "url": url }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        browser.session = browser.call("Target.attachToTarget", attach)["sessionId"].clone();
        Some(browser)
    }

    /// What a JavaScript expression is in the page, once its promise settles.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let found = self.try_evaluate(expression);
        found.unwrap_or_else(|error| panic!("{expression}\n{error:#}"))
    }

    /// Waits until a JavaScript expression is true in the page, also while it is loaded.
    pub fn wait_for(&mut self, expression: &str) {
        let begun = Instant::now();
        let asked = format!("(async () => Boolean({expression}))()");
        loop {
            let found = self.try_evaluate(&asked);
            if found == Ok(Value::Bool(true)) {
                return;
            }
            if begun.elapsed() > PATIENCE {
                let page = self.evaluate("document.documentElement.outerHTML");
                panic!("never: {expression}\n{found:?}\n{page}");
            }
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    /// An exception, or a page that goes away meanwhile, is an error.
    fn try_evaluate(&mut self, expression: &str) -> Result<Value, Value> {
        let parameters =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.try_call("Runtime.evaluate", parameters)?;
        match answer.get("exceptionDetails") {
            Some(exception) => Err(exception.clone()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// A picture of the page, as a PNG file.
    pub fn screenshot(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", json!({ "format": "png" }));
        let data = answer["data"].as_str().expect("a picture");
        STANDARD.decode(data).expect("it is Base64")
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        let answer = self.try_call(method, parameters);
        answer.unwrap_or_else(|error| panic!("{method}: {error:#}"))
    }

    fn try_call(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": parameters });
        if !self.session.is_null() {
            message["sessionId"] = self.session.clone();
        }
        let message = Message::text(message.to_string());
        self.socket.send(message).expect("the browser listens");
        loop {
            let Message::Text(text) = self.socket.read().expect("the browser answers") else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text).expect("it speaks JSON");
            if answer["id"] == self.sent {
                return match answer.get("error") {
                    Some(error) => Err(error.clone()),
                    None => Ok(answer["result"].clone()),
                };
            }
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Nothing is to be killed if it has ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
