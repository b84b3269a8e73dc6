//! Digests, and numbers that are random by node and seed.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{Function, fail, function, legacy, random};
use crate::{error::Evaluated, evaluator::Call, values::Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("md5", &[legacy(digest_of::<Md5>)]),
    function("sha1", &[legacy(digest_of::<Sha1>)]),
    function("sha256", &[legacy(digest_of::<Sha256>)]),
    function("sha384", &[legacy(digest_of::<Sha384>)]),
    function("sha512", &[legacy(digest_of::<Sha512>)]),
    function("digest", &[legacy(digest_of::<Sha256>)]),
    function("fqdn_rand", &[legacy(fqdn_rand)]),
];

fn digest_of<D: Digest>(call: &Call<'_, '_>) -> Evaluated {
    match call.arguments {
        [Value::String(text)] => Ok(Value::string(hexadecimal::<D>(text.as_bytes()))),
        [Value::Binary(bytes)] => Ok(Value::string(hexadecimal::<D>(bytes))),
        [other] => fail!(
            "no implicit conversion of {} into String",
            crate::evaluator::label::type_name(other)
        ),
        others => fail!(
            "{}(): Wrong number of arguments given ({} for 1)",
            call.name,
            others.len()
        ),
    }
}

/// A digest in lower-case hexadecimal.
pub(super) fn hexadecimal<D: Digest>(bytes: &[u8]) -> String {
    hex::encode(D::digest(bytes))
}

fn fqdn_rand(call: &Call<'_, '_>) -> Evaluated {
    let [limit, rest @ ..] = call.arguments else {
        fail!("fqdn_rand(): Wrong number of arguments given (0 for minimum 1)");
    };
    let limit = to_integer(limit);
    let seed = rest.first().map(ToString::to_string).unwrap_or_default();
    let name = call
        .evaluator
        .variable("facts", call.scope)
        .and_then(|facts| {
            let Value::Hash(facts) = facts else {
                return None;
            };
            let Some(Value::Hash(networking)) = facts.get(&Value::string("networking")) else {
                return None;
            };
            networking
                .get(&Value::string("fqdn"))
                .map(ToString::to_string)
        });
    let mut name = name.unwrap_or_default();
    if rest.get(1).is_some_and(crate::evaluator::is_true) {
        name = name.to_lowercase();
    }
    let seed = Md5::digest(format!("{name}:{limit}:{seed}").as_bytes());
    if limit < 1 {
        fail!("invalid argument - {limit}");
    }
    let number = random::Twister::from_digest(&seed).below(limit.unsigned_abs());
    // The old calling convention gives a string.
    Ok(Value::Integer(number as i64))
}

/// Ruby's `to_i`: the integer that a text starts with.
pub(super) fn to_integer(value: &Value) -> i64 {
    match value {
        Value::Integer(value) => *value,
        Value::Float(value) => *value as i64,
        Value::String(text) => {
            let text = text.trim_start();
            let sign = text.strip_prefix(['-', '+']).map_or(0, |_| 1);
            let digits = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
            text[..sign + digits].parse().unwrap_or(0)
        }
        _ => 0,
    }
}
