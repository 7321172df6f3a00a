// X509Certificate.
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = require("internal/errors");
const { validateObject, validateOneOf, validateString, validateBoolean } = require("internal/validators");
const { Buffer } = require("buffer");
const { isBytes, asBuffer, native } = require("internal/crypto/calls");
const { createHash } = require("internal/crypto/hashing");
const { KeyObject, createPublicKey } = require("internal/crypto/keys");

/** "CN=example.test", a line each; what would be taken for the end of a part is escaped. */
const nameText = (entries) => entries.map(([label, value]) => `${label}=${escaped(value)}`).join("\n");
const escaped = (value) => value.replace(/[,+"\\<>;]/g, "\\$&").replace(/^[# ]/, "\\$&").replace(/ $/, "\\ ");

/** A name as it stands among others: in quotes if it could be taken for several. */
function alternativeName([kind, name]) {
  if (!/["\\,']|[^ -~]/.test(name)) return `${kind}:${name}`;
  const body = name.replace(/["\\]/g, "\\$&").replace(/,|[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `${kind}:"${body}"`;
}

/** Entries as an object; a label that is there more than once has a list. */
function nameObject(entries) {
  const object = {};
  for (const [label, value] of entries) object[label] = Object.hasOwn(object, label) ? [object[label], value].flat() : value;
  return object;
}

/** Whether a name in a certificate, which may begin with `*.` for any one label, is that of a host. */
function isNameOf(name, host, wildcards) {
  const [pattern, wanted] = [name.toLowerCase(), host.toLowerCase()];
  if (pattern === wanted) return wanted !== "";
  if (!wildcards || !/^\*(?:\.[^.*]+){2,}$/.test(pattern)) return false;
  const dot = wanted.indexOf(".");
  return dot > 0 && wanted.slice(dot) === pattern.slice(1);
}

function checkOptions(options) {
  if (options === undefined) return { subject: "default", wildcards: true };
  validateObject(options, "options");
  const { subject = "default", wildcards = true } = options;
  validateOneOf(subject, "options.subject", ["default", "always", "never"]);
  validateBoolean(wildcards, "options.wildcards");
  return { subject, wildcards };
}

class X509Certificate {
  #said;
  #raw;

  constructor(buffer) {
    if (typeof buffer !== "string" && !isBytes(buffer)) throw new ERR_INVALID_ARG_TYPE("buffer", ["string", "Buffer", "TypedArray", "DataView"], buffer);
    const bytes = typeof buffer === "string" ? Buffer.from(buffer) : buffer;
    let said;
    try {
      [said, this.#raw] = native(ops.node_crypto_certificate, bytes);
    } catch {
      throw new ERR_INVALID_ARG_VALUE("buffer", bytes, "is not a valid certificate");
    }
    this.#said = JSON.parse(said);
  }

  get subject() {
    return nameText(this.#said.subject) || undefined;
  }
  get issuer() {
    return nameText(this.#said.issuer) || undefined;
  }
  get subjectAltName() {
    return this.#said.names.map(alternativeName).join(", ") || undefined;
  }
  get infoAccess() {
    return this.#said.access.map(([method, ...place]) => `${method} - ${alternativeName(place)}\n`).join("") || undefined;
  }
  get validFrom() {
    return this.#said.validFrom;
  }
  get validTo() {
    return this.#said.validTo;
  }
  get serialNumber() {
    return this.#said.serialNumber;
  }
  get keyUsage() {
    return this.#said.extendedKeyUsage ?? undefined;
  }
  get ca() {
    return this.#said.isAuthority;
  }
  /** Only connections know whose certificate came with it. */
  get issuerCertificate() {
    return undefined;
  }
  get raw() {
    return asBuffer(this.#raw);
  }
  get publicKey() {
    return createPublicKey(this.toString());
  }
  get fingerprint() {
    return this.#fingerprint("sha1");
  }
  get fingerprint256() {
    return this.#fingerprint("sha256");
  }
  get fingerprint512() {
    return this.#fingerprint("sha512");
  }

  #fingerprint(hash) {
    return createHash(hash).update(this.#raw).digest("hex").toUpperCase().replace(/..(?=.)/g, "$&:");
  }

  #names(kind) {
    return this.#said.names.filter(([each]) => each === kind).map(([, name]) => name);
  }

  /** The names of this kind or, if there are none, those of the subject, as far as these count. */
  #candidates(kind, label, subject) {
    const names = this.#names(kind);
    if (subject === "never" || (names.length > 0 && subject !== "always")) return names;
    return [...names, ...this.#said.subject.filter(([each]) => each === label).map(([, value]) => value)];
  }

  /** The name that stands for the host, if there is one. */
  checkHost(name, options) {
    validateString(name, "name");
    const { subject, wildcards } = checkOptions(options);
    return this.#candidates("DNS", "CN", subject).find((each) => isNameOf(each, name, wildcards));
  }

  checkEmail(email, options) {
    validateString(email, "email");
    const { subject } = checkOptions(options);
    const comparable = (address) => address.replace(/@[^@]*$/, (host) => host.toLowerCase());
    const isThere = this.#candidates("email", "emailAddress", subject).some((each) => comparable(each) === comparable(email));
    return isThere ? email : undefined;
  }

  checkIP(ip) {
    validateString(ip, "ip");
    const address = ops.node_crypto_address(ip);
    if (address === undefined || address === null) throw new ERR_INVALID_ARG_VALUE("ip", ip, "is not an IP address");
    return this.#names("IP Address").includes(address) ? ip : undefined;
  }

  checkIssued(otherCert) {
    if (!(otherCert instanceof X509Certificate)) throw new ERR_INVALID_ARG_TYPE("otherCert", "X509Certificate", otherCert);
    return native(ops.node_crypto_certificate_issued_by, this.#raw, otherCert.#raw);
  }

  checkPrivateKey(key) {
    if (!(key instanceof KeyObject)) throw new ERR_INVALID_ARG_TYPE("pkey", "KeyObject", key);
    if (key.type !== "private") throw new ERR_INVALID_ARG_VALUE("pkey", key);
    return createPublicKey(key).equals(this.publicKey);
  }

  verify(key) {
    if (!(key instanceof KeyObject)) throw new ERR_INVALID_ARG_TYPE("pkey", "KeyObject", key);
    if (key.type !== "public") throw new ERR_INVALID_ARG_VALUE("pkey", key);
    return native(ops.node_crypto_certificate_signed_by, this.#raw, key.export({ type: "spki", format: "der" }));
  }

  toString() {
    return `-----BEGIN CERTIFICATE-----\n${this.raw.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
  }

  toJSON() {
    return this.toString();
  }

  toLegacyObject() {
    const infoAccess = {};
    for (const [method, kind, name] of this.#said.access) (infoAccess[`${method} - ${kind}`] ??= []).push(name);
    const object = {
      subject: nameObject(this.#said.subject), subjectAltName: this.subjectAltName ?? "", infoAccess, issuer: nameObject(this.#said.issuer), ca: this.ca,
      ...keyParts(this.publicKey),
      valid_from: this.validFrom, valid_to: this.validTo,
      fingerprint: this.fingerprint, fingerprint256: this.fingerprint256, fingerprint512: this.fingerprint512, serialNumber: this.serialNumber,
    };
    if (this.keyUsage !== undefined) object.ext_key_usage = this.keyUsage;
    return { ...object, raw: this.raw };
  }
}

const nistCurves = { __proto__: null, prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" };

/** The numbers of a key, as far as it is of a kind that has any. */
function keyParts(key) {
  const bytes = (text) => Buffer.from(text, "base64url");
  if (key.asymmetricKeyType === "rsa") {
    const { n, e } = key.export({ format: "jwk" });
    return {
      modulus: bytes(n).toString("hex").toUpperCase(), bits: key.asymmetricKeyDetails.modulusLength,
      exponent: `0x${bytes(e).toString("hex").replace(/^0+/, "")}`, pubkey: key.export({ type: "spki", format: "der" }),
    };
  }
  if (key.asymmetricKeyType === "ec") {
    const { x, y } = key.export({ format: "jwk" });
    const { namedCurve } = key.asymmetricKeyDetails;
    const bits = { secp256k1: 256, prime256v1: 256, secp384r1: 384, secp521r1: 521 }[namedCurve];
    return { bits, pubkey: Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]), asn1Curve: namedCurve, ...(nistCurves[namedCurve] && { nistCurve: nistCurves[namedCurve] }) };
  }
  return {};
}

return { X509Certificate };
