//! What JavaScript may ask of the request it runs for.

use super::body_ops::handle;
use super::client::Client;
use super::error::OpError;
use super::header_lines;
use super::realm::Realm;
use super::request::RequestContext;
use http::header::{ACCEPT_ENCODING, CONNECTION, HOST, HeaderName, TE, TRANSFER_ENCODING, UPGRADE};
use http::request::Parts;
use quire_jsc::Call;
use std::rc::Rc;

/// What a program sees as `accept-encoding`, whatever the client sent: the runtime encodes for the client.
const ACCEPT_ENCODING_SHOWN: &str = "br, gzip";

/// Headers of the connection, not of the request. `Upgrade` stays: programs answer WebSockets by it.
const HOP_BY_HOP: [HeaderName; 5] = [
    CONNECTION,
    TRANSFER_ENCODING,
    TE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

pub(crate) fn install(realm: &Realm) {
    realm.realm_op("request_headers", |realm, call| {
        with_head(realm, call, header_lines)
    });
    realm.realm_op("request_accept_encoding", |realm, call| {
        with_head(realm, call, |head, _| {
            head.headers
                .get(ACCEPT_ENCODING)
                .map(|value| header_lines::text_of(value).into_owned())
                .unwrap_or_default()
        })
    });
    realm.realm_op("request_departure", |realm, call| {
        if let Some(request) = request(realm, call)? {
            request.on_departure(call.value(1));
        }
        Ok(())
    });
    realm.realm_op("current_request", |realm, _| {
        Ok(realm.current().map(|request| request.id() as f64))
    });
    install_turns(realm);
    realm.realm_op("wait_begin", |realm, call| {
        if let Some(request) = request(realm, call)? {
            request.begin_wait();
        }
        Ok(())
    });
    realm.realm_op("wait_end", |realm, call| {
        if let Some(request) = request(realm, call)? {
            request.end_wait();
        }
        Ok(())
    });
    realm.realm_op("log", |realm, call| {
        realm.log(&call.string(0)?, &call.string(1)?);
        Ok(())
    });
    realm.realm_op("map_stack", |realm, call| {
        Ok(realm.source_map().stack(&call.string(0)?, &call.string(1)?))
    });
}

/// The operations by which JavaScript asks whether it may do something now.
pub(super) fn install_guards(realm: &Realm) {
    realm.realm_op("require_request", |realm, _| {
        realm.require_request().map(drop)
    });
    // (request, kind of object): throws unless that request may still be answered: one that has settled a promise for
    // another one runs for that as well.
    realm.realm_op("require_open", |realm, call| {
        realm.require_request()?;
        match request(realm, call)? {
            Some(request) if !request.is_answered() => Ok(()),
            _ => Err(foreign(&call.string(1)?)),
        }
    });
}

/// What an object of another request answers to its use. The first sentence is what programs look for.
pub(super) fn foreign(kind: &str) -> OpError {
    OpError::Error(format!(
        "Cannot perform I/O on behalf of a different request. What reads or writes, such as a stream, a body or a socket, \
         belongs to the request in which it was made; use it there, or make another one. (I/O type: {kind})"
    ))
}

fn request(realm: &Realm, call: &Call<'_>) -> Result<Option<Rc<RequestContext>>, OpError> {
    Ok(realm.request(handle(call, 0)?))
}

fn with_head<R>(
    realm: &Realm,
    call: &Call<'_>,
    read: impl FnOnce(&Parts, Option<Client>) -> R,
) -> Result<R, OpError> {
    let id = handle(call, 0)?;
    let found = match realm.request(id) {
        Some(request) => request.with_head(read),
        None => realm.recent_heads.read(id, read),
    };
    found.ok_or_else(|| {
        OpError::Error("the request has ended; what was not read of it before is gone".into())
    })
}

/// The absolute URL that the client asked for.
pub(super) fn url(head: &Parts, client: Client) -> String {
    let host = match head.uri.authority() {
        Some(authority) => authority.as_str().as_bytes(),
        None => head
            .headers
            .get(HOST)
            .map_or(&b"localhost"[..], |host| host.as_bytes()),
    };
    let host = String::from_utf8_lossy(host);
    let target = head
        .uri
        .path_and_query()
        .map_or("/", |target| target.as_str());
    let scheme = if client.https { "https://" } else { "http://" };
    let url = [scheme, &host, target].concat();
    if is_plain_host(&host) && is_plain_target(target) {
        return url;
    }
    // Upper case, a default port, a dot segment, something odd: as the URL standard writes it.
    match url::Url::parse(&url) {
        Ok(url) => url.into(),
        Err(_) => [scheme, "localhost", target].concat(),
    }
}

/// Bytes that the URL standard leaves alone in a path and a query.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let bytes =
        b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.~!$&()*+,;=:@/%?";
    let mut index = 0;
    while index < bytes.len() {
        plain[bytes[index] as usize] = true;
        index += 1;
    }
    plain
};

