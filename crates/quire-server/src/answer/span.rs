//! A request as those who follow the server are told of it, from its arrival until nothing of it runs any more.
//!
//! Both the server and the runtime hold on to it, the latter for what the program logs, also in work given to `waitUntil`. The event is
//! sent when both have let go.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::HOST;
use http::{Request, StatusCode};
use quire_runtime::{Failure, FailureKind, RequestLog};
use serde_json::{Value, json};

use super::tap::Pipe;
use crate::tail::{
    CLIENT_IP, Event, Exception, LogMessage, Outcome, RequestEvent, ResponseEvent, Seen,
};

/// What a request may log, as on the original.
const LOG_BYTES_MAX: usize = 128 * 1024;

/// Parts of the names of headers whose values may be secret.
const SECRET: [&str; 6] = ["auth", "cookie", "jwt", "key", "secret", "token"];

/// See the module's text.
#[derive(Debug)]
pub(crate) struct Span {
    state: Mutex<State>,
    pipe: Pipe,
}

#[derive(Debug)]
struct State {
    /// `None` once it was sent.
    event: Option<Event>,
    log_bytes: usize,
}

impl Span {
    pub(crate) fn new<B>(
        request: &Request<B>,
        client: IpAddr,
        is_encrypted: bool,
        script_name: &str,
        pipe: Pipe,
    ) -> Arc<Self> {
        let mut headers = BTreeMap::new();
        for name in request.headers().keys() {
            let values: Vec<_> = (request.headers().get_all(name).iter())
                .map(|value| String::from_utf8_lossy(value.as_bytes()))
                .collect();
            let is_secret = SECRET.iter().any(|part| name.as_str().contains(part));
            let shown = match is_secret {
                true => "REDACTED".to_owned(),
                false => values.join(", "),
            };
            headers.insert(name.as_str().to_owned(), shown);
        }
        headers.insert(CLIENT_IP.to_owned(), client.to_string());
        let uri = request.uri();
        let host = match uri.authority() {
            Some(authority) => authority.as_str(),
            None => (request.headers().get(HOST))
                .and_then(|host| host.to_str().ok())
                .unwrap_or("localhost"),
        };
        let scheme = if is_encrypted { "https" } else { "http" };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let mut event = Event::new(script_name.to_owned(), now());
        event.event = Some(Seen::Request {
            request: RequestEvent {
                url: format!("{scheme}://{host}{path}"),
                method: request.method().as_str().to_owned(),
                headers,
                cf: BTreeMap::new(),
            },
            response: None,
        });
        Arc::new(Self {
            state: Mutex::new(State {
                event: Some(event),
                log_bytes: 0,
            }),
            pipe,
        })
    }

    /// The function failed.
    pub(crate) fn failed(&self, failure: &Failure) {
        self.change(|event| {
            event.outcome = match failure.kind {
                FailureKind::TimeLimit => Outcome::ExceededCpu,
                FailureKind::Exception | FailureKind::Hung | FailureKind::Asset => {
                    Outcome::Exception
                }
                _ => Outcome::Unknown,
            };
            let (name, message) = named(&failure.message);
            let stack = failure.stack.as_deref();
            event.exceptions.push(Exception {
                name: name.to_owned(),
                message: message.to_owned(),
                stack: stack.and_then(|stack| Some(stack.split_once('\n')?.1.to_owned())),
                timestamp: now(),
            });
        });
    }

    /// The answer was sent, or the client has gone.
    pub(crate) fn finished(
        &self,
        status: Option<StatusCode>,
        is_complete: bool,
        route: &str,
        is_function: bool,
        processor: Duration,
        duration: Duration,
    ) {
        self.change(|event| {
            if !is_complete && event.outcome == Outcome::Ok {
                event.outcome = Outcome::Canceled;
            }
            if let Some(Seen::Request { response, .. }) = &mut event.event {
                *response = status.map(|status| ResponseEvent {
                    status: status.as_u16(),
                });
            }
            event.route = route.to_owned();
            event.is_function = is_function;
            event.cpu_time = milliseconds(processor);
            event.wall_time = milliseconds(duration);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Event)) {
        if let Some(event) = &mut self.state().event {
            change(event);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RequestLog for Span {
    fn line(&self, level: &str, message: String) {
        let mut state = self.state();
        state.log_bytes += message.len();
        let is_too_long = state.log_bytes > LOG_BYTES_MAX;
        let Some(event) = &mut state.event else {
            return;
        };
        if is_too_long {
            event.truncated = true;
            return;
        }
        event.logs.push(log_message(level, &message));
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        let event = self.state().event.take();
        if let Some(event) = event {
            self.pipe.send(event);
        }
    }
}

/// Console output that belongs to no request.
pub(crate) fn stray(script_name: &str, level: &str, text: &str) -> Event {
    let mut event = Event::new(script_name.to_owned(), now());
    event
        .logs
        .push(log_message(level, &json!([text]).to_string()));
    event
}

fn log_message(level: &str, message: &str) -> LogMessage {
    LogMessage {
        message: serde_json::from_str(message).unwrap_or_else(|_| Value::from(message)),
        level: level.to_owned(),
        timestamp: now(),
    }
}

/// `TypeError: it failed` in its two parts; what has no name is an `Error`.
fn named(message: &str) -> (&str, &str) {
    let parts = message.split_once(": ");
    let is_name = |name: &str| {
        !name.contains(char::is_whitespace)
            && (name.ends_with("Error") || name.ends_with("Exception"))
    };
    parts
        .filter(|(name, _)| is_name(name))
        .unwrap_or(("Error", message))
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn now() -> u64 {
    milliseconds(
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::tap::Tap;
    use super::*;

    #[test]
    fn what_was_thrown_has_a_name() {
        assert_eq!(named("TypeError: a: b"), ("TypeError", "a: b"));
        assert_eq!(named("it failed: badly"), ("Error", "it failed: badly"));
        assert_eq!(named("the Error: x"), ("Error", "the Error: x"));
        assert_eq!(named("plain"), ("Error", "plain"));
    }

    #[tokio::test]
    async fn headers_that_may_be_secret_are_not_shown_and_long_logs_are_cut_off() {
        tokio::task::LocalSet::new()
            .run_until(async {
                let tap = Tap::new(std::env::temp_dir());
                assert!(tap.pipe().is_none());
                tap.open(true);
                let request = Request::get("/a?b")
                    .header("host", "h")
                    .header("cookie", "1")
                    .header("X-Api-Key", "2")
                    .header("accept", "3")
                    .body(())
                    .unwrap();
                let client = "10.0.0.1".parse().unwrap();
                let span = Span::new(&request, client, false, "p", tap.pipe().unwrap());
                span.line("log", json!(["x".repeat(LOG_BYTES_MAX)]).to_string());
                span.line("log", json!(["y"]).to_string());
                let event = span.state().event.take().unwrap();
                assert!(event.truncated && event.logs.is_empty());
                let request = event.request().unwrap();
                assert_eq!(request.url, "http://h/a?b");
                let shown = |name: &str| request.headers[name].as_str();
                assert_eq!([shown("cookie"), shown("x-api-key")], ["REDACTED"; 2]);
                assert_eq!([shown("accept"), shown(CLIENT_IP)], ["3", "10.0.0.1"]);
            })
            .await;
    }
}
