//! The server that the tests fetch from. What it does depends on the path.

use std::cell::Cell;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Counts what the origin sees.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) connections: Cell<usize>,
    /// Bytes of `/endless` that were written.
    pub(crate) written: Cell<usize>,
    /// Bytes of request bodies that were read.
    pub(crate) read: Cell<usize>,
    /// Connections that the client closed in the middle.
    pub(crate) cut: Cell<usize>,
}

pub(crate) struct Origin {
    pub(crate) url: String,
    pub(crate) seen: Rc<Seen>,
}

impl Origin {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Rc::new(Seen::default());
        let shared = seen.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.set(shared.connections.get() + 1);
                let shared = shared.clone();
                tokio::task::spawn_local(async move {
                    let mut connection = Connection {
                        stream: BufReader::new(stream),
                        seen: shared.clone(),
                        is_head: false,
                    };
                    while let Some(true) = connection.serve().await {}
                });
            }
        });
        Self { url, seen }
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

struct Head {
    method: String,
    target: String,
    lines: Vec<String>,
}

impl Head {
    fn value(&self, name: &str) -> Option<&str> {
        self.lines.iter().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

struct Connection {
    stream: BufReader<TcpStream>,
    seen: Rc<Seen>,
    /// Whether the request at hand wants no body.
    is_head: bool,
}

impl Connection {
    async fn head(&mut self) -> Option<Head> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(self.stream.read_u8().await.ok()?);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = text.split("\r\n").map(String::from);
        let first = lines.next()?;
        let mut words = first.split(' ');
        Some(Head {
            method: words.next()?.into(),
            target: words.next()?.into(),
            lines: lines.filter(|line| !line.is_empty()).collect(),
        })
    }

    async fn some(&mut self, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).await.ok()?;
        self.seen.read.set(self.seen.read.get() + length);
        Some(bytes)
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            line.push(self.stream.read_u8().await.ok()?);
        }
        Some(String::from_utf8_lossy(&line).trim().into())
    }

    async fn body(&mut self, head: &Head) -> Option<Vec<u8>> {
        if let Some(length) = head.value("content-length") {
            return self.some(length.parse().unwrap()).await;
        }
        let mut body = Vec::new();
        if head.value("transfer-encoding").is_some() {
            loop {
                let length = usize::from_str_radix(&self.line().await?, 16).unwrap();
                body.extend(self.some(length).await?);
                self.line().await?;
                if length == 0 {
                    break;
                }
            }
        }
        Some(body)
    }

    async fn write(&mut self, bytes: &[u8]) -> Option<()> {
        self.stream.get_mut().write_all(bytes).await.ok()
    }

    async fn answer(&mut self, status: &str, headers: &str, body: &[u8]) -> Option<()> {
        let head = format!(
            "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n",
            body.len()
        );
        self.write(head.as_bytes()).await?;
        match self.is_head {
            true => Some(()),
            false => self.write(body).await,
        }
    }

    /// Answers one request; whether the connection stays open.
    async fn serve(&mut self) -> Option<bool> {
        let head = self.head().await?;
        self.is_head = head.method == "HEAD";
        let url = url::Url::parse(&format!("http://x{}", head.target)).unwrap();
        let query = |name: &str| {
            url.query_pairs()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        if url.path() == "/slow-reader" {
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        if url.path() == "/refuses-body" {
            self.answer("413 Too Large", "connection: close\r\n", b"no")
                .await?;
            return Some(false);
        }
        let body = self.body(&head).await?;
        match url.path() {
            "/redirect" => {
                let status = query("status").unwrap();
                let headers = query("to").map_or(String::new(), |to| format!("location: {to}\r\n"));
                self.answer(&format!("{status} Redirect"), &headers, b"redirected")
                    .await?;
            }
            "/count" => {
                let left: u32 = query("left").unwrap().parse().unwrap();
                let headers = match left {
                    0 => String::new(),
                    _ => format!("location: /count?left={}\r\n", left - 1),
                };
                let status = if left == 0 { "200 OK" } else { "302 Found" };
                self.answer(status, &headers, b"").await?;
            }
            "/hang" => {
                let mut rest = [0];
                // Only the client's close ends this.
                let _ = self.stream.read(&mut rest).await;
                self.seen.cut.set(self.seen.cut.get() + 1);
                return Some(false);
            }
            "/first-byte" => {
                self.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx")
                    .await?;
                let mut rest = [0];
                let _ = self.stream.read(&mut rest).await;
                self.seen.cut.set(self.seen.cut.get() + 1);
                return Some(false);
            }
            "/dies" => {
                self.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx")
                    .await?;
                return Some(false);
            }
            "/endless" => {
                self.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
                    .await?;
                let chunk = vec![b'x'; 64 * 1024];
                while self.write(&chunk).await.is_some() {
                    self.seen.written.set(self.seen.written.get() + chunk.len());
                }
                self.seen.cut.set(self.seen.cut.get() + 1);
                return Some(false);
            }
            "/gzip" => {
                let encoded = gzip(&b"some text ".repeat(100));
                self.answer("200 OK", "content-encoding: gzip\r\n", &encoded)
                    .await?;
            }
            "/status" => {
                let status = query("status").unwrap();
                let head = format!("HTTP/1.1 {status} Odd\r\netag: \"e\"\r\n\r\n");
                self.write(head.as_bytes()).await?;
            }
            "/head" => {
                self.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n")
                    .await?
            }
            "/controls" => {
                let headers = format!(
                    "x-back: {}\u{2}\u{7f}\r\n",
                    head.value("x-value").unwrap_or_default()
                );
                self.answer("200 OK", &headers, &body).await?;
            }
            "/length" => {
                self.answer("200 OK", "", body.len().to_string().as_bytes())
                    .await?;
            }
            _ => {
                let echo = serde_json::json!({ "method": head.method, "target": head.target, "headers": head.lines,
                    "body": String::from_utf8_lossy(&body) });
                self.answer(
                    "200 OK",
                    "content-type: application/json\r\n",
                    echo.to_string().as_bytes(),
                )
                .await?;
            }
        }
        Some(true)
    }
}
