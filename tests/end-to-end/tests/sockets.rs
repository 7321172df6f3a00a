//! `cloudflare:sockets`, against servers of the test's own.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};

use quire_end_to_end::{Command, Server, fixture};
use serde_json::json;

/// Answers every byte of every connection with itself.
fn echo_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut buffer = [0; 16 * 1024];
                while let Ok(length @ 1..) = stream.read(&mut buffer) {
                    if stream.write_all(&buffer[..length]).is_err() {
                        break;
                    }
                }
            });
        }
    });
    address
}

fn ask(server: &Server, what: &str) -> serde_json::Value {
    let port = echo_server().port();
    let answer = server.get(&format!("/tcp?what={what}&port={port}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn connections_read_and_write_and_close() {
    let server = Command::dev(fixture("websockets")).start();
    assert_eq!(
        ask(&server, "echo"),
        json!(["off false", true, "hello", "", "closed"])
    );
    assert_eq!(ask(&server, "large"), json!([4 * 1024 * 1024]));
    assert_eq!(ask(&server, "close"), json!(["closed", true]));
    server.stop();
}

#[test]
fn a_connection_can_be_the_body_of_a_response() {
    let server = Command::dev(fixture("websockets")).start();
    let port = echo_server().port();
    assert_eq!(
        server.get(&format!("/tcp?what=body&port={port}")).text(),
        "as it came"
    );
    server.stop();
}

#[test]
fn failures_and_mistakes_are_worded_as_on_the_original() {
    let server = Command::dev(fixture("websockets")).start();
    let failure = "Error: proxy request failed, cannot connect to the specified address";
    assert_eq!(ask(&server, "refused"), json!([failure, failure, failure]));
    assert_eq!(
        ask(&server, "mistakes"),
        json!([
            "TypeError: Specified address is missing port.",
            "TypeError: Specified address could not be parsed.",
            "TypeError: Specified address is empty string, contains unsupported characters or is too long.",
            "TypeError: Unsupported value in secureTransport socket option: yes",
            "TypeError: The `secureTransport` socket option must be set to 'starttls' for startTls to be used."
        ])
    );
    server.stop();
}
