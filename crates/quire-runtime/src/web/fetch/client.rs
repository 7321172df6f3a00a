//! The HTTP client behind `fetch`: pooled connections, HTTP/1.1 and HTTP/2, TLS by rustls.

use crate::core::body::ByteStream;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::time::Duration;

pub(super) type HttpClient = Client<HttpsConnector<HttpConnector>, ByteStream>;

/// How long a connection attempt may take.
const CONNECT_MAX: Duration = Duration::from_secs(20);
/// How long an idle connection is kept for the next request.
const IDLE_MAX: Duration = Duration::from_secs(60);
/// Idle connections kept to one host.
const IDLE_PER_HOST_MAX: usize = 64;

/// How many headers a response may have. The original counts their bytes only.
pub(super) const HEADERS_MAX: usize = 400;

/// The client for WebSockets, which HTTP/2 has no upgrade for.
pub(super) fn for_upgrades() -> HttpClient {
    new(false)
}

pub(super) fn for_exchanges() -> HttpClient {
    new(true)
}

/// What makes connections for HTTP/1.1 alone.
pub(super) fn http1_connector() -> HttpsConnector<HttpConnector> {
    connector(false)
}

fn connector(http2: bool) -> HttpsConnector<HttpConnector> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_MAX));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls())
        .https_or_http();
    match http2 {
        true => connector.enable_all_versions().wrap_connector(tcp),
        false => connector.enable_http1().wrap_connector(tcp),
    }
}

fn new(http2: bool) -> HttpClient {
    Client::builder(TokioExecutor::new())
        .http1_max_headers(HEADERS_MAX)
        .pool_timer(TokioTimer::new())
        .timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_MAX)
        .pool_max_idle_per_host(IDLE_PER_HOST_MAX)
        .build(connector(http2))
}

/// Trusts what the system trusts, and the public authorities where the system has no list.
pub(crate) fn tls() -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let system = rustls_native_certs::load_native_certs();
    // Certificates that cannot be read are of no use to anybody.
    roots.add_parsable_certificates(system.certs);
    rustls::ClientConfig::builder_with_provider(
        rustls::crypto::aws_lc_rs::default_provider().into(),
    )
    .with_safe_default_protocol_versions()
    .unwrap_or_else(|error| unreachable!("AWS-LC supports the default versions: {error}"))
    .with_root_certificates(roots)
    .with_no_client_auth()
}
