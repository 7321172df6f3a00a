// Recorded from the original, or from Node.js where the original does less: what each expression gives, or the code of the
// error that it throws.
const crypto = requireNode("crypto");
const { Buffer } = requireNode("buffer");
const pem = {
  "leaf": "-----BEGIN CERTIFICATE-----\nMIID/TCCAuWgAwIBAgIKASNFZ4mrze8BIzANBgkqhkiG9w0BAQsFADA+MQswCQYD\nVQQGEwJYWDEaMBgGA1UECgwRRXhhbXBsZSBBdXRob3JpdHkxEzARBgNVBAMMCkV4\nYW1wbGUgQ0EwIBcNMjYxMTMwMTgwNTQzWhgPMjEyNjExMDYxODA1NDNaMG4xFTAT\nBgNVBAMMDGV4YW1wbGUudGVzdDEWMBQGA1UECgwNRXhhbXBsZSwgSW5jLjEMMAoG\nA1UECwwDT25lMQwwCgYDVQQLDANUd28xITAfBgkqhkiG9w0BCQEWEmFkbWluQGV4\nYW1wbGUudGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHKBHdMl4PMbstqW\n6ea1qjy2hSs8TfiYDXfrNql2BrQQcR+LHofRETaTwf8SexA2y5j3/wMIpZKuDZMV\nHcXOx++jggGUMIIBkDCBtAYDVR0RBIGsMIGpggxleGFtcGxlLnRlc3SCCyoud2ls\nZC50ZXN0gg1vZGQsIEROUzpuYW1lhwR/AAABhxAAAAAAAAAAAAAAAAAAAAABgRRz\nb21lb25lQGV4YW1wbGUudGVzdIYWaHR0cHM6Ly9leGFtcGxlLnRlc3QvYaAOBgMq\nAwSgBwwFb3RoZXKkIjAgMQswCQYDVQQGEwJYWDERMA8GA1UECgwIU29tZWJvZHmI\nAyoDBTBgBggrBgEFBQcBAQRUMFIwJQYIKwYBBQUHMAGGGWh0dHA6Ly9vY3NwLmV4\nYW1wbGUudGVzdC8wKQYIKwYBBQUHMAKGHWh0dHA6Ly9jYS5leGFtcGxlLnRlc3Qv\nY2EuZGVyMB0GA1UdJQQWMBQGCCsGAQUFBwMBBggrBgEFBQcDAjALBgNVHQ8EBAMC\nB4AwCQYDVR0TBAIwADAdBgNVHQ4EFgQUeo71yhcf5acNR3di4/CfxUDETFcwHwYD\nVR0jBBgwFoAUZ/0B/KhCgGe07PPrULNOo0iolpUwDQYJKoZIhvcNAQELBQADggEB\nAINXMf+6TwJqEAt5nY7QRCVkUMW7ZGDeW0BjPegxFqSI9VJMJLyo/dKfhlC/8H7i\niIDLiEVmJXQ6UTwttZlUJCwPh4FP3OXpm/oQIuev+xZG7uhE2B6bw09O0dwFom+K\nCunF06DRp+jnT+jTG+yk6q5YmCgsHrN/P0TkxHSdsel/YjN02kNC5rsmNhCqPAjW\nMXcA40Hi5gTS0o3LeMcGUfKt5d4OKZpOvZfR0xGjK9x16d62F8G6m+2jjyE3ob2g\nY3B+0im4v+a6HxP99V1TIOhOYVkH7kMa8wogY895iF3BRvdsUQa/NEbtEMvlN4dl\n9dHgxHmUBiE9PYtYxZ5XVcw=\n-----END CERTIFICATE-----\n",
  "ca": "-----BEGIN CERTIFICATE-----\nMIIDSzCCAjOgAwIBAgIUVTet/eKbPe4xtncghMRWzVwSJy0wDQYJKoZIhvcNAQEL\nBQAwPjELMAkGA1UEBhMCWFgxGjAYBgNVBAoMEUV4YW1wbGUgQXV0aG9yaXR5MRMw\nEQYDVQQDDApFeGFtcGxlIENBMCAXDTI2MTEzMDE3NDk1N1oYDzIxMjYxMTA2MTc0\nOTU3WjA+MQswCQYDVQQGEwJYWDEaMBgGA1UECgwRRXhhbXBsZSBBdXRob3JpdHkx\nEzARBgNVBAMMCkV4YW1wbGUgQ0EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEK\nAoIBAQC8Maek35PH0sJ4vSxSGnYNQqG/nmfidRwtOcVFkCabTQKsTLP5+RJhEcIK\n2aepTx4zl6R6ImsUWhGZyf84+ejbCxXrRDeIo5jKrs8a03TfVpbAPn0A3DsJ3ut7\nd21GnXfKSvFmzpz3KLF4yGN5XQvdzAW7G+0HDJE6j7QzVNCn/eBpAZ/Im4KyZxLJ\nBfZk8rqd7lQ3WCp1HHaneq3815pLg8fFeVsipAyN+KW+LQUG9KVPnLKMCTdkkmDR\nZd5iOe/1yuB50H3vxIWEx+/dUM4mAQDM/R3rFyvPnyOX13bezKiPCyQyNe+oayu7\ndfMi7XWdnnC2PUqtV59iiTjzKI+BAgMBAAGjPzA9MA8GA1UdEwEB/wQFMAMBAf8w\nCwYDVR0PBAQDAgIEMB0GA1UdDgQWBBRn/QH8qEKAZ7Ts8+tQs06jSKiWlTANBgkq\nhkiG9w0BAQsFAAOCAQEAGouyfThkBBNGY8R9eGHcrRixeRI0VpHOcXUZz+Tf/QGe\norPlOWjK4YiCCjbSt5AjVt9EMfajZL7YUSVwNbNCMh4wKS6/w9X2C750wGqyGvik\nKn5T3RYYzYeLYkoIrNdrBMy4pZhimVAPf06FZhRkl6uG8s6d6EQ6a7QnPoigqC2w\n3v8ukL69C1lEWZNgok72/5wlZWs9cNBW38ATixqcvTUZkfnUdHe0dePjjTjQDDkM\nUXlfxAk7TdrSYXJiYjz7EdWOMoIynhDukZ5cBYPn+sTSM0EQmeFe2s3x9vh9ld+Y\nkISyuYbFSGfdovsD/Gw0f+Cuu132LBcFSq5hj9PvPQ==\n-----END CERTIFICATE-----\n",
  "plain": "-----BEGIN CERTIFICATE-----\nMIHmMIGZAhR23L87g17gSSUeMyvDmzpSqv86ejAFBgMrZXAwFTETMBEGA1UEAwwK\ncGxhaW4udGVzdDAgFw0yNjExMzAxODA1NDNaGA8yMTI2MTEwNjE4MDU0M1owFTET\nMBEGA1UEAwwKcGxhaW4udGVzdDAqMAUGAytlcAMhAPPuSmLpmzjfHQWRPybQND3O\nkNEPu4m1Be33I0cPnedlMAUGAytlcANBAK2XHenXOu1s4g7OkiGPnJwkZhrgz5Ib\nPL9MgPolhQcz+xTJ5/ZbzHslUKRF2hCbqLjW0vkDEiEc5Pck2UaRnwo=\n-----END CERTIFICATE-----\n"
};
const key = {
  "leaf": "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWHWhG1mKz8ZV/ZDu\ntuxqCNU+UhKgSvGeMA5CtrxMtXuhRANCAARygR3TJeDzG7Lalunmtao8toUrPE34\nmA136zapdga0EHEfix6H0RE2k8H/EnsQNsuY9/8DCKWSrg2TFR3Fzsfv\n-----END PRIVATE KEY-----\n",
  "ca": "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC8Maek35PH0sJ4\nvSxSGnYNQqG/nmfidRwtOcVFkCabTQKsTLP5+RJhEcIK2aepTx4zl6R6ImsUWhGZ\nyf84+ejbCxXrRDeIo5jKrs8a03TfVpbAPn0A3DsJ3ut7d21GnXfKSvFmzpz3KLF4\nyGN5XQvdzAW7G+0HDJE6j7QzVNCn/eBpAZ/Im4KyZxLJBfZk8rqd7lQ3WCp1HHan\neq3815pLg8fFeVsipAyN+KW+LQUG9KVPnLKMCTdkkmDRZd5iOe/1yuB50H3vxIWE\nx+/dUM4mAQDM/R3rFyvPnyOX13bezKiPCyQyNe+oayu7dfMi7XWdnnC2PUqtV59i\niTjzKI+BAgMBAAECggEADQXsPmVkA9WUTgHcg07MqvY/EAeVbZjOrlwerqwSP96a\nBMDG455WcakzVS58T72BFYjoG07ICJlP00vYAZVc69H3xL25XUp7VFG5VN3oavXC\nN0noh83o6zHyxPe3jcXWRR8Sik7AX5cAhDjTYwUK9GC3mzWMUL4p5Q30wAI3V9vQ\ns2S4h/+nBVylJVUkDhb6WZTPtEme6e8B9EjzRHEWk/PeQdG7RgDz9WXUt8c+IM8n\n1iRCdIz7x/cacSNCpCSp5lsFsvYf0pWRqqR/EdYMcn/TaPbQ79BOJuHK9svdOPAq\nm9JO9bKOmErXe043Jo4Otnou32eAmXuhWyuAaYovUQKBgQD5Kyhts2U6nAegxaa6\npaQDc4x3HOpk1v3FHP4qLrZ8b986fl85GFGqkAvTiIlQYslDXMnd4vmznqp0lpFJ\n4oBJENMxjCNQrvRpOHTSpvH6IuMtpGXkJgHhlrCRQ3HKtLhaSuXT5io2dJwpEQNf\n09v5V4UPPzqKRy914CCs/9lrYwKBgQDBWoijY3XUMz9gj5f2sv0iszZ8FlW/dMhE\nhk2qj/jYknwCxgqglm8VLl5ow+8lqyRBofC8lzWzFxKNKKvQo0IvMOqKDtUTHKc6\nfy+Rivpy5E2sutJdkSv71DukZ5w44E2i+6knM/s5bOW80iLHPfnAS+tJ5KfNqj3y\n2IVtGA54ywKBgQCjZIm+ZkWbiXX3F6Wd/8DuAne6JFwQhGslNz30q20/bJ0V3ojT\nB/+FubAHpyFkdWNFqTM3LgBQqVtd2N6tdLprL31OoHcIEbJ0zXDOMmu7e+U9qPCo\nC8RwCkD/ARs9sgSyMStFKUnFK/K7e0ybKnK1r46x0OSyiLu2sKK8z4njwQKBgCBh\n6UB0B+fiLVsesXS/xWVqXlWp5/KIvIG9fIR0WFjtL5fHU0BR8Yi6m1Uwe3zzjL7x\nQEBVksjLtG+vwBbRQORmbOFyWn0470j8xBq8C/XyBpBHObQx/AvRH6wJLkDYUChb\nvZizPAACHPfiubBk0M9D58QYZ4IqYPWrDa2XudTBAoGAKLU4Djsarfy9+RkQlaiP\ntadzarHdJjAmgsxYboH4wNU1ltqC6XpthzhjtqFp/gZhz6RNkH/UjLToX8izP3dS\nuS6cbNLamoxgrGE5cjmVvorciMu6gGk1wcbsC4O04CboE5e/NpSAkaS4qR+qTZF/\n5t/csXRLospjuqHpr6cztQ4=\n-----END PRIVATE KEY-----\n"
};
const cert = Object.fromEntries(Object.entries(pem).map(([name, text]) => [name, new crypto.X509Certificate(text)]));

