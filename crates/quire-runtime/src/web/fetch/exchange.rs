//! One `fetch`: the request that goes out, redirects on its way, the response that comes back.

use super::client::HttpClient;
use super::heads::{RequestHead, ResponseHead};
use crate::core::bodies::NativeBody;
use crate::core::body::{BodyError, ByteStream, empty_stream, full_stream};
use crate::core::body_ops::{holder, take};
use crate::core::coding::Coding;
use crate::core::error::OpError;
use crate::core::header_lines;
use crate::core::realm::Realm;
use crate::core::request::RequestContext;
use crate::core::respond::body_bytes;
use crate::web::fetch::control_characters;
use crate::web::websocket;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderName,
    HeaderValue, LOCATION, TE, TRANSFER_ENCODING, UPGRADE,
};
use http::uri::Authority;
use http::{HeaderMap, Method, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use quire_jsc::Call;
use std::error::Error;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use tokio::sync::oneshot;
use url::Url;

const REDIRECTS_MAX: u32 = 20;

/// What a program may not say of the connection, which is not its own.
const NOT_SENT: [HeaderName; 9] = [
    HOST,
    CONNECTION,
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    TE,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("cf-worker"),
    HeaderName::from_static("cf-connecting-ip"),
];

const ABORTED: &str = "The operation was aborted";

/// The body of a request. What is in memory can be sent again after a redirect.
enum RequestBody {
    None,
    Bytes(Bytes),
    Once(Option<ByteStream>),
}

pub(super) struct Exchange {
    method: Method,
    url: Url,
    headers: HeaderMap,
    /// Whether values hold control characters, and are escaped.
    escaped: bool,
    body: RequestBody,
    follow: bool,
    /// Whether redirects to other origins lose `Authorization`.
    strip_authorization: bool,
    /// The program wants the bytes of the response as they are.
    manual: bool,
    aborted: Option<oneshot::Receiver<()>>,
    /// The key of the handshake, if a WebSocket is asked for.
    websocket_key: Option<HeaderValue>,
}

impl Exchange {
    /// Reads `fetch(head, body)`. What the head says besides has an `f` if redirects are followed, an `m` if the response stays encoded, and
    /// a `w` if a WebSocket is asked for.
    pub(super) fn read(
        realm: &Rc<Realm>,
        request: &RequestContext,
        call: &Call<'_>,
    ) -> Result<Self, OpError> {
        request.charge_subrequest()?;
        let head = RequestHead::read(call, 0)?;
        let url = Url::parse(&head.url)
            .map_err(|_| OpError::Type(format!("Invalid URL: {}", head.url)))?;
        let is = |letter| {
            head.extra
                .as_ref()
                .is_some_and(|extra| extra.contains(letter))
        };
        let body = match call.is_nullish(1) {
            true => RequestBody::None,
            false => match body_bytes(call, 1)? {
                Ok(bytes) => RequestBody::Bytes(bytes),
                Err(number) => {
                    let holder = holder(realm, number)?;
                    RequestBody::Once(Some(take(&holder, number)?.decoded()))
                }
            },
        };
        let (mut headers, escaped) = request_headers(request, head.lines)?;
        let websocket_key = is('w').then(|| {
            let compression = realm.compatibility().websocket_compression;
            websocket::handshake::request(&mut headers, compression)
        });
        Ok(Self {
            follow: is('f'),
            manual: is('m'),
            method: head.method,
            url,
            headers,
            escaped,
            websocket_key,
            body,
            strip_authorization: realm.compatibility().strip_authorization,
            aborted: head.number.map(|number| request.abortable(number)),
        })
    }

    /// Whether a WebSocket is asked for.
    pub(super) fn is_upgrade(&self) -> bool {
        self.websocket_key.is_some()
    }

    /// Performs the exchange. Gives what JavaScript is told of the response.
    pub(super) async fn run(
        mut self,
        realm: &Realm,
        request: &RequestContext,
        client: HttpClient,
    ) -> Result<String, OpError> {
        request.outgoing().await?;
        let mut aborted = self.aborted.take();
        let mut redirects = 0;
        loop {
            let outgoing = self.outgoing()?;
            let sent = async {
                match self.escaped {
                    true => control_characters::request(outgoing).await,
                    false => client.request(outgoing).await.map_err(Into::into),
                }
            };
            let answer = tokio::select! {
                answer = sent => answer,
                () = fired(&mut aborted) => return Err(OpError::Dom("AbortError", ABORTED.into())),
            };
            let mut answer = answer.map_err(|error| self.failure(realm, &*error))?;
            if self.escaped {
                answer.extensions_mut().insert(Escaped);
            }
            if self.follow
                && let Some(target) = self.redirect_target(&answer)?
            {
                redirects += 1;
                request.charge_subrequest()?;
                if redirects > REDIRECTS_MAX {
                    return Err(OpError::Type("Too many redirects.".into()));
                }
                self.redirect(answer.status(), target)?;
                continue;
            }
            if let (Some(key), StatusCode::SWITCHING_PROTOCOLS) =
                (self.websocket_key.take(), answer.status())
            {
                let stop = async move { fired(&mut aborted).await };
                let (headers, socket) = websocket::open(realm, request, &key, answer, stop).await?;
                return Ok(self.socket_head(&headers, socket));
            }
            return Ok(self.deliver(realm, request, answer, redirects > 0, aborted));
        }
    }

    fn outgoing(&mut self) -> Result<http::Request<ByteStream>, OpError> {
        let body = match &mut self.body {
            RequestBody::None => empty_stream(),
            RequestBody::Bytes(bytes) => full_stream(bytes.clone()),
            RequestBody::Once(stream) => stream.take().ok_or_else(used_up)?,
        };
        let mut target = self.url.clone();
        target.set_fragment(None);
        // Credentials are not sent, as on the original. Both calls fail only without a host.
        let _ = target.set_username("");
        let _ = target.set_password(None);
        let is_empty = body.size_hint().exact() == Some(0);
        let mut outgoing = http::Request::new(body);
        *outgoing.method_mut() = self.method.clone();
        *outgoing.uri_mut() = target
            .as_str()
            .parse()
            .map_err(|_| OpError::Type(format!("Invalid URL: {target}")))?;
        *outgoing.headers_mut() = self.headers.clone();
        if is_empty && !matches!(self.method, Method::GET | Method::HEAD) {
            outgoing
                .headers_mut()
                .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Ok(outgoing)
    }

    /// Where a redirect leads, if the answer is one that is followed.
    fn redirect_target<B>(&self, answer: &http::Response<B>) -> Result<Option<Url>, OpError> {
        if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok(None);
        }
        let Some(location) = answer.headers().get(LOCATION).filter(|at| !at.is_empty()) else {
            return Ok(None);
        };
        let location = percent_encode_invalid(location.as_bytes());
        let target = self.url.join(&location).map_err(|_| {
            OpError::Type("Invalid Location header; unable to follow redirect.".into())
        })?;
        if !matches!(target.scheme(), "http" | "https") {
            return Err(OpError::Type(format!("Fetch API cannot load: {target}")));
        }
        Ok(Some(target))
    }

    /// Turns this into the exchange that a redirect asks for.
    fn redirect(&mut self, status: StatusCode, target: Url) -> Result<(), OpError> {
        // Even where the redirect leaves the body out, as the standard says.
        if matches!(self.body, RequestBody::Once(_)) && status != StatusCode::SEE_OTHER {
            return Err(used_up());
        }
        let to_get = match status.as_u16() {
            301 | 302 => self.method == Method::POST,
            303 => self.method != Method::HEAD,
            _ => false,
        };
        if to_get {
            self.method = Method::GET;
            self.body = RequestBody::None;
        }
        if self.strip_authorization && target.origin() != self.url.origin() {
            self.headers.remove(AUTHORIZATION);
        }
        self.url = target;
        Ok(())
    }

    fn failure(&self, realm: &Realm, error: &(dyn Error + 'static)) -> OpError {
        let mut cause = error;
        let mut is_name_unknown = false;
        while let Some(source) = cause.source() {
            cause = source;
            is_name_unknown |= cause.to_string() == "dns error";
        }
        let origin = self.url.origin().ascii_serialization();
        realm.log("warn", &format!("fetch to {origin} failed: {cause}"));
        OpError::Error(match is_name_unknown {
            true => format!("internal error; reference = {:x}", realm.next_id()),
            false => BodyError::connection_lost().0,
        })
    }

    fn socket_head(&self, headers: &HeaderMap, socket: u64) -> String {
        ResponseHead {
            status: StatusCode::SWITCHING_PROTOCOLS,
            reason: None,
            body: None,
            redirected: false,
            socket: Some(socket),
            url: self.url.as_str(),
            lines: &header_lines::lines_of(headers),
        }
        .text()
    }

    fn deliver(
        &self,
        realm: &Realm,
        request: &RequestContext,
        answer: http::Response<hyper::body::Incoming>,
        redirected: bool,
        aborted: Option<oneshot::Receiver<()>>,
    ) -> String {
        let (head, body) = answer.into_parts();
        let coding = match self.manual {
            true => None,
            false => head
                .headers
                .get(CONTENT_ENCODING)
                .and_then(|value| Coding::of(value.as_bytes())),
        };
        let bodiless =
            self.method == Method::HEAD || matches!(head.status.as_u16(), 101 | 204 | 205 | 304);
        let native = (!bodiless).then(|| {
            let stream = AbortableBody { body, aborted };
            NativeBody::new(stream.boxed_unsync(), coding)
        });
        let mut url = self.url.clone();
        url.set_fragment(None);
        response_head(
            realm,
            request,
            &head,
            url.as_str(),
            native,
            redirected,
            None,
        )
    }
}

/// What JavaScript is told of a response, whose body and socket the request keeps.
pub(crate) fn response_head(
    realm: &Realm,
    request: &RequestContext,
    head: &http::response::Parts,
    url: &str,
    body: Option<NativeBody>,
    redirected: bool,
    socket: Option<u64>,
) -> String {
    let body = body.map(|body| {
        let number = realm.next_id();
        request.bodies.insert(number, body);
        number
    });
    let reason = head.extensions.get::<hyper::ext::ReasonPhrase>();
    let reason = reason.map(|reason| String::from_utf8_lossy(reason.as_bytes()));
    let lines = match head.extensions.get::<Escaped>() {
        Some(_) => unescaped_lines_of(&head.headers),
        None => header_lines::lines_of(&head.headers),
    };
    ResponseHead {
        status: head.status,
        reason: reason.as_deref(),
        body,
        redirected,
        socket,
        url,
        lines: &lines,
    }
    .text()
}

/// Says that the values of a response are escaped.
#[derive(Clone, Copy)]
struct Escaped;

fn unescaped_lines_of(headers: &HeaderMap) -> String {
    let mut lines = String::new();
    for (name, value) in headers {
        let value = control_characters::unescape(value.as_bytes());
        header_lines::push(&mut lines, name.as_str(), &header_lines::text(&value));
    }
    lines
}

/// The headers of a request: the program's, and which site it comes from. And whether values had to be escaped.
fn request_headers(request: &RequestContext, lines: String) -> Result<(HeaderMap, bool), OpError> {
    let lines = Bytes::from(lines);
    let (mut headers, escaped) = match headers(lines.clone()) {
        Ok(headers) => (headers, false),
        // Escaping leaves line feeds alone.
        Err(_) => {
            let lines = control_characters::escape(&lines);
            (headers(lines)?, true)
        }
    };
    let host = request.with_head(|head, _| {
        let host = head.headers.get(HOST);
        let authority = host.and_then(|host| Authority::try_from(host.as_bytes()).ok());
        let authority = head.uri.authority().cloned().or(authority)?;
        HeaderValue::from_str(authority.host()).ok()
    });
    if let Some(host) = host.flatten() {
        headers.insert(HeaderName::from_static("cf-worker"), host);
    }
    Ok((headers, escaped))
}

/// Headers from lines of name and value in turn.
pub(super) fn headers(lines: impl Into<Bytes>) -> Result<HeaderMap, OpError> {
    let mut headers = HeaderMap::new();
    header_lines::parse(lines, |name, value| {
        if !NOT_SENT.contains(&name) {
            headers.append(name, value);
        }
    })?;
    if !headers.contains_key(ACCEPT_ENCODING) {
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("br, gzip"));
    }
    Ok(headers)
}

/// Bytes as text; those that are no UTF-8 are percent-encoded, as browsers do in a `Location`.
fn percent_encode_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn used_up() -> OpError {
    OpError::Type(
        "A request with a one-time-use body (it was initialized from a stream, not a buffer) encountered a redirect \
         requiring the body to be retransmitted. To avoid this error in the future, construct this request from a \
         buffer-like body initializer."
            .into(),
    )
}

/// Ready when the program aborts; never without somebody who could.
async fn fired(aborted: &mut Option<oneshot::Receiver<()>>) {
    if let Some(receiver) = aborted
        && receiver.await.is_ok()
    {
        return;
    }
    *aborted = None;
    std::future::pending().await
}

/// A response's body, which ends with an error when the program aborts the exchange.
struct AbortableBody {
    body: hyper::body::Incoming,
    aborted: Option<oneshot::Receiver<()>>,
}

impl Body for AbortableBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = self.get_mut();
        if let Some(aborted) = &mut this.aborted {
            match Pin::new(aborted).poll(context) {
                Poll::Ready(Ok(())) => return Poll::Ready(Some(Err(BodyError(ABORTED.into())))),
                Poll::Ready(Err(_)) => this.aborted = None,
                Poll::Pending => {}
            }
        }
        Pin::new(&mut this.body)
            .poll_frame(context)
            .map_err(|_| BodyError::connection_lost())
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::percent_encode_invalid;

    #[test]
    fn a_location_keeps_what_is_text() {
        assert_eq!(percent_encode_invalid("/☃?%20".as_bytes()), "/☃?%20");
        assert_eq!(percent_encode_invalid(b"/a?\xff\xe2\x98b"), "/a?%FF%E2%98b");
    }
}
