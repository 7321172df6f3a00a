//! X.509 certificates: what they say, and who issued them.

use super::extensions::Extensions;
use super::failure::Failure;
use crate::core::error::OpError;
use crate::core::realm::Realm;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::x509::{X509, X509NameRef, X509Ref, X509VerifyResult};
use quire_jsc::{Call, Value};
use serde::Serialize;
use std::net::{IpAddr, Ipv6Addr};
use std::rc::Rc;

/// What a certificate says. Kinds and names are those that OpenSSL prints.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Description {
    subject: Vec<(String, String)>,
    issuer: Vec<(String, String)>,
    /// Alternative names of the subject: kind and name
    names: Vec<(&'static str, String)>,
    /// Where more is to be had: what, kind and name of where
    access: Vec<(String, &'static str, String)>,
    valid_from: String,
    valid_to: String,
    serial_number: String,
    extended_key_usage: Option<Vec<String>>,
    is_authority: bool,
}

fn unreadable<E>(_: E) -> Failure {
    Failure::new("ERR_INVALID_ARG_VALUE", "not a valid certificate")
}

fn certificate(der: &[u8]) -> Result<X509, Failure> {
    X509::from_der(der).map_err(unreadable)
}

/// PEM or DER.
fn read(bytes: &[u8]) -> Result<X509, Failure> {
    let is_text = bytes.windows(11).any(|window| window == b"-----BEGIN ");
    match is_text {
        true => X509::from_pem(bytes).map_err(unreadable),
        false => certificate(bytes),
    }
}

/// The parts of a name: label and value.
pub(super) fn entries(name: &X509NameRef) -> Result<Vec<(String, String)>, Failure> {
    name.entries()
        .map(|entry| {
            let object = entry.object();
            let label = match object.nid() {
                Nid::UNDEF => object.to_string(),
                nid => nid.short_name()?.to_owned(),
            };
            Ok((label, entry.data().to_string()?))
        })
        .collect()
}

/// All groups of an IPv6 address are written out.
pub(super) fn long_form(address: Ipv6Addr) -> String {
    let groups = address.segments().map(|group| format!("{group:X}"));
    groups.join(":")
}

fn describe(certificate: &X509Ref, der: &[u8]) -> Result<Description, Failure> {
    let mut description = Description {
        subject: entries(certificate.subject_name())?,
        issuer: entries(certificate.issuer_name())?,
        valid_from: certificate.not_before().to_string(),
        valid_to: certificate.not_after().to_string(),
        serial_number: (certificate.serial_number().to_bn()?.to_hex_str()?).to_string(),
        ..Description::default()
    };
    let extensions = Extensions::read(der).map_err(unreadable)?;
    description.names = extensions.alternative_names().map_err(unreadable)?;
    description.access = extensions.information_access().map_err(unreadable)?;
    description.extended_key_usage = extensions.extended_key_usage().map_err(unreadable)?;
    description.is_authority = match extensions.may_issue().map_err(unreadable)? {
        Some(may) => may,
        // Of the time before there were extensions.
        None => extensions.is_first_version() && description.subject == description.issuer,
    };
    Ok(description)
}

/// (bytes) → what it says, as JSON; the certificate in DER
fn open(call: &Call<'_>) -> Result<Value, OpError> {
    let certificate = read(&call.bytes(0)?)?;
    let der = certificate.to_der().map_err(Failure::from)?;
    let description = describe(&certificate, &der)?;
    let json =
        serde_json::to_string(&description).map_err(|error| OpError::Error(error.to_string()))?;
    let context = call.context();
    Ok(context.array(&[context.string(&json), context.uint8_array(der)?])?)
}

/// (DER, DER of another) → whether that one may have issued it
fn issued_by(call: &Call<'_>) -> Result<bool, OpError> {
    let (one, other) = (certificate(&call.bytes(0)?)?, certificate(&call.bytes(1)?)?);
    Ok(other.issued(&one) == X509VerifyResult::OK)
}

/// (DER, public key in DER) → whether the owner of that key signed it
fn signed_by(call: &Call<'_>) -> Result<bool, OpError> {
    let certificate = certificate(&call.bytes(0)?)?;
    let key = PKey::public_key_from_der(&call.bytes(1)?).map_err(Failure::from)?;
    // A key of another kind is an error to OpenSSL.
    Ok(certificate.verify(&key).unwrap_or(false))
}

/// (text) → the address as certificates have it here, if it is one
fn address_text(call: &Call<'_>) -> Result<Option<String>, OpError> {
    Ok(match call.string(0)?.parse() {
        Ok(IpAddr::V4(address)) => Some(address.to_string()),
        Ok(IpAddr::V6(address)) => Some(long_form(address)),
        Err(_) => None,
    })
}

pub(super) fn install(realm: &Rc<Realm>) {
    realm.op("node_crypto_certificate", open);
    realm.op("node_crypto_certificate_issued_by", issued_by);
    realm.op("node_crypto_certificate_signed_by", signed_by);
    realm.op("node_crypto_address", address_text);
}
