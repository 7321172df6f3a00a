// node:tls, which can be imported but does nothing here.
return require("internal/stub")("tls", {
  functions: "checkServerIdentity connect convertALPNProtocols createSecureContext createSecurePair createServer getCiphers",
  classes: "SecureContext Server TLSSocket",
  values: {
    CLIENT_RENEG_LIMIT: 3,
    CLIENT_RENEG_WINDOW: 600,
    DEFAULT_CIPHERS: "",
    DEFAULT_ECDH_CURVE: "auto",
    DEFAULT_MAX_VERSION: "TLSv1.3",
    DEFAULT_MIN_VERSION: "TLSv1.2",
    rootCertificates: [],
  },
});
