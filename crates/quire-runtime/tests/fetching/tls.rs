//! Encrypted connections.

use crate::site::{Site, run};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls;

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused() {
    run(async {
        let key = rcgen::generate_simple_self_signed(["localhost".to_string()]).unwrap();
        let secret = rustls::pki_types::PrivatePkcs8KeyDer::from(key.signing_key.serialize_der());
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let config = rustls::ServerConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![key.cert.der().clone()], secret.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // The handshake fails; that is what is tested.
                let _ = acceptor.accept(stream).await;
            }
        });
        let handler = format!(
            "async () => new Response(await fetch('https://localhost:{port}/').catch(String))"
        );
        let site = Site::start(&handler).await;
        assert_eq!(site.text("/").await, "Error: Network connection lost.");
        let log = site.log();
        let expected = format!("warn: fetch to https://localhost:{port} failed: ");
        assert!(
            log.iter()
                .any(|line| line.starts_with(&expected) && line.contains("certificate")),
            "{log:?}"
        );
    });
}
