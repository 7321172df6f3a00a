//! The socket to a client: from the response of status 101 to the end of the connection.

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

/// What a connection becomes once its response of status 101 is sent. It belongs to the request that was answered, which lasts as
/// long as this does.
pub struct Upgrade {
    connection: OnUpgrade,
    endpoint: Endpoint,
    agreement: Agreement,
    _answered: Answered,
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
        let (connection, agreement) = request.with_head(|head, _| {
            let connection = head.extensions.get::<OnUpgrade>()?.clone();
            handshake::is_asked_for(&head.headers).then(|| {
                (
                    connection,
                    handshake::respond(&head.headers, response, compression),
                )
            })
        })??;
        request.compact_head();
        Some(agreement.map(|agreement| Self {
            connection,
            endpoint,
            agreement,
            _answered: Answered::new(request),
        }))
    }

    /// Passes messages between client and program until the socket is closed or lost. When `going_away` is ready the client is
    /// told that the server is about to end.
    pub async fn run(self, going_away: impl Future<Output = ()>) {
        // Without a connection the program learns by the endpoint's end that the client has gone.
        if let Ok(upgraded) = self.connection.await {
            let stream = TokioIo::new(upgraded);
            connection::run(
                stream,
                Role::Server,
                self.agreement,
                self.endpoint,
                going_away,
            )
            .await;
        }
    }
}

impl std::fmt::Debug for Upgrade {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Upgrade").finish_non_exhaustive()
    }
}
