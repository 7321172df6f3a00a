// node:_tls_common, which can be imported but does nothing here.
return require("internal/stub")("_tls_common", {
  functions: "createSecureContext translatePeerCertificate",
  classes: "SecureContext",
});
