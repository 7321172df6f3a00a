//! Which exports of a function file are handlers, and for which request method.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A request method that a handler can be bound to by its export's name.
///
/// Other methods exist (`TRACE`, ...); only an `onRequest` without suffix receives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `onRequestGet`
    Get,
    /// `onRequestPost`
    Post,
    /// `onRequestPut`
    Put,
    /// `onRequestPatch`
    Patch,
    /// `onRequestDelete`
    Delete,
    /// `onRequestOptions`
    Options,
    /// `onRequestHead`
    Head,
}

impl Method {
    /// The method as it stands in a request line.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
            Method::Head => "HEAD",
        }
    }

    /// The method of a request line, compared exactly; `None` for one that no export can name.
    pub fn from_request(method: &str) -> Option<Method> {
        Some(match method {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            "OPTIONS" => Method::Options,
            "HEAD" => Method::Head,
            _ => return None,
        })
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `Some(method)` when `export` names a handler; the method is `None` for the one that takes them all.
pub(crate) fn handler_method(export: &str) -> Option<Option<Method>> {
    Some(match export {
        "onRequest" => None,
        "onRequestGet" => Some(Method::Get),
        "onRequestPost" => Some(Method::Post),
        "onRequestPut" => Some(Method::Put),
        "onRequestPatch" => Some(Method::Patch),
        "onRequestDelete" => Some(Method::Delete),
        "onRequestOptions" => Some(Method::Options),
        "onRequestHead" => Some(Method::Head),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_eight_names_are_handlers() {
        assert_eq!(handler_method("onRequest"), Some(None));
        assert_eq!(handler_method("onRequestHead"), Some(Some(Method::Head)));
        for other in [
            "onrequest",
            "onRequestFoo",
            "onRequestTrace",
            "onRequestget",
            "default",
            "",
        ] {
            assert_eq!(handler_method(other), None, "{other}");
        }
    }

    #[test]
    fn request_methods_are_compared_exactly() {
        assert_eq!(Method::from_request("GET"), Some(Method::Get));
        assert_eq!(Method::from_request("get"), None);
        assert_eq!(Method::from_request("TRACE"), None);
        assert_eq!(Method::Options.to_string(), "OPTIONS");
    }
}