const rows = [
  ["cert.leaf.subject", () => cert.leaf.subject, "CN=example.test\nO=Example\\, Inc.\nOU=One\nOU=Two\nemailAddress=admin@example.test"],
  ["cert.leaf.subjectAltName", () => cert.leaf.subjectAltName, "DNS:example.test, DNS:*.wild.test, DNS:\"odd\\u002c DNS:name\", IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, email:someone@example.test, URI:https://example.test/a, othername:<unsupported>, DirName:\"O=Somebody\\u002cC=XX\", Registered ID:1.2.3.5"],
  ["cert.leaf.issuer", () => cert.leaf.issuer, "C=XX\nO=Example Authority\nCN=Example CA"],
  ["cert.leaf.infoAccess", () => cert.leaf.infoAccess, "OCSP - URI:http://ocsp.example.test/\nCA Issuers - URI:http://ca.example.test/ca.der\n"],
  ["cert.leaf.validFrom", () => cert.leaf.validFrom, "Nov 30 18:05:43 2026 GMT"],
  ["cert.leaf.validTo", () => cert.leaf.validTo, "Nov  6 18:05:43 2126 GMT"],
  ["cert.leaf.fingerprint", () => cert.leaf.fingerprint, "DC:79:52:CB:7D:39:67:60:BE:4C:DA:11:71:05:CC:94:75:96:87:0E"],
  ["cert.leaf.fingerprint256", () => cert.leaf.fingerprint256, "DF:21:9C:25:70:32:7F:02:E6:D8:CF:C2:0E:7A:17:D5:AC:5D:28:5D:C7:73:47:BA:F2:8B:30:77:D6:FC:C9:2A"],
  ["cert.leaf.fingerprint512", () => cert.leaf.fingerprint512, "3F:67:2B:97:AA:21:DB:F4:B6:58:A4:AD:04:03:72:07:4D:B6:D8:A0:9C:7C:7A:09:86:7E:AB:03:1B:AC:7F:F5:88:71:AB:83:75:F3:A4:49:75:DE:30:39:11:C4:CA:D7:E9:8C:14:8E:9F:03:3D:63:35:38:D8:BB:AD:54:0D:24"],
  ["cert.leaf.keyUsage", () => cert.leaf.keyUsage, ["1.3.6.1.5.5.7.3.1","1.3.6.1.5.5.7.3.2"]],
  ["cert.leaf.serialNumber", () => cert.leaf.serialNumber, "0123456789ABCDEF0123"],
  ["cert.leaf.ca", () => cert.leaf.ca, false],
  ["cert.ca.subject", () => cert.ca.subject, "C=XX\nO=Example Authority\nCN=Example CA"],
  ["cert.ca.subjectAltName", () => cert.ca.subjectAltName, undefined],
  ["cert.ca.issuer", () => cert.ca.issuer, "C=XX\nO=Example Authority\nCN=Example CA"],
  ["cert.ca.infoAccess", () => cert.ca.infoAccess, undefined],
  ["cert.ca.validFrom", () => cert.ca.validFrom, "Nov 30 17:49:57 2026 GMT"],
  ["cert.ca.validTo", () => cert.ca.validTo, "Nov  6 17:49:57 2126 GMT"],
  ["cert.ca.fingerprint", () => cert.ca.fingerprint, "82:04:DF:12:7C:AF:1E:5E:02:90:05:1C:C1:21:39:F9:B6:FC:E4:B1"],
  ["cert.ca.fingerprint256", () => cert.ca.fingerprint256, "7B:04:B3:0B:68:AB:2E:7B:A6:0E:68:3C:FB:B8:1F:0C:24:53:B3:46:7B:F7:5D:3C:3C:6A:26:26:D6:DF:D3:20"],
  ["cert.ca.fingerprint512", () => cert.ca.fingerprint512, "7D:09:33:BC:2B:A3:51:4D:E0:2F:9D:B3:32:34:5F:6C:E8:32:D8:CD:BF:0F:89:B2:95:0E:42:F8:AB:C3:92:10:D1:D8:FE:BA:D4:44:FE:E5:F8:AE:98:7D:09:B2:F4:7F:D0:50:FE:93:DB:F9:F4:40:42:FE:8B:B9:BE:6B:34:0B"],
  ["cert.ca.keyUsage", () => cert.ca.keyUsage, undefined],
  ["cert.ca.serialNumber", () => cert.ca.serialNumber, "5537ADFDE29B3DEE31B6772084C456CD5C12272D"],
  ["cert.ca.ca", () => cert.ca.ca, true],
  ["cert.plain.subject", () => cert.plain.subject, "CN=plain.test"],
  ["cert.plain.subjectAltName", () => cert.plain.subjectAltName, undefined],
  ["cert.plain.issuer", () => cert.plain.issuer, "CN=plain.test"],
  ["cert.plain.infoAccess", () => cert.plain.infoAccess, undefined],
  ["cert.plain.validFrom", () => cert.plain.validFrom, "Nov 30 18:05:43 2026 GMT"],
  ["cert.plain.validTo", () => cert.plain.validTo, "Nov  6 18:05:43 2126 GMT"],
  ["cert.plain.fingerprint", () => cert.plain.fingerprint, "A3:A9:F6:9D:EE:DF:8E:55:25:2C:F1:95:C2:02:CA:08:86:DD:20:D0"],
  ["cert.plain.fingerprint256", () => cert.plain.fingerprint256, "0B:47:FE:7E:21:28:F4:73:B5:F8:3B:EF:0E:78:5B:2F:C7:09:68:14:CD:64:1B:42:71:A9:F1:46:B1:F8:E1:4D"],
  ["cert.plain.fingerprint512", () => cert.plain.fingerprint512, "45:41:3C:67:E1:24:57:C8:24:46:F4:58:78:55:8C:A5:09:5E:31:94:16:89:52:B5:0E:2A:CD:1A:02:B3:3C:47:7C:BA:AC:89:B6:B5:ED:43:B2:69:4F:86:14:1F:7A:BB:36:E7:32:F9:39:4E:F7:B7:92:DE:FE:14:54:94:25:10"],
  ["cert.plain.keyUsage", () => cert.plain.keyUsage, undefined],
  ["cert.plain.serialNumber", () => cert.plain.serialNumber, "76DCBF3B835EE049251E332BC39B3A52AAFF3A7A"],
  ["cert.plain.ca", () => cert.plain.ca, true],
  ["cert.leaf.raw.length", () => cert.leaf.raw.length, 1025],
  ["cert.leaf.raw instanceof Uint8Array", () => cert.leaf.raw instanceof Uint8Array, true],
  ["Buffer.isBuffer(cert.leaf.raw)", () => Buffer.isBuffer(cert.leaf.raw), true],
  ["cert.leaf.publicKey.asymmetricKeyType", () => cert.leaf.publicKey.asymmetricKeyType, "ec"],
  ["cert.leaf.publicKey.asymmetricKeyDetails", () => cert.leaf.publicKey.asymmetricKeyDetails, {"namedCurve":"prime256v1"}],
  ["cert.plain.publicKey.asymmetricKeyType", () => cert.plain.publicKey.asymmetricKeyType, "ed25519"],
  ["cert.ca.publicKey.type", () => cert.ca.publicKey.type, "public"],
  ["String(cert.leaf) === pem.leaf", () => String(cert.leaf) === pem.leaf, true],
  ["new crypto.X509Certificate(cert.leaf.raw).fingerprint === cert.leaf.fingerprint", () => new crypto.X509Certificate(cert.leaf.raw).fingerprint === cert.leaf.fingerprint, true],
  ["new crypto.X509Certificate(pem.leaf + pem.ca).subject", () => new crypto.X509Certificate(pem.leaf + pem.ca).subject, "CN=example.test\nO=Example\\, Inc.\nOU=One\nOU=Two\nemailAddress=admin@example.test"],
  ["cert.leaf.checkHost(\"example.test\")", () => cert.leaf.checkHost("example.test"), "example.test"],
  ["cert.leaf.checkHost(\"EXAMPLE.test\")", () => cert.leaf.checkHost("EXAMPLE.test"), "example.test"],
  ["cert.leaf.checkHost(\"a.wild.test\")", () => cert.leaf.checkHost("a.wild.test"), "*.wild.test"],
  ["cert.leaf.checkHost(\"a.b.wild.test\")", () => cert.leaf.checkHost("a.b.wild.test"), undefined],
  ["cert.leaf.checkHost(\"wild.test\")", () => cert.leaf.checkHost("wild.test"), undefined],
  ["cert.leaf.checkHost(\"other.test\")", () => cert.leaf.checkHost("other.test"), undefined],
  ["cert.leaf.checkHost(\"a.wild.test\", { wildcards: false })", () => cert.leaf.checkHost("a.wild.test", { wildcards: false }), undefined],
  ["cert.leaf.checkHost(\"awild.test\")", () => cert.leaf.checkHost("awild.test"), undefined],
  ["cert.leaf.checkHost(\"example.test.\")", () => cert.leaf.checkHost("example.test."), undefined],
  ["cert.leaf.checkHost(\".wild.test\")", () => cert.leaf.checkHost(".wild.test"), undefined],
  ["cert.leaf.checkHost(\"\")", () => cert.leaf.checkHost(""), undefined],
  ["cert.plain.checkHost(\"plain.test\")", () => cert.plain.checkHost("plain.test"), "plain.test"],
  ["cert.plain.checkHost(\"plain.test\", { subject: \"never\" })", () => cert.plain.checkHost("plain.test", { subject: "never" }), undefined],
  ["cert.plain.checkHost(\"plain.test\", { subject: \"always\" })", () => cert.plain.checkHost("plain.test", { subject: "always" }), "plain.test"],
  ["cert.leaf.checkHost(\"example.test\", { subject: \"never\" })", () => cert.leaf.checkHost("example.test", { subject: "never" }), "example.test"],
  ["cert.leaf.checkHost(\"example.test\", { subject: \"nope\" })", () => cert.leaf.checkHost("example.test", { subject: "nope" }), "throws ERR_INVALID_ARG_VALUE"],
  ["cert.leaf.checkHost(5)", () => cert.leaf.checkHost(5), "throws ERR_INVALID_ARG_TYPE"],
  ["cert.leaf.checkEmail(\"someone@example.test\")", () => cert.leaf.checkEmail("someone@example.test"), "someone@example.test"],
  ["cert.leaf.checkEmail(\"admin@example.test\")", () => cert.leaf.checkEmail("admin@example.test"), undefined],
  ["cert.leaf.checkEmail(\"SOMEONE@EXAMPLE.test\")", () => cert.leaf.checkEmail("SOMEONE@EXAMPLE.test"), undefined],
  ["cert.leaf.checkEmail(\"someone@EXAMPLE.test\")", () => cert.leaf.checkEmail("someone@EXAMPLE.test"), "someone@EXAMPLE.test"],
  ["cert.leaf.checkEmail(\"other@example.test\")", () => cert.leaf.checkEmail("other@example.test"), undefined],
  ["cert.leaf.checkEmail(\"admin@example.test\", { subject: \"always\" })", () => cert.leaf.checkEmail("admin@example.test", { subject: "always" }), "admin@example.test"],
  ["cert.leaf.checkIP(\"127.0.0.1\")", () => cert.leaf.checkIP("127.0.0.1"), "127.0.0.1"],
  ["cert.leaf.checkIP(\"::1\")", () => cert.leaf.checkIP("::1"), "::1"],
  ["cert.leaf.checkIP(\"0:0::1\")", () => cert.leaf.checkIP("0:0::1"), "0:0::1"],
  ["cert.leaf.checkIP(\"127.0.0.2\")", () => cert.leaf.checkIP("127.0.0.2"), undefined],
  ["cert.leaf.checkIP(\"x\")", () => cert.leaf.checkIP("x"), "throws ERR_INVALID_ARG_VALUE"],
  ["cert.leaf.checkIssued(cert.ca)", () => cert.leaf.checkIssued(cert.ca), true],
  ["cert.ca.checkIssued(cert.ca)", () => cert.ca.checkIssued(cert.ca), true],
  ["cert.leaf.checkIssued(cert.plain)", () => cert.leaf.checkIssued(cert.plain), false],
  ["cert.leaf.checkIssued({})", () => cert.leaf.checkIssued({}), "throws ERR_INVALID_ARG_TYPE"],
  ["cert.leaf.checkPrivateKey(crypto.createPrivateKey(key.leaf))", () => cert.leaf.checkPrivateKey(crypto.createPrivateKey(key.leaf)), true],
  ["cert.leaf.checkPrivateKey(crypto.createPrivateKey(key.ca))", () => cert.leaf.checkPrivateKey(crypto.createPrivateKey(key.ca)), false],
  ["cert.leaf.checkPrivateKey(cert.leaf.publicKey)", () => cert.leaf.checkPrivateKey(cert.leaf.publicKey), "throws ERR_INVALID_ARG_VALUE"],
  ["cert.leaf.checkPrivateKey({})", () => cert.leaf.checkPrivateKey({}), "throws ERR_INVALID_ARG_TYPE"],
  ["cert.leaf.verify(cert.ca.publicKey)", () => cert.leaf.verify(cert.ca.publicKey), true],
  ["cert.ca.verify(cert.ca.publicKey)", () => cert.ca.verify(cert.ca.publicKey), true],
  ["cert.leaf.verify(cert.leaf.publicKey)", () => cert.leaf.verify(cert.leaf.publicKey), false],
  ["cert.leaf.verify(cert.plain.publicKey)", () => cert.leaf.verify(cert.plain.publicKey), false],
  ["cert.leaf.verify(crypto.createPrivateKey(key.ca))", () => cert.leaf.verify(crypto.createPrivateKey(key.ca)), "throws ERR_INVALID_ARG_VALUE"],
  ["cert.leaf.verify({})", () => cert.leaf.verify({}), "throws ERR_INVALID_ARG_TYPE"],
  ["cert.leaf.issuerCertificate", () => cert.leaf.issuerCertificate, undefined],
  ["(({ raw, pubkey, ...rest }) => ({ ...rest, raw: raw.length, pubkey: pubkey?.length }))(cert.leaf.toLegacyObject())", () => (({ raw, pubkey, ...rest }) => ({ ...rest, raw: raw.length, pubkey: pubkey?.length }))(cert.leaf.toLegacyObject()), {"subject":{"CN":"example.test","O":"Example, Inc.","OU":["One","Two"],"emailAddress":"admin@example.test"},"subjectAltName":"DNS:example.test, DNS:*.wild.test, DNS:\"odd\\u002c DNS:name\", IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, email:someone@example.test, URI:https://example.test/a, othername:<unsupported>, DirName:\"O=Somebody\\u002cC=XX\", Registered ID:1.2.3.5","infoAccess":{"OCSP - URI":["http://ocsp.example.test/"],"CA Issuers - URI":["http://ca.example.test/ca.der"]},"issuer":{"C":"XX","O":"Example Authority","CN":"Example CA"},"ca":false,"bits":256,"asn1Curve":"prime256v1","nistCurve":"P-256","valid_from":"Nov 30 18:05:43 2026 GMT","valid_to":"Nov  6 18:05:43 2126 GMT","fingerprint":"DC:79:52:CB:7D:39:67:60:BE:4C:DA:11:71:05:CC:94:75:96:87:0E","fingerprint256":"DF:21:9C:25:70:32:7F:02:E6:D8:CF:C2:0E:7A:17:D5:AC:5D:28:5D:C7:73:47:BA:F2:8B:30:77:D6:FC:C9:2A","fingerprint512":"3F:67:2B:97:AA:21:DB:F4:B6:58:A4:AD:04:03:72:07:4D:B6:D8:A0:9C:7C:7A:09:86:7E:AB:03:1B:AC:7F:F5:88:71:AB:83:75:F3:A4:49:75:DE:30:39:11:C4:CA:D7:E9:8C:14:8E:9F:03:3D:63:35:38:D8:BB:AD:54:0D:24","serialNumber":"0123456789ABCDEF0123","ext_key_usage":["1.3.6.1.5.5.7.3.1","1.3.6.1.5.5.7.3.2"],"raw":1025,"pubkey":65}],
  ["(({ raw, pubkey, ...rest }) => ({ ...rest, raw: raw.length, pubkey: pubkey?.length }))(cert.ca.toLegacyObject())", () => (({ raw, pubkey, ...rest }) => ({ ...rest, raw: raw.length, pubkey: pubkey?.length }))(cert.ca.toLegacyObject()), {"subject":{"C":"XX","O":"Example Authority","CN":"Example CA"},"subjectAltName":"","infoAccess":{},"issuer":{"C":"XX","O":"Example Authority","CN":"Example CA"},"ca":true,"modulus":"BC31A7A4DF93C7D2C278BD2C521A760D42A1BF9E67E2751C2D39C54590269B4D02AC4CB3F9F9126111C20AD9A7A94F1E3397A47A226B145A1199C9FF38F9E8DB0B15EB443788A398CAAECF1AD374DF5696C03E7D00DC3B09DEEB7B776D469D77CA4AF166CE9CF728B178C863795D0BDDCC05BB1BED070C913A8FB43354D0A7FDE069019FC89B82B26712C905F664F2BA9DEE5437582A751C76A77AADFCD79A4B83C7C5795B22A40C8DF8A5BE2D0506F4A54F9CB28C0937649260D165DE6239EFF5CAE079D07DEFC48584C7EFDD50CE260100CCFD1DEB172BCF9F2397D776DECCA88F0B243235EFA86B2BBB75F322ED759D9E70B63D4AAD579F628938F3288F81","bits":2048,"exponent":"0x10001","valid_from":"Nov 30 17:49:57 2026 GMT","valid_to":"Nov  6 17:49:57 2126 GMT","fingerprint":"82:04:DF:12:7C:AF:1E:5E:02:90:05:1C:C1:21:39:F9:B6:FC:E4:B1","fingerprint256":"7B:04:B3:0B:68:AB:2E:7B:A6:0E:68:3C:FB:B8:1F:0C:24:53:B3:46:7B:F7:5D:3C:3C:6A:26:26:D6:DF:D3:20","fingerprint512":"7D:09:33:BC:2B:A3:51:4D:E0:2F:9D:B3:32:34:5F:6C:E8:32:D8:CD:BF:0F:89:B2:95:0E:42:F8:AB:C3:92:10:D1:D8:FE:BA:D4:44:FE:E5:F8:AE:98:7D:09:B2:F4:7F:D0:50:FE:93:DB:F9:F4:40:42:FE:8B:B9:BE:6B:34:0B","serialNumber":"5537ADFDE29B3DEE31B6772084C456CD5C12272D","raw":847,"pubkey":294}],
  ["(({ raw, pubkey, ...rest }) => ({ ...rest, raw: raw.length, pubkey: pubkey?.length }))(cert.plain.toLegacyObject())", () => (({ raw, pubkey, ...rest }) => ({ ...rest, raw: raw.length, pubkey: pubkey?.length }))(cert.plain.toLegacyObject()), {"subject":{"CN":"plain.test"},"subjectAltName":"","infoAccess":{},"issuer":{"CN":"plain.test"},"ca":true,"valid_from":"Nov 30 18:05:43 2026 GMT","valid_to":"Nov  6 18:05:43 2126 GMT","fingerprint":"A3:A9:F6:9D:EE:DF:8E:55:25:2C:F1:95:C2:02:CA:08:86:DD:20:D0","fingerprint256":"0B:47:FE:7E:21:28:F4:73:B5:F8:3B:EF:0E:78:5B:2F:C7:09:68:14:CD:64:1B:42:71:A9:F1:46:B1:F8:E1:4D","fingerprint512":"45:41:3C:67:E1:24:57:C8:24:46:F4:58:78:55:8C:A5:09:5E:31:94:16:89:52:B5:0E:2A:CD:1A:02:B3:3C:47:7C:BA:AC:89:B6:B5:ED:43:B2:69:4F:86:14:1F:7A:BB:36:E7:32:F9:39:4E:F7:B7:92:DE:FE:14:54:94:25:10","serialNumber":"76DCBF3B835EE049251E332BC39B3A52AAFF3A7A","raw":233}],
  ["new crypto.X509Certificate(\"junk\")", () => new crypto.X509Certificate("junk"), "throws ERR_INVALID_ARG_VALUE"],
  ["new crypto.X509Certificate(5)", () => new crypto.X509Certificate(5), "throws ERR_INVALID_ARG_TYPE"],
  ["Object.keys(cert.leaf)", () => Object.keys(cert.leaf), []],
  ["crypto.createPublicKey(pem.leaf).asymmetricKeyType", () => crypto.createPublicKey(pem.leaf).asymmetricKeyType, "ec"],
];

/** As JSON, with the members of objects in order. */
const plain = (value) =>
  JSON.stringify(value, (key, item) =>
    item && typeof item === "object" && !Array.isArray(item) ? Object.fromEntries(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1))) : item,
  );

test("X.509 certificates", () => {
  for (const [source, run, expected] of rows) {
    let value;
    try {
      value = run();
    } catch (error) {
      value = `throws ${error.code}`;
    }
    assertEquals(plain(value), plain(expected), source);
  }
});

test("a certificate says its own text", () => {
  assertEquals([`${cert.leaf}`, JSON.parse(JSON.stringify(cert.leaf))], [pem.leaf, pem.leaf]);
});
