//! What follows a response of status 101 to a client, to the end of the connection: a socket of a program, or the bytes of another server.

use super::channel::Endpoint;
use super::connection;
use super::frame::Role;
use super::handshake::{self, Agreement, Refusal};
use crate::core::request::{Hold, RequestContext};
use http::HeaderMap;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::rc::Rc;

/// What a connection becomes once its response of status 101 is sent.
pub struct Upgrade {
    client: OnUpgrade,
    other: Other,
}

/// Whom the client talks to.
enum Other {
    /// A program. The socket belongs to the request that was answered, which lasts as long as this does.
    Program {
        endpoint: Endpoint,
        agreement: Agreement,
        _answered: Answered,
    },
    /// Another server, in whatever protocol.
    Server(OnUpgrade),
}

/// The request that was answered with a socket. It is over for its client when this is dropped.
pub(super) struct Answered {
    request: Rc<RequestContext>,
    _hold: Hold,
}

impl Answered {
    pub(super) fn new(request: &Rc<RequestContext>) -> Self {
        Self {
            request: request.clone(),
            _hold: request.hold(),
        }
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        self.request.client_done(false);
    }
}

impl Upgrade {
    /// Answers a request with a socket: completes the response's headers. `None` if the request asked for none.
    pub(crate) fn new(
        request: &Rc<RequestContext>,
        response: &mut HeaderMap,
        endpoint: Endpoint,
        compression: bool,
    ) -> Option<Result<Self, Refusal>> {
        let (client, agreement) = request.with_head(|head, _| {
            let client = head.extensions.get::<OnUpgrade>()?.clone();
            handshake::is_asked_for(&head.headers).then(|| {
                (
                    client,
                    handshake::respond(&head.headers, response, compression),
                )
            })
        })??;
        request.compact_head();
        Some(agreement.map(|agreement| Self {
            client,
            other: Other::Program {
                endpoint,
                agreement,
                _answered: Answered::new(request),
            },
        }))
    }

    /// Lets a client and another server talk to each other.
    pub(crate) fn tunnel(client: OnUpgrade, server: OnUpgrade) -> Self {
        let other = Other::Server(server);
        Self { client, other }
    }

    /// Passes on what both sides say until the connection is closed or lost. When `going_away` is ready the client is
    /// told that the server is about to end, or cut off if the protocol is not known here.
    pub async fn run(self, going_away: impl Future<Output = ()>) {
        // Without a connection a program learns by the endpoint's end that the client has gone.
        let Ok(client) = self.client.await else {
            return;
        };
        let mut client = TokioIo::new(client);
        match self.other {
            Other::Program {
                endpoint,
                agreement,
                _answered,
            } => {
                connection::run(client, Role::Server, agreement, endpoint, going_away).await;
            }
            Other::Server(server) => {
                let Ok(server) = server.await else {
                    return;
                };
                let mut server = TokioIo::new(server);
                tokio::select! {
                    // How it ended is no news to anybody here.
                    _ = tokio::io::copy_bidirectional(&mut client, &mut server) => {}
                    () = going_away => {}
                }
            }
        }
    }
}

impl std::fmt::Debug for Upgrade {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Upgrade").finish_non_exhaustive()
    }
}
