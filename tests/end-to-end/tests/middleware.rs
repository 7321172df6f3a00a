//! What the middleware examples do that no recorded answer can hold: stacks and durations.
#![allow(clippy::unwrap_used)]

use quire_end_to_end::{Command, Request, Server, example};

fn serve() -> Server {
    Command::serve(example("middleware")).workers(1).start()
}

#[test]
fn error_handlers_report_message_and_stack() {
    let server = serve();
    for folder in ["error-handler", "hello", "chaining"] {
        let answer = server.get(&format!("/{folder}/throw"));
        assert_eq!(answer.status, 500);
        let text = answer.text();
        let (message, stack) = text
            .split_once('\n')
            .unwrap_or_else(|| panic!("no stack below the message: {text}"));
        assert_eq!(message, "thrown in the handler");
        assert!(
            stack.contains(".js:"),
            "the stack names no file and line: {stack}"
        );
        assert_eq!(
            answer.header("x-hello"),
            None,
            "`hello` is not reached when the handler throws"
        );
    }
    server.stop();
}

#[test]
fn a_middleware_for_get_runs_beside_the_one_for_all() {
    let server = serve();
    assert_eq!(
        server.get("/hello").header("x-hello").as_deref(),
        Some("Hello from functions Middleware!")
    );
    assert_eq!(
        server
            .send(Request::new("POST", "/hello"))
            .header("x-hello"),
        None
    );
    server.stop();
}

#[test]
fn timing_measures_the_rest_of_the_chain() {
    let server = serve();
    for (target, status, body) in [
        ("/timing", 200, "timing: GET"),
        ("/timing/throw", 500, "Oops!"),
    ] {
        let answer = server.get(target);
        assert_eq!((answer.status, answer.text().as_str()), (status, body));
        let timing: u64 = answer.header("x-response-timing").unwrap().parse().unwrap();
        assert!(timing < 2_000, "{timing} ms");
    }
    server.stop();
}
