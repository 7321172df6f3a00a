//! What a client sees when a function fails.

use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};
use quire_runtime::{Body, Failure, FailureKind};

use super::excerpt::Excerpt;
use super::html::Escaped;

const STYLE: &str = "body{margin:0;padding:3rem 1.5rem;background:#fafafa;color:#1d1d1f;\
    font:16px/1.5 system-ui,sans-serif}main{max-width:56rem;margin:auto}h1{font-size:1.4rem;overflow-wrap:anywhere}\
    h2{font-size:1rem;margin-top:2rem}pre{background:#fff;border:1px solid #ddd;border-radius:6px;padding:1rem;\
    overflow:auto;font:13px/1.6 ui-monospace,monospace}mark{display:inline-block;min-width:100%;background:#ffe3e0}\
    @media(prefers-color-scheme:dark){body{background:#161618;color:#eee}pre{background:#1f1f22;border-color:#333}\
    mark{background:#5c2320;color:inherit}}";

/// Which of the two forms a client is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Text,
}

impl Form {
    /// HTML for those that say they take it, unless it is curl, which takes anything and shows it raw.
    pub(crate) fn wanted(accept: Option<&HeaderValue>, user_agent: Option<&HeaderValue>) -> Self {
        let accept = text(accept);
        let takes_html = ["text/html", "*/*", "text/*"]
            .iter()
            .any(|kind| accept.contains(kind));
        if takes_html && !text(user_agent).contains("curl/") {
            Self::Html
        } else {
            Self::Text
        }
    }
}

fn text(value: Option<&HeaderValue>) -> &str {
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// In development: everything that is known.
pub(crate) fn detailed(failure: &Failure, form: Form, project: Option<&Path>) -> Response<Body> {
    let stack = failure.stack.as_deref().unwrap_or(&failure.message);
    match form {
        Form::Text => response(status(failure.kind), form, stack.to_owned()),
        Form::Html => {
            let excerpt = project.and_then(|project| Excerpt::of(stack, project));
            response(
                status(failure.kind),
                form,
                detailed_page(failure, stack, excerpt.as_ref()),
            )
        }
    }
}

/// In production: a number to find the details in the log by.
pub(crate) fn terse(failure: &Failure, form: Form, id: &str) -> Response<Body> {
    let (code, summary) = summary(failure.kind);
    let page = match form {
        Form::Text => format!("error {code}: {summary}\nid: {id}\n"),
        Form::Html => numbered_page(
            code,
            summary,
            &format!("Whoever runs this site finds the cause in its log under <code>{id}</code>."),
        ),
    };
    response(status(failure.kind), form, page)
}

/// In place of a function when the daily limit is reached.
pub(crate) fn limit_reached(form: Form) -> Response<Body> {
    let summary = "this site has reached its limit of requests for today";
    let page = match form {
        Form::Text => format!("error {LIMIT_CODE}: {summary}\n"),
        Form::Html => numbered_page(LIMIT_CODE, summary, "Come back after midnight UTC."),
    };
    response(StatusCode::TOO_MANY_REQUESTS, form, page)
}

/// A page with a number of the original's. `advice` is HTML.
fn numbered_page(code: u16, summary: &str, advice: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Error {code}</title><style>{STYLE}</style><main><h1>Error {code}</h1>\
         <p>{}.</p><p>{advice}</p></main></html>",
        Escaped(&capitalised(summary)),
    )
}

/// A name for one failure, unlikely to be given twice.
pub(crate) fn new_id() -> String {
    format!("{:016x}", RandomState::new().hash_one(()))
}

/// The original's number for a daily limit that is reached.
const LIMIT_CODE: u16 = 1027;

/// The original's number for a failure, and what it means.
fn summary(kind: FailureKind) -> (u16, &'static str) {
    match kind {
        FailureKind::TimeLimit => (1102, "the function exceeded its CPU time limit"),
        FailureKind::Hung => (1101, "the function can never give a response"),
        _ => (1101, "the function threw an exception"),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .chain(characters)
        .collect()
}

fn detailed_page(failure: &Failure, stack: &str, excerpt: Option<&Excerpt>) -> String {
    let message = Escaped(&failure.message);
    let mut page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>{message}</title><style>{STYLE}</style><main><h1>{message}</h1>",
    );
    // Writing to a String cannot fail.
    if let Some(Excerpt {
        file,
        line,
        column,
        first,
        lines,
    }) = excerpt
    {
        let _ = write!(page, "<h2>{}:{line}:{column}</h2><pre>", Escaped(file));
        for (number, text) in (*first..).zip(lines) {
            let (on, off) = if number == *line {
                ("<mark>", "</mark>")
            } else {
                ("", "")
            };
            let _ = writeln!(page, "{on}{number:>5}  {}{off}", Escaped(text));
        }
        page.push_str("</pre>");
    }
    let _ = write!(
        page,
        "<h2>Stack</h2><pre>{}</pre></main></html>",
        Escaped(stack)
    );
    page
}

fn status(kind: FailureKind) -> StatusCode {
    match kind {
        // Another worker, or this one a moment later, can answer.
        FailureKind::Stopped => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn response(status: StatusCode, form: Form, text: String) -> Response<Body> {
    let mut response = Response::new(Body::full(Bytes::from(text)));
    *response.status_mut() = status;
    let content_type = match form {
        Form::Html => "text/html; charset=utf-8",
        Form::Text => "text/plain; charset=utf-8",
    };
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn browsers_get_html_and_tools_get_text() {
        let wanted = |accept: &'static str, user_agent: &'static str| {
            Form::wanted(
                Some(&HeaderValue::from_static(accept)),
                Some(&HeaderValue::from_static(user_agent)),
            )
        };
        assert_eq!(
            wanted("text/html,application/xhtml+xml", "Mozilla/5.0"),
            Form::Html
        );
        assert_eq!(wanted("*/*", "node"), Form::Html);
        assert_eq!(wanted("*/*", "curl/8.5.0"), Form::Text);
        assert_eq!(wanted("application/json", "Mozilla/5.0"), Form::Text);
        assert_eq!(Form::wanted(None, None), Form::Text);
    }

    #[test]
    fn the_detailed_page_marks_the_line_and_escapes_everything() {
        let excerpt = Excerpt {
            file: "functions/<x>.ts".into(),
            line: 2,
            column: 4,
            first: 1,
            lines: vec!["a < b".into(), "throw 1".into()],
        };
        let failure: Failure = failure("Error: <script>");
        let page = detailed_page(&failure, "Error: <script>\n    at x", Some(&excerpt));
        assert!(page.contains("<mark>    2  throw 1</mark>"), "{page}");
        assert!(
            page.contains("a &lt; b") && page.contains("functions/&lt;x&gt;.ts:2:4"),
            "{page}"
        );
        assert!(!page.contains("<script>"), "{page}");
    }

    #[test]
    fn the_terse_page_tells_no_more_than_the_id() {
        for form in [Form::Html, Form::Text] {
            let response = terse(&failure("Error: secret"), form, "00ff");
            assert_eq!(response.status(), 500);
            assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
        }
    }

    fn failure(message: &str) -> Failure {
        Failure {
            kind: FailureKind::Exception,
            message: message.into(),
            stack: None,
            thrown: None,
            flags: Default::default(),
            processor_time: Default::default(),
        }
    }
}
