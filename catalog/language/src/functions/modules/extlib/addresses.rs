//! Addresses and networks.

use std::net::IpAddr;

use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    functions::{fail, stdlib::addresses::Network},
    values::Value,
};

/// What a network is given as.
pub(super) const NETWORK: &str =
    "Variant[Stdlib::IP::Address::V4::CIDR, Stdlib::IP::Address::V6::CIDR] ip";

/// Seconds of an hour and of a day.
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// An argument that its type says to be an address or a network.
fn network(call: &Call<'_, '_>, index: usize) -> Evaluated<Network> {
    let text = call.arguments[index].as_str().unwrap_or_default();
    let invalid = || Error::new("invalid address: ");
    Ok(Network::parse(text).ok_or_else(invalid)?)
}

fn bits(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

/// The address of a number, of the same kind as another one.
fn like(address: IpAddr, number: u128) -> IpAddr {
    match address {
        IpAddr::V4(_) => IpAddr::V4((number as u32).into()),
        IpAddr::V6(_) => IpAddr::V6(number.into()),
    }
}

/// The bits of a network that tell its hosts apart.
fn hosts(network: &Network) -> u128 {
    let bits = bits(network.address);
    let all = u128::MAX >> (128 - bits);
    all & !all.checked_shl(bits - network.length).unwrap_or(0)
}

/// An address as Ruby's `IPAddr` writes it: what has only its last two parts ends as one of
/// version 4 does.
fn text(address: IpAddr) -> String {
    match address {
        IpAddr::V6(six) if matches!(six.segments(), [0, 0, 0, 0, 0, 0, high, _] if high != 0) => {
            let last = IpAddr::V4((u128::from(six) as u32).into());
            format!("::{last}")
        }
        other => other.to_string(),
    }
}

pub(super) fn netmask_of(call: &Call<'_, '_>) -> Evaluated {
    let network = network(call, 0)?;
    let mask = like(network.address, !hosts(&network));
    Ok(match mask {
        IpAddr::V4(mask) => mask.to_string().into(),
        IpAddr::V6(mask) => {
            let parts = mask.segments().map(|part| format!("{part:04x}"));
            parts.join(":").into()
        }
    })
}

pub(super) fn first(call: &Call<'_, '_>) -> Evaluated {
    Ok(text(network(call, 0)?.base()).into())
}

pub(super) fn last(call: &Call<'_, '_>) -> Evaluated {
    let network = network(call, 0)?;
    let base = network.base();
    Ok(text(like(base, number(base) | hosts(&network))).into())
}

/// Which of two comes first, by their numbers alone.
pub(super) fn compare(call: &Call<'_, '_>) -> Evaluated {
    let [left, right] = [network(call, 0)?, network(call, 1)?].map(|one| number(one.base()));
    Ok(Value::Integer(left.cmp(&right) as i64))
}

pub(super) fn is_inside(call: &Call<'_, '_>) -> Evaluated {
    Ok(network(call, 1)?.contains(&network(call, 0)?).into())
}

/// The address at a place of a network, which is counted from its end where it is negative.
pub(super) fn at(call: &Call<'_, '_>) -> Evaluated {
    let index = match call.arguments.get(1) {
        Some(Value::Integer(index)) => *index,
        Some(Value::String(word)) if **word == *"second" => 2,
        Some(Value::String(word)) if **word == *"last" => -1,
        _ => 1,
    };
    let network = network(call, 0)?;
    let (base, hosts) = (network.base(), hosts(&network));
    let distance = u128::from(index.unsigned_abs());
    let last = number(base) | hosts;
    let found = match index {
        0.. if distance > hosts => fail!("Index is outside of the CIDR"),
        0.. => number(base) + distance,
        _ => match last.checked_sub(distance - 1) {
            Some(found) => found,
            None => fail!("invalid address: "),
        },
    };
    Ok(text(like(base, found)).into())
}

/// The name of an address in the tree of addresses.
pub(super) fn reverse(call: &Call<'_, '_>) -> Evaluated {
    Ok(match network(call, 0)?.base() {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa").into()
        }
        IpAddr::V6(address) => {
            let digits = format!("{:032x}", u128::from(address));
            let mut name = String::new();
            for digit in digits.chars().rev() {
                name.extend([digit, '.']);
            }
            (name + "ip6.arpa").into()
        }
    })
}

/// How many bits a mask has.
pub(super) fn length_of(call: &Call<'_, '_>) -> Evaluated {
    let mask = network(call, 0)?.address;
    let bits = bits(mask);
    let shifted = number(mask) << (128 - bits);
    let length = shifted.leading_ones();
    if length != shifted.count_ones() {
        fail!("invalid mask {}: 0", call.arguments[0]);
    }
    Ok(Value::Integer(length.into()))
}

/// Hours and minutes for cron, so many seconds apart, and not the same for every node.
pub(super) fn times(call: &Call<'_, '_>) -> Evaluated {
    let interval = match call.arguments.first() {
        Some(Value::Integer(interval)) => *interval,
        _ => HOUR / 2,
    };
    let facts = call.evaluator.variable("::facts", call.scope);
    let address = facts
        .as_ref()
        .and_then(|facts| facts.get("networking")?.get("ip"))
        .map(ToString::to_string)
        .unwrap_or_default();
    let part = address.split('.').nth(3).unwrap_or_default();
    let own: i64 = part.parse().unwrap_or(0);
    let spread = |times: i64, scope: i64| {
        let mut at: Vec<i64> = (1..=times)
            .map(|turn| (own % scope - scope / times * turn).rem_euclid(scope))
            .collect();
        at.sort_unstable();
        Value::array(at.into_iter().map(Value::Integer).collect::<Vec<_>>())
    };
    Ok(match interval <= HOUR {
        true => Value::array(["*".into(), spread(HOUR / interval, 60)]),
        false => Value::array([spread(DAY / interval, 24), Value::Integer(own % 60)]),
    })
}
