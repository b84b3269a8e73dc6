//! Names and addresses of hosts.

use std::net::IpAddr;

use super::{
    super::{Function, fail, function, legacy, on},
    class_of,
};
use crate::{
    error::Evaluated,
    evaluator::{Call, flatten},
    values::Value,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("enclose_ipv6", &[legacy(enclose_ipv6)]),
    function(
        "stdlib::ip_in_range",
        &[on(
            "String ipaddress, Variant[String, Array] range",
            ip_in_range,
        )],
    ),
];

/// An address, and how many of its bits name the network.
pub(in crate::functions) struct Network {
    pub(in crate::functions) address: IpAddr,
    pub(in crate::functions) length: u32,
    zone: Option<String>,
}

impl Network {
    /// Reads what Ruby's `IPAddr` reads: an address, in brackets or not, with a zone or not, with
    /// the length of a prefix or a mask or without.
    pub(in crate::functions) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let bare = address
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(address);
        let (bare, zone) = match bare.split_once('%') {
            Some((bare, zone)) => (bare, Some(zone.to_owned())),
            None => (bare, None),
        };
        let address: IpAddr = bare.parse().ok()?;
        if zone
            .as_ref()
            .is_some_and(|zone| zone.is_empty() || address.is_ipv4())
        {
            return None;
        }
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => bits,
            Some(length) => match length.parse::<u32>() {
                Ok(length) => Some(length).filter(|length| *length <= bits)?,
                Err(_) => prefix_of(length.parse().ok()?, bits)?,
            },
        };
        Some(Self {
            address,
            length,
            zone,
        })
    }

    /// The address with the bits of its host cleared.
    pub(in crate::functions) fn base(&self) -> IpAddr {
        match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - self.length).unwrap_or(0);
                IpAddr::V4((u32::from(address) & mask).into())
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - self.length).unwrap_or(0);
                IpAddr::V6((u128::from(address) & mask).into())
            }
        }
    }

    /// Whether all of another network lies in this one.
    pub(in crate::functions) fn contains(&self, other: &Self) -> bool {
        let narrowed = Self {
            address: other.base(),
            length: self.length,
            zone: None,
        };
        self.address.is_ipv4() == other.address.is_ipv4()
            && self.length <= other.length
            && narrowed.base() == self.base()
    }
}

/// The length that a mask stands for: its bits are set from the first on and then no more.
fn prefix_of(mask: IpAddr, bits: u32) -> Option<u32> {
    let (mask, width) = match mask {
        IpAddr::V4(mask) => (u128::from(u32::from(mask)) << 96, 32),
        IpAddr::V6(mask) => (u128::from(mask), 128),
    };
    (width == bits && mask.count_ones() == mask.leading_ones()).then(|| mask.leading_ones())
}

fn any_line(text: &str, test: impl Fn(&str) -> bool) -> bool {
    text.split('\n').any(test)
}

/// A name by the rules of DNS; a top domain is of letters alone. Any line will do, as in the
/// reference.
pub(super) fn is_domain_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_line = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(is_inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    if text == "." {
        return true;
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let labels: Vec<&str> = name.split('.').collect();
    let is_top = |label: &str| label.bytes().all(|byte| byte.is_ascii_alphabetic());
    !name.is_empty()
        && name.len() <= 255
        && labels.iter().all(|label| any_line(label, is_line))
        && match labels.as_slice() {
            [.., top] if labels.len() > 1 => any_line(top, is_top),
            _ => true,
        }
}

/// A mail address: words between dots, and a domain that has a dot.
pub(super) fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let is_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(is_atom);
    let Some((labels, top)) = domain.rsplit_once('.') else {
        return false;
    };
    local.split('.').all(is_word)
        && labels
            .split('.')
            .all(|label| !label.is_empty() && label.bytes().all(is_label))
        && !top.is_empty()
        && top.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// Six parts, or the twenty of InfiniBand, of one or two digits each.
pub(super) fn is_mac_address(text: &str) -> bool {
    let is_part = |part: &str| {
        (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    any_line(text, |line| {
        let parts: Vec<&str> = line.split(':').collect();
        matches!(parts.len(), 6 | 20) && parts.into_iter().all(is_part)
    })
}

fn enclose_ipv6(call: &Call<'_, '_>) -> Evaluated {
    let [given] = call.arguments else {
        fail!(
            "enclose_ipv6(): Wrong number of arguments given {} for 1",
            call.arguments.len()
        );
    };
    let values = match given {
        Value::Array(values) => flatten(values.to_vec()),
        text @ Value::String(_) => vec![text.clone()],
        other => fail!(
            "enclose_ipv6(): Wrong argument type given {} expected String or Array",
            class_of(other)
        ),
    };
    let mut enclosed: Vec<Value> = Vec::with_capacity(values.len());
    for value in &values {
        let network = value.as_str().and_then(Network::parse);
        let shown = match network {
            _ if value.as_str() == Some("*") => value.clone(),
            Some(network) => match network.base() {
                IpAddr::V4(_) => value.clone(),
                IpAddr::V6(base) => {
                    let zone = network.zone.map(|zone| format!("%{zone}"));
                    Value::string(format!("[{base}{}]", zone.unwrap_or_default()))
                }
            },
            None => fail!("enclose_ipv6(): Wrong argument given {value} is not an ip address."),
        };
        if !enclosed.contains(&shown) {
            enclosed.push(shown);
        }
    }
    Ok(Value::array(enclosed))
}

fn ip_in_range(call: &Call<'_, '_>) -> Evaluated {
    let ranges = match &call.arguments[1] {
        Value::Array(ranges) => ranges.to_vec(),
        other => vec![other.clone()],
    };
    let text = call.arguments[0].as_str().unwrap_or_default();
    let Some(wanted) = Network::parse(text) else {
        fail!("invalid address: {text}");
    };
    let mut is_inside = false;
    for range in &ranges {
        let text = range.to_string();
        let Some(network) = Network::parse(&text) else {
            fail!("invalid address: {text}");
        };
        is_inside |= network.contains(&wanted);
    }
    Ok(Value::Boolean(is_inside))
}
