//! The opening handshake (RFC 6455 §4), both sides of it.

use super::deflate::{self, Deflate};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{
    CONNECTION, HeaderMap, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS,
    SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderName, StatusCode};
use openssl::sha::Sha1;

/// What makes a key an answer (RFC 6455 §1.3).
const ACCEPT_SALT: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

const VERSION: HeaderValue = HeaderValue::from_static("13");
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// The halves of the compression that both sides agreed on: for what is received, and for what is sent.
pub(super) type Agreement = Option<(Deflate, Deflate)>;

/// Why a client's handshake is not accepted, whatever the program says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) text: &'static str,
}

/// Whether a request asks for a WebSocket.
pub(crate) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers.get_all(UPGRADE).iter().any(|value| {
        value
            .as_bytes()
            .split(|&byte| byte == b',')
            .any(|token| token.trim_ascii().eq_ignore_ascii_case(b"websocket"))
    })
}

/// Completes the headers of the response that opens a socket to a client.
pub(super) fn respond(
    request: &HeaderMap,
    response: &mut HeaderMap,
    compression: bool,
) -> Result<Agreement, Refusal> {
    if request.get(SEC_WEBSOCKET_VERSION) != Some(&VERSION) {
        return Err(Refusal {
            status: StatusCode::UPGRADE_REQUIRED,
            text: "ERROR: The requested WebSocket version is not supported.",
        });
    }
    let Some(key) = request.get(SEC_WEBSOCKET_KEY) else {
        return Err(Refusal {
            status: StatusCode::BAD_REQUEST,
            text: "ERROR: Missing Sec-WebSocket-Key",
        });
    };
    response.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    response.insert(UPGRADE, WEBSOCKET);
    response.insert(SEC_WEBSOCKET_ACCEPT, accept(key.as_bytes()));
    // The program may have taken it over from a server that it passes on.
    response.remove(SEC_WEBSOCKET_EXTENSIONS);
    let offers = match compression {
        true => joined(request, &SEC_WEBSOCKET_EXTENSIONS),
        false => String::new(),
    };
    let agreed = deflate::accept(&offers);
    if let Some((answer, ..)) = &agreed {
        response.insert(SEC_WEBSOCKET_EXTENSIONS, HeaderValue::from_static(answer));
    }
    Ok(agreed.map(|(_, receiving, sending)| (receiving, sending)))
}

/// Completes the headers of a request for a socket. Gives the key, for [`check`].
pub(crate) fn request(headers: &mut HeaderMap, compression: bool) -> HeaderValue {
    let mut key = [0; 16];
    // A weak key weakens nothing: it only proves that the server knows the protocol.
    let _ = getrandom::fill(&mut key);
    let key = header(BASE64.encode(key));
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, WEBSOCKET);
    headers.insert(SEC_WEBSOCKET_VERSION, VERSION);
    headers.insert(SEC_WEBSOCKET_KEY, key.clone());
    // A client's own, which the program passes on, was for the way to here.
    headers.remove(SEC_WEBSOCKET_EXTENSIONS);
    if compression {
        headers.insert(
            SEC_WEBSOCKET_EXTENSIONS,
            HeaderValue::from_static(deflate::OFFER),
        );
    }
    key
}

/// Checks a server's answer of status 101.
pub(super) fn check(key: &HeaderValue, answer: &HeaderMap) -> Result<Agreement, String> {
    if !is_asked_for(answer) {
        return Err("the server switched to another protocol than WebSocket".into());
    }
    if answer.get(SEC_WEBSOCKET_ACCEPT) != Some(&accept(key.as_bytes())) {
        return Err("the server's Sec-WebSocket-Accept does not fit the key".into());
    }
    deflate::agreed(&joined(answer, &SEC_WEBSOCKET_EXTENSIONS))
        .map_err(|()| "the server chose a WebSocket extension that was not offered".into())
}

fn accept(key: &[u8]) -> HeaderValue {
    let mut hash = Sha1::new();
    hash.update(key);
    hash.update(ACCEPT_SALT);
    header(BASE64.encode(hash.finish()))
}

fn header(base64: String) -> HeaderValue {
    HeaderValue::try_from(base64)
        .unwrap_or_else(|error| unreachable!("Base64 is fit for headers: {error}"))
}

/// The values of a header, as one.
fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let values: Vec<_> = values.filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn both_sides_agree() {
        let mut asked = HeaderMap::new();
        let key = request(&mut asked, true);
        assert!(is_asked_for(&asked));
        let mut answer = HeaderMap::new();
        assert!(respond(&asked, &mut answer, true).unwrap().is_some());
        assert!(check(&key, &answer).unwrap().is_some());
        let mut plain = HeaderMap::new();
        assert!(respond(&asked, &mut plain, false).unwrap().is_none());
        assert!(check(&key, &plain).unwrap().is_none());
        assert!(check(&HeaderValue::from_static("other"), &answer).is_err());
        answer.remove(UPGRADE);
        assert!(check(&key, &answer).is_err());
    }

    #[test]
    fn the_answer_to_a_key_is_that_of_the_standard() {
        assert_eq!(
            accept(b"dGhlIHNhbXBsZSBub25jZQ=="),
            "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        );
    }

    #[test]
    fn other_versions_and_missing_keys_are_refused() {
        let mut asked = HeaderMap::new();
        request(&mut asked, false);
        asked.remove(SEC_WEBSOCKET_KEY);
        let status = |asked: &HeaderMap| {
            let answer = respond(asked, &mut HeaderMap::new(), true);
            answer.map(drop).unwrap_err().status
        };
        assert_eq!(status(&asked), 400);
        asked.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("12"));
        assert_eq!(status(&asked), 426);
    }

    #[test]
    fn upgrade_is_a_list_of_tokens_in_any_case() {
        let asked = |value: &'static str| {
            is_asked_for(&HeaderMap::from_iter([(
                UPGRADE,
                HeaderValue::from_static(value),
            )]))
        };
        assert!(asked("WebSocket"));
        assert!(asked("h2c, websocket"));
        assert!(!asked("websockets"));
    }
}
