//! Whether a certificate and a key belong together.

use std::sync::LazyLock;

use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey},
    pkcs1v15::{Signature, VerifyingKey},
    pkcs8::{DecodePrivateKey, DecodePublicKey},
    sha2::{Sha256, Sha384, Sha512},
    signature::Verifier,
};
use x509_cert::{
    Certificate,
    der::{DecodePem, Encode},
};

use super::super::{Function, fail, function, legacy};
use crate::{
    error::Evaluated,
    evaluator::Call,
    values::{Regexp, Value, inspect},
};

pub(super) const FUNCTIONS: &[Function] = &[function(
    "validate_x509_rsa_key_pair",
    &[legacy(validate_x509_rsa_key_pair)],
)];

fn validate_x509_rsa_key_pair(call: &Call<'_, '_>) -> Evaluated {
    let [certificate, key] = call.arguments else {
        fail!(
            "validate_x509_rsa_key_pair(): wrong number of arguments ({}; must be 2)",
            call.arguments.len()
        );
    };
    let text = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(crate::error::Error::new(format!(
            "{} is not a string.",
            inspect(other)
        ))),
    };
    let (certificate, key) = (text(certificate)?, text(key)?);
    let certificate = match Certificate::from_pem(certificate.trim_end().as_bytes()) {
        Ok(read) => read,
        Err(_) => fail!(
            "Not a valid x509 certificate: PEM_read_bio_X509: {}",
            what_is_wrong(&certificate)
        ),
    };
    let Some(key) = public_key(key.trim_end()) else {
        fail!("Not a valid RSA key: Neither PUB key nor PRIV key: unsupported");
    };
    match is_signed_by(&certificate, key) {
        Some(true) => Ok(Value::Undef),
        _ => fail!("Certificate signature does not match supplied key"),
    }
}

/// What OpenSSL says of a text that is no PEM.
fn what_is_wrong(text: &str) -> &'static str {
    static START: LazyLock<std::sync::Arc<Regexp>> =
        LazyLock::new(|| Regexp::of(r"^-----BEGIN (X509 |TRUSTED )?CERTIFICATE-----\s*$"));
    match START.is_match(text) {
        Ok(true) => "bad base64 decode",
        _ => "no start line",
    }
}

/// The public half of a key in any of the usual wrappings.
fn public_key(pem: &str) -> Option<RsaPublicKey> {
    RsaPrivateKey::from_pkcs1_pem(pem)
        .or_else(|_| RsaPrivateKey::from_pkcs8_pem(pem))
        .map(|key| key.to_public_key())
        .ok()
        .or_else(|| RsaPublicKey::from_public_key_pem(pem).ok())
        .or_else(|| RsaPublicKey::from_pkcs1_pem(pem).ok())
}

/// Whether the signature of a certificate is one of this key; `None` where it cannot be told.
fn is_signed_by(certificate: &Certificate, key: RsaPublicKey) -> Option<bool> {
    let signed = certificate.tbs_certificate.to_der().ok()?;
    let signature = Signature::try_from(certificate.signature.as_bytes()?).ok()?;
    let verified = match certificate.signature_algorithm.oid.to_string().as_str() {
        "1.2.840.113549.1.1.11" => VerifyingKey::<Sha256>::new(key).verify(&signed, &signature),
        "1.2.840.113549.1.1.12" => VerifyingKey::<Sha384>::new(key).verify(&signed, &signature),
        "1.2.840.113549.1.1.13" => VerifyingKey::<Sha512>::new(key).verify(&signed, &signature),
        _ => return None,
    };
    Some(verified.is_ok())
}
