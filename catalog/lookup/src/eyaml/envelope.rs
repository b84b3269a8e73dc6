//! The envelope: RFC 5652's EnvelopedData with one RSA recipient and AES-CBC.

use aes::cipher::{BlockDecryptMut, KeyIvInit, block_padding::Pkcs7};
use base64::{Engine, engine::general_purpose::STANDARD};
use cms::{
    builder::{
        ContentEncryptionAlgorithm, EnvelopedDataBuilder, KeyEncryptionInfo,
        KeyTransRecipientInfoBuilder,
    },
    cert::IssuerAndSerialNumber,
    content_info::ContentInfo,
    enveloped_data::{EnvelopedData, RecipientIdentifier, RecipientInfo},
};
use rsa::Pkcs1v15Encrypt;
use x509_cert::der::{Any, Decode, Encode, asn1::ObjectIdentifier};
use zeroize::Zeroizing;

use super::{EyamlError, PrivateKey, PublicKey};

/// `id-envelopedData`
const ENVELOPED: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const AES_128: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.2");
const AES_192: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.22");
const AES_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.1.42");
/// The largest envelope that is read, in bytes of Base64.
const LARGEST: usize = 16 * 1024 * 1024;

/// Encrypts bytes; gives `ENC[PKCS7,…]` on one line.
///
/// # Errors
/// The system gives no randomness.
pub fn encrypt(key: &PublicKey, clear: &[u8]) -> Result<String, EyamlError> {
    let failed = |reason: String| EyamlError::Failed {
        what: "encrypt",
        reason,
    };
    let certificate = &key.certificate.tbs_certificate;
    let recipient = RecipientIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
        issuer: certificate.issuer.clone(),
        serial_number: certificate.serial_number.clone(),
    });
    let build = || -> Result<Vec<u8>, cms::builder::Error> {
        let mut random = rand_core::OsRng;
        let mut content_random = rand_core::OsRng;
        let mut builder =
            EnvelopedDataBuilder::new(None, clear, ContentEncryptionAlgorithm::Aes256Cbc, None)?;
        builder.add_recipient_info(KeyTransRecipientInfoBuilder::new(
            recipient,
            KeyEncryptionInfo::Rsa(key.key.clone()),
            &mut random,
        )?)?;
        let enveloped = builder.build_with_rng(&mut content_random)?;
        let content = ContentInfo {
            content_type: ENVELOPED,
            content: Any::from_der(&enveloped.to_der()?)?,
        };
        Ok(content.to_der()?)
    };
    let der = build().map_err(|error| failed(error.to_string()))?;
    Ok(format!("ENC[PKCS7,{}]", STANDARD.encode(der)))
}

/// Decrypts what stands between `ENC[PKCS7,` and `]`.
///
/// # Errors
/// It is no envelope, uses another cipher than AES-CBC, or is for another key.
pub fn decrypt(key: &PrivateKey, body: &str) -> Result<Zeroizing<Vec<u8>>, EyamlError> {
    let wrong = |reason: &str| EyamlError::Format(reason.to_owned());
    if body.len() > LARGEST {
        return Err(wrong("it is too large"));
    }
    let body: String = body.chars().filter(|c| !c.is_whitespace()).collect();
    let der = STANDARD
        .decode(body)
        .map_err(|_| wrong("it is no Base64"))?;
    let content = ContentInfo::from_der(&der).map_err(|_| wrong("it is no envelope"))?;
    if content.content_type != ENVELOPED {
        return Err(wrong("it is no encrypted envelope"));
    }
    let enveloped: EnvelopedData = content
        .content
        .decode_as()
        .map_err(|_| wrong("its envelope is broken"))?;
    let content_key = enveloped
        .recip_infos
        .0
        .iter()
        .find_map(|recipient| match recipient {
            RecipientInfo::Ktri(info) => key
                .0
                .decrypt(Pkcs1v15Encrypt, info.enc_key.as_bytes())
                .ok()
                .map(Zeroizing::new),
            _ => None,
        });
    let content_key = content_key.ok_or(EyamlError::OtherKey)?;
    let encrypted = &enveloped.encrypted_content;
    let bytes = encrypted
        .encrypted_content
        .as_ref()
        .ok_or_else(|| wrong("it holds nothing"))?
        .as_bytes();
    let parameters = encrypted.content_enc_alg.parameters.as_ref();
    let vector = parameters
        .map(Any::value)
        .ok_or_else(|| wrong("it names no vector"))?;
    macro_rules! open {
        ($cipher:ty) => {
            cbc::Decryptor::<$cipher>::new_from_slices(&content_key, vector)
                .map_err(|_| EyamlError::OtherKey)?
                .decrypt_padded_vec_mut::<Pkcs7>(bytes)
                .map_err(|_| EyamlError::OtherKey)
        };
    }
    let clear = match encrypted.content_enc_alg.oid {
        AES_256 => open!(aes::Aes256),
        AES_192 => open!(aes::Aes192),
        AES_128 => open!(aes::Aes128),
        other => Err(EyamlError::Format(format!(
            "the cipher {other} is not supported"
        ))),
    }?;
    Ok(Zeroizing::new(clear))
}

