//! One document on its way through the parser: from its source to a body, with JavaScript's handlers called on the way.

use super::parser::{self, HandlerCall, Input, Output, Parser, Plan};
use super::token::{Command, Reply};
use crate::core::body::ByteStream;
use crate::core::body_ops::body_error;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::sink::Sink;
use bytes::Bytes;
use http_body_util::BodyExt;
use quire_jsc::{Arg, Step, Value};
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use tokio::sync::Notify;

/// The most that the parser gets at once, after which the client gets what has become of it.
const PIECE_BYTES_MAX: usize = 64 * 1024;

/// One document that is being rewritten.
pub(super) struct Transformation {
    parser: RefCell<Parser>,
    /// What the parser has written and the body has not got.
    written: Rc<RefCell<Vec<u8>>>,
    /// Contents that come as streams, until their turn.
    contents: RefCell<FxHashMap<u32, Source>>,
    next_content: Cell<u32>,
    /// `(kind, number, text, last)` → whether the handler is [`DONE`], [`PENDING`] or [`FAILED`].
    dispatch: Value,
    /// `(error)`: tells JavaScript why the body fails, unless it is the handlers' fault.
    fail: Value,
    /// Whether a handler has a token now.
    in_handler: Cell<bool>,
    /// How the handler that was pending ended.
    outcome: Cell<f64>,
    settled: Notify,
}

/// The handler returned.
const DONE: f64 = 0.0;
/// The handler returned a promise.
const PENDING: f64 = 1.0;
/// The handler threw; JavaScript knows what.
const FAILED: f64 = 2.0;

/// Why a transformation ended early.
enum Stop {
    /// JavaScript knows already, or nobody is interested.
    Silent,
    /// The source, or a content, failed.
    Source(OpError),
    /// The parser gave up.
    Parser(String),
}

impl Transformation {
    pub(super) fn new(plan: Plan, dispatch: Value, fail: Value) -> std::io::Result<Rc<Self>> {
        let written = Rc::default();
        Ok(Rc::new(Self {
            parser: RefCell::new(parser::parser(plan, Rc::clone(&written))?),
            written,
            contents: RefCell::default(),
            next_content: Cell::new(0),
            dispatch,
            fail,
            in_handler: Cell::new(false),
            outcome: Cell::new(DONE),
            settled: Notify::new(),
        }))
    }

    /// Does something with the token whose handler runs; `None` if there is none.
    pub(super) fn command(&self, command: Command) -> Option<Reply> {
        if !self.in_handler.get() {
            return None;
        }
        match self.parser.borrow_mut().resume(Input::Command(command)) {
            Step::Suspended(Output::Reply(reply)) => Some(reply),
            _ => None,
        }
    }

    /// Keeps a stream until its turn; gives its number.
    pub(super) fn keep_content(&self, source: Source) -> u32 {
        let number = self.next_content.replace(self.next_content.get() + 1);
        self.contents.borrow_mut().insert(number, source);
        number
    }

    /// The promise of the running handler settled.
    pub(super) fn settle(&self, failed: bool) {
        self.outcome.set(if failed { FAILED } else { DONE });
        self.settled.notify_one();
    }

    /// Sends the source through the parser and what comes out into the sink.
    pub(super) async fn run(
        &self,
        realm: &Rc<Realm>,
        owner: &Rc<RequestContext>,
        source: Source,
        sink: Sink,
    ) {
        let result = tokio::select! {
            biased;
            result = self.pump(realm, owner, source, &sink) => result,
            () = sink.closed() => Err(Stop::Silent),
        };
        let error = match result {
            Ok(()) => return sink.finish().await,
            Err(Stop::Silent) => return,
            Err(Stop::Source(error)) => error,
            Err(Stop::Parser(message)) => OpError::Type(format!("Parser error: {message}")),
        };
        // JavaScript learns of the error before the body breaks off.
        let error = realm.exception(error);
        realm.enter(Some(owner.clone()), |_| {
            self.fail.call_and_forget(None, [Arg::Value(error.value())])
        });
        drop(sink);
    }

