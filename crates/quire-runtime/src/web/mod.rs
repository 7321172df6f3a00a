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
    let sources = [
        global_scope::FIRST,
        events::SOURCES,
        global_scope::SOURCES,
        timers::SOURCES,
        wasm::SOURCES,
        abort::SOURCES,
        scheduler::SOURCES,
        url::SOURCES,
        url_pattern::SOURCES,
        encoding::SOURCES,
        base64::SOURCES,
        structured_clone::SOURCES,
        message_channel::SOURCES,
        performance::SOURCES,
        console::SOURCES,
        streams::SOURCES,
        compression::SOURCES,
        blob::SOURCES,
        formdata::SOURCES,
        crypto::SOURCES,
        fetch::SOURCES,
        event_source::SOURCES,
        html_rewriter::SOURCES,
        sockets::SOURCES,
        websocket::SOURCES,
        navigator::SOURCES,
        cache::SOURCES,
    ];
    for (name, source) in sources.into_iter().flatten() {
        realm.run_source(name, source)?;
    }
    Ok(())
}
