//! What JavaScript threw, or is made to throw.

use crate::Value;
use std::fmt;

/// A thrown value, or the engine's stop at the execution time limit.
#[derive(Clone, Debug)]
pub struct Exception {
    value: Value,
    terminated: bool,
}

impl Exception {
    pub(crate) fn new(value: Value, terminated: bool) -> Self {
        Self { value, terminated }
    }

    /// The thrown value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Whether the script was stopped by [`Context::set_time_limit`](crate::Context::set_time_limit)
    /// rather than by throwing.
    pub fn is_termination(&self) -> bool {
        self.terminated
    }

    /// The `stack` property of a thrown error, one `function@script:line:column` a line.
    pub fn stack(&self) -> Option<String> {
        let stack = self.value.get("stack").ok()?;
        stack.is_string().then(|| stack.to_text().ok()).flatten()
    }
}

impl From<Value> for Exception {
    fn from(value: Value) -> Self {
        Self::new(value, false)
    }
}

/// `String(value)` of what was thrown: for an error, its name and message.
impl fmt::Display for Exception {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value.to_text() {
            Ok(text) => formatter.write_str(&text),
            Err(_) => formatter.write_str("a value that cannot be turned into text was thrown"),
        }
    }
}

impl std::error::Error for Exception {}