#[cfg(test)]
mod tests {
    use super::super::{
        KeyPair, PrivateKey, PublicKey, decrypt_text, encrypt, folded, recrypt_text,
    };

    #[test]
    fn what_is_encrypted_is_decrypted() {
        let pair = KeyPair::generate().unwrap();
        let public = PublicKey::from_pem(&pair.public).unwrap();
        let private = [PrivateKey::from_pem(&pair.private).unwrap()];
        let text = format!(
            "user={} end",
            encrypt(&public, "s3cr\u{e9}t".as_bytes()).unwrap()
        );
        assert!(!text.contains("s3cr"));
        assert_eq!(
            decrypt_text(&private, &text).unwrap(),
            "user=s3cr\u{e9}t end"
        );

        let other = [PrivateKey::from_pem(&KeyPair::generate().unwrap().private).unwrap()];
        assert!(
            decrypt_text(&other, &text)
                .unwrap_err()
                .to_string()
                .contains("another key")
        );
        for broken in [
            "ENC[PKCS7,!!]",
            "ENC[GPG,AAAA]",
            "ENC[PKCS7,AAAA]",
            "ENC[PKCS7,]",
        ] {
            assert!(decrypt_text(&private, broken).is_err(), "{broken}");
        }
        assert_eq!(decrypt_text(&private, "ENC[open").unwrap(), "ENC[open");
    }

    #[test]
    fn a_new_key_takes_over_from_an_old_one() {
        let pairs = [KeyPair::generate().unwrap(), KeyPair::generate().unwrap()];
        let [old, new] = pairs
            .each_ref()
            .map(|pair| PrivateKey::from_pem(&pair.private).unwrap());
        let [old_public, new_public] = pairs
            .each_ref()
            .map(|pair| PublicKey::from_pem(&pair.public).unwrap());
        let one = encrypt(&old_public, b"one").unwrap();
        let two = encrypt(&old_public, b"two").unwrap();
        let before = format!(
            "---\n# kept\none: {one}\nlist:\n  - plain\n  - two: >\n      {}\nend: ~\n",
            folded(&two).join("\n      ")
        );
        let after = recrypt_text(&[old], &new_public, &before).unwrap();
        assert_eq!(
            after.lines().count(),
            before.lines().count(),
            "folded as it was"
        );
        let new = [new];
        let clear = decrypt_text(&new, &after).unwrap();
        assert_eq!(
            clear,
            "---\n# kept\none: one\nlist:\n  - plain\n  - two: >\n      two\nend: ~\n"
        );
        assert!(decrypt_text(&new, &before).is_err());
        let [new] = new;
        let old = PrivateKey::from_pem(&pairs[0].private).unwrap();
        assert_eq!(decrypt_text(&[new, old], &one).unwrap(), "one");
    }
}
