// node:crypto.
const { notImplemented } = require("internal/errors");
const hashing = require("internal/crypto/hashing");
const random = require("internal/crypto/random");
const derivation = require("internal/crypto/derivation");
const keys = require("internal/crypto/keys");
const generation = require("internal/crypto/generation");
const signing = require("internal/crypto/signing");
const ciphers = require("internal/crypto/ciphers");
const agreement = require("internal/crypto/agreement");
const certificates = require("internal/crypto/certificates");
const { crypto: webcrypto, CryptoKey } = globalThis;

const constants = {
  RSA_PKCS1_PADDING: 1,
  RSA_NO_PADDING: 3,
  RSA_PKCS1_OAEP_PADDING: 4,
  RSA_X931_PADDING: 5,
  RSA_PKCS1_PSS_PADDING: 6,
  RSA_PSS_SALTLEN_DIGEST: -1,
  RSA_PSS_SALTLEN_MAX_SIGN: -2,
  RSA_PSS_SALTLEN_AUTO: -2,
  DH_CHECK_P_NOT_SAFE_PRIME: 2,
  DH_CHECK_P_NOT_PRIME: 1,
  DH_UNABLE_TO_CHECK_GENERATOR: 4,
  DH_NOT_SUITABLE_GENERATOR: 8,
  POINT_CONVERSION_COMPRESSED: 2,
  POINT_CONVERSION_UNCOMPRESSED: 4,
  POINT_CONVERSION_HYBRID: 6,
  defaultCoreCipherList: "",
  TLS1_VERSION: 769,
  TLS1_1_VERSION: 770,
  TLS1_2_VERSION: 771,
  TLS1_3_VERSION: 772,
};
Object.setPrototypeOf(constants, null);

const { KeyObject, createSecretKey, createPrivateKey, createPublicKey } = keys;
const curves = ["prime256v1", "secp256k1", "secp384r1", "secp521r1"];

const crypto = {
  ...hashing,
  ...random,
  ...derivation,
  ...generation,
  ...signing,
  ...ciphers,
  ...agreement,
  ...certificates,
  KeyObject,
  createSecretKey,
  createPrivateKey,
  createPublicKey,
  constants,
  getCurves: () => [...curves],
  getFips: () => 0,
  setFips: notImplemented("setFips"),
  setEngine: notImplemented("setEngine"),
  secureHeapUsed: () => ({ total: 0, used: 0, utilization: 0, min: 0 }),
  getRandomValues: (view) => webcrypto.getRandomValues(view),
  webcrypto,
  subtle: webcrypto.subtle,
  CryptoKey,
};
return crypto;
