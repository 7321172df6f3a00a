//! `examples/chat`: people in one room, by sockets of their own and in a browser.
#![allow(clippy::unwrap_used)]

use std::net::TcpStream;
use std::time::Duration;

use quire_end_to_end::{Browser, Command, Request, Server, example};
use serde_json::Value;
use tungstenite::{Message, WebSocket};

const PATIENCE: Duration = Duration::from_secs(20);

/// One person in a room.
struct Person {
    socket: WebSocket<TcpStream>,
    id: String,
}

impl Person {
    fn join(server: &Server, room: &str, name: &str) -> Person {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let url = format!("ws://{}/rooms/{room}?as={name}", server.address());
        let (socket, _) = tungstenite::client(url, stream).unwrap();
        let mut person = Person {
            socket,
            id: String::new(),
        };
        let welcome = person.event();
        assert_eq!(welcome["type"], "welcome");
        person.id = welcome["you"].as_str().unwrap().to_owned();
        person
    }

    fn event(&mut self) -> Value {
        match self.socket.read().unwrap() {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("an event was expected, not {other:?}"),
        }
    }

    /// The next event but for people who come and go.
    fn hears(&mut self) -> (String, String, bool) {
        loop {
            let event = self.event();
            if event["type"] == "said" {
                let who = &event["who"];
                let own = who["id"] == self.id.as_str();
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                return (text(&who["name"]), text(&event["text"]), own);
            }
        }
    }

    fn says(&mut self, text: &str) {
        self.socket.send(Message::text(text)).unwrap();
    }
}

fn said(name: &str, text: &str, own: bool) -> (String, String, bool) {
    (name.into(), text.into(), own)
}

#[test]
fn everyone_in_a_room_hears_everyone() {
    let server = Command::dev(example("chat")).start();
    let mut ada = Person::join(&server, "garden", "Ada");
    let mut alan = Person::join(&server, "garden", "Alan");
    let mut elsewhere = Person::join(&server, "kitchen", "Grace");
    for round in 0..20 {
        let hello = format!("hello {round}");
        ada.says(&hello);
        assert_eq!(alan.hears(), said("Ada", &hello, false));
        assert_eq!(ada.hears(), said("Ada", &hello, true));
        alan.says("hi!");
        assert_eq!(ada.hears(), said("Alan", "hi!", false));
        assert_eq!(alan.hears(), said("Alan", "hi!", true));
    }
    elsewhere.says("anybody?");
    assert_eq!(elsewhere.hears(), said("Grace", "anybody?", true));
    // Who comes later gets the history.
    let mut late = Person::join(&server, "garden", "Hedy");
    let (_, first, _) = late.hears();
    assert!(first.starts_with("hello") || first == "hi!", "{first}");
    // And who leaves is gone for the others, however it was.
    drop(alan);
    loop {
        let event = ada.event();
        if event["type"] == "left" {
            assert_eq!(event["who"]["name"], "Alan");
            assert_eq!(event["people"].as_array().unwrap().len(), 2);
            break;
        }
    }
    ada.says("still here");
    assert_eq!(ada.hears(), said("Ada", "still here", true));
    server.stop();
}

#[test]
fn a_room_is_for_sockets() {
    let server = Command::dev(example("chat")).start();
    let answer = server.send(Request::get("/rooms/garden"));
    assert_eq!(
        (answer.status, answer.header("upgrade")),
        (426, Some("websocket".into()))
    );
    server.stop();
}

/// A browser opens the page, its person is in the room, hears what was said before, speaks and is heard.
#[test]
fn a_browser_chats() {
    let Some(browser) = Browser::start() else {
        return;
    };
    let server = Command::dev(example("chat")).start();
    let mut ada = Person::join(&server, "garden", "Ada");
    ada.says("is anybody there?");
    ada.hears();
    browser.open(&format!("{}/?room=garden&as=Browser", server.url()));
    browser.wait_until("document.querySelector('[data-state=online]')");
    browser.wait_until(
        "document.querySelector('.said:not(.own) .text')?.textContent === 'is anybody there?'",
    );
    browser.evaluate(
        "(document.querySelector('#text').value = 'I am!', document.querySelector('#say').requestSubmit())",
    );
    assert_eq!(ada.hears(), said("Browser", "I am!", false));
    browser.wait_until("document.querySelector('.said.own .text')?.textContent === 'I am!'");
    drop(browser);
    server.stop();
}
