//! Which events a viewer wants, by the filters of the original.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::event::{Event, Outcome};

/// What a viewer wants. An event has to pass all that is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    /// Also requests in which no function was involved.
    #[serde(default)]
    pub all: bool,
    /// Which part of the events, between 0 and 1.
    #[serde(default)]
    pub sampling_rate: Option<f64>,
    /// Any of these outcomes; empty for all.
    #[serde(default)]
    pub outcome: Vec<Outcome>,
    /// Any of these methods; empty for all.
    #[serde(default)]
    pub method: Vec<String>,
    /// A header that the request must have.
    #[serde(default)]
    pub header: Option<HeaderFilter>,
    /// Any of these addresses of clients; empty for all.
    #[serde(default)]
    pub client_ip: Vec<String>,
    /// Text that occurs in what the function gave to its console.
    #[serde(default)]
    pub query: Option<String>,
}

/// A header that a request must have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeaderFilter {
    /// Its name.
    pub key: String,
    /// Text that occurs in its value.
    #[serde(default)]
    pub query: Option<String>,
}

/// The header that tells the client's address.
pub(crate) const CLIENT_IP: &str = "cf-connecting-ip";

impl Filter {
    /// Whether an event passes. `chance` is a random number between 0 and 1.
    pub(crate) fn takes(&self, event: &Event, chance: f64) -> bool {
        let request = event.request();
        let any = |wanted: &[String], found: &str| {
            wanted.is_empty() || wanted.iter().any(|one| one.eq_ignore_ascii_case(found))
        };
        let of_request = match request {
            Some(request) => {
                let client = request.headers.get(CLIENT_IP);
                any(&self.method, &request.method)
                    && any(&self.client_ip, client.map_or("", String::as_str))
                    && self.header.as_ref().is_none_or(|header| {
                        let value = request.headers.get(&header.key.to_ascii_lowercase());
                        value.is_some_and(|value| {
                            let query = header.query.as_deref().unwrap_or_default();
                            value.contains(query)
                        })
                    })
            }
            // What is no request passes unless requests of some kind are wanted.
            None => self.method.is_empty() && self.client_ip.is_empty() && self.header.is_none(),
        };
        of_request
            && (self.all || event.is_function)
            && (self.outcome.is_empty() || self.outcome.contains(&event.outcome))
            && self.query.as_ref().is_none_or(|query| {
                let mut messages = event.logs.iter().map(|log| &log.message);
                messages.any(|message| occurs(query, message))
            })
            && self.sampling_rate.is_none_or(|rate| chance < rate)
    }
}

fn occurs(text: &str, value: &Value) -> bool {
    match value {
        Value::String(found) => found.contains(text),
        Value::Array(values) => values.iter().any(|value| occurs(text, value)),
        other => other.to_string().contains(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::event::{LogMessage, RequestEvent, Seen};
    use super::*;

    fn event() -> Event {
        let headers = [("x-a", "one two"), (CLIENT_IP, "10.0.0.1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Event {
            event: Some(Seen::Request {
                request: RequestEvent {
                    url: "http://h/".to_owned(),
                    method: "POST".to_owned(),
                    headers: headers.into(),
                    cf: Default::default(),
                },
                response: None,
            }),
            logs: vec![LogMessage {
                message: json!(["found it", { "deep": ["word"] }]),
                level: "log".to_owned(),
                timestamp: 0,
            }],
            ..Event::new("p".to_owned(), 0)
        }
    }

    fn takes(filter: Filter) -> bool {
        filter.takes(&event(), 0.5)
    }

    #[test]
    fn each_filter_decides() {
        let header = |key: &str, query: Option<&str>| Filter {
            header: Some(HeaderFilter {
                key: key.to_owned(),
                query: query.map(str::to_owned),
            }),
            ..Filter::default()
        };
        let method = |method: &str| Filter {
            method: vec!["PUT".to_owned(), method.to_owned()],
            ..Filter::default()
        };
        let query = |query: &str| Filter {
            query: Some(query.to_owned()),
            ..Filter::default()
        };
        let sampled = |rate| Filter {
            sampling_rate: Some(rate),
            ..Filter::default()
        };
        let outcome = |outcome| Filter {
            outcome: vec![outcome],
            ..Filter::default()
        };
        let client = |ip: &str| Filter {
            client_ip: vec![ip.to_owned()],
            ..Filter::default()
        };
        for filter in [
            Filter::default(),
            header("X-A", None),
            header("x-a", Some("two")),
            method("post"),
            query("found"),
            query("word"),
            sampled(0.6),
            outcome(Outcome::Ok),
            client("10.0.0.1"),
        ] {
            assert!(takes(filter.clone()), "{filter:?}");
        }
        for filter in [
            header("x-b", None),
            header("x-a", Some("three")),
            method("get"),
            query("lost"),
            sampled(0.4),
            outcome(Outcome::Exception),
            client("10.0.0.2"),
        ] {
            assert!(!takes(filter.clone()), "{filter:?}");
        }
    }

    #[test]
    fn requests_without_functions_are_for_those_who_want_all() {
        let mut event = event();
        event.is_function = false;
        assert!(!Filter::default().takes(&event, 0.0));
        let all = Filter {
            all: true,
            ..Filter::default()
        };
        assert!(all.takes(&event, 0.0));
    }
}
