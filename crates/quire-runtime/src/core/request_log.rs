//! What a program logs, and how what it logs on behalf of one request is gathered.

use std::sync::Arc;

/// A line that a program logged.
#[derive(Clone, Copy, Debug)]
pub struct LogLine<'a> {
    /// `debug`, `log`, `info`, `warn` or `error`.
    pub level: &'a str,
    /// What is to be shown.
    pub text: &'a str,
    /// Whether a [`RequestLog`] got it too.
    pub is_gathered: bool,
}

/// Gathers what is logged on behalf of a request. It is dropped when the request has ended.
pub trait RequestLog: Send + Sync {
    /// A line: its level, and what the program gave to the console, an array in JSON.
    fn line(&self, level: &str, message: String);
}

/// In a request's extensions: who gathers what is logged on behalf of it.
#[derive(Clone)]
pub struct Logged(pub Arc<dyn RequestLog>);
