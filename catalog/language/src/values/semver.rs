//! Semantic versions and ranges of them.
//!
//! Source: semver.org 2.0.0, and the range grammar of node's semver as Puppet reads it.

use std::{cmp::Ordering, fmt, sync::Arc};

/// A semantic version.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SemVer {
    /// Major.
    pub major: u64,
    /// Minor.
    pub minor: u64,
    /// Patch.
    pub patch: u64,
    /// Pre-release identifiers, dotted.
    pub prerelease: Option<Arc<str>>,
    /// Build identifiers, dotted; they take no part in comparison.
    pub build: Option<Arc<str>>,
}

/// A range of versions: what was written, and intervals of which any may hold.
#[derive(Clone, Debug)]
pub struct SemVerRange {
    /// As written.
    pub text: Arc<str>,
    /// Alternatives.
    pub alternatives: Vec<Interval>,
}

/// An interval of versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interval {
    /// The lower edge.
    pub lower: Option<Edge>,
    /// The upper edge.
    pub upper: Option<Edge>,
}

/// An edge of an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it is.
    pub version: SemVer,
    /// Whether the edge belongs to the interval.
    pub inclusive: bool,
}

/// The text is no version or range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SemVerError {
    /// No version.
    #[error("Unable to parse '{0}' as a semantic version identifier")]
    Version(String),
    /// A numeric identifier starts with a zero.
    #[error("Numeric pre-release identifiers MUST NOT contain leading zeroes")]
    LeadingZero,
    /// No range.
    #[error("Unparsable version range: \"{0}\"")]
    Range(String),
}

impl SemVer {
    /// `major.minor.patch`
    pub fn new(major: u64, minor: u64, patch: u64) -> Self {
        Self {
            major,
            minor,
            patch,
            prerelease: None,
            build: None,
        }
    }

    /// Reads `1.2.3-rc1+b5`.
    ///
    /// # Errors
    /// The text is no version.
    pub fn parse(text: &str) -> Result<Self, SemVerError> {
        let refuse = || SemVerError::Version(text.to_owned());
        let (core, qualifier) = split_qualifier(text);
        let mut parts = core.split('.').map(digits);
        let (Some(Some(major)), Some(Some(minor)), Some(Some(patch)), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(refuse());
        };
        let (prerelease, build) = parse_qualifier(qualifier).ok_or_else(refuse)?;
        check_prerelease(prerelease.as_deref())?;
        Ok(Self {
            major,
            minor,
            patch,
            prerelease,
            build,
        })
    }

    /// Whether it is no pre-release.
    pub fn is_stable(&self) -> bool {
        self.prerelease.is_none()
    }

    fn same_release(&self, other: &Self) -> bool {
        (self.major, self.minor, self.patch) == (other.major, other.minor, other.patch)
    }
}

impl fmt::Display for SemVer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if let Some(prerelease) = &self.prerelease {
            write!(f, "-{prerelease}")?;
        }
        if let Some(build) = &self.build {
            write!(f, "+{build}")?;
        }
        Ok(())
    }
}

/// Precedence: build identifiers do not count.
impl Ord for SemVer {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(|| match (&self.prerelease, &other.prerelease) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) => compare_prerelease(a, b),
            })
    }
}

