//! WebSockets between real clients, functions and other servers.
#![allow(clippy::unwrap_used)]

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use quire_end_to_end::memory::{process_tree, resident};
use quire_end_to_end::{Command, Project, Request, Server, fixture};
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Message, WebSocket};

/// No answer takes longer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

type Client = WebSocket<TcpStream>;

fn server() -> Server {
    Command::dev(fixture("websockets")).start()
}

fn stream(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn connect(server: &Server, path: &str) -> Client {
    let url = format!("ws://{}{path}", server.address());
    let (client, response) = tungstenite::client(url, stream(server)).unwrap();
    assert_eq!(response.status(), 101);
    client
}

fn text(client: &mut Client) -> String {
    match client.read().unwrap() {
        Message::Text(text) => text.to_string(),
        other => panic!("a text was expected, not {other:?}"),
    }
}

/// Reads until the other side's `Close`.
fn closed(client: &mut Client) -> Option<(u16, String)> {
    loop {
        match client.read() {
            Ok(Message::Close(close)) => {
                return close.map(|close| (close.code.into(), close.reason.to_string()));
            }
            Ok(_) => {}
            Err(error) => panic!("the connection ended without a Close: {error}"),
        }
    }
}

/// What the function noted of the events of its socket.
fn events(server: &Server, mark: &str) -> serde_json::Value {
    server.get(&format!("/events?mark={mark}")).json()
}

/// The events, once there are as many.
fn events_of(server: &Server, mark: &str, count: usize) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let noted: Vec<String> = serde_json::from_value(events(server, mark)).unwrap();
        if noted.len() >= count || begun.elapsed() > PATIENCE {
            return noted;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A socket below the library: bytes in, bytes out.
struct Raw(TcpStream);

impl Raw {
    fn open(server: &Server, headers: &str) -> Raw {
        let mut stream = stream(server);
        let host = server.address();
        write!(
            stream,
            "GET /echo?mark=raw HTTP/1.1\r\nHost: {host}\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        )
        .unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap().to_lowercase();
        assert!(head.starts_with("http/1.1 101 "), "{head}");
        assert!(
            head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="),
            "{head}"
        );
        assert_eq!(
            head.contains("sec-websocket-extensions: permessage-deflate"),
            headers.contains("permessage-deflate"),
            "{head}"
        );
        Raw(stream)
    }

    /// Sends a masked frame; `first` is its first byte.
    fn send(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first, 0x80 | payload.len() as u8, 0, 0, 0, 0];
        assert!(payload.len() < 126);
        frame.extend(payload);
        self.0.write_all(&frame).unwrap();
    }

    /// First byte and payload of the next frame.
    fn frame(&mut self) -> (u8, Vec<u8>) {
        let mut head = [0; 2];
        self.0.read_exact(&mut head).unwrap();
        let length = match head[1] {
            126 => {
                let mut length = [0; 2];
                self.0.read_exact(&mut length).unwrap();
                usize::from(u16::from_be_bytes(length))
            }
            length => usize::from(length),
        };
        let mut payload = vec![0; length];
        self.0.read_exact(&mut payload).unwrap();
        (head[0], payload)
    }

    fn close_code(&mut self) -> u16 {
        let (first, payload) = self.frame();
        assert_eq!(first, 0x88, "a Close was expected");
        u16::from_be_bytes([payload[0], payload[1]])
    }

    fn is_at_end(&mut self) -> bool {
        let mut byte = [0];
        match self.0.read(&mut byte) {
            Ok(length) => length == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

#[test]
fn texts_and_bytes_go_both_ways() {
    let server = server();
    let mut client = connect(&server, "/echo?mark=both");
    for length in [0, 5, 200, 70_000, 3_000_000] {
        let sent = "ä".repeat(length);
        client.send(Message::text(sent.clone())).unwrap();
        assert_eq!(text(&mut client), sent);
        let sent: Vec<u8> = (0..length).map(|index| index as u8).collect();
        client.send(Message::binary(sent.clone())).unwrap();
        assert_eq!(client.read().unwrap(), Message::binary(sent));
    }
    client.send(Message::Ping("alive".into())).unwrap();
    assert_eq!(client.read().unwrap(), Message::Pong("alive".into()));
    server.stop();
}

#[test]
fn closing_has_a_code_and_a_reason_on_both_sides() {
    let server = server();
    let mut client = connect(&server, "/echo?mark=closing");
    let close = CloseFrame {
        code: CloseCode::from(4002),
        reason: "enough".into(),
    };
    client.close(Some(close)).unwrap();
    assert_eq!(closed(&mut client), Some((4002, "enough".into())));
    assert_eq!(
        events_of(&server, "closing", 1),
        ["close 4002 enough true 3"]
    );

    let mut client = connect(&server, "/echo?mark=closed");
    client.send(Message::text("bye")).unwrap();
    assert_eq!(closed(&mut client), Some((4001, "bye".into())));
    assert!(client.read().is_err());
    assert_eq!(events_of(&server, "closed", 1), ["close 4001 bye true 3"]);

    let mut client = connect(&server, "/echo?mark=half&half");
    client.close(None).unwrap();
    assert_eq!(text(&mut client), "one more");
    assert_eq!(closed(&mut client), Some((1000, "after all".into())));
    assert_eq!(events_of(&server, "half", 1), ["close 1005  true 2"]);
    server.stop();
}

#[test]
fn a_lost_client_is_a_close_event_and_the_request_ends() {
    let server = server();
    let mut client = connect(&server, "/echo?mark=lost");
    client.send(Message::text("x")).unwrap();
    assert_eq!(text(&mut client), "x");
    drop(client);
    let lost = "close 1006 WebSocket disconnected without sending Close frame. false 3";
    assert_eq!(events_of(&server, "lost", 1), [lost]);
    server.stop();
}

#[test]
fn timers_go_on_for_as_long_as_the_socket_is_open() {
    let server = server();
    let mut client = connect(&server, "/ticks");
    for number in 0..5 {
        assert_eq!(text(&mut client), format!("tick {number}"));
    }
    server.stop();
}

#[test]
fn what_breaks_the_protocol_closes_the_socket() {
    let server = server();
    let cases: [(u8, &[u8], u16); 7] = [
        (0x83, b"", 1002),
        (0x80, b"x", 1002),
        (0xc1, b"x", 1002),
        (0x09, b"x", 1002),
        (0x81, b"\xff", 1007),
        (0x88, b"\x03", 1002),
        (0x88, b"\x03\xed", 1002),
    ];
    for (first, payload, code) in cases {
        let mut raw = Raw::open(&server, "");
        raw.send(first, payload);
        assert_eq!(raw.close_code(), code, "{first:x} {payload:?}");
        assert!(raw.is_at_end());
    }
    let mut raw = Raw::open(&server, "");
    raw.0.write_all(b"\x81\x01x").unwrap();
    assert_eq!(raw.close_code(), 1002, "an unmasked frame");
    let mut raw = Raw::open(&server, "");
    raw.0
        .write_all(b"\x82\xff\0\0\0\0\x02\0\0\x01\0\0\0\0")
        .unwrap();
    assert_eq!(raw.close_code(), 1009, "32 MiB and a byte");
    let noted = events_of(&server, "raw", 18);
    assert!(
        noted
            .iter()
            .any(|event| event.contains("protocolError.statusCode = 1009")),
        "{noted:?}"
    );
    server.stop();
}

#[test]
fn fragments_and_pings_between_them() {
    let server = server();
    let mut raw = Raw::open(&server, "");
    raw.send(0x01, b"Hel");
    raw.send(0x89, b"?");
    raw.send(0x00, b"l");
    raw.send(0x80, b"o");
    assert_eq!(raw.frame(), (0x8a, b"?".to_vec()));
    assert_eq!(raw.frame(), (0x81, b"Hello".to_vec()));
    raw.send(0x88, b"");
    assert_eq!(raw.frame(), (0x88, Vec::new()));
    assert!(raw.is_at_end());
    server.stop();
}

#[test]
fn long_messages_are_compressed_if_the_client_can() {
    let server = server();
    let mut raw = Raw::open(
        &server,
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n",
    );
    // "Hello" as RFC 7692 §7.2.3.1 has it.
    raw.send(0xc1, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]);
    assert_eq!(raw.frame(), (0x81, b"Hello".to_vec()));
    raw.send(0x81, b"repeat");
    let (first, payload) = raw.frame();
    assert_eq!(first, 0xc1);
    assert!(payload.len() < 100, "{}", payload.len());
    server.stop();
}

#[test]
fn handshakes_at_fault_are_refused() {
    let server = server();
    let upgrade = |version: &str, key: &str| {
        Request::get("/echo")
            .header("Upgrade", "websocket")
            .header("Connection", "Upgrade")
            .header("Sec-WebSocket-Version", version)
            .header(key, "dGhlIHNhbXBsZSBub25jZQ==")
    };
    let answer = server.send(upgrade("12", "Sec-WebSocket-Key"));
    assert_eq!(
        (answer.status, answer.header("sec-websocket-version")),
        (426, Some("13".into()))
    );
    assert_eq!(server.send(upgrade("13", "X-Key")).status, 400);
    let answer = server.get("/echo");
    assert_eq!(answer.status, 500);
    assert!(
        answer
            .text()
            .contains("Worker tried to return a WebSocket in a response"),
        "{}",
        answer.text()
    );
    server.stop();
}

#[test]
fn functions_are_clients_too() {
    let server = server();
    let answer = server.get("/client").json();
    let expected = serde_json::json!([
        "fetch 101 1",
        "hello",
        "close 1000 done true",
        "not a socket 200 null",
        "open chat 1",
        "long 5000 true",
        "close 4001 bye true 3",
        "error Uncaught TypeError: Failed to establish the WebSocket connection: expected server to reply \
         with HTTP status code 101 (switching protocols), but received 200 instead.",
        "close 1006"
    ]);
    assert_eq!(answer, expected);
    server.stop();
}

#[test]
fn a_fetched_socket_is_passed_on_to_the_client() {
    let server = server();
    let mut client = connect(&server, "/proxy");
    client.send(Message::text("through")).unwrap();
    assert_eq!(text(&mut client), "through");
    client.send(Message::text("bye")).unwrap();
    assert_eq!(closed(&mut client), Some((4001, "bye".into())));
    server.stop();
}

#[test]
fn another_requests_socket_is_out_of_reach() {
    let server = server();
    let _client = connect(&server, "/echo?mark=own");
    let answer = server.get("/steal").text();
    assert!(
        answer.starts_with("Error: Cannot perform I/O on behalf of a different request."),
        "{answer}"
    );
    assert!(answer.ends_with("(I/O type: Native)"), "{answer}");
    server.stop();
}

#[test]
fn a_client_that_does_not_read_costs_bounded_memory() {
    let server = server();
    let mut client = connect(&server, "/echo?mark=flood");
    let memory = || {
        process_tree(server.pid())
            .into_iter()
            .map(resident)
            .max()
            .unwrap_or(0)
    };
    let before = memory();
    client.send(Message::text("flood")).unwrap();
    server.wait_for_output("a WebSocket was dropped", PATIENCE);
    let grown = memory().saturating_sub(before);
    assert!(grown < 400 * 1024 * 1024, "{grown} bytes more");
    assert_eq!(server.get("/events?mark=nobody").status, 200);
    server.stop();
}

#[test]
fn open_sockets_are_told_when_the_server_stops() {
    let mut server = server();
    let mut client = connect(&server, "/echo?mark=stop");
    server.terminate();
    assert_eq!(closed(&mut client).unwrap().0, 1001);
    drop(client);
    assert_eq!(server.wait().code(), Some(0), "{}", server.printed());
}

#[test]
fn open_sockets_are_told_at_a_reload() {
    let project = Project::copy_of(&fixture("websockets"));
    let server = Command::dev(project.path()).start();
    let mut client = connect(&server, "/ticks");
    assert_eq!(text(&mut client), "tick 0");
    project.function(
        "ticks.js",
        "export const onRequest = () => new Response(\"new\");\n",
    );
    assert_eq!(closed(&mut client).unwrap().0, 1001);
    server.eventually("/ticks", PATIENCE, |answer| answer.text() == "new");
    server.stop();
}
