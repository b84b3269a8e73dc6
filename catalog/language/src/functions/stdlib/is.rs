//! What a value is, asked by functions: types have since taken their place.

use std::net::IpAddr;

use super::{
    super::{Function, fail, function, legacy, unchecked},
    addresses::{Network, is_domain_name, is_email_address, is_mac_address},
    class_of,
    deprecation::warn,
    wrong_number,
};
use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::digest::to_integer,
    host::Level,
    values::{Value, number::float_text, ruby_string},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("is_absolute_path", &[unchecked(absolute_path)]),
    function(
        "is_array",
        &[unchecked(|call| {
            deprecated(call, "is_array", "Stdlib::Compat::Array")?;
            match call.arguments {
                [] => Err(wrong_number(call, "1").into()),
                [value, ..] => Ok(Value::Boolean(matches!(value, Value::Array(_)))),
            }
        })],
    ),
    function(
        "is_bool",
        &[unchecked(|call| {
            deprecated(call, "is_bool", "Stdlib::Compat::Bool")?;
            match call.arguments {
                [value] => Ok(Value::Boolean(matches!(value, Value::Boolean(_)))),
                _ => Err(wrong_number(call, "1").into()),
            }
        })],
    ),
    function(
        "is_float",
        &[unchecked(|call| {
            deprecated(call, "is_float", "Stdlib::Compat::Float")?;
            Ok(Value::Boolean(is_float(only(call)?)))
        })],
    ),
    function(
        "is_ip_address",
        &[unchecked(|call| {
            deprecated(call, "is_ip_address", "Stdlib::Compat::Ip_address")?;
            Ok(Value::Boolean(address(only(call)?).is_some()))
        })],
    ),
    function(
        "is_ipv4_address",
        &[unchecked(|call| {
            deprecated(call, "is_ipv4_address", "Stdlib::Compat::Ipv4")?;
            let found = address(only(call)?);
            Ok(Value::Boolean(found.is_some_and(|found| found.is_ipv4())))
        })],
    ),
    function(
        "is_ipv6_address",
        &[unchecked(|call| {
            // The reference names its sister here.
            deprecated(call, "is_ipv4_address", "Stdlib::Compat::Ipv6")?;
            let found = address(only(call)?);
            Ok(Value::Boolean(found.is_some_and(|found| found.is_ipv6())))
        })],
    ),
    function(
        "is_numeric",
        &[unchecked(|call| {
            deprecated(call, "is_numeric", "Stdlib::Compat::Numeric")?;
            Ok(Value::Boolean(match only(call)? {
                Value::Integer(_) | Value::Float(_) => true,
                Value::String(text) => text.split('\n').any(is_decimal),
                _ => false,
            }))
        })],
    ),
    function(
        "is_string",
        &[unchecked(|call| {
            deprecated(call, "is_string", "Stdlib::Compat::String")?;
            match call.arguments {
                [] => Err(wrong_number(call, "1").into()),
                [value, ..] => Ok(Value::Boolean(is_string(value))),
            }
        })],
    ),
    function(
        "is_hash",
        &[legacy(|call| match call.arguments {
            [value] => Ok(Value::Boolean(matches!(value, Value::Hash(_)))),
            _ => Err(wrong_number(call, "1").into()),
        })],
    ),
    function(
        "is_integer",
        &[legacy(|call| {
            Ok(Value::Boolean(match only(call)? {
                Value::Integer(_) => true,
                Value::String(text) => text.split('\n').any(is_whole),
                _ => false,
            }))
        })],
    ),
    function(
        "is_domain_name",
        &[legacy(|call| {
            let name = only(call)?.as_str();
            Ok(Value::Boolean(name.is_some_and(is_domain_name)))
        })],
    ),
    function(
        "is_email_address",
        &[legacy(|call| {
            let address = only(call)?.as_str();
            Ok(Value::Boolean(address.is_some_and(is_email_address)))
        })],
    ),
    function(
        "is_mac_address",
        &[legacy(|call| match only(call)? {
            Value::String(text) => Ok(Value::Boolean(is_mac_address(text))),
            other => fail!("no implicit conversion of {} into String", class_of(other)),
        })],
    ),
    function(
        "is_function_available",
        &[legacy(|call| {
            let [name] = call.arguments else {
                fail!(
                    "is_function_available?(): Wrong number of arguments given {} for 1",
                    call.arguments.len()
                );
            };
            Ok(Value::Boolean(match name.as_str() {
                Some(name) => call.evaluator.has_function(name)?,
                None => false,
            }))
        })],
    ),
];

