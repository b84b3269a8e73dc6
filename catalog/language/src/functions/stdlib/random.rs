//! Numbers and texts that look random and stay the same for a node and a seed.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::{
    super::{Function, fail, function, legacy, on, random::Twister},
    wrong_number,
};
use crate::{error::Evaluated, evaluator::Call, functions::digest::to_integer, values::Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("seeded_rand", &[legacy(old_seeded_rand)]),
    function("stdlib::seeded_rand", SEEDED),
    function("seeded_rand_string", SEEDED_STRING),
    function("stdlib::seeded_rand_string", SEEDED_STRING),
    function("fqdn_rand_string", &[legacy(old_fqdn_rand_string)]),
    function("stdlib::fqdn_rand_string", FQDN_STRING),
    function("fqdn_rotate", &[legacy(fqdn_rotate)]),
    function("stdlib::fqdn_rotate", &[legacy(fqdn_rotate)]),
    function("fqdn_uuid", &[legacy(fqdn_uuid)]),
];

const SEEDED: &[super::super::Dispatch] = &[on("Integer[1] max, String seed", seeded_rand)];
const SEEDED_STRING: &[super::super::Dispatch] = &[on(
    "Integer[1] length, String seed, String[2] charset?",
    seeded_rand_string,
)];
const FQDN_STRING: &[super::super::Dispatch] = &[on(
    "Integer[1] length, Optional[String] charset?, Any seed*",
    fqdn_rand_string,
)];

fn seeded_rand(call: &Call<'_, '_>) -> Evaluated {
    let limit = to_integer(&call.arguments[0]).unsigned_abs();
    let seed = call.arguments[1].as_str().unwrap_or_default();
    let digest = Md5::digest(seed.as_bytes());
    Ok(Value::Integer(
        Twister::from_digest(&digest).below(limit) as i64
    ))
}

/// A positive integer, or the text of one.
fn positive(call: &Call<'_, '_>) -> Evaluated<i64> {
    let given = &call.arguments[0];
    let number = match given {
        Value::Integer(number) => *number,
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => to_integer(given),
        _ => 0,
    };
    if number < 1 {
        fail!("{}(): first argument must be a positive integer", call.name);
    }
    Ok(number)
}

fn old_seeded_rand(call: &Call<'_, '_>) -> Evaluated {
    let [_, seed] = call.arguments else {
        return Err(wrong_number(call, "2").into());
    };
    let limit = positive(call)?;
    if !matches!(seed, Value::String(_)) {
        fail!("seeded_rand(): second argument must be a string");
    }
    let arguments = &[Value::Integer(limit), seed.clone()];
    seeded_rand(&Call { arguments, ..*call })
}

fn old_fqdn_rand_string(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.is_empty() {
        return Err(wrong_number(call, "minimum 1").into());
    }
    let mut arguments = call.arguments.to_vec();
    arguments[0] = Value::Integer(positive(call)?);
    if arguments
        .get(1)
        .is_some_and(|charset| charset.as_str().is_none())
    {
        fail!("fqdn_rand_string(): second argument must be undef or a string");
    }
    let arguments = &arguments;
    fqdn_rand_string(&Call { arguments, ..*call })
}

/// The longest text that is made.
const LONGEST: i64 = 1 << 20;

fn seeded_rand_string(call: &Call<'_, '_>) -> Evaluated {
    let length = to_integer(&call.arguments[0]);
    let seed = call.arguments[1].as_str().unwrap_or_default();
    let default = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let charset = call
        .arguments
        .get(2)
        .and_then(Value::as_str)
        .unwrap_or(default);
    let charset: Vec<char> = charset.chars().collect();
    if length > LONGEST {
        fail!("{}(): a text of {length} characters is too long", call.name);
    }
    let mut twister = Twister::from_digest(&Sha256::digest(seed.as_bytes()));
    let text = (0..length).map(|_| charset[twister.below(charset.len() as u64) as usize]);
    Ok(Value::string(text.collect::<String>()))
}

fn fqdn_rand_string(call: &Call<'_, '_>) -> Evaluated {
    let length = to_integer(&call.arguments[0]);
    if length > LONGEST {
        fail!("{}(): a text of {length} characters is too long", call.name);
    }
    let default = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let charset = call
        .arguments
        .get(1)
        .and_then(Value::as_str)
        .unwrap_or_default();
    let charset = if charset.is_empty() { default } else { charset };
    let charset: Vec<char> = charset.chars().collect();
    let seeds: Vec<String> = call
        .arguments
        .iter()
        .skip(2)
        .map(ToString::to_string)
        .collect();
    let mut text = String::new();
    for position in 1..=length {
        let mut parts = seeds.clone();
        parts.push(position.to_string());
        let drawn = call.forward(
            "fqdn_rand",
            &[
                Value::Integer(charset.len() as i64),
                Value::string(parts.join(":")),
            ],
        )?;
        text.push(charset[to_integer(&drawn) as usize]);
    }
    Ok(Value::string(text))
}

fn fqdn_rotate(call: &Call<'_, '_>) -> Evaluated {
    let [value, seeds @ ..] = call.arguments else {
        return Err(wrong_number(call, "1").into());
    };
    let fqdn = call
        .evaluator
        .variable("::fqdn", call.scope)
        .unwrap_or_default();
    let mut parts = vec![fqdn.to_string()];
    parts.extend(seeds.iter().map(ToString::to_string));
    let digest = Md5::digest(parts.join(":").as_bytes());
    let offset = |count: usize| Twister::from_digest(&digest).below(count as u64) as usize;
    match value {
        Value::String(text) => {
            let mut characters: Vec<char> = text.chars().collect();
            if characters.len() > 1 {
                let by = offset(characters.len());
                characters.rotate_left(by);
            }
            Ok(Value::string(characters.into_iter().collect::<String>()))
        }
        Value::Array(elements) => {
            let mut elements = elements.to_vec();
            if elements.len() > 1 {
                let by = offset(elements.len());
                elements.rotate_left(by);
            }
            Ok(Value::array(elements))
        }
        _ => fail!("fqdn_rotate(): Requires either array or string to work with"),
    }
}

/// A UUID of version 5 in the namespace of DNS.
fn fqdn_uuid(call: &Call<'_, '_>) -> Evaluated {
    let name = match call.arguments {
        [] => fail!("fqdn_uuid: No arguments given"),
        [Value::String(name)] => name,
        [other] => fail!(
            "no implicit conversion of {} into String",
            super::class_of(other)
        ),
        others => fail!("fqdn_uuid: Too many arguments given ({})", others.len()),
    };
    let namespace = 0x6ba7_b810_9dad_11d1_80b4_00c0_4fd4_30c8_u128.to_be_bytes();
    let digest = Sha1::new()
        .chain_update(namespace)
        .chain_update(name.as_bytes())
        .finalize();
    let mut bytes: [u8; 16] = digest[..16].try_into().expect("a digest has 20 bytes");
    bytes[6] = bytes[6] & 0x0f | 0x50;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    let parts = [
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..],
    ];
    Ok(Value::string(parts.join("-")))
}