    async fn pump(
        &self,
        realm: &Rc<Realm>,
        owner: &Rc<RequestContext>,
        mut source: Source,
        sink: &Sink,
    ) -> Result<(), Stop> {
        let mut piece = Bytes::new();
        let mut input = self.next_piece(owner, &mut source, &mut piece).await?;
        loop {
            let step = self.parser.borrow_mut().resume(input);
            input = match step {
                Step::Done(result) => {
                    result.map_err(Stop::Parser)?;
                    return self.flush(sink).await;
                }
                Step::Suspended(Output::Hungry) => {
                    self.flush(sink).await?;
                    self.next_piece(owner, &mut source, &mut piece).await?
                }
                Step::Suspended(Output::Call(call)) => {
                    self.call(realm, owner, sink, call).await?;
                    Input::Proceed
                }
                Step::Suspended(Output::Pull(number)) => {
                    self.flush(sink).await?;
                    Input::Content(self.pull(owner, number).await?)
                }
                Step::Suspended(Output::Reply(_)) => return Err(Stop::Silent),
            };
        }
    }

    /// The next piece of the source, with nothing waited for between pieces of one chunk but other tasks.
    async fn next_piece(
        &self,
        owner: &Rc<RequestContext>,
        source: &mut Source,
        left: &mut Bytes,
    ) -> Result<Input, Stop> {
        if left.is_empty() {
            match source.next_chunk(owner).await? {
                Some(chunk) => *left = chunk,
                None => return Ok(Input::End),
            }
        } else {
            tokio::task::yield_now().await;
        }
        let length = left.len().min(PIECE_BYTES_MAX);
        Ok(Input::Chunk(left.split_to(length)))
    }

    /// Calls a handler and waits until it is done.
    async fn call(
        &self,
        realm: &Rc<Realm>,
        owner: &Rc<RequestContext>,
        sink: &Sink,
        call: HandlerCall,
    ) -> Result<(), Stop> {
        self.in_handler.set(true);
        self.outcome.set(PENDING);
        let mut outcome = FAILED;
        realm.enter(Some(owner.clone()), |_| {
            let (kind, number) = (f64::from(call.kind as u8), f64::from(call.number));
            let (text, last) = match &call.text {
                Some((text, last)) => (Arg::String(text), *last),
                None => (Arg::Undefined, false),
            };
            let arguments = [
                Arg::Number(kind),
                Arg::Number(number),
                text,
                Arg::Boolean(last),
            ];
            outcome = self.dispatch.call(None, arguments)?.to_number()?;
            Ok(())
        });
        if outcome == PENDING {
            // All promise jobs have run: most asynchronous handlers are done by now.
            if self.outcome.get() == PENDING {
                self.flush(sink).await?;
            }
            while self.outcome.get() == PENDING {
                owner
                    .wait_for_program(self.settled.notified())
                    .await
                    .ok_or(Stop::Silent)?;
            }
            outcome = self.outcome.get();
        }
        self.in_handler.set(false);
        match outcome == DONE {
            true => Ok(()),
            false => Err(Stop::Silent),
        }
    }

    /// The next bytes of a stream of content.
    async fn pull(&self, owner: &Rc<RequestContext>, number: u32) -> Result<Option<Bytes>, Stop> {
        let Some(mut source) = self.contents.borrow_mut().remove(&number) else {
            return Ok(None);
        };
        let chunk = source.next_chunk(owner).await?;
        if chunk.is_some() {
            self.contents.borrow_mut().insert(number, source);
        }
        Ok(chunk)
    }

    /// Passes on what the parser has written.
    async fn flush(&self, sink: &Sink) -> Result<(), Stop> {
        let bytes = std::mem::take(&mut *self.written.borrow_mut());
        if bytes.is_empty() || sink.write_when_possible(Bytes::from(bytes)).await {
            Ok(())
        } else {
            Err(Stop::Silent)
        }
    }
}

impl Drop for Transformation {
    fn drop(&mut self) {
        parser::abort(self.parser.get_mut());
    }
}

/// Where a document, or a piece of content, comes from.
pub(super) struct Source {
    pub(super) stream: ByteStream,
    /// Whether the program's own code makes it, which may wait for something that never comes.
    pub(super) by_program: bool,
}

impl Source {
    async fn next_chunk(&mut self, owner: &Rc<RequestContext>) -> Result<Option<Bytes>, Stop> {
        match self.by_program {
            false => next_chunk(&mut self.stream).await,
            true => owner
                .wait_for_program(next_chunk(&mut self.stream))
                .await
                .unwrap_or(Err(Stop::Silent)),
        }
    }
}

async fn next_chunk(stream: &mut ByteStream) -> Result<Option<Bytes>, Stop> {
    while let Some(frame) = stream.frame().await {
        let frame = frame.map_err(|error| Stop::Source(body_error(&error)))?;
        match frame.into_data() {
            Ok(bytes) if !bytes.is_empty() => return Ok(Some(bytes)),
            // Trailers, or a chunk of nothing.
            _ => {}
        }
    }
    Ok(None)
}
