//! Recorded answers: files of requests, each with what the original answered.
//!
//! `answer` is what the original said; where quire deliberately does something else, `differs` holds quire's answer and the
//! reason. `only` limits what is compared, where the rest is the server's own business (the text of an error page, say).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::server::Server;
use crate::wire::{Answer, Request};

/// Headers about the connection or the moment; never compared.
const IGNORED: [&str; 12] = [
    "date",
    "server",
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "content-encoding",
    "vary",
    "alt-svc",
    "accept-ranges",
    "cf-ray",
    "x-server-env",
];

/// A file of recorded answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recording {
    /// The project's folder, from the root of the checkout.
    pub project: String,
    /// What the original needs on its command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// Whom the answers come from.
    #[serde(default)]
    pub recorded_from: String,
    /// The requests, in the order in which they are sent.
    pub requests: Vec<Recorded>,
}

/// One request and its answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct Recorded {
    /// Method and target, as in `GET /api/time`.
    pub request: String,
    /// Its headers; `{host}` stands for the server's address.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Its body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// What is compared; everything if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<Part>,
    /// Headers that are not compared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// The original's answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Seen>,
    /// Quire's answer, where it is another one on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub differs: Option<Difference>,
}

/// A part of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The status code and, if unusual, its text.
    Status,
    /// All headers but those of the connection.
    Headers,
    /// The body.
    Body,
}

/// What is kept of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The status code.
    pub status: u16,
    /// Its text, where it is not the usual one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The headers, by name; lines of the same name in their order.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Vec<String>>,
    /// The body; `base64:` in front of one that is no text, `sha256:` in front of a long one's digest.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub body: String,
}

/// A deliberate difference.
#[derive(Debug, Serialize, Deserialize)]
pub struct Difference {
    /// Why.
    pub because: String,
    /// What is expected instead.
    pub answer: Seen,
}

impl Recording {
    /// Reads a file.
    pub fn read(path: &Path) -> Recording {
        let text = fs::read_to_string(path)
            .unwrap_or_else(|error| panic!("cannot read `{}`: {error}", path.display()));
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("`{}` is no recording: {error}", path.display()))
    }

    /// Writes a file, a request a line.
    pub fn write(&self, path: &Path) {
        let lines: Vec<String> = self
            .requests
            .iter()
            .map(|request| format!("    {}", json(request)))
            .collect();
        let arguments = match self.arguments.as_slice() {
            [] => String::new(),
            arguments => format!("  \"arguments\": {},\n", json(&arguments)),
        };
        let text = format!(
            "{{\n  \"project\": {},\n{}  \"recorded_from\": {},\n  \"requests\": [\n{}\n  ]\n}}\n",
            json(&self.project),
            arguments,
            json(&self.recorded_from),
            lines.join(",\n")
        );
        fs::write(path, text)
            .unwrap_or_else(|error| panic!("cannot write `{}`: {error}", path.display()));
    }

    /// Sends every request and compares; panics with all differences.
    pub fn check(&self, server: &Server, original: bool) {
        let mut failures = String::new();
        let mut failed = 0;
        for recorded in &self.requests {
            let found = recorded.send(server);
            let wanted = match &recorded.differs {
                Some(difference) if !original => Some(&difference.answer),
                _ => recorded.answer.as_ref(),
            };
            let wanted = wanted.unwrap_or_else(|| {
                panic!(
                    "`{}` has no recorded answer; run `record`",
                    recorded.request
                )
            });
            if let Err(message) = recorded.compare(wanted, &found) {
                failed += 1;
                let _ = writeln!(
                    failures,
                    "{}{}\n{message}",
                    recorded.request,
                    recorded.described_headers()
                );
            }
        }
        let total = self.requests.len();
        assert!(
            failed == 0,
            "{failed} of {total} answers of `{}` are not as recorded:\n\n{failures}",
            self.project
        );
    }
}

impl Recorded {
    /// Sends the request and keeps what matters of the answer.
    pub fn send(&self, server: &Server) -> Seen {
        let (method, target) = self
            .request
            .split_once(' ')
            .unwrap_or_else(|| panic!("`{}` is not `METHOD target`", self.request));
        let mut request = Request::new(method, target);
        let address = server.address().to_string();
        for (name, value) in &self.headers {
            request = request.header(name, &value.replace("{host}", &address));
        }
        if let Some(body) = &self.body {
            request = request.body(body.as_bytes());
        }
        Seen::of(&server.send(request), &address)
    }

    /// Drops what is not compared, so that it is not recorded either.
    pub fn keep_compared(&self, mut seen: Seen) -> Seen {
        for name in &self.except {
            seen.headers.remove(name);
        }
        if !self.compares(Part::Headers) {
            seen.headers.clear();
        }
        if !self.compares(Part::Body) {
            seen.body.clear();
        }
        seen
    }

    fn compares(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    fn compare(&self, wanted: &Seen, found: &Seen) -> Result<(), String> {
        let wanted = self.keep_compared(wanted.clone());
        let found = self.keep_compared(found.clone());
        if wanted == found {
            return Ok(());
        }
        let mut message = String::new();
        let mut differ = |what: &str, wanted: &dyn std::fmt::Debug, found: &dyn std::fmt::Debug| {
            let _ = writeln!(
                message,
                "    {what}: wanted {wanted:?}\n    {:width$}  found  {found:?}",
                "",
                width = what.len()
            );
        };
        if (wanted.status, &wanted.reason) != (found.status, &found.reason) {
            differ(
                "status",
                &(wanted.status, &wanted.reason),
                &(found.status, &found.reason),
            );
        }
        let names: std::collections::BTreeSet<&String> =
            wanted.headers.keys().chain(found.headers.keys()).collect();
        for name in names {
            if wanted.headers.get(name) != found.headers.get(name) {
                differ(name, &wanted.headers.get(name), &found.headers.get(name));
            }
        }
        if wanted.body != found.body {
            differ("body", &wanted.body, &found.body);
        }
        Err(message)
    }

    fn described_headers(&self) -> String {
        self.headers
            .iter()
            .map(|(name, value)| format!("  [{name}: {value}]"))
            .collect()
    }
}

impl Seen {
    /// What is kept of an answer; the server's address becomes `{host}`.
    pub fn of(answer: &Answer, address: &str) -> Seen {
        let usual = http::StatusCode::from_u16(answer.status)
            .ok()
            .and_then(|status| status.canonical_reason());
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in &answer.headers {
            if IGNORED.contains(&name.as_str()) {
                continue;
            }
            let value = value.replace(address, "{host}");
            match headers.entry(name.clone()).or_default() {
                // One line with a list means the same as several lines, except for cookies.
                values if name != "set-cookie" && !values.is_empty() => {
                    values[0] = format!("{}, {value}", values[0])
                }
                values => values.push(value),
            }
        }
        let body = match std::str::from_utf8(&answer.body) {
            _ if answer.body.len() > 4096 => {
                format!("sha256:{}", quire_origin::sha256_hex(&answer.body))
            }
            Ok(text) => text.replace(address, "{host}"),
            Err(_) => format!("base64:{}", STANDARD.encode(&answer.body)),
        };
        let reason = if usual == Some(answer.reason.as_str()) {
            String::new()
        } else {
            answer.reason.clone()
        };
        Seen {
            status: answer.status,
            reason,
            headers,
            body,
        }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("text and numbers can always be written as JSON")
}
