//! Encrypted connections to a server that the client trusts: the system's list of authorities, from `SSL_CERT_FILE`, holds
//! its certificate. That variable is read from the environment, so that the tests run in a process of their own.

use crate::site::{Site, run};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use openssl::ssl::{SslAcceptor, SslMethod, SslStream};
use openssl::{pkey::PKey, x509::X509};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use tungstenite::protocol::Role;
use tungstenite::{Message, WebSocket};

/// Names the folder with the key and the certificate to the process that tests.
const FOLDER: &str = "QUIRE_TEST_TLS";
const KEY: &str = "key.der";
const CERTIFICATE: &str = "certificate.pem";

/// Runs a test of this file in a process that trusts a new certificate for `localhost`. True within that process.
fn trusting(test: &str) -> bool {
    if std::env::var_os(FOLDER).is_some() {
        return true;
    }
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
    std::fs::write(folder.path().join(KEY), made.signing_key.serialize_der()).unwrap();
    let body = STANDARD.encode(made.cert.der());
    let text = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    std::fs::write(folder.path().join(CERTIFICATE), text).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([&format!("trusted_tls::{test}"), "--exact", "--nocapture"])
        .env(FOLDER, folder.path())
        .env("SSL_CERT_FILE", folder.path().join(CERTIFICATE))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{complaint}");
    assert!(said.contains("1 passed"), "{said}");
    false
}

fn acceptor() -> SslAcceptor {
    let folder = std::path::PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let key = PKey::private_key_from_der(&std::fs::read(folder.join(KEY)).unwrap()).unwrap();
    let certificate = X509::from_pem(&std::fs::read(folder.join(CERTIFICATE)).unwrap()).unwrap();
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_private_key(&key).unwrap();
    acceptor.set_certificate(&certificate).unwrap();
    acceptor.build()
}

/// A server whose connections `serve` handles, each on a thread; gives its port.
fn server(serve: impl Fn(&SslAcceptor, TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (acceptor, serve) = (acceptor(), Arc::new(serve));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (acceptor, serve, stream) = (acceptor.clone(), serve.clone(), stream.unwrap());
            std::thread::spawn(move || serve(&acceptor, stream));
        }
    });
    port
}

fn read_line(stream: &mut impl Read) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while stream.read(&mut byte).is_ok_and(|count| count == 1) && byte != *b"\n" {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap().trim_end().to_string()
}

/// Switches to the protocol of WebSockets and sends back what comes, with the name in front that the client expects.
fn echo_messages(mut stream: SslStream<TcpStream>) {
    let mut key = String::new();
    loop {
        let line = read_line(&mut stream);
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("sec-websocket-key") => {
                key = format!("{value}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
            }
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    let accept = STANDARD.encode(openssl::sha::sha1(key.as_bytes()));
    let name = stream.ssl().servername(openssl::ssl::NameType::HOST_NAME);
    let name = name.unwrap_or("no name").to_string();
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut socket = WebSocket::from_raw_socket(stream, Role::Server, None);
    while let Ok(message) = socket.read() {
        let answer = match message {
            Message::Text(text) => Message::text(format!("{name}: {text}")),
            Message::Binary(bytes) => Message::Binary(bytes),
            _ => continue,
        };
        socket.send(answer).unwrap();
    }
}

const MESSAGES: &str = r#"async ({ request }) => {
  const port = new URL(request.url).pathname.slice(1);
  const socket = new WebSocket(`wss://localhost:${port}/`);
  socket.binaryType = "arraybuffer";
  const seen = [];
  await new Promise((done) => {
    socket.addEventListener("open", () => socket.send("a text"));
    socket.addEventListener("message", ({ data }) => {
      seen.push(typeof data === "string" ? data : data.byteLength);
      if (seen.length === 1) socket.send(new Uint8Array(100_000));
      else socket.close(1000, "enough");
    });
    socket.addEventListener("error", ({ message }) => seen.push(message));
    socket.addEventListener("close", ({ code, reason, wasClean }) => {
      seen.push(code, reason, wasClean);
      done();
    });
  });
  return Response.json(seen);
}"#;

#[test]
fn a_socket_to_a_trusted_server() {
    if !trusting("a_socket_to_a_trusted_server") {
        return;
    }
    let port = server(|acceptor, stream| echo_messages(acceptor.accept(stream).unwrap()));
    run(async {
        let site = Site::start(MESSAGES).await;
        let answer = site.json(&format!("/{port}")).await;
        let expected = serde_json::json!(["localhost: a text", 100_000, 1000, "enough", true]);
        assert_eq!(answer, expected, "{:?}", site.log());
    });
}

const UPGRADED: &str = r#"async ({ request }) => {
  const url = `https://localhost:${new URL(request.url).pathname.slice(1)}/`;
  const { status, webSocket } = await fetch(url, { headers: { upgrade: "websocket" } });
  webSocket.accept();
  webSocket.send("hello");
  const { data } = await new Promise((done) => webSocket.addEventListener("message", done));
  webSocket.close();
  return Response.json([status, data]);
}"#;

