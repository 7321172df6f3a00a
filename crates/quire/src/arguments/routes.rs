//! `quire routes`.

use clap::Args;

use super::ProjectArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  quire routes
  quire routes --explain 'GET /api/todos/1'
  quire routes --explain /about --json";

#[derive(Debug, Clone, Args)]
pub struct RoutesArguments {
    #[command(flatten)]
    pub project: ProjectArguments,

    /// Tell what becomes of a request, and why
    #[arg(long, value_name = "'METHOD /PATH'", value_parser = asked_request)]
    pub explain: Option<AskedRequest>,

    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// A request to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRequest {
    pub method: String,
    /// Raw, as the server sees it: without query, dot segments resolved.
    pub pathname: String,
}

fn asked_request(text: &str) -> Result<AskedRequest, String> {
    let form = || "write a method and a path, such as `GET /api/todos/1`".to_owned();
    let text = text.trim();
    let (method, target) = text
        .split_once(char::is_whitespace)
        .unwrap_or(("GET", text));
    let target = target.trim_start();
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if !method.bytes().all(is_token) {
        return Err(form());
    }
    // Concatenation rather than `Url::join`: `//x` must stay a path.
    let address = if target.starts_with('/') {
        format!("http://host{target}")
    } else {
        target.to_owned()
    };
    let url = url::Url::parse(&address).map_err(|_| form())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(form());
    }
    Ok(AskedRequest {
        method: method.to_owned(),
        pathname: url.path().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn requests_to_explain() {
        for (text, method, pathname) in [
            ("GET /a/b", "GET", "/a/b"),
            ("/a", "GET", "/a"),
            ("POST  /a?b=c#d", "POST", "/a"),
            ("GET //a/./b/../c", "GET", "//a/c"),
            ("PURGE https://example.com/a%20b", "PURGE", "/a%20b"),
            ("GET /a b", "GET", "/a%20b"),
        ] {
            let asked = asked_request(text).unwrap();
            assert_eq!(
                (asked.method.as_str(), asked.pathname.as_str()),
                (method, pathname),
                "{text}"
            );
        }
        for text in ["", "nonsense", "GET", "GET a", "G(T /a", "GET ftp://x/a"] {
            assert!(asked_request(text).is_err(), "{text}");
        }
    }
}
