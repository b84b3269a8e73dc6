//! Checks that manifests still make by functions: what a value is, whether an address fits.

use std::net::IpAddr;

use super::{
    super::{Function, fail, function, on, unchecked},
    class_of, wrong_number,
};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    host::{Level, Strict},
    values::Value,
};

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "is_array",
        &[unchecked(|call| {
            is(call, |value| matches!(value, Value::Array(_)))
        })],
    ),
    function(
        "is_hash",
        &[unchecked(|call| {
            is(call, |value| matches!(value, Value::Hash(_)))
        })],
    ),
    function(
        "is_bool",
        &[unchecked(|call| {
            is(call, |value| matches!(value, Value::Boolean(_)))
        })],
    ),
    function("is_string", &[unchecked(|call| is(call, is_string))]),
    function("is_integer", &[unchecked(|call| is(call, is_integer))]),
    function("is_float", &[unchecked(|call| is(call, is_float))]),
    function(
        "is_numeric",
        &[unchecked(|call| {
            is(call, |value| is_integer(value) || is_float(value))
        })],
    ),
    function(
        "is_absolute_path",
        &[unchecked(|call| {
            is(call, |value| {
                value.as_str().is_some_and(|text| text.starts_with('/'))
            })
        })],
    ),
    function(
        "is_ip_address",
        &[unchecked(|call| is(call, |value| address(value).is_some()))],
    ),
    function(
        "is_ipv4_address",
        &[unchecked(|call| {
            is(call, |value| {
                address(value).is_some_and(|address| address.is_ipv4())
            })
        })],
    ),
    function(
        "is_ipv6_address",
        &[unchecked(|call| {
            is(call, |value| {
                address(value).is_some_and(|address| address.is_ipv6())
            })
        })],
    ),
    function(
        "is_domain_name",
        &[unchecked(|call| {
            is(call, |value| value.as_str().is_some_and(is_domain_name))
        })],
    ),
    function(
        "is_email_address",
        &[unchecked(|call| {
            is(call, |value| value.as_str().is_some_and(is_email_address))
        })],
    ),
    function(
        "is_mac_address",
        &[unchecked(|call| {
            is(call, |value| value.as_str().is_some_and(is_mac_address))
        })],
    ),
    function(
        "is_function_available",
        &[unchecked(|call| {
            let [name] = call.arguments else {
                return Err(wrong_number(call, "1").into());
            };
            Ok(Value::Boolean(match name.as_str() {
                Some(name) => call.evaluator.has_function(name)?,
                None => false,
            }))
        })],
    ),
    function("enclose_ipv6", &[unchecked(enclose_ipv6)]),
    function(
        "stdlib::ip_in_range",
        &[on(
            "String ipaddress, Variant[String, Array] range",
            ip_in_range,
        )],
    ),
    function("validate_domain_name", DOMAIN),
    function("stdlib::validate_domain_name", DOMAIN),
    function("validate_email_address", EMAIL),
    function("stdlib::validate_email_address", EMAIL),
    function(
        "validate_legacy",
        &[
            on(
                "Type target_type, String function_name, Any value, Any args*",
                validate_legacy,
            ),
            on(
                "String target_type, String function_name, Any value, Any args*",
                validate_legacy,
            ),
        ],
    ),
    function(
        "deprecation",
        &[on(
            "String key, String message, Any use_strict?",
            deprecation,
        )],
    ),
];

const DOMAIN: &[super::super::Dispatch] = &[on("Any values*", |call| {
    validate(call, "a domain name", is_domain_name)
})];
const EMAIL: &[super::super::Dispatch] = &[on("Any values*", |call| {
    validate(call, "an email address", is_email_address)
})];

fn is(call: &Call<'_, '_>, test: impl Fn(&Value) -> bool) -> Evaluated {
    match call.arguments {
        [value] => Ok(Value::Boolean(test(value))),
        _ => Err(wrong_number(call, "1").into()),
    }
}

fn is_integer(value: &Value) -> bool {
    match value {
        Value::Integer(_) => true,
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            digits == "0"
                || (!digits.starts_with('0')
                    && !digits.is_empty()
                    && digits.bytes().all(|byte| byte.is_ascii_digit()))
        }
        _ => false,
    }
}

fn is_float(value: &Value) -> bool {
    match value {
        Value::Float(_) => true,
        Value::String(text) => {
            let unsigned = text.strip_prefix('-').unwrap_or(text);
            let digits =
                |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            unsigned
                .split_once('.')
                .is_some_and(|(whole, rest)| digits(whole) && digits(rest))
        }
        _ => false,
    }
}

/// A string that stands for no number.
fn is_string(value: &Value) -> bool {
    matches!(value, Value::String(_)) && !is_integer(value) && !is_float(value)
}

