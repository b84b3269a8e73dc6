//! Key pairs: an RSA key, and a self-signed certificate that carries its public half.

use std::{str::FromStr, time::Duration};

use rsa::{
    RsaPrivateKey, RsaPublicKey,
    pkcs1::{DecodeRsaPrivateKey, EncodeRsaPrivateKey, LineEnding},
    pkcs1v15::SigningKey,
    pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey},
    sha2::Sha256,
};
use x509_cert::{
    Certificate,
    builder::{Builder, CertificateBuilder, Profile},
    der::{Decode, DecodePem, Encode, EncodePem},
    name::Name,
    serial_number::SerialNumber,
    spki::SubjectPublicKeyInfoOwned,
    time::Validity,
};
use zeroize::Zeroizing;

use super::EyamlError;

/// Bits of a new key, as hiera-eyaml makes them.
const BITS: usize = 2048;

/// The key that decrypts.
pub struct PrivateKey(pub(super) RsaPrivateKey);

impl PrivateKey {
    /// Reads a PEM: PKCS#1 (`RSA PRIVATE KEY`) or PKCS#8.
    ///
    /// # Errors
    /// It is neither, or no RSA key.
    pub fn from_pem(pem: &str) -> Result<Self, EyamlError> {
        let key = if pem.contains("BEGIN RSA PRIVATE KEY") {
            RsaPrivateKey::from_pkcs1_pem(pem.trim()).map_err(|error| error.to_string())
        } else {
            RsaPrivateKey::from_pkcs8_pem(pem.trim()).map_err(|error| error.to_string())
        };
        key.map(Self).map_err(|reason| EyamlError::Key {
            kind: "private",
            reason,
        })
    }
}

/// The key that encrypts, with the certificate that names it in an envelope.
pub struct PublicKey {
    pub(super) key: RsaPublicKey,
    pub(super) certificate: Certificate,
}

impl PublicKey {
    /// Reads a certificate's PEM.
    ///
    /// # Errors
    /// It is none, or its key is no RSA key.
    pub fn from_pem(pem: &str) -> Result<Self, EyamlError> {
        let wrong = |reason: String| EyamlError::Key {
            kind: "public",
            reason,
        };
        let certificate =
            Certificate::from_pem(pem.trim()).map_err(|error| wrong(error.to_string()))?;
        let spki = certificate
            .tbs_certificate
            .subject_public_key_info
            .to_der()
            .map_err(|error| wrong(error.to_string()))?;
        let key =
            RsaPublicKey::from_public_key_der(&spki).map_err(|error| wrong(error.to_string()))?;
        Ok(Self { key, certificate })
    }
}

/// A new pair, as PEM.
pub struct KeyPair {
    /// PKCS#1.
    pub private: Zeroizing<String>,
    /// A self-signed certificate.
    pub public: String,
}

impl KeyPair {
    /// Makes a pair whose certificate holds for 25 years from now.
    ///
    /// # Errors
    /// The system gives no randomness.
    pub fn generate() -> Result<Self, EyamlError> {
        let failed = |reason: String| EyamlError::Failed {
            what: "make a key pair",
            reason,
        };
        let mut random = rand_core::OsRng;
        let key =
            RsaPrivateKey::new(&mut random, BITS).map_err(|error| failed(error.to_string()))?;
        let private = key
            .to_pkcs1_pem(LineEnding::LF)
            .map_err(|error| failed(error.to_string()))?;
        let spki = key
            .to_public_key()
            .to_public_key_der()
            .map_err(|error| failed(error.to_string()))?;
        let signer = SigningKey::<Sha256>::new(key);
        let build = || -> Result<String, Box<dyn std::error::Error>> {
            let builder = CertificateBuilder::new(
                Profile::Root,
                SerialNumber::new(&[1])?,
                Validity::from_now(Duration::from_secs(25 * 365 * 86_400))?,
                Name::from_str("CN=eyaml")?,
                SubjectPublicKeyInfoOwned::from_der(spki.as_bytes())?,
                &signer,
            )?;
            let certificate = builder.build::<rsa::pkcs1v15::Signature>()?;
            Ok(certificate.to_pem(LineEnding::LF)?)
        };
        let public = build().map_err(|error| failed(error.to_string()))?;
        Ok(Self { private, public })
    }
}
