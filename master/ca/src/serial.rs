//! Serial numbers: a count for what we sign ourselves, any 20 octets for what was imported.

use std::{fmt, sync::Arc};

/// The serial number of a certificate: lower-case hexadecimal without leading zeros.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Serial(Arc<str>);

impl Serial {
    /// From big-endian octets.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let text = hex::encode(bytes);
        let digits = text.trim_start_matches('0');
        Self(if digits.is_empty() { "0" } else { digits }.into())
    }

    /// From hexadecimal digits; `None` where the text holds something else.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = !text.is_empty()
            && text.len() <= 40
            && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let lowered = text.to_ascii_lowercase();
        let digits = lowered.trim_start_matches('0');
        fits.then(|| Self(if digits.is_empty() { "0" } else { digits }.into()))
    }

    /// Big-endian octets, at least one, without leading zeros.
    pub fn to_bytes(&self) -> Vec<u8> {
        let even = if self.0.len().is_multiple_of(2) {
            self.0.to_string()
        } else {
            format!("0{}", self.0)
        };
        hex::decode(even).expect("a serial holds hexadecimal digits only")
    }

    /// The number, where it fits.
    pub fn to_u64(&self) -> Option<u64> {
        u64::from_str_radix(&self.0, 16).ok()
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<u64> for Serial {
    fn from(number: u64) -> Self {
        Self(format!("{number:x}").into())
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Serial;

    #[test]
    fn one_number_has_one_form() {
        assert_eq!(Serial::from_bytes(&[0, 0, 0x0a, 0xbc]), Serial::from(0xabc));
        assert_eq!(Serial::parse("00ABC"), Some(Serial::from(0xabc)));
        assert_eq!(Serial::from(0xabc).to_bytes(), [0x0a, 0xbc]);
        assert_eq!(Serial::from_bytes(&[0]), Serial::from(0));
        assert_eq!(Serial::from(0).to_bytes(), [0]);
        assert_eq!(Serial::parse("xyz"), None);
        assert_eq!(Serial::parse(""), None);
    }
}
