//! What viewers are told, in the shape of the original's events.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A request that is over, or something else that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// How it ended.
    pub outcome: Outcome,
    /// The program: the project's name, or that of a service.
    pub script_name: String,
    /// Always empty; those who read the original's events expect it.
    #[serde(default)]
    pub diagnostics_channel_events: Vec<Value>,
    /// What the function threw.
    pub exceptions: Vec<Exception>,
    /// What the function gave to its console.
    pub logs: Vec<LogMessage>,
    /// When it began, in milliseconds since 1970.
    pub event_timestamp: u64,
    /// What it was; `None` for console output outside of requests.
    pub event: Option<Seen>,
    /// Whether the logs were too long and are cut off.
    pub truncated: bool,
    /// Processor time of the function, in milliseconds.
    pub cpu_time: u64,
    /// Elapsed time, in milliseconds.
    pub wall_time: u64,
    /// The route that answered; `static` for a static file.
    pub route: String,
    /// Whether a function was involved: the others are only for viewers that want all.
    pub is_function: bool,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// With an answer.
    Ok,
    /// The client left.
    Canceled,
    /// The function threw, or can never answer.
    Exception,
    /// The function used more processor time than it may.
    ExceededCpu,
    /// Something else went wrong.
    Unknown,
}

/// What an event is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Seen {
    /// A request.
    Request {
        /// What was asked.
        request: RequestEvent,
        /// The answer, if there was one.
        response: Option<ResponseEvent>,
    },
    /// News about the viewer itself.
    Notice(Notice),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestEvent {
    /// The whole URL.
    pub url: String,
    /// The method.
    pub method: String,
    /// The headers; values that may be secret read `REDACTED`.
    pub headers: BTreeMap<String, String>,
    /// Always empty.
    #[serde(default)]
    pub cf: BTreeMap<String, Value>,
}

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseEvent {
    /// Its status.
    pub status: u16,
}

/// News about the viewer itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// `overload`: events were left out.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, for people.
    pub message: String,
}

/// Something that was thrown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// `TypeError`
    pub name: String,
    /// Its message.
    pub message: String,
    /// Where, below the message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// When, in milliseconds since 1970.
    pub timestamp: u64,
}

/// A call of the console.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogMessage {
    /// What it was called with.
    pub message: Value,
    /// `log`, `warn`, …
    pub level: String,
    /// When, in milliseconds since 1970.
    pub timestamp: u64,
}

impl Event {
    /// Something of a program that began at a time.
    pub(crate) fn new(script_name: String, event_timestamp: u64) -> Self {
        Self {
            outcome: Outcome::Ok,
            script_name,
            diagnostics_channel_events: Vec::new(),
            exceptions: Vec::new(),
            logs: Vec::new(),
            event_timestamp,
            event: None,
            truncated: false,
            cpu_time: 0,
            wall_time: 0,
            route: String::new(),
            is_function: true,
        }
    }

    /// Tells a viewer that events were left out.
    pub(crate) fn overload(lost: u64, event_timestamp: u64) -> Self {
        let message =
            format!("{lost} events were left out: there were more than could be passed on");
        let kind = "overload".to_owned();
        Self {
            event: Some(Seen::Notice(Notice { kind, message })),
            ..Self::new(String::new(), event_timestamp)
        }
    }

    pub(crate) fn request(&self) -> Option<&RequestEvent> {
        match &self.event {
            Some(Seen::Request { request, .. }) => Some(request),
            _ => None,
        }
    }
}
