//! Durable Objects that sleep: their sockets stay, cost little, and wake them.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use quire_end_to_end::memory::{process_tree, resident};
use quire_end_to_end::{Command, Project, Server};
use tungstenite::{Message, WebSocket};

const PATIENCE: Duration = Duration::from_secs(60);

/// After which an object sleeps for sure, that nobody asks anything.
const SLEEPS_AFTER: Duration = Duration::from_secs(13);

/// What a socket may cost, be the object in the worker that has the connection or in another one.
const SOCKET_BYTES_MAX: u64 = 20 * 1024;

/// Opened before memory is looked at: what the first ones need is there then.
const FIRST: usize = 500;

const CONFIGURATION: &str = r#"name = "sleeping"
pages_build_output_dir = "."
compatibility_date = "2026-06-01"
[[durable_objects.bindings]]
name = "ROOM"
class_name = "Room"
script_name = "rooms"
"#;

const SERVICE_CONFIGURATION: &str = r#"name = "rooms"
main = "index.js"
compatibility_date = "2026-06-01"
[[migrations]]
tag = "v1"
new_sqlite_classes = ["Room"]
"#;

const SERVICE: &str = r#"import { DurableObject } from "cloudflare:workers";
export class Room extends DurableObject {
  live = crypto.randomUUID();
  fetch(request) {
    const { 0: client, 1: server } = new WebSocketPair();
    const number = new URL(request.url).searchParams.get("number");
    this.ctx.acceptWebSocket(server, [`number-${number}`]);
    server.serializeAttachment({ number });
    return new Response(null, { status: 101, webSocket: client });
  }
  webSocketMessage(socket, message) {
    if (message === "all") for (const other of this.ctx.getWebSockets()) other.send("to all");
    else socket.send(`${this.live} ${this.ctx.getTags(socket)} ${socket.deserializeAttachment().number} ${this.ctx.getWebSockets().length}`);
  }
}
"#;

fn project() -> Project {
    let project = Project::new();
    project.write("wrangler.toml", CONFIGURATION);
    project.write("services/rooms/wrangler.toml", SERVICE_CONFIGURATION);
    project.write("services/rooms/index.js", SERVICE);
    project.function(
        "[name].js",
        "export const onRequest = ({ env, params, request }) => env.ROOM.getByName(params.name).fetch(request);\n",
    );
    project
}

/// A socket without the buffers that a client of WebSockets has.
fn open(address: SocketAddr, number: usize) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = format!(
        "GET /room?number={number} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        answer.push(byte[0]);
    }
    assert!(
        answer.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
    stream
}

fn open_all(address: SocketAddr, numbers: std::ops::Range<usize>) -> Vec<TcpStream> {
    numbers.map(|number| open(address, number)).collect()
}

fn ask(socket: &mut WebSocket<TcpStream>, message: &str) -> String {
    socket.send(Message::text(message)).unwrap();
    loop {
        // With many sockets this one was silent for so long that it is asked whether it is there.
        if let Message::Text(text) = socket.read().unwrap() {
            return text.to_string();
        }
    }
}

/// The next frame with a message, of six bytes.
fn next_frame(stream: &mut TcpStream) -> [u8; 8] {
    const PING: [u8; 2] = [0x89, 0];
    let mut frame = [0; 8];
    loop {
        let (head, payload) = frame.split_at_mut(PING.len());
        stream.read_exact(head).unwrap();
        if head != PING {
            stream.read_exact(payload).unwrap();
            return frame;
        }
    }
}

/// The memory of the workers.
fn memory(server: &Server) -> u64 {
    let workers = process_tree(server.pid()).into_iter().skip(1);
    workers.map(resident).sum::<u64>() * 1024
}

#[test]
fn idle_sockets_of_an_object_cost_little_and_wake_it() {
    let asked = std::env::var("QUIRE_SOCKETS").ok();
    let count: usize = asked.and_then(|text| text.parse().ok()).unwrap_or(3_000);
    for workers in [1, 2] {
        let server = Command::serve(project().path()).workers(workers).start();
        let address = server.address();
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let url = format!("ws://{address}/room?number=first");
        let (mut socket, _) = tungstenite::client(url, stream).unwrap();

        let mut streams = open_all(address, 0..FIRST);
        let before = ask(&mut socket, "who");
        let (live, rest) = before.split_once(' ').unwrap();
        assert_eq!(rest, format!("number-first first {}", FIRST + 1));
        std::thread::sleep(SLEEPS_AFTER);
        let used_before = memory(&server);
        streams.extend(open_all(address, FIRST..FIRST + count));
        std::thread::sleep(SLEEPS_AFTER);
        let used = memory(&server).saturating_sub(used_before) / count as u64;
        println!("{workers} workers: {used} bytes for each of {count} sockets");
        assert!(
            used < SOCKET_BYTES_MAX,
            "a socket takes {used} bytes of {workers} workers"
        );

        let after = ask(&mut socket, "who");
        let (revived, rest) = after.split_once(' ').unwrap();
        assert_ne!(live, revived, "the object did not sleep");
        assert_eq!(rest, format!("number-first first {}", FIRST + count + 1));
        assert_eq!(ask(&mut socket, "all"), "to all");
        for stream in &mut streams {
            assert_eq!(&next_frame(stream), b"\x81\x06to all");
        }
        server.stop();
    }
}
