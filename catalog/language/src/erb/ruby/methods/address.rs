//! `IPAddr`: addresses and networks.

use std::{
    cmp::Ordering,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    rc::Rc,
};

use super::{Answer, answer, argument};
use crate::erb::ruby::{
    interpreter::{Run, Stop},
    value::Value,
};

/// An address, or the first one of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::erb::ruby) struct Address {
    address: IpAddr,
    prefix: u32,
}

/// `IPAddr.new`
pub(super) fn class(name: &str, arguments: &[Value]) -> Answer {
    match (name, arguments) {
        ("new", [text]) => {
            let text = argument::string(text)?;
            answer(Value::Address(Rc::new(Address::parse(&text)?)))
        }
        _ => Ok(None),
    }
}

fn invalid() -> Stop {
    Stop::raise("IPAddr::InvalidAddressError", "invalid address: ")
}

impl Address {
    pub(super) fn parse(text: &str) -> Run<Self> {
        let (text, mask) = match text.split_once('/') {
            Some((text, mask)) => (text, Some(mask)),
            None => (text, None),
        };
        if text.contains('%') {
            return Err(Stop::unsupported("zones in IPAddr"));
        }
        let inner = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        let address: IpAddr = inner.unwrap_or(text).parse().map_err(|_| invalid())?;
        let whole = Self {
            address,
            prefix: bits(address),
        };
        match mask {
            None => Ok(whole),
            Some(mask) => whole.masked(mask),
        }
    }

    fn masked(self, mask: &str) -> Run<Self> {
        let longest = bits(self.address);
        let prefix = match (mask.parse::<u32>(), mask.parse::<Ipv4Addr>()) {
            (Ok(prefix), _) if prefix <= longest => prefix,
            (Ok(_), _) => {
                let message = format!("invalid length: {}", self.number());
                return Err(Stop::raise("IPAddr::InvalidPrefixError", message));
            }
            (_, Ok(mask)) if longest == 32 => {
                let mask = u32::from(mask);
                if mask.leading_ones() + mask.trailing_zeros() < 32 {
                    return Err(Stop::unsupported("netmasks with holes"));
                }
                mask.leading_ones()
            }
            _ => return Err(invalid()),
        };
        let kept = self.number() & mask_of(prefix, longest);
        Ok(Self {
            address: self.of_number(kept),
            prefix,
        })
    }

    fn number(self) -> u128 {
        match self.address {
            IpAddr::V4(address) => u32::from(address).into(),
            IpAddr::V6(address) => address.into(),
        }
    }

    fn of_number(self, number: u128) -> IpAddr {
        match self.address {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from(number as u32)),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from(number)),
        }
    }

    fn holds(self, other: Self) -> bool {
        let longest = bits(self.address);
        longest == bits(other.address)
            && self.prefix <= other.prefix
            && other.number() & mask_of(self.prefix, longest) == self.number()
    }

    /// Which of two addresses of a kind comes first.
    pub(in crate::erb::ruby) fn order(self, other: Self) -> Option<Ordering> {
        let is_comparable = bits(self.address) == bits(other.address);
        is_comparable.then(|| self.number().cmp(&other.number()))
    }

    fn full(self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let parts = address.segments().map(|part| format!("{part:04x}"));
                parts.join(":")
            }
        }
    }

    pub(in crate::erb::ruby) fn display(self) -> String {
        self.address.to_string()
    }

    pub(in crate::erb::ruby) fn inspect(self) -> String {
        let longest = bits(self.address);
        let mask = Self {
            address: self.of_number(mask_of(self.prefix, longest)),
            prefix: longest,
        };
        let family = if longest == 32 { "IPv4" } else { "IPv6" };
        format!("#<IPAddr: {family}:{}/{}>", self.full(), mask.full())
    }
}

fn bits(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn mask_of(prefix: u32, longest: u32) -> u128 {
    let ones = u128::MAX >> (128 - longest);
    ones & !ones.checked_shr(prefix).unwrap_or(0)
}

/// Another address, or the text of one.
fn other(value: &Value) -> Run<Address> {
    match value {
        Value::Address(address) => Ok(**address),
        Value::String(text) => Address::parse(&text.borrow()),
        _ => Err(Stop::unsupported("an IPAddr out of something else")),
    }
}

pub(super) fn call(address: &Rc<Address>, name: &str, arguments: &[Value]) -> Answer {
    let address = **address;
    let longest = bits(address.address);
    let as_value = |address: Address| answer(Value::Address(Rc::new(address)));
    match (name, arguments) {
        ("to_s", []) => answer(address.display()),
        ("to_string", []) => answer(address.full()),
        ("inspect", []) => answer(address.inspect()),
        ("to_i", []) => answer(i64::try_from(address.number()).map_err(|_| Stop::big())?),
        ("ipv4?", []) => answer(longest == 32),
        ("ipv6?", []) => answer(longest == 128),
        ("prefix", []) => answer(i64::from(address.prefix)),
        ("netmask", []) if longest == 32 => {
            let mask = address.of_number(mask_of(address.prefix, longest));
            answer(mask.to_string())
        }
        ("mask", [Value::Integer(prefix)]) => as_value(address.masked(&prefix.to_string())?),
        ("mask", [Value::String(mask)]) => as_value(address.masked(&mask.borrow())?),
        ("include?" | "===", [value]) => answer(address.holds(other(value)?)),
        ("==", [Value::Address(value)]) => answer(address.address == value.address),
        ("<=>", [Value::Address(value)]) => {
            answer(address.order(**value).map(|order| order as i64))
        }
        ("succ", []) => as_value(Address {
            address: address.of_number(address.number().wrapping_add(1)),
            ..address
        }),
        ("loopback?", []) => answer(address.address.is_loopback()),
        ("reverse", []) if longest == 32 => {
            let octets = address.number() as u32;
            let [a, b, c, d] = octets.to_be_bytes();
            answer(format!("{d}.{c}.{b}.{a}.in-addr.arpa"))
        }
        (
            "class" | "is_a?" | "kind_of?" | "instance_of?" | "nil?" | "!" | "!=" | "respond_to?"
            | "itself" | "tap" | "then" | "freeze" | "frozen?" | "dup" | "clone" | "send"
            | "public_send" | "equal?",
            _,
        ) => Ok(None),
        (name, _) => Err(Stop::unsupported(format!("the method '{name}' of IPAddr"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        for valid in ["192.0.2.1", "::1", "[2001:db8::1]", "192.0.2.0/24"] {
            assert!(Address::parse(valid).is_ok(), "{valid}");
        }
        for invalid in ["*", "localhost", "300.0.0.1", "192.0.2.0/99", ""] {
            assert!(Address::parse(invalid).is_err(), "{invalid}");
        }
    }
}