fn address(value: &Value) -> Option<IpAddr> {
    let text = value.as_str()?;
    text.split('%').next()?.parse().ok()
}

fn is_domain_name(name: &str) -> bool {
    if name == "." {
        return true;
    }
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    !name.is_empty() && name.len() <= 255 && name.split('.').all(is_label)
}

fn is_email_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let is_plain =
        |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    !local.is_empty()
        && local.bytes().all(is_plain)
        && !domain.ends_with('.')
        && is_domain_name(domain)
}

fn is_mac_address(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    matches!(parts.len(), 6 | 20)
        && parts
            .iter()
            .all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn validate(call: &Call<'_, '_>, what: &str, test: fn(&str) -> bool) -> Evaluated {
    if call.arguments.is_empty() {
        fail!(
            "{}(): Wrong number of arguments need at least one",
            call.name
        );
    }
    for value in call.arguments {
        if !value.as_str().is_some_and(test) {
            let got = match value {
                Value::String(text) => format!("'{text}'"),
                other => crate::evaluator::label::type_name(other),
            };
            fail!(
                "'{}' parameter 'values' expects {what}, got {got}",
                call.name
            );
        }
    }
    Ok(Value::Undef)
}

fn enclose_ipv6(call: &Call<'_, '_>) -> Evaluated {
    let [given] = call.arguments else {
        fail!(
            "enclose_ipv6(): Wrong number of arguments given {} for 1",
            call.arguments.len()
        );
    };
    let values = match given {
        Value::Array(values) => values.to_vec(),
        text @ Value::String(_) => vec![text.clone()],
        other => fail!(
            "enclose_ipv6(): Wrong argument type given {} expected String or Array",
            class_of(other)
        ),
    };
    let mut enclosed: Vec<Value> = Vec::with_capacity(values.len());
    for value in &values {
        let shown = match (value.as_str(), address(value)) {
            (Some("*"), _) => value.clone(),
            (_, Some(IpAddr::V6(address))) => Value::string(format!("[{address}]")),
            (_, Some(IpAddr::V4(_))) => value.clone(),
            _ => fail!("enclose_ipv6(): Wrong argument given {value} is not an ip address."),
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
    let Some((wanted, _)) = network(text) else {
        fail!("invalid address: {text}");
    };
    let mut is_inside = false;
    for range in &ranges {
        let text = range.to_string();
        let Some((base, length)) = network(&text) else {
            fail!("invalid address: {text}");
        };
        is_inside |= match (wanted, base) {
            (IpAddr::V4(wanted), IpAddr::V4(base)) => {
                let differs = u32::from(wanted) ^ u32::from(base);
                differs.checked_shr(32 - length.min(32)).unwrap_or(0) == 0
            }
            (IpAddr::V6(wanted), IpAddr::V6(base)) => {
                let differs = u128::from(wanted) ^ u128::from(base);
                differs.checked_shr(128 - length.min(128)).unwrap_or(0) == 0
            }
            _ => false,
        };
    }
    Ok(Value::Boolean(is_inside))
}

/// An address and how many bits of it name the network.
fn network(text: &str) -> Option<(IpAddr, u32)> {
    let (address, length) = match text.split_once('/') {
        Some((address, length)) => (address, Some(length)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let length = match length {
        None => bits,
        Some(length) => match length.parse::<u32>() {
            Ok(length) if length <= bits => length,
            Ok(_) => return None,
            Err(_) => match length.parse::<IpAddr>().ok()? {
                IpAddr::V4(mask) => u32::from(mask).leading_ones(),
                IpAddr::V6(mask) => u128::from(mask).leading_ones(),
            },
        },
    };
    Some((address, length))
}

fn validate_legacy(call: &Call<'_, '_>) -> Evaluated {
    let expected = match &call.arguments[0] {
        Value::Type(expected) => expected.clone(),
        other => {
            let text = other.to_string();
            match crate::types::parse::parse_plain(&text) {
                Ok(expected) => expected,
                Err(error) => return Err(Error::new(error.to_string()).into()),
            }
        }
    };
    let value = &call.arguments[2];
    if expected.is_instance(value) {
        return Ok(Value::Undef);
    }
    let subject = format!("validate_legacy({})", call.arguments[1]);
    fail!(
        "{}",
        crate::types::mismatch::describe_value(&subject, &expected, value)
    )
}

fn deprecation(call: &Call<'_, '_>) -> Evaluated {
    let (key, message) = (&call.arguments[0], &call.arguments[1]);
    let host = call.evaluator.host();
    match host.settings().strict {
        Strict::Error if !matches!(call.arguments.get(2), Some(Value::Boolean(false))) => {
            fail!("deprecation. {key}. {message}")
        }
        Strict::Off => {}
        _ => host.log(Level::Warning, &message.to_string(), Some(&call.location())),
    }
    Ok(Value::Undef)
}