/// Whether the URL standard would leave the path and query as they are.
fn is_plain_target(target: &str) -> bool {
    let bytes = target.as_bytes();
    let mut begins_segment = false;
    for (index, &byte) in bytes.iter().enumerate() {
        let is_dot = |byte| match byte {
            b'.' => true,
            b'%' => matches!(bytes.get(index + 1..index + 3), Some(b"2e" | b"2E")),
            _ => false,
        };
        if !PLAIN[usize::from(byte)] || (begins_segment && is_dot(byte)) {
            return false;
        }
        begins_segment = byte == b'/';
    }
    true
}

/// Whether the URL standard would leave the host as it is. A port must not be the scheme's own.
fn is_plain_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "1"));
    // "0x7f" and "1." are numbers too, which the standard writes as an address.
    let label = name.strip_suffix('.').unwrap_or(name);
    let label = label.rsplit('.').next().unwrap_or_default();
    let is_number_like = label.is_empty() || label.starts_with(|c: char| c.is_ascii_digit());
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
    name.bytes().all(plain)
        && (!is_number_like || name.parse::<std::net::Ipv4Addr>().is_ok())
        && !name.split('.').any(|label| label.starts_with("xn--"))
        && port.starts_with(|first: char| matches!(first, '1'..='9'))
        && port
            .parse::<u16>()
            .is_ok_and(|port| port != 80 && port != 443)
}

fn header_lines(head: &Parts, client: Option<Client>) -> String {
    let Some(client) = client else {
        return header_lines::lines_of(&head.headers);
    };
    let mut lines = String::with_capacity(512);
    let mut add = |name: &str, value: &str| header_lines::push(&mut lines, name, value);
    if let (Some(authority), false) = (head.uri.authority(), head.headers.contains_key(HOST)) {
        add("host", authority.as_str());
    }
    for (name, value) in &head.headers {
        let dropped = HOP_BY_HOP.contains(name)
            || name == ACCEPT_ENCODING
            || name == "cf-connecting-ip"
            || (name == UPGRADE && !value.as_bytes().eq_ignore_ascii_case(b"websocket"));
        if !dropped {
            add(name.as_str(), &header_lines::text_of(value));
        }
    }
    add("accept-encoding", ACCEPT_ENCODING_SHOWN);
    add("cf-connecting-ip", &client.ip.to_string());
    lines
}

/// What lets a promise settle in the turn of the request that made it.
pub(crate) fn install_turns(realm: &Realm) {
    // (request, function): calls it in that request's turn, soon. `false` if the request has ended.
    realm.realm_op("continue_request", |realm, call| {
        let Some(request) = request(realm, call)? else {
            return Ok(false);
        };
        let (function, realm, owner) = (call.value(1), realm.clone(), request.clone());
        request.spawn(async move {
            realm.enter(Some(owner), |_| function.call_and_forget(None, []));
        });
        Ok(true)
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What is taken as it is, the URL standard would not have changed.
        #[test]
        fn plain_urls_stay_as_they_are(
            host in "(127.0.0.1|[0-9x.]{1,8}|[a-z0-9.-]{1,12}|localhost|xn--[a-z0-9]{3,5})(:[0-9]{0,6})?",
            target in "/([a-zA-Z0-9./%?&=~!'\"<>\\-]|%2e|%2E){0,20}",
        ) {
            let url = ["http://", &host, &target].concat();
            if is_plain_host(&host) && is_plain_target(&target) {
                let parsed = url::Url::parse(&url).map(String::from);
                prop_assert_eq!(parsed, Ok(url));
            }
        }
    }
}
