//! `env.ASSETS`: the project's static files, from within the program.

use super::exchange::{headers, response_head};
use super::heads::RequestHead;
use crate::core::body::Body;
use crate::core::error::OpError;
use crate::core::fetcher::Fetcher;
use crate::core::outcome::Failure;
use crate::core::realm::Realm;
use crate::core::runtime::{AssetRequest, AssetService};
use futures_util::future::LocalBoxFuture;
use http_body::Body as _;
use std::rc::Rc;
use url::Url;

/// Adds `assets_fetch(head)` → what [`response_head`] gives.
pub(crate) fn install(realm: &Realm, assets: Rc<dyn AssetService>) {
    realm.realm_async_op("assets_fetch", move |realm, call| {
        let request = realm.require_request()?;
        let RequestHead {
            method,
            url: address,
            lines,
            ..
        } = RequestHead::read(call, 0)?;
        let url =
            Url::parse(&address).map_err(|_| OpError::Type(format!("Invalid URL: {address}")))?;
        let answer = assets.fetch(AssetRequest {
            method,
            path: url.path().into(),
            query: url.query().map(Into::into),
            host: url.host_str().map(Into::into),
            headers: headers(lines)?,
        });
        let realm = realm.clone();
        Ok(async move {
            let (head, body) = answer.await.into_parts();
            let bodiless =
                body.is_end_stream() && matches!(head.status.as_u16(), 101 | 204 | 205 | 304);
            let body = (!bodiless).then(|| body.received());
            Ok(response_head(
                &realm, &request, &head, &address, body, false, None,
            ))
        })
    });
}

/// Static files, asked for by another program, which was given `env.ASSETS`.
pub(crate) struct AssetFiles(pub(crate) Rc<dyn AssetService>);

impl Fetcher for AssetFiles {
    fn fetch(
        &self,
        request: http::Request<Body>,
    ) -> LocalBoxFuture<'static, Result<http::Response<Body>, Failure>> {
        let (head, _) = request.into_parts();
        let answer = self.0.fetch(AssetRequest {
            method: head.method,
            path: head.uri.path().into(),
            query: head.uri.query().map(Into::into),
            host: head.uri.host().map(Into::into),
            headers: head.headers,
        });
        Box::pin(async { Ok(answer.await) })
    }
}
