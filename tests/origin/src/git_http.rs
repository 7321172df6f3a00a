//! Git's smart HTTP protocol, by running `git http-backend` as CGI (RFC 3875).
//!
//! The request's body flows into the program while its output flows back, so that neither a clone nor a push is ever held in
//! memory. Compressed request bodies and both protocol versions are the program's business: it gets the headers.

use std::io;
use std::path::Path;
use std::process::Stdio;

use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Incoming;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout};

use crate::body::{Answer, text};
use crate::dispatch::Service;
use crate::repositories::{command, create_repository, is_repository_name};

const PIECE: usize = 64 * 1024;
const LONGEST_HEAD: usize = 64 * 1024;

/// Answers a request below `/{repository}/`.
pub(crate) async fn answer(
    service: &Service,
    repository: &str,
    request: Request<Incoming>,
) -> Answer {
    if !is_repository_name(repository) {
        return text(
            StatusCode::NOT_FOUND,
            format!("`{repository}` is no repository name"),
        );
    }
    if !service.layout.repositories().join(repository).is_dir() {
        if !is_push(&request) {
            return text(
                StatusCode::NOT_FOUND,
                format!("there is no repository `{repository}`; the first push creates it"),
            );
        }
        let _one_at_a_time = service.creating.lock().await;
        if let Err(error) = create_repository(&service.layout, repository).await {
            return text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string());
        }
    }
    match run(&service.layout.repositories(), request).await {
        Ok(answer) => answer,
        Err(error) => text(
            StatusCode::BAD_GATEWAY,
            format!("`git http-backend` gave no answer: {error}"),
        ),
    }
}

fn is_push(request: &Request<Incoming>) -> bool {
    request.uri().path().ends_with("/git-receive-pack")
        || request.uri().query().is_some_and(|query| {
            query
                .split('&')
                .any(|pair| pair == "service=git-receive-pack")
        })
}

async fn run(root: &Path, request: Request<Incoming>) -> io::Result<Answer> {
    let (parts, body) = request.into_parts();
    let mut command = command();
    command
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GATEWAY_INTERFACE", "CGI/1.1")
        .env("SERVER_PROTOCOL", "HTTP/1.1")
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default());
    for (name, variable) in [
        (header::CONTENT_TYPE, "CONTENT_TYPE"),
        (header::CONTENT_LENGTH, "CONTENT_LENGTH"),
        (header::CONTENT_ENCODING, "HTTP_CONTENT_ENCODING"),
        (HeaderName::from_static("git-protocol"), "GIT_PROTOCOL"),
    ] {
        if let Some(value) = parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
        {
            command.env(variable, value);
        }
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()?;
    let (Some(stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("its input and output are not pipes"));
    };
    tokio::spawn(feed(body, stdin));

    let mut output = BytesMut::with_capacity(PIECE);
    let (mut answer, rest) = loop {
        if let Some((answer, length)) = parse_head(&output)? {
            break (answer, output.split_off(length).freeze());
        }
        if output.len() > LONGEST_HEAD {
            return Err(io::Error::other("its headers never end"));
        }
        if stdout.read_buf(&mut output).await? == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "it ended before its headers did",
            ));
        }
    };
    *answer.body_mut() = StreamBody::new(stream::try_unfold(
        Output {
            rest,
            stdout,
            _child: child,
        },
        next_piece,
    ))
    .boxed_unsync();
    Ok(answer)
}

/// Moves the request's body into the program. When the program stops reading (it has refused), the rest is not wanted.
async fn feed(mut body: Incoming, mut stdin: ChildStdin) {
    while let Some(Ok(frame)) = body.frame().await {
        if let Some(data) = frame.data_ref()
            && stdin.write_all(data).await.is_err()
        {
            return;
        }
    }
    // Closing tells the program that the body is complete; it closes on drop all the same.
    let _ = stdin.shutdown().await;
}

/// The output after the headers. Dropping it, as when the client goes away, ends the program.
struct Output {
    rest: Bytes,
    stdout: ChildStdout,
    _child: Child,
}

async fn next_piece(mut output: Output) -> io::Result<Option<(Frame<Bytes>, Output)>> {
    if !output.rest.is_empty() {
        let rest = std::mem::take(&mut output.rest);
        return Ok(Some((Frame::data(rest), output)));
    }
    let mut piece = BytesMut::with_capacity(PIECE);
    match output.stdout.read_buf(&mut piece).await? {
        0 => Ok(None),
        _ => Ok(Some((Frame::data(piece.freeze()), output))),
    }
}

/// Reads CGI headers up to the empty line; gives the answer without its body, and the headers' length in bytes.
fn parse_head(output: &[u8]) -> io::Result<Option<(Answer, usize)>> {
    let mut answer = Response::new(crate::body::full(Bytes::new()));
    let mut position = 0;
    while let Some(end) = output[position..].iter().position(|byte| *byte == b'\n') {
        let line = &output[position..position + end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        position += end + 1;
        if line.is_empty() {
            return Ok(Some((answer, position)));
        }
        let invalid = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("bad header line `{}`", String::from_utf8_lossy(line)),
            )
        };
        let colon = line
            .iter()
            .position(|byte| *byte == b':')
            .ok_or_else(invalid)?;
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"status") {
            let code = value
                .get(..3)
                .and_then(|code| StatusCode::from_bytes(code).ok());
            *answer.status_mut() = code.ok_or_else(invalid)?;
        } else {
            let name = HeaderName::from_bytes(name).map_err(|_| invalid())?;
            answer
                .headers_mut()
                .append(name, HeaderValue::from_bytes(value).map_err(|_| invalid())?);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use http::{StatusCode, header};

    use super::parse_head;

    #[test]
    fn reads_the_head_of_a_cgi_answer() {
        let (answer, length) =
            parse_head(b"Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\nbody")
                .unwrap()
                .unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/plain");
        assert_eq!(
            length,
            "Status: 404 Not Found\r\nContent-Type: text/plain\r\n\r\n".len()
        );
    }

    #[test]
    fn waits_for_the_whole_head_and_refuses_garbage() {
        assert!(
            parse_head(b"Content-Type: text/plain\r\n")
                .unwrap()
                .is_none()
        );
        assert!(parse_head(b"garbage\n\n").is_err());
        assert!(parse_head(b"Status: x\n\n").is_err());
    }
}
