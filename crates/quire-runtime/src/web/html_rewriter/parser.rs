//! The parser on its own stack: lol_html calls handlers synchronously, theirs may be asynchronous, so each call
//! suspends the parser until the handler is done.

use super::token::{Command, Reply, Target};
use bytes::Bytes;
use lol_html::html_content::{ContentType, StreamingHandler, StreamingHandlerSink};
use lol_html::{
    AsciiCompatibleEncoding, DocumentContentHandlers, ElementContentHandlers, HandlerResult,
    HtmlRewriter, MemorySettings, Selector, Settings,
};
use quire_jsc::{Fiber, Suspender};
use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

/// What a parser may hold back, such as a tag whose end it has not seen; as on the original.
const MEMORY_BYTES_MAX: usize = 3 * 1024 * 1024;

/// What the parser gets when it goes on.
pub(super) enum Input {
    /// The next bytes of the document.
    Chunk(Bytes),
    /// The document is complete.
    End,
    /// Something to do with the token whose handler runs.
    Command(Command),
    /// The handler is done.
    Proceed,
    /// The next bytes of a content that comes as a stream; `None` at its end.
    Content(Option<Bytes>),
    /// Nobody wants the rest.
    Abort,
}

/// Why the parser stopped for now.
pub(super) enum Output {
    /// It wants [`Input::Chunk`] or [`Input::End`].
    Hungry,
    /// A handler is to be called; then it takes [`Input::Command`]s, and [`Input::Proceed`].
    Call(HandlerCall),
    /// What a command gave.
    Reply(Reply),
    /// It wants the next [`Input::Content`] of the stream with this number.
    Pull(u32),
}

/// Which handler is to be called, with what.
pub(super) struct HandlerCall {
    pub(super) kind: Kind,
    /// The number of its registration; of an end tag's handler, its own number.
    pub(super) number: u32,
    /// The text of a text chunk, and whether it is the last of its text node.
    pub(super) text: Option<(String, bool)>,
}

/// The kinds of tokens, numbered as in `html-rewriter.js`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Element = 0,
    Comment = 1,
    Text = 2,
    Doctype = 3,
    End = 4,
    EndTag = 5,
}

/// The handlers that were registered with one call of `on` or `onDocument`.
pub(super) struct Registration {
    /// `None` for the document.
    pub(super) selector: Option<Selector>,
    pub(super) element_or_doctype: bool,
    pub(super) comments: bool,
    pub(super) text: bool,
    pub(super) end: bool,
}

/// How a document is to be rewritten.
pub(super) struct Plan {
    pub(super) registrations: Vec<Registration>,
    pub(super) encoding: AsciiCompatibleEncoding,
    /// Whether `esi:include` and its like have no end tag.
    pub(super) esi_tags: bool,
}

pub(super) type Parser = Fiber<Input, Output, Result<(), String>>;

/// How code that runs on the parser's stack reaches the other side.
#[derive(Clone)]
pub(super) struct Line(Suspender<Input, Output>);

/// Given to lol_html to stop it; what went wrong is known elsewhere.
#[derive(Debug, thiserror::Error)]
#[error("the transformation was stopped")]
struct Stopped;

/// A parser, which has not started; what it writes arrives in `written`.
pub(super) fn parser(plan: Plan, written: Rc<RefCell<Vec<u8>>>) -> std::io::Result<Parser> {
    Fiber::new(move |suspender: &Suspender<Input, Output>, first| {
        let line = Line(suspender.clone());
        line.remember();
        let settings = settings(plan, &line);
        let output = |bytes: &[u8]| written.borrow_mut().extend_from_slice(bytes);
        let mut rewriter = HtmlRewriter::new(settings, output);
        let mut input = first;
        loop {
            match input {
                Input::Chunk(bytes) => rewriter.write(&bytes).map_err(|error| error.to_string())?,
                Input::End => return rewriter.end().map_err(|error| error.to_string()),
                _ => return Err(Stopped.to_string()),
            }
            input = line.suspend(Output::Hungry);
        }
    })
}

fn settings(plan: Plan, line: &Line) -> Settings<'static, 'static> {
    let mut settings = Settings::new()
        .with_encoding(plan.encoding)
        .with_strict(true)
        .with_enable_esi_tags(plan.esi_tags)
        .with_memory_settings(
            MemorySettings::new().with_max_allowed_memory_usage(MEMORY_BYTES_MAX),
        );
    for (number, registration) in plan.registrations.into_iter().enumerate() {
        let number = number as u32;
        settings = match registration.selector.clone() {
            Some(selector) => settings.append_element_content_handler((
                Cow::Owned(selector),
                element_handlers(&registration, number, line),
            )),
            None => settings.append_document_content_handler(document_handlers(
                &registration,
                number,
                line,
            )),
        };
    }
    settings
}

