//! The extensions of a certificate, of which OpenSSL's bindings read only a few.

use super::certificates::{entries, long_form};
use openssl::x509::X509Name;
use std::net::{IpAddr, Ipv6Addr};
use yasna::models::{ObjectIdentifier, TaggedDerValue};
use yasna::{ASN1Error, ASN1ErrorKind, ASN1Result, Tag, parse_der};

// Those that are read here (RFC 5280, section 4.2).
const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
const ALTERNATIVE_NAME: &[u64] = &[2, 5, 29, 17];
const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const INFORMATION_ACCESS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 1];

// What is to be had where, by the names that OpenSSL prints.
const OCSP: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1];
const ISSUERS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 2];

/// The first octets of `[0]` and `[3]`, explicitly tagged.
const TAG_0: u8 = 0xa0;
const TAG_3: u8 = 0xa3;
/// The bit of "keyCertSign" in the first octet of a key's usages.
const SIGNS_CERTIFICATES: u8 = 0x80 >> 5;

/// A kind of name, as OpenSSL prints it, and the name.
type Name = (&'static str, String);

/// The extensions, by their identifiers.
pub(super) struct Extensions {
    values: Vec<(ObjectIdentifier, Vec<u8>)>,
    is_first_version: bool,
}

/// The elements of a sequence, each with its tag and length.
fn elements(der: &[u8]) -> ASN1Result<Vec<Vec<u8>>> {
    parse_der(der, |reader| {
        reader.collect_sequence_of(|reader| reader.read_der())
    })
}

fn identifier(der: &[u8]) -> ASN1Result<ObjectIdentifier> {
    parse_der(der, |reader| reader.read_oid())
}

fn invalid() -> ASN1Error {
    ASN1Error::new(ASN1ErrorKind::Invalid)
}

fn name(tagged: &TaggedDerValue) -> ASN1Result<Name> {
    let value = tagged.value();
    let text = || String::from_utf8_lossy(value).into_owned();
    let unsupported = || "<unsupported>".to_owned();
    Ok(match tagged.tag().tag_number {
        0 => ("othername", unsupported()),
        1 => ("email", text()),
        2 => ("DNS", text()),
        3 => ("X400Name", unsupported()),
        4 => ("DirName", directory_name(value)?),
        5 => ("EdiPartyName", unsupported()),
        6 => ("URI", text()),
        7 => ("IP Address", address(value)),
        8 => {
            let length = u8::try_from(value.len()).map_err(|_| invalid())?;
            let der = [&[6, length], value].concat();
            ("Registered ID", identifier(&der)?.to_string())
        }
        _ => return Err(invalid()),
    })
}

/// As RFC 2253 writes it: the last part first.
fn directory_name(der: &[u8]) -> ASN1Result<String> {
    let name = X509Name::from_der(der).map_err(|_| invalid())?;
    let parts = entries(&name).map_err(|_| invalid())?;
    let parts: Vec<String> = parts
        .iter()
        .rev()
        .map(|(label, value)| format!("{label}={value}"))
        .collect();
    Ok(parts.join(","))
}

fn address(bytes: &[u8]) -> String {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return IpAddr::from(bytes).to_string();
    }
    match <[u8; 16]>::try_from(bytes) {
        Ok(bytes) => long_form(Ipv6Addr::from(bytes)),
        Err(_) => "<invalid>".into(),
    }
}

impl Extensions {
    /// Those of a certificate in DER.
    pub(super) fn read(certificate: &[u8]) -> ASN1Result<Self> {
        let certificate = elements(certificate)?;
        let body = elements(certificate.first().ok_or_else(invalid)?)?;
        let begins_with = |tag: u8| move |element: &&Vec<u8>| element.first() == Some(&tag);
        let mut extensions = Self {
            values: Vec::new(),
            is_first_version: !body.iter().any(|element| begins_with(TAG_0)(&element)),
        };
        let Some(list) = body.iter().find(begins_with(TAG_3)) else {
            return Ok(extensions);
        };
        let list = parse_der(list, |reader| {
            reader.read_tagged(Tag::context(3), |reader| reader.read_der())
        })?;
        for extension in elements(&list)? {
            // Whether it is critical may stand in between.
            let parts = elements(&extension)?;
            let (Some(id), Some(value)) = (parts.first(), parts.last()) else {
                return Err(invalid());
            };
            let value = parse_der(value, |reader| reader.read_bytes())?;
            extensions.values.push((identifier(id)?, value));
        }
        Ok(extensions)
    }