#[test]
fn a_fetch_that_switches_to_a_socket() {
    if !trusting("a_fetch_that_switches_to_a_socket") {
        return;
    }
    let port = server(|acceptor, stream| echo_messages(acceptor.accept(stream).unwrap()));
    run(async {
        let site = Site::start(UPGRADED).await;
        let answer = site.json(&format!("/{port}")).await;
        assert_eq!(answer, serde_json::json!([101, "localhost: hello"]));
    });
}

/// A line in the clear, then TLS if the client asks for it, then lines that are sent back.
fn upgrade_in_place(acceptor: &SslAcceptor, mut stream: TcpStream) {
    stream.write_all(b"plain\n").unwrap();
    if read_line(&mut stream) != "STARTTLS" {
        return;
    }
    stream.write_all(b"go ahead\n").unwrap();
    let Ok(mut stream) = acceptor.accept(stream) else {
        return;
    };
    let line = read_line(&mut stream);
    let version = stream.ssl().version_str();
    stream
        .write_all(format!("{version} {line}\n").as_bytes())
        .unwrap();
    // The client sees the end only if it is told.
    let _ = stream.shutdown();
}

const START_TLS: &str = r#"async ({ request }) => {
  const { connect } = quire.module("cloudflare:sockets");
  const [, host, port] = new URL(request.url).pathname.split("/");
  const lines = (socket) => {
    const reader = socket.readable.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    return async () => {
      while (!text.includes("\n")) {
        const { value, done } = await reader.read();
        if (done) return `end after ${JSON.stringify(text)}`;
        text += value;
      }
      const [line, ...rest] = text.split("\n");
      text = rest.join("\n");
      return line;
    };
  };
  const write = async (socket, text) => {
    const writer = socket.writable.getWriter();
    await writer.write(new TextEncoder().encode(text));
    writer.releaseLock();
  };
  const seen = [];
  const plain = connect({ hostname: host, port: Number(port) }, { secureTransport: "starttls", allowHalfOpen: false });
  seen.push(plain.secureTransport);
  const reader = plain.readable.getReader();
  const decoder = new TextDecoder();
  seen.push(decoder.decode((await reader.read()).value));
  await write(plain, "STARTTLS\n");
  seen.push(decoder.decode((await reader.read()).value));
  reader.releaseLock();
  const secure = plain.startTls();
  seen.push(secure.secureTransport, plain.upgraded);
  try {
    await write(secure, "a secret\n");
    seen.push(await lines(secure)());
  } catch (error) {
    seen.push(error.message);
  }
  return Response.json(seen);
}"#;

#[test]
fn a_connection_that_starts_tls() {
    if !trusting("a_connection_that_starts_tls") {
        return;
    }
    let port = server(upgrade_in_place);
    run(async {
        let site = Site::start(START_TLS).await;
        let answer = site.json(&format!("/localhost/{port}")).await;
        let expected = serde_json::json!([
            "starttls",
            "plain\n",
            "go ahead\n",
            "on",
            true,
            "TLSv1.3 a secret"
        ]);
        assert_eq!(answer, expected, "{:?}", site.log());
        // The certificate is for the name only.
        let answer = site.json(&format!("/127.0.0.1/{port}")).await;
        assert_ne!(answer[5], "TLSv1.3 a secret");
        assert_eq!(answer[3], "on");
    });
}

const SECURE: &str = r#"async ({ request }) => {
  const { connect } = quire.module("cloudflare:sockets");
  const socket = connect(`localhost:${new URL(request.url).pathname.slice(1)}`, { secureTransport: "on" });
  const writer = socket.writable.getWriter();
  await writer.write(new TextEncoder().encode("from the start\n"));
  return new Response(socket.readable);
}"#;

#[test]
fn a_connection_with_tls_from_the_start() {
    if !trusting("a_connection_with_tls_from_the_start") {
        return;
    }
    let port = server(|acceptor, stream| {
        let mut stream = acceptor.accept(stream).unwrap();
        let line = read_line(&mut stream);
        stream.write_all(format!("got {line}").as_bytes()).unwrap();
        let _ = stream.shutdown();
    });
    run(async {
        let site = Site::start(SECURE).await;
        assert_eq!(site.text(&format!("/{port}")).await, "got from the start");
    });
}

#[test]
fn a_fetch_from_a_trusted_server() {
    if !trusting("a_fetch_from_a_trusted_server") {
        return;
    }
    let port = server(|acceptor, stream| {
        let mut stream = acceptor.accept(stream).unwrap();
        while !read_line(&mut stream).is_empty() {}
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret";
        stream.write_all(answer.as_bytes()).unwrap();
        let _ = stream.shutdown();
    });
    run(async {
        let handler = "async ({ request }) => fetch(`https://localhost:${new URL(request.url).pathname.slice(1)}/`)";
        let site = Site::start(handler).await;
        assert_eq!(site.text(&format!("/{port}")).await, "secret");
    });
}
