//! The project's static files, for requests and for functions.

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;
use http::header::HOST;
use http::{Request, Response, StatusCode, Uri};
use quire_assets::{AssetBody, Assets};
use quire_runtime::{AssetRequest, AssetService, Body};

/// The files, or nothing for a project without a directory of them.
#[derive(Clone, Debug)]
pub(crate) struct StaticFiles {
    pub assets: Option<Assets>,
    /// Whether clients speak HTTPS.
    pub is_encrypted: bool,
}

impl StaticFiles {
    /// Answers a request that no function takes.
    pub(crate) async fn answer<B>(&self, request: &Request<B>, uri: &Uri) -> Response<Body> {
        let Some(assets) = &self.assets else {
            return nothing();
        };
        let host = match uri.authority() {
            Some(authority) => Some(authority.as_str()),
            None => request
                .headers()
                .get(HOST)
                .and_then(|host| host.to_str().ok()),
        };
        let request = quire_assets::AssetRequest {
            method: request.method(),
            path: uri.path(),
            query: uri.query(),
            headers: request.headers(),
            host,
            https: self.is_encrypted,
        };
        assets.respond(request).await.map(body)
    }
}

impl AssetService for StaticFiles {
    fn fetch(&self, request: AssetRequest) -> LocalBoxFuture<'static, Response<Body>> {
        let is_encrypted = self.is_encrypted;
        let Some(assets) = self.assets.clone() else {
            return std::future::ready(nothing()).boxed_local();
        };
        async move {
            let request = quire_assets::AssetRequest {
                method: &request.method,
                path: &request.path,
                query: request.query.as_deref(),
                headers: &request.headers,
                host: request.host.as_deref(),
                https: is_encrypted,
            };
            assets.respond(request).await.map(body)
        }
        .boxed_local()
    }
}

/// The body that is sent, by way of a program or not. It knows which file it is of.
pub(super) fn body(mut body: AssetBody) -> Body {
    let asset = body.take_asset();
    let body = match body.in_memory() {
        Some(bytes) => Body::full(bytes),
        None => Body::wrap(body),
    };
    match asset {
        Some(asset) => body.with_origin(asset),
        None => body,
    }
}

fn nothing() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