    fn get(&self, id: &[u64]) -> Option<&[u8]> {
        let found = self
            .values
            .iter()
            .find(|(each, _)| each.components().as_slice() == id);
        found.map(|(_, value)| value.as_slice())
    }

    /// Whether the certificate is of version 1, which knew no extensions.
    pub(super) fn is_first_version(&self) -> bool {
        self.is_first_version
    }

    /// Alternative names of the subject.
    pub(super) fn alternative_names(&self) -> ASN1Result<Vec<Name>> {
        let Some(value) = self.get(ALTERNATIVE_NAME) else {
            return Ok(Vec::new());
        };
        let names = parse_der(value, |reader| {
            reader.collect_sequence_of(|reader| reader.read_tagged_der())
        })?;
        names.iter().map(name).collect()
    }

    /// Where more is to be had: what, and the name of where.
    pub(super) fn information_access(&self) -> ASN1Result<Vec<(String, &'static str, String)>> {
        let Some(value) = self.get(INFORMATION_ACCESS) else {
            return Ok(Vec::new());
        };
        let place = |der: &Vec<u8>| {
            let [method, place] =
                <[Vec<u8>; 2]>::try_from(elements(der)?).map_err(|_| invalid())?;
            let method = identifier(&method)?;
            let method = match method.components().as_slice() {
                OCSP => "OCSP".to_owned(),
                ISSUERS => "CA Issuers".to_owned(),
                _ => method.to_string(),
            };
            let (kind, name) = name(&parse_der(&place, |reader| reader.read_tagged_der())?)?;
            Ok((method, kind, name))
        };
        elements(value)?.iter().map(place).collect()
    }

    /// What the key may be used for beyond the usual, in the certificate's order; `None` if nothing is said.
    pub(super) fn extended_key_usage(&self) -> ASN1Result<Option<Vec<String>>> {
        let Some(value) = self.get(EXTENDED_KEY_USAGE) else {
            return Ok(None);
        };
        let usages = parse_der(value, |reader| {
            reader.collect_sequence_of(|reader| reader.read_oid())
        })?;
        Ok(Some(usages.iter().map(ToString::to_string).collect()))
    }

    /// Whether certificates may be issued with the key; `None` if nothing is said.
    pub(super) fn may_issue(&self) -> ASN1Result<Option<bool>> {
        if let Some(value) = self.get(BASIC_CONSTRAINTS) {
            // Left out if it is not so.
            let first = elements(value)?.into_iter().next();
            let is_boolean = |der: &Vec<u8>| der.first() == Some(&1);
            return match first.filter(is_boolean) {
                Some(der) => parse_der(&der, |reader| reader.read_bool()).map(Some),
                None => Ok(Some(false)),
            };
        }
        let Some(value) = self.get(KEY_USAGE) else {
            return Ok(None);
        };
        let (bits, _) = parse_der(value, |reader| reader.read_bitvec_bytes())?;
        Ok(Some(
            bits.first()
                .is_some_and(|bits| bits & SIGNS_CERTIFICATES != 0),
        ))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_end(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(extensions) = Extensions::read(&bytes) {
                let _ = (extensions.alternative_names(), extensions.information_access());
            }
        }

        #[test]
        fn damaged_certificates_end(place in 0usize..10_000, byte in any::<u8>(), cut in 0usize..10_000) {
            let key = rcgen::generate_simple_self_signed(vec!["example.test".into(), "127.0.0.1".into()]).unwrap();
            let mut der = key.cert.der().to_vec();
            let length = der.len();
            der[place % length] = byte;
            der.truncate(length - cut % 40);
            if let Ok(extensions) = Extensions::read(&der) {
                let _ = (extensions.alternative_names(), extensions.information_access());
                let _ = (extensions.extended_key_usage(), extensions.may_issue());
            }
        }
    }

    #[test]
    fn names_of_a_certificate() {
        let names = ["example.test", "127.0.0.1", "::1"].map(String::from);
        let made = rcgen::generate_simple_self_signed(names.to_vec()).unwrap();
        let extensions = Extensions::read(made.cert.der()).unwrap();
        let expected = [
            ("DNS", "example.test"),
            ("IP Address", "127.0.0.1"),
            ("IP Address", "0:0:0:0:0:0:0:1"),
        ];
        let expected = expected.map(|(kind, name)| (kind, name.to_owned()));
        assert_eq!(extensions.alternative_names().unwrap(), expected);
        assert!(!extensions.is_first_version());
    }
}
