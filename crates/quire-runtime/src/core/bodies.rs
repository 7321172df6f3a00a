//! The bodies and sinks of one request, which JavaScript names by number.

use super::body::{ByteStream, Origin};
use super::coding::Coding;
use super::sink::Sink;
use http_body::Body as _;
use quire_jsc::Value;
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// A body that JavaScript has not read.
pub(crate) struct NativeBody {
    stream: ByteStream,
    /// How the bytes are encoded, if the program is to see them decoded.
    coding: Option<Coding>,
    /// Whether the program's own code makes it, which may wait for something that never comes.
    by_program: bool,
    /// What the server has given with the bytes.
    origin: Option<Origin>,
}

impl NativeBody {
    pub(crate) fn new(stream: ByteStream, coding: Option<Coding>) -> Self {
        Self {
            stream,
            coding,
            by_program: false,
            origin: None,
        }
    }

    pub(crate) fn with_origin(mut self, origin: Option<Origin>) -> Self {
        self.origin = origin;
        self
    }

    /// A body that the program's own code makes.
    pub(crate) fn by_program(stream: ByteStream) -> Self {
        Self {
            stream,
            coding: None,
            by_program: true,
            origin: None,
        }
    }

    /// Whether the program's own code makes it: who waits for it does not count as pending.
    pub(crate) fn is_by_program(&self) -> bool {
        self.by_program
    }

    /// The bytes that the program is to see.
    pub(crate) fn decoded(self) -> ByteStream {
        match self.coding {
            Some(coding) => coding.decode(self.stream),
            None => self.stream,
        }
    }

    /// What the server has given with the bytes, of which nothing has been read.
    pub(crate) fn take_origin(&mut self) -> Option<Origin> {
        self.origin.take()
    }

    /// The bytes as they are, and how they are encoded.
    pub(crate) fn encoded(self) -> (ByteStream, Option<Coding>) {
        (self.stream, self.coding)
    }

    /// How many bytes the program will see, if that is known.
    pub(crate) fn length(&self) -> Option<u64> {
        match self.coding {
            Some(_) => None,
            None => self.stream.size_hint().exact(),
        }
    }
}

/// Bodies and sinks by number. Numbers are unique in the realm, so that one request's number
/// means nothing to another request.
#[derive(Default)]
pub(crate) struct BodyTable {
    bodies: RefCell<FxHashMap<u64, NativeBody>>,
    sinks: RefCell<FxHashMap<u64, OpenSink>>,
}

/// A sink that a stream of JavaScript is read into.
struct OpenSink {
    sink: Sink,
    /// The function that cancels the stream.
    cancel: Value,
}

impl BodyTable {
    pub(crate) fn insert(&self, number: u64, body: NativeBody) {
        self.bodies.borrow_mut().insert(number, body);
    }

    /// Whether a body or sink has this number.
    pub(crate) fn has(&self, number: u64) -> bool {
        self.bodies.borrow().contains_key(&number) || self.has_sink(number)
    }

    pub(crate) fn has_sink(&self, number: u64) -> bool {
        self.sinks.borrow().contains_key(&number)
    }

    pub(crate) fn take(&self, number: u64) -> Option<NativeBody> {
        self.bodies.borrow_mut().remove(&number)
    }

    pub(crate) fn length(&self, number: u64) -> Option<u64> {
        self.bodies.borrow().get(&number)?.length()
    }

    /// Adds a sink; `cancel` is the function that cancels its stream.
    pub(crate) fn insert_sink(&self, number: u64, sink: Sink, cancel: Value) {
        self.sinks
            .borrow_mut()
            .insert(number, OpenSink { sink, cancel });
    }

    pub(crate) fn sink(&self, number: u64) -> Option<Sink> {
        self.sinks
            .borrow()
            .get(&number)
            .map(|open| open.sink.clone())
    }

    pub(crate) fn take_sink(&self, number: u64) -> Option<Sink> {
        self.sinks
            .borrow_mut()
            .remove(&number)
            .map(|open| open.sink)
    }

    /// Removes the sinks that nobody receives from, and gives the functions that cancel their streams.
    pub(crate) fn take_orphans(&self) -> Vec<Value> {
        self.sinks
            .borrow_mut()
            .extract_if(|_, open| open.sink.is_closed())
            .map(|(_, open)| open.cancel)
            .collect()
    }

    /// Ends every sink's body with an error: nothing will write to them any more.
    pub(crate) fn cut_sinks(&self) {
        self.sinks.take();
    }

    pub(crate) fn clear(&self) {
        self.bodies.take();
        self.sinks.take();
    }
}