impl PartialOrd for SemVer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn compare_prerelease(a: &str, b: &str) -> Ordering {
    let mut first = a.split('.');
    let mut second = b.split('.');
    loop {
        let order = match (first.next(), second.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn split_qualifier(text: &str) -> (&str, &str) {
    text.split_at(text.find(['-', '+']).unwrap_or(text.len()))
}

type Qualifier = (Option<Arc<str>>, Option<Arc<str>>);

/// `-pre.1+build.2`, either part optional.
fn parse_qualifier(text: &str) -> Option<Qualifier> {
    let (prerelease, build) = match text.split_once('+') {
        Some((prerelease, build)) => (prerelease, Some(build)),
        None => (text, None),
    };
    let prerelease = match prerelease {
        "" => None,
        other => Some(other.strip_prefix('-')?),
    };
    let identifiers = |text: &str| {
        text.split('.').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
    };
    (prerelease.is_none_or(identifiers) && build.is_none_or(identifiers))
        .then(|| (prerelease.map(Arc::from), build.map(Arc::from)))
}

fn check_prerelease(prerelease: Option<&str>) -> Result<(), SemVerError> {
    let leading_zero = |part: &str| {
        part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    if prerelease.is_some_and(|text| text.split('.').any(leading_zero)) {
        return Err(SemVerError::LeadingZero);
    }
    Ok(())
}

fn digits(text: &str) -> Option<u64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (plain && (text.len() == 1 || !text.starts_with('0')))
        .then(|| text.parse().ok())
        .flatten()
}

impl Interval {
    fn new(lower: Option<Edge>, upper: Option<Edge>) -> Self {
        Self { lower, upper }
    }

    /// Exactly one version.
    pub fn exactly(version: SemVer) -> Self {
        let edge = Edge {
            version,
            inclusive: true,
        };
        Self::new(Some(edge.clone()), Some(edge))
    }

    fn nothing() -> Self {
        let upper = Edge {
            version: SemVer::new(0, 0, 0),
            inclusive: false,
        };
        Self::new(None, Some(upper))
    }

    /// Whether the version lies between the edges. A pre-release does only where an edge is a
    /// pre-release of the same version.
    pub fn includes(&self, version: &SemVer) -> bool {
        let is_all = self.lower.is_none() && self.upper.is_none();
        let named = |edge: &Option<Edge>| {
            edge.as_ref()
                .is_some_and(|edge| !edge.version.is_stable() && edge.version.same_release(version))
        };
        self.spans(version)
            && (version.is_stable() || is_all || named(&self.lower) || named(&self.upper))
    }

    fn spans(&self, version: &SemVer) -> bool {
        let above = |edge: &Edge| match version.cmp(&edge.version) {
            Ordering::Less => false,
            Ordering::Equal => edge.inclusive,
            Ordering::Greater => true,
        };
        let below = |edge: &Edge| match version.cmp(&edge.version) {
            Ordering::Less => true,
            Ordering::Equal => edge.inclusive,
            Ordering::Greater => false,
        };
        self.lower.as_ref().is_none_or(above) && self.upper.as_ref().is_none_or(below)
    }

    /// Whether every version of `other` is one of this.
    pub fn covers(&self, other: &Self) -> bool {
        let lower = match (&self.lower, &other.lower) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(a), Some(b)) => {
                a.version < b.version || a.version == b.version && (a.inclusive || !b.inclusive)
            }
        };
        let upper = match (&self.upper, &other.upper) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(a), Some(b)) => {
                a.version > b.version || a.version == b.version && (a.inclusive || !b.inclusive)
            }
        };
        lower && upper
    }

    /// What both have; `None` where that is nothing.
    fn intersection(&self, other: &Self) -> Option<Self> {
        let lower = tighter(&self.lower, &other.lower, Ordering::Greater);
        let upper = tighter(&self.upper, &other.upper, Ordering::Less);
        if let (Some(lower), Some(upper)) = (&lower, &upper) {
            match lower.version.cmp(&upper.version) {
                Ordering::Greater => return None,
                Ordering::Equal if !(lower.inclusive && upper.inclusive) => return None,
                _ => {}
            }
        }
        Some(Self::new(lower, upper))
    }

    /// One interval for both, where they overlap or touch.
    pub fn merged(&self, other: &Self) -> Option<Self> {
        let touches = |a: &Self, b: &Self| match (&a.upper, &b.lower) {
            (Some(upper), Some(lower)) => match upper.version.cmp(&lower.version) {
                Ordering::Less => {
                    upper.inclusive && lower.inclusive && {
                        let next = SemVer::new(
                            upper.version.major,
                            upper.version.minor,
                            upper.version.patch + 1,
                        );
                        next == lower.version
                    }
                }
                Ordering::Equal => upper.inclusive || lower.inclusive,
                Ordering::Greater => true,
            },
            _ => true,
        };
        (touches(self, other) && touches(other, self)).then(|| {
            let wider = |a: &Option<Edge>, b: &Option<Edge>, order| match (a, b) {
                (None, _) | (_, None) => None,
                _ => looser(a, b, order),
            };
            Self::new(
                wider(&self.lower, &other.lower, Ordering::Less),
                wider(&self.upper, &other.upper, Ordering::Greater),
            )
        })
    }
}