fn element_handlers(
    registration: &Registration,
    number: u32,
    line: &Line,
) -> ElementContentHandlers<'static> {
    let mut handlers = ElementContentHandlers::default();
    if registration.element_or_doctype {
        let line = line.clone();
        handlers = handlers.element(
            move |element: &mut lol_html::html_content::Element<'_, '_>| {
                line.clone().call(Kind::Element, number, None, element)
            },
        );
    }
    if registration.comments {
        let line = line.clone();
        handlers = handlers.comments(move |comment: &mut lol_html::html_content::Comment<'_>| {
            line.call(Kind::Comment, number, None, comment)
        });
    }
    if registration.text {
        let line = line.clone();
        handlers = handlers.text(move |chunk: &mut lol_html::html_content::TextChunk<'_>| {
            line.call_text(number, chunk)
        });
    }
    handlers
}

fn document_handlers(
    registration: &Registration,
    number: u32,
    line: &Line,
) -> DocumentContentHandlers<'static> {
    let mut handlers = DocumentContentHandlers::default();
    if registration.element_or_doctype {
        let line = line.clone();
        handlers = handlers.doctype(move |doctype: &mut lol_html::html_content::Doctype<'_>| {
            line.call(Kind::Doctype, number, None, doctype)
        });
    }
    if registration.comments {
        let line = line.clone();
        handlers = handlers.comments(move |comment: &mut lol_html::html_content::Comment<'_>| {
            line.call(Kind::Comment, number, None, comment)
        });
    }
    if registration.text {
        let line = line.clone();
        handlers = handlers.text(move |chunk: &mut lol_html::html_content::TextChunk<'_>| {
            line.call_text(number, chunk)
        });
    }
    if registration.end {
        let line = line.clone();
        handlers = handlers.end(move |end: &mut lol_html::html_content::DocumentEnd<'_>| {
            line.call(Kind::End, number, None, end)
        });
    }
    handlers
}

thread_local! {
    /// The line of the parser that was resumed last. Streams of content must be `Send` for lol_html, which a line is not.
    static LINE: RefCell<Option<Line>> = const { RefCell::new(None) };
}

impl Line {
    /// Waits for the next input.
    fn suspend(&self, output: Output) -> Input {
        let input = self.0.suspend(output);
        self.remember();
        input
    }

    fn remember(&self) {
        LINE.set(Some(self.clone()));
    }

    fn call_text(
        &self,
        number: u32,
        chunk: &mut lol_html::html_content::TextChunk<'_>,
    ) -> HandlerResult {
        let text = Some((chunk.as_str().to_owned(), chunk.last_in_text_node()));
        self.call(Kind::Text, number, text, chunk)
    }

    /// Has a handler called and does with its token what the handler wants.
    pub(super) fn call(
        &self,
        kind: Kind,
        number: u32,
        text: Option<(String, bool)>,
        token: &mut dyn Target,
    ) -> HandlerResult {
        let mut input = self.suspend(Output::Call(HandlerCall { kind, number, text }));
        loop {
            match input {
                Input::Command(command) => {
                    let reply = token.execute(command, self);
                    input = self.suspend(Output::Reply(reply));
                }
                Input::Proceed => return Ok(()),
                _ => return Err(Stopped.into()),
            }
        }
    }
}

/// Gives the parser up, which must not be running. It unwinds by the errors of its own callbacks.
pub(super) fn abort(parser: &mut Parser) {
    while !parser.is_done() {
        drop(parser.resume(Input::Abort));
    }
}

/// A stream of content, which is read when its turn comes in the output.
pub(super) fn streamed(number: u32, content_type: ContentType) -> Box<dyn StreamingHandler + Send> {
    Box::new(
        move |sink: &mut StreamingHandlerSink<'_>| -> HandlerResult {
            let Some(line) = LINE.with_borrow(Clone::clone) else {
                return Err(Stopped.into());
            };
            loop {
                match line.suspend(Output::Pull(number)) {
                    Input::Content(Some(bytes)) => sink.write_utf8_chunk(&bytes, content_type)?,
                    Input::Content(None) => return Ok(()),
                    _ => return Err(Stopped.into()),
                }
            }
        },
    )
}
