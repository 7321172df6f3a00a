//! `AsyncLocalStorage`: requests that run at the same time keep their own stores over every kind of suspension.
#![allow(clippy::unwrap_used)]

use quire_end_to_end::{Command, Server, fixture};
use std::thread;
use std::time::Duration;

fn serve() -> Server {
    Command::serve(fixture("async-context")).workers(1).start()
}

#[test]
fn concurrent_requests_keep_their_own_stores() {
    let server = serve();
    let ids = ["store-a", "store-b", "store-c", "store-d"];
    let ask = |id: &str| server.get(&format!("/als?id={id}")).text();
    let answers: Vec<serde_json::Value> = thread::scope(|scope| {
        let asking: Vec<_> = ids
            .map(|id| scope.spawn(move || ask(id)))
            .into_iter()
            .collect();
        asking
            .into_iter()
            .map(|answer| serde_json::from_str(&answer.join().unwrap()).unwrap())
            .collect()
    });
    for (id, answer) in ids.iter().zip(answers) {
        assert_eq!(answer["id"], *id);
        assert_eq!(answer["wrong"], serde_json::json!({}), "{id}");
        assert_eq!(answer["outside"], true);
        assert_eq!(answer["variable"], "value");
        assert!(answer["checked"].as_u64().unwrap() > 25);
    }
    server.stop();
}

#[test]
fn errors_still_name_the_source() {
    let server = serve();
    assert_eq!(server.get("/fail").status, 500);
    server.wait_for_output("TypeError: where", Duration::from_secs(5));
    server.wait_for_output("functions/fail.js:4:", Duration::from_secs(5));
    server.stop();
}