fn tighter(a: &Option<Edge>, b: &Option<Edge>, order: Ordering) -> Option<Edge> {
    match (a, b) {
        (None, edge) | (edge, None) => edge.clone(),
        (Some(first), Some(second)) => Some(match first.version.cmp(&second.version) {
            Ordering::Equal if first.inclusive => second.clone(),
            Ordering::Equal => first.clone(),
            found if found == order => first.clone(),
            _ => second.clone(),
        }),
    }
}

fn looser(a: &Option<Edge>, b: &Option<Edge>, order: Ordering) -> Option<Edge> {
    let (Some(first), Some(second)) = (a, b) else {
        return None;
    };
    Some(match first.version.cmp(&second.version) {
        Ordering::Equal if first.inclusive => first.clone(),
        Ordering::Equal => second.clone(),
        found if found == order => first.clone(),
        _ => second.clone(),
    })
}

/// The written form does not count.
impl PartialEq for SemVerRange {
    fn eq(&self, other: &Self) -> bool {
        self.alternatives == other.alternatives
    }
}

impl fmt::Display for SemVerRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl SemVerRange {
    /// Reads `>=1.0.0 <2.0.0 || 3.x`.
    ///
    /// # Errors
    /// The text is no range.
    pub fn parse(text: &str) -> Result<Self, SemVerError> {
        let refuse = || SemVerError::Range(text.to_owned());
        let spaced = join_operators(text);
        let mut alternatives: Vec<Interval> = Vec::new();
        for alternative in spaced.split("||").map(str::trim) {
            let interval = if alternative.is_empty() {
                Some(Interval::default())
            } else if let Some((from, to)) = alternative.split_once(" - ") {
                let lower = Partial::parse(from.trim()).ok_or_else(refuse)?;
                let upper = Partial::parse(to.trim()).ok_or_else(refuse)?;
                let inclusive = |version| {
                    Some(Edge {
                        version,
                        inclusive: true,
                    })
                };
                Interval::new(inclusive(lower.floor()), None)
                    .intersection(&Interval::new(None, inclusive(upper.floor())))
            } else {
                let mut combined = Some(Interval::default());
                for simple in alternative.split_whitespace() {
                    let simple = parse_simple(simple).ok_or_else(refuse)?;
                    combined = combined.and_then(|interval| interval.intersection(&simple));
                }
                combined
            };
            let interval = interval.unwrap_or_else(Interval::nothing);
            if !alternatives.contains(&interval) {
                alternatives.push(interval);
            }
        }
        Ok(Self {
            text: text.into(),
            alternatives: merge(alternatives),
        })
    }

    /// The range of one interval, with the text that says it.
    pub fn of(interval: Interval) -> Self {
        let mut parts = Vec::new();
        match (&interval.lower, &interval.upper) {
            (Some(lower), Some(upper)) if lower == upper => parts.push(lower.version.to_string()),
            (lower, upper) => {
                if let Some(edge) = lower {
                    parts.push(format!(
                        "{}{}",
                        if edge.inclusive { ">=" } else { ">" },
                        edge.version
                    ));
                }
                if let Some(edge) = upper {
                    parts.push(format!(
                        "{}{}",
                        if edge.inclusive { "<=" } else { "<" },
                        edge.version
                    ));
                }
            }
        }
        let text = if parts.is_empty() {
            "*".to_owned()
        } else {
            parts.join(" ")
        };
        Self {
            text: text.into(),
            alternatives: vec![interval],
        }
    }

