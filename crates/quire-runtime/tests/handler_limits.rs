//! Handlers of alarms and queues that take too long.

#![allow(clippy::unwrap_used)]

use http_body_util::{BodyExt, Empty};
use quire_routes::{FunctionFile, RouteOptions, RouteTable, Router};
use quire_runtime::{
    Binding, Client, Consumer, Objects, Program, Programs, Resource, Runtime, Services,
};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

const HANDLER_LIMIT_MS: u64 = 400;

/// What a test waits for comes long before, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(60);

const FUNCTION: &str = r#"async ({ request, env }) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/alarm") return new Response(await env.SLEEPERS.getByName("one").begin());
  await env.JOBS.sendBatch(["acknowledged", "later", "forgotten"].map((body) => ({ body: `${pathname} ${body}` })));
  return new Response("sent");
}"#;

const SERVICE: &str = r#"
const { DurableObject } = quire.module("cloudflare:workers");
const tooLong = () => new Promise((resolve) => setTimeout(resolve, 600_000));
quire.worker({
  default: {
    async queue(batch) {
      for (const { body, attempts } of batch.messages) console.log(`${body} ${attempts}`);
      const [first, second] = batch.messages;
      if (first.attempts > 1) return batch.ackAll();
      first.ack();
      second.retry({ delaySeconds: 1 });
      await (first.body.startsWith("/hangs") ? new Promise(() => {}) : tooLong());
    },
  },
  Sleeper: class extends DurableObject {
    live = crypto.randomUUID();
    begin() {
      this.ctx.storage.setAlarm(Date.now());
      return "set";
    }
    async alarm({ retryCount }) {
      console.log(`alarm ${retryCount} ${this.live}`);
      if (retryCount === 0) await tooLong();
      console.log("alarm done");
    }
  },
});
"#;

struct Site {
    functions: Runtime,
    service: Runtime,
    router: Router,
    log: Rc<RefCell<Vec<String>>>,
    _data: tempfile::TempDir,
}

fn program(script: &str, routes: RouteTable, bindings: Vec<Binding>) -> Program {
    Program {
        script: format!("(async function (quire) {{ \"use strict\"; {script}\n}})"),
        routes,
        bindings,
        compatibility_date: "2026-06-01".into(),
        handler_limit_ms: HANDLER_LIMIT_MS,
        ..Program::default()
    }
}

impl Site {
    async fn start() -> Self {
        let file = FunctionFile {
            path: "[[path]].js".into(),
            exports: vec!["onRequest".into()],
        };
        let routes = RouteTable::from_files(&[file], &RouteOptions::default()).unwrap();
        let data = tempfile::TempDir::new().unwrap();
        let programs = Rc::new(Programs::default());
        let folder = data.path().to_owned();
        let objects = Objects::new(programs.clone(), None, Some(folder.clone()));
        let log = Rc::new(RefCell::new(Vec::new()));
        let services = |name: &str| {
            let sink = log.clone();
            Services {
                assets: None,
                name: name.to_owned(),
                programs: programs.clone(),
                objects: objects.clone(),
                log: Box::new(move |line| sink.borrow_mut().push(line.text.to_owned())),
                data: Some(folder.clone()),
            }
        };
        let jobs = Resource::Queue {
            queue: "jobs".into(),
            delay: None,
        };
        let sleepers = Resource::DurableObject {
            script: Some("service".into()),
            class: "Sleeper".into(),
            sqlite: true,
        };
        let bindings = [("JOBS", jobs), ("SLEEPERS", sleepers)].map(|(name, resource)| Binding {
            name: name.into(),
            resource,
        });
        let mut consumer = program(SERVICE, RouteTable::default(), Vec::new());
        consumer.consumers.push(Consumer {
            queue: "jobs".into(),
            batch_max: 3,
            batch_timeout: 1,
            retries_max: 3,
            retry_delay: 0,
            dead_letters: None,
            concurrency_max: None,
        });
        let service = Runtime::start(consumer, services("service")).await.unwrap();
        let script = format!("quire.register([[\"[[path]].js\", \"onRequest\", {FUNCTION}]]);");
        let own = program(&script, routes.clone(), bindings.into());
        Self {
            functions: Runtime::start(own, services("project")).await.unwrap(),
            service,
            router: Router::new(routes),
            log,
            _data: data,
        }
    }

    async fn get(&self, path: &str) -> String {
        let request = http::Request::get(path).header("host", "a.example");
        let request = request.body(Empty::<bytes::Bytes>::new()).unwrap();
        let chain = self.router.find("GET", path);
        let answer = self.functions.handle(request, &chain, Client::default());
        let response = answer.await.map_err(|failure| failure.message).unwrap();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.into()).unwrap()
    }

    /// Waits until something was logged.
    async fn logged(&self, text: &str) {
        let logged = async {
            while !self.log.borrow().iter().any(|line| line.contains(text)) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let logged = tokio::time::timeout(PATIENCE, logged).await;
        assert!(logged.is_ok(), "{text}: {:?}", self.log.borrow());
    }

    /// How many lines of the log contain a text.
    fn count(&self, text: &str) -> usize {
        let log = self.log.borrow();
        log.iter().filter(|line| line.contains(text)).count()
    }
}

fn run(test: impl AsyncFnOnce()) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test());
}

#[test]
fn an_alarm_that_takes_too_long_resets_its_object_and_is_run_again() {
    run(async || {
        let site = Site::start().await;
        assert_eq!(site.get("/alarm").await, "set");
        site.logged("alarm done").await;
        assert_eq!(site.count("Alarm exceeded its allowed execution time"), 1);
        let log = site.log.borrow();
        let lives = log.iter().filter_map(|line| {
            let (_, live) = line.strip_prefix("alarm ")?.split_once(' ')?;
            Some(live)
        });
        let [first, second] = lives.collect::<Vec<_>>()[..] else {
            panic!("{log:?}");
        };
        assert_ne!(first, second, "the object was not reset");
    });
}

/// What was said of single messages holds, whatever becomes of the handler.
async fn messages_that_were_acknowledged_do_not_come_again(path: &str, reason: &str) {
    let site = Site::start().await;
    site.service.consume();
    assert_eq!(site.get(path).await, "sent");
    site.logged(&format!("{path} forgotten 2")).await;
    site.logged(&format!("{path} later 2")).await;
    assert_eq!(site.count(&format!("{path} acknowledged")), 1);
    assert_eq!(site.count(reason), 1);
}

#[test]
fn messages_acknowledged_by_a_handler_that_takes_too_long_are_done_with() {
    run(async || {
        messages_that_were_acknowledged_do_not_come_again("/slow", "took more than 0.4 seconds")
            .await;
    });
}

#[test]
fn messages_acknowledged_by_a_handler_that_hangs_are_done_with() {
    run(async || {
        messages_that_were_acknowledged_do_not_come_again("/hangs", "would never generate").await;
    });
}
