//! Debian's versions: their order (deb-version(7)) and ranges of them (`>= 1.2 < 2`).

use std::cmp::Ordering;

/// Which versions fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range(Vec<(Relation, String)>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Range {
    /// Reads `1.2-3`, `>= 1.2 < 2`, `<2`.
    pub(super) fn parse(text: &str) -> Self {
        let mut bounds = Vec::new();
        let mut relation = None;
        for word in text.split_whitespace() {
            let (found, rest) = if let Some(rest) = word.strip_prefix(">=") {
                (Some(Relation::GreaterOrEqual), rest)
            } else if let Some(rest) = word.strip_prefix("<=") {
                (Some(Relation::LessOrEqual), rest)
            } else if let Some(rest) = word.strip_prefix('>') {
                (Some(Relation::Greater), rest)
            } else if let Some(rest) = word.strip_prefix('<') {
                (Some(Relation::Less), rest)
            } else if let Some(rest) = word.strip_prefix('=') {
                (Some(Relation::Equal), rest)
            } else {
                (None, word)
            };
            relation = found.or(relation);
            if !rest.is_empty() {
                bounds.push((relation.take().unwrap_or(Relation::Equal), rest.to_owned()));
            }
        }
        Self(bounds)
    }

    /// Whether a version fits.
    pub(super) fn contains(&self, version: &str) -> bool {
        self.0.iter().all(|(relation, bound)| {
            let order = compare(version, bound);
            match relation {
                Relation::Equal => order.is_eq(),
                Relation::Less => order.is_lt(),
                Relation::LessOrEqual => order.is_le(),
                Relation::Greater => order.is_gt(),
                Relation::GreaterOrEqual => order.is_ge(),
            }
        })
    }

    /// The one version that fits, where it is one.
    pub(super) fn exact(&self) -> Option<&str> {
        match self.0.as_slice() {
            [(Relation::Equal, version)] => Some(version),
            _ => None,
        }
    }
}

/// The order of two versions.
pub(super) fn compare(one: &str, other: &str) -> Ordering {
    let (one_epoch, one_upstream, one_revision) = split(one);
    let (other_epoch, other_upstream, other_revision) = split(other);
    one_epoch
        .cmp(&other_epoch)
        .then_with(|| compare_part(one_upstream, other_upstream))
        .then_with(|| compare_part(one_revision, other_revision))
}

/// `1:2.3-4` to 1, `2.3`, `4`.
fn split(version: &str) -> (u64, &str, &str) {
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) => (epoch.parse().unwrap_or(0), rest),
        None => (0, version),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch, upstream, revision)
}

fn compare_part(one: &str, other: &str) -> Ordering {
    /// `~` before the end, the end before letters, letters before everything else.
    fn weight(byte: Option<&u8>) -> i32 {
        match byte {
            Some(b'~') => -1,
            None => 0,
            Some(byte) if byte.is_ascii_digit() => 0,
            Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
            Some(byte) => i32::from(*byte) + 256,
        }
    }
    let (mut one, mut other) = (one.as_bytes(), other.as_bytes());
    while !one.is_empty() || !other.is_empty() {
        let is_text = |bytes: &[u8]| bytes.first().is_some_and(|byte| !byte.is_ascii_digit());
        while is_text(one) || is_text(other) {
            match weight(one.first()).cmp(&weight(other.first())) {
                Ordering::Equal => {
                    one = one.get(1..).unwrap_or_default();
                    other = other.get(1..).unwrap_or_default();
                }
                order => return order,
            }
        }
        let (one_number, one_rest) = number(one);
        let (other_number, other_rest) = number(other);
        let order = one_number
            .len()
            .cmp(&other_number.len())
            .then_with(|| one_number.cmp(other_number));
        if order.is_ne() {
            return order;
        }
        (one, other) = (one_rest, other_rest);
    }
    Ordering::Equal
}

/// The digits at the beginning without zeros in front, and what follows.
fn number(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes
        .iter()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(bytes.len());
    let zeros = bytes[..end]
        .iter()
        .take_while(|byte| **byte == b'0')
        .count();
    (&bytes[zeros..end], &bytes[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_as_dpkg_does() {
        let sorted = [
            "0",
            "1.0~rc1-1",
            "1.0~rc2",
            "1.0",
            "1.0-1",
            "1.0-1+b1",
            "1.0-1.1",
            "1.0+x",
            "1.1",
            "1.9",
            "1.10",
            "1.10a",
            "2",
            "1:0.1",
        ];
        for (index, one) in sorted.iter().enumerate() {
            for other in &sorted[index + 1..] {
                assert_eq!(compare(one, other), Ordering::Less, "{one} {other}");
                assert_eq!(compare(other, one), Ordering::Greater, "{other} {one}");
            }
        }
        assert_eq!(compare("1.00", "1.0"), Ordering::Equal);
        assert_eq!(compare("0:1.0-0", "1.0"), Ordering::Equal);
    }

    #[test]
    fn ranges_bound_both_ways() {
        let range = Range::parse(">= 1.2 <2");
        assert!(range.contains("1.10"));
        assert!(!range.contains("2"));
        assert!(!range.contains("1.2~rc1"));
        assert_eq!(range.exact(), None);
        assert_eq!(Range::parse("1.2-3").exact(), Some("1.2-3"));
    }
}
