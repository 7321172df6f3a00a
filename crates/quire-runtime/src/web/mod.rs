//! The Web APIs, one folder each: its JavaScript half, its native half, its tests.

mod abort;
mod base64;
mod blob;
pub(crate) mod cache;
mod compression;
mod console;
pub(crate) mod crypto;
mod encoding;
mod event_source;
mod events;
pub(crate) mod fetch;
mod formdata;
mod global_scope;
mod html_rewriter;
mod json;
mod message_channel;
mod navigator;
mod performance;
mod scheduler;
mod sockets;
mod streams;
mod structured_clone;
mod timers;
mod url;
mod url_pattern;
mod wasm;
pub(crate) mod websocket;

#[cfg(test)]
mod javascript_tests;

use crate::core::deferred::{self, When};
use crate::core::realm::Realm;
use quire_jsc::Exception;
use std::rc::Rc;

/// Makes the Web APIs: native operations first, then the JavaScript halves, of which each may use
/// those before it.
pub(crate) fn install(realm: &Rc<Realm>) -> Result<(), Exception> {
    compression::install(realm);
    console::install(realm);
    crypto::install(realm);
    encoding::install(realm);
    url::install(realm);
    timers::install(realm);
    wasm::install(realm);
    fetch::install(realm);
    event_source::install(realm);
    cache::install(realm);
    formdata::install(realm);
    html_rewriter::install(realm);
    sockets::install(realm);
    websocket::install(realm);
    deferred::install(realm)?;
    deferred::evaluate(realm, ORDER)?;
    deferred::finish(realm)
}

/// All JavaScript halves. Each may use those before it.
const ORDER: &[When] = &[
    When::Now(global_scope::FIRST),
    When::Now(json::SOURCES),
    When::Asked {
        globals: "",
        members: "jsonReason",
        sources: json::REASONS,
    },
    When::Now(events::SOURCES),
    When::Now(global_scope::SOURCES),
    When::Now(timers::SOURCES),
    When::Now(wasm::SOURCES),
    When::Now(abort::SOURCES),
    When::Now(scheduler::SOURCES),
    When::Now(url::SOURCES),
    When::Asked {
        globals: "URLPattern",
        members: "urlPattern",
        sources: url_pattern::SOURCES,
    },
    When::Now(encoding::SOURCES),
    When::Asked {
        globals: "TextEncoderStream TextDecoderStream",
        members: "",
        sources: encoding::STREAMS,
    },
    When::Now(base64::SOURCES),
    When::Now(structured_clone::SOURCES),
    When::Asked {
        globals: "MessageChannel MessagePort",
        members: "",
        sources: message_channel::SOURCES,
    },
    When::Now(performance::SOURCES),
    When::Asked {
        globals: "",
        members: "console",
        sources: console::TEXTS,
    },
    When::Now(console::SOURCES),
    When::Now(streams::SOURCES),
    When::Asked {
        globals: "ByteLengthQueuingStrategy CountQueuingStrategy",
        members: "",
        sources: streams::STRATEGIES,
    },
    When::Asked {
        globals: "",
        members: "streams.teeReadable",
        sources: streams::TEE,
    },
    When::Asked {
        globals: "",
        members: "streams.pipe",
        sources: streams::PIPE,
    },
    When::Asked {
        globals: "TransformStream TransformStreamDefaultController",
        members: "streams.TransformStream streams.createTransform",
        sources: streams::TRANSFORM,
    },
    When::Asked {
        globals: "IdentityTransformStream FixedLengthStream",
        members: "",
        sources: streams::IDENTITY,
    },
    When::Asked {
        globals: "CompressionStream DecompressionStream",
        members: "",
        sources: compression::SOURCES,
    },
    When::Now(blob::SOURCES),
    When::Asked {
        globals: "FormData",
        members: "formdata",
        sources: formdata::SOURCES,
    },
    When::Asked {
        globals: "CryptoKey SubtleCrypto",
        members: "crypto",
        sources: crypto::SUBTLE,
    },
    When::Now(crypto::SOURCES),
    When::Now(fetch::SOURCES),
    When::Asked {
        globals: "EventSource",
        members: "eventSource",
        sources: event_source::SOURCES,
    },
    When::Asked {
        globals: "HTMLRewriter",
        members: "htmlTokens",
        sources: html_rewriter::SOURCES,
    },
    When::Asked {
        globals: "",
        members: "sockets",
        sources: sockets::SOURCES,
    },
    When::Asked {
        globals: "WebSocket WebSocketPair WebSocketRequestResponsePair",
        members: "webSocket",
        sources: websocket::SOURCES,
    },
    When::Now(navigator::SOURCES),
    When::Now(cache::SOURCES),
];