fn deprecated(call: &Call<'_, '_>, key: &str, instead: &str) -> Evaluated<()> {
    let message = format!(
        "This method is deprecated, please use match expressions with {instead} instead. They are \
         described at https://docs.puppet.com/puppet/latest/reference/lang_data_type.html#match-expressions."
    );
    warn(call, key, &message, true)
}

/// The one argument, where the message counts without brackets.
fn only<'a>(call: &'a Call<'_, '_>) -> Evaluated<&'a Value> {
    match call.arguments {
        [value] => Ok(value),
        others => fail!(
            "{}(): Wrong number of arguments given {} for 1",
            call.name,
            others.len()
        ),
    }
}

/// Digits without a leading zero, perhaps after a minus.
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits == "0"
        || (!digits.starts_with('0')
            && !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A whole number, perhaps with a fraction and a power of ten.
fn is_decimal(text: &str) -> bool {
    let are_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (mantissa, has_power) = match text.split_once('e') {
        Some((mantissa, power)) => (
            mantissa,
            are_digits(power.strip_prefix('-').unwrap_or(power)),
        ),
        None => (text, true),
    };
    let (whole, has_fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, are_digits(fraction)),
        None => (mantissa, true),
    };
    has_power && has_fraction && is_whole(whole)
}

/// A float, or a string that is written as Ruby writes one.
fn is_float(value: &Value) -> bool {
    match value {
        Value::Float(_) => true,
        Value::String(text) => is_as_written(text),
        _ => false,
    }
}

fn is_as_written(text: &str) -> bool {
    text.parse()
        .is_ok_and(|number: f64| float_text(number).as_str() == text)
}

/// A string that stands for no number.
fn is_string(value: &Value) -> bool {
    match value {
        Value::Undef => true,
        Value::String(text) => to_integer(value).to_string() != **text && !is_as_written(text),
        _ => false,
    }
}

/// The address that a string is.
fn address(value: &Value) -> Option<IpAddr> {
    address_in(value.as_str()?)
}

/// The address that a text is.
pub(super) fn address_in(text: &str) -> Option<IpAddr> {
    Network::parse(text).map(|network| network.address)
}

fn absolute_path(call: &Call<'_, '_>) -> Evaluated {
    deprecated(call, "is_absolute_path", "Stdlib::Compat::Absolute_Path")?;
    match call.arguments {
        [value] => Ok(Value::Boolean(is_absolute(call, value))),
        _ => Err(wrong_number(call, "1").into()),
    }
}

/// Whether a value is a path that starts at a root, that of Windows among them. What is no string
/// is said so.
pub(super) fn is_absolute(call: &Call<'_, '_>, value: &Value) -> bool {
    let Value::String(path) = value else {
        let message = format!(
            "Cannot check if {} is an absolute path because it is a '{}' and not a String'",
            ruby_string(value),
            class_of(value)
        );
        let host = call.evaluator.host();
        host.log(Level::Warning, &message, Some(&call.location()));
        return false;
    };
    let is_separator = |byte: u8| byte == b'/' || byte == b'\\';
    match path.as_bytes() {
        [b'/', ..] => true,
        [drive, b':', separator, ..] => drive.is_ascii_alphabetic() && is_separator(*separator),
        [b'\\', second, rest @ ..] if is_separator(*second) => {
            let mut parts = rest.split(|byte| is_separator(*byte));
            let host = parts.next().is_some_and(|part| !part.is_empty());
            host && parts.next().is_some_and(|part| !part.is_empty())
        }
        _ => false,
    }
}
