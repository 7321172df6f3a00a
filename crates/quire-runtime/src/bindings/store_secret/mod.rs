//! `SecretsStoreSecret`: a secret that several programs share.

pub(super) const SOURCES: &[(&str, &str)] = &[(
    "bindings/store_secret/store-secret.js",
    include_str!("store-secret.js"),
)];
