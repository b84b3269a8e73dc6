//! Query strings and form bodies, as Puppet's agents write them: a name may stand several times.

use ficelle_model::EnvironmentName;

use crate::error::ApiError;

/// The pairs of a query string or a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

/// More pairs than any agent sends.
const MOST_PAIRS: usize = 256;

impl Query {
    /// Reads `a=b&c=d`.
    ///
    /// # Errors
    /// Too many pairs, or bytes that are no UTF-8.
    pub fn parse(text: &[u8]) -> Result<Self, ApiError> {
        let pairs = text
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty());
        let mut parsed = Vec::new();
        for pair in pairs {
            if parsed.len() == MOST_PAIRS {
                return Err(ApiError::bad_request("too many parameters"));
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            parsed.push((name, value));
        }
        Ok(Self(parsed))
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every value of a name; arrays are also written `name[]`.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.0
            .iter()
            .filter(move |(known, _)| known.strip_suffix("[]").unwrap_or(known) == name)
            .map(|(_, value)| value.as_str())
    }

    /// Takes in what another one holds beside.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The environment it names.
    ///
    /// # Errors
    /// It names none, or one that cannot be.
    pub fn environment(&self) -> Result<EnvironmentName, ApiError> {
        let name = self
            .get("environment")
            .ok_or_else(|| ApiError::bad_request("An environment parameter must be specified"))?;
        Ok(EnvironmentName::parse(name)?)
    }
}

/// Undoes a form's encoding: `+` is a space. A `%` that no byte follows stays as it is.
///
/// # Errors
/// The bytes are no UTF-8.
pub fn decode(text: &[u8]) -> Result<String, ApiError> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let (byte, tail) = match (first, tail) {
            (b'+', _) => (b' ', tail),
            (b'%', [high, low, after @ ..]) => match hexadecimal(*high, *low) {
                Some(byte) => (byte, after),
                None => (b'%', tail),
            },
            (byte, _) => (*byte, tail),
        };
        decoded.push(byte);
        rest = tail;
    }
    String::from_utf8(decoded).map_err(|_| ApiError::bad_request("a parameter is not UTF-8"))
}

fn hexadecimal(high: u8, low: u8) -> Option<u8> {
    /// The value of each digit; what is no digit has a bit that no value has.
    const DIGITS: [u8; 256] = {
        let mut digits = [0x80; 256];
        let mut value = 0;
        while value < 16 {
            digits[b"0123456789abcdef"[value] as usize] = value as u8;
            digits[b"0123456789ABCDEF"[value] as usize] = value as u8;
            value += 1;
        }
        digits
    };
    let (high, low) = (DIGITS[usize::from(high)], DIGITS[usize::from(low)]);
    ((high | low) & 0x80 == 0).then_some(high << 4 | low)
}

#[cfg(test)]
mod tests {
    use super::{Query, decode};

    #[test]
    fn what_is_encoded_comes_back_and_what_is_not_stays() {
        for (encoded, text) in [
            ("", ""),
            ("%7B%22a%22%3a+1%7d", "{\"a\": 1}"),
            ("%257B", "%7B"),
            ("caf%C3%A9+€", "café €"),
            ("1%", "1%"),
            ("1%2", "1%2"),
            ("%+2%g1%1g%%41", "% 2%g1%1g%A"),
        ] {
            assert_eq!(decode(encoded.as_bytes()).ok().as_deref(), Some(text));
        }
        assert!(decode(b"%C3").is_err());
    }

    #[test]
    fn a_name_may_stand_several_times() {
        let query = Query::parse(b"ignore=.svn&ignore=CVS&ignore[]=a+b%2B&x&environment=p");
        let query = query.expect("a query");
        assert_eq!(
            query.all("ignore").collect::<Vec<_>>(),
            [".svn", "CVS", "a b+"]
        );
        assert_eq!(query.get("x"), Some(""));
        assert_eq!(query.get("y"), None);
        assert_eq!(query.environment().expect("a name").as_str(), "p");
        assert!(
            Query::parse(b"environment=../x")
                .expect("a query")
                .environment()
                .is_err()
        );
        assert!(Query::parse(b"x=%ff").is_err());
        assert!(Query::parse("a=1&".repeat(300).as_bytes()).is_err());
    }
}