    /// From `minimum` to `maximum`; the maximum belongs to it where `inclusive`.
    pub fn between(minimum: Option<SemVer>, maximum: Option<SemVer>, end: End) -> Self {
        let text = match (&minimum, &maximum, end) {
            (None, None, _) => "*".to_owned(),
            (Some(low), None, _) => format!(">={low}"),
            (None, Some(high), End::Inclusive) => format!("<={high}"),
            (None, Some(high), End::Exclusive) => format!("<{high}"),
            (Some(low), Some(high), End::Inclusive) => format!("{low} - {high}"),
            (Some(low), Some(high), End::Exclusive) => format!(">={low} <{high}"),
        };
        let lower = minimum.map(|version| Edge {
            version,
            inclusive: true,
        });
        let upper = maximum.map(|version| Edge {
            version,
            inclusive: end == End::Inclusive,
        });
        let interval = Interval::new(lower, None)
            .intersection(&Interval::new(None, upper))
            .unwrap_or_else(Interval::nothing);
        Self {
            text: text.into(),
            alternatives: vec![interval],
        }
    }

    /// Whether the version belongs to the range.
    pub fn includes(&self, version: &SemVer) -> bool {
        self.alternatives
            .iter()
            .any(|interval| interval.includes(version))
    }
}

/// Whether the end of a range belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It does.
    Inclusive,
    /// It does not.
    Exclusive,
}

/// Joins intervals that overlap or touch.
pub fn merge(mut intervals: Vec<Interval>) -> Vec<Interval> {
    let mut merged: Vec<Interval> = Vec::new();
    while !intervals.is_empty() {
        let mut current = intervals.remove(0);
        while let Some((index, joined)) = intervals
            .iter()
            .enumerate()
            .find_map(|(index, other)| Some((index, current.merged(other)?)))
        {
            intervals.remove(index);
            current = joined;
        }
        merged.push(current);
    }
    merged
}

/// Takes the blanks (and a `v`) behind an operator away.
fn join_operators(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        joined.push(character);
        if matches!(character, '<' | '>' | '=' | '~' | '^') {
            while characters.next_if(|next| next.is_whitespace()).is_some() {}
            characters.next_if_eq(&'v');
        }
    }
    joined
}

/// A version of which parts may be missing or `x`.
struct Partial {
    major: Option<u64>,
    minor: Option<u64>,
    patch: Option<u64>,
    qualifier: Qualifier,
}

impl Partial {
    fn parse(text: &str) -> Option<Self> {
        let (core, qualifier) = split_qualifier(text);
        let parts: Vec<&str> = core.split('.').collect();
        if parts.len() > 3 || !qualifier.is_empty() && parts.len() != 3 {
            return None;
        }
        let part = |index: usize| -> Option<Option<u64>> {
            match parts.get(index) {
                None | Some(&("x" | "X" | "*")) => Some(None),
                Some(text) => digits(text).map(Some),
            }
        };
        let qualifier = parse_qualifier(qualifier)?;
        check_prerelease(qualifier.0.as_deref()).ok()?;
        Some(Self {
            major: part(0)?,
            minor: part(1)?,
            patch: part(2)?,
            qualifier,
        })
    }

    /// Missing parts as zero.
    fn floor(&self) -> SemVer {
        SemVer {
            prerelease: self.qualifier.0.clone(),
            build: self.qualifier.1.clone(),
            ..SemVer::new(
                self.major.unwrap_or(0),
                self.minor.unwrap_or(0),
                self.patch.unwrap_or(0),
            )
        }
    }
}

