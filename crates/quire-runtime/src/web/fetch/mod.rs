//! `fetch`, `Request`, `Response`, `Headers`, the Body mixin, and `Fetcher` for bindings.

mod assets;
pub(crate) mod client;
mod control_characters;
mod exchange;
mod heads;
mod upstream;

use crate::core::body_ops::handle;
use crate::core::error::OpError;
use crate::core::realm::Realm;
pub(crate) use assets::{AssetFiles, install as install_assets};
use client::HttpClient;
use exchange::Exchange;
pub(crate) use exchange::response_head;
pub(crate) use heads::{RequestHead, ResponseHead};
use std::cell::OnceCell;
use std::rc::Rc;
pub use upstream::{Upstream, UpstreamPlace};

/// Evaluated after streams, blob, formdata, url, encoding and abort.
pub(crate) const SOURCES: &[(&str, &str)] = &[
    ("web/fetch/headers.js", include_str!("headers.js")),
    ("web/fetch/mime-type.js", include_str!("mime-type.js")),
    ("web/fetch/body.js", include_str!("body.js")),
    ("web/fetch/request.js", include_str!("request.js")),
    ("web/fetch/response.js", include_str!("response.js")),
    ("web/fetch/fetch.js", include_str!("fetch.js")),
    ("web/fetch/fetcher.js", include_str!("fetcher.js")),
];

/// What `request.cf` says on a machine that is no edge: the placeholder that the original's local
/// server has when it cannot fetch a sample.
const CF_PLACEHOLDER: &str = r#"{"asOrganization":"","asn":395747,"colo":"DFW","city":"Austin","region":"Texas","regionCode":"TX","metroCode":"635","postalCode":"78701","country":"US","continent":"NA","timezone":"America/Chicago","latitude":"30.27130","longitude":"-97.74260","clientTcpRtt":0,"httpProtocol":"HTTP/1.1","requestPriority":"weight=192;exclusive=0","tlsCipher":"AEAD-AES128-GCM-SHA256","tlsVersion":"TLSv1.3","tlsClientAuth":{"certIssuerDNLegacy":"","certIssuerDN":"","certPresented":"0","certSubjectDNLegacy":"","certSubjectDN":"","certNotBefore":"","certNotAfter":"","certSerial":"","certFingerprintSHA1":"","certVerified":"NONE"},"edgeRequestKeepAliveStatus":0,"hostMetadata":null,"botManagement":{"corporateProxy":false,"verifiedBot":false,"jsDetection":{"passed":false},"staticResource":false,"detectionIds":{},"score":99}}"#;

pub(crate) fn install(realm: &Realm) {
    // Made at the first fetch: reading the system's certificates takes a while.
    let client: Rc<OnceCell<HttpClient>> = Rc::default();
    let upgrading: Rc<OnceCell<HttpClient>> = Rc::default();
    realm.op("request_cf", |_| Ok(CF_PLACEHOLDER));
    realm.realm_op("fetch_number", |realm, _| Ok(realm.next_id() as f64));
    realm.realm_op("fetch_abort", |realm, call| {
        // Any request may abort what another one fetches.
        let number = handle(call, 0)?;
        for request in realm.requests().borrow().values() {
            request.abort(number);
        }
        Ok(())
    });
    realm.realm_async_op("fetch", move |realm, call| {
        let request = realm.require_request()?;
        let exchange = Exchange::read(realm, &request, call)?;
        let client = match exchange.is_upgrade() {
            true => upgrading.get_or_init(client::for_upgrades).clone(),
            false => client.get_or_init(client::for_exchanges).clone(),
        };
        let realm = realm.clone();
        Ok(async move { exchange.run(&realm, &request, client).await })
    });
    realm.realm_op("parse_data_url", |realm, call| {
        let text = call.string(0)?;
        let Ok(url) = data_url::DataUrl::process(&text) else {
            return Ok(None);
        };
        let Ok((bytes, _)) = url.decode_to_vec() else {
            return Ok(None);
        };
        let context = realm.context();
        let parts = [
            context.string(&url.mime_type().to_string()),
            context.uint8_array(bytes)?,
        ];
        context.array(&parts).map(Some).map_err(OpError::from)
    });
}
