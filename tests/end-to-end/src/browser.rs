//! Chromium without a window, driven by chromedriver (W3C WebDriver).

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::ports::free_port;
use crate::wire::Request;

/// No single step takes longer, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with one page; it ends when this is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
}

impl Browser {
    /// Starts one; `None`, said on the standard error, where none is installed.
    pub fn start() -> Option<Browser> {
        let (chromium, driver) = (Path::new("/usr/bin/chromium"), "/usr/bin/chromedriver");
        if !chromium.exists() || !Path::new(driver).exists() {
            eprintln!("skipped: Chromium with chromedriver is not installed");
            return None;
        }
        let port = free_port();
        let driver = Command::new(driver)
            .arg(format!("--port={port}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver starts");
        let mut browser = Browser {
            driver,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            session: String::new(),
        };
        let begun = Instant::now();
        while std::net::TcpStream::connect(browser.address).is_err() {
            assert!(begun.elapsed() < PATIENCE, "chromedriver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--window-size=1000,800",
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "goog:chromeOptions": { "binary": chromium, "args": arguments },
        } } });
        let created = browser.ask("POST", "/session", Some(wanted));
        let session = created["sessionId"].as_str().expect("a session has an id");
        browser.session = session.to_owned();
        Some(browser)
    }

    /// Opens a page and waits until it is loaded.
    pub fn open(&self, url: &str) {
        self.command("POST", "/url", Some(json!({ "url": url })));
    }

    /// The value of an expression of JavaScript in the page, once its promise settles if it is one.
    pub fn evaluate(&self, expression: &str) -> Value {
        let script = json!({ "script": format!("return {expression};"), "args": [] });
        self.command("POST", "/execute/sync", Some(script))
    }

    /// Waits until an expression, which may await something, is true; panics with the page's text if it never is.
    pub fn wait_until(&self, condition: &str) {
        let begun = Instant::now();
        let asked = format!("(async () => Boolean({condition}))()");
        // While a page loads again there is nothing to ask.
        while self.evaluate(&asked) != Value::Bool(true) {
            assert!(
                begun.elapsed() < PATIENCE,
                "`{condition}` never was true; the page says: {}",
                self.evaluate("document.documentElement.outerHTML")
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Writes what the page looks like to a file (PNG).
    pub fn screenshot(&self, file: &Path) {
        let image = self.command("GET", "/screenshot", None);
        let image = image.as_str().expect("a screenshot is text in Base64");
        let image = BASE64.decode(image).expect("a screenshot is Base64");
        std::fs::write(file, image).expect("a screenshot can be written");
    }

    fn command(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        self.ask(method, &format!("/session/{}{path}", self.session), body)
    }

    fn ask(&self, method: &str, target: &str, body: Option<Value>) -> Value {
        let mut request = Request::new(method, target).patience(PATIENCE);
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = request
            .send(self.address)
            .unwrap_or_else(|error| panic!("chromedriver does not answer {target}: {error}"));
        let text = answer.text();
        let answer: Value = serde_json::from_str(&text).unwrap_or_default();
        let value = answer["value"].clone();
        let is_loading =
            value["error"] == "javascript error" || value["error"] == "stale element reference";
        assert!(
            value["error"].is_null() || is_loading,
            "chromedriver cannot do {target}: {text}"
        );
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let target = format!("/session/{}", self.session);
            let _ = Request::new("DELETE", &target)
                .patience(PATIENCE)
                .send(self.address);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