fn at_least(version: SemVer) -> Interval {
    Interval::new(
        Some(Edge {
            version,
            inclusive: true,
        }),
        None,
    )
}

fn below(version: SemVer) -> Interval {
    Interval::new(
        None,
        Some(Edge {
            version,
            inclusive: false,
        }),
    )
}

fn from_to(from: SemVer, to: SemVer) -> Interval {
    Interval::new(at_least(from).lower, below(to).upper)
}

fn parse_simple(text: &str) -> Option<Interval> {
    let operator_length = text
        .bytes()
        .take_while(|byte| matches!(byte, b'<' | b'>' | b'=' | b'~' | b'^'))
        .count();
    let (operator, operand) = text.split_at(operator_length);
    let partial = Partial::parse(operand)?;
    let (major, minor, patch) = (partial.major, partial.minor, partial.patch);
    let next_step = |partial: &Partial| match (partial.major, partial.minor) {
        (None, _) => None,
        (Some(major), None) => Some(SemVer::new(major + 1, 0, 0)),
        (Some(major), Some(minor)) => Some(SemVer::new(major, minor + 1, 0)),
    };
    Some(match operator {
        "~" | "~>" | "~=" => match next_step(&partial) {
            None => Interval::default(),
            Some(next) => from_to(partial.floor(), next),
        },
        "^" => match (major, minor) {
            (None, _) => Interval::default(),
            (Some(0), Some(minor)) => from_to(partial.floor(), SemVer::new(0, minor + 1, 0)),
            (Some(major), _) => from_to(partial.floor(), SemVer::new(major + 1, 0, 0)),
        },
        ">" => match (major, patch) {
            (None, _) => Interval::nothing(),
            (Some(_), None) => at_least(next_step(&partial)?),
            (Some(_), Some(_)) => Interval::new(
                Some(Edge {
                    version: partial.floor(),
                    inclusive: false,
                }),
                None,
            ),
        },
        ">=" => at_least(partial.floor()),
        "<" => below(partial.floor()),
        "<=" => match (major, patch) {
            (None, _) => Interval::default(),
            (Some(_), None) => below(next_step(&partial)?),
            (Some(_), Some(_)) => Interval::new(
                None,
                Some(Edge {
                    version: partial.floor(),
                    inclusive: true,
                }),
            ),
        },
        "" | "=" => match (major, patch) {
            (None, _) => Interval::default(),
            (Some(_), None) => from_to(partial.floor(), next_step(&partial)?),
            (Some(_), Some(_)) => Interval::exactly(partial.floor()),
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn includes(range: &str, version: &str) -> bool {
        let range = SemVerRange::parse(range).expect("a range");
        range.includes(&SemVer::parse(version).expect("a version"))
    }

    #[test]
    fn ranges_hold_what_they_should() {
        assert!(includes("~1.2.3", "1.2.9"));
        assert!(!includes("~1.2.3", "1.3.0"));
        assert!(includes("^1.2.3", "1.9.0"));
        assert!(includes("1.2.x", "1.2.7"));
        assert!(includes(">= 1.0.0 < 2.0.0 || 3.x", "3.4.5"));
        assert!(!includes("1.2.3 - 1.2.4", "1.2.5-alpha"));
        assert!(includes(">=1.2.3-alpha", "1.2.3-beta"));
        assert!(!includes("<1.3.0", "1.3.0-alpha"));
        assert!(includes("*", "1.0.0-rc1"));
    }

    #[test]
    fn precedence_follows_the_specification() {
        let order = [
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0",
        ];
        let versions = order.map(|text| SemVer::parse(text).expect("a version"));
        assert!(versions.is_sorted_by(|a, b| a < b));
        assert_eq!(SemVer::parse("1.0.0-01"), Err(SemVerError::LeadingZero));
        assert!(SemVer::parse("01.0.0").is_err());
    }
}
