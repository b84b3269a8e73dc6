//! Password hashes: the SHA-crypt of the C library, and those of OS X.
//!
//! Source: Ulrich Drepper, "Unix crypt using SHA-256 and SHA-512" (2008).

use sha2::{Digest, Sha256, Sha512};

use super::{
    super::{Function, fail, function, legacy},
    bcrypt, wrong_number,
};
use crate::{error::Evaluated, evaluator::Call, values::Value};

pub(super) const FUNCTIONS: &[Function] = &[
    function("pw_hash", &[legacy(pw_hash)]),
    function("str2saltedsha512", &[legacy(salted_sha512)]),
    function("str2saltedpbkdf2", &[legacy(salted_pbkdf2)]),
];

fn pw_hash(call: &Call<'_, '_>) -> Evaluated {
    if call.arguments.len() != 3 {
        return Err(wrong_number(call, "3").into());
    }
    let bare = |index: usize| match &call.arguments[index] {
        Value::Sensitive(inner) => (**inner).clone(),
        other => other.clone(),
    };
    let (password, kind, salt) = (bare(0), bare(1), bare(2));
    if !matches!(password, Value::String(_) | Value::Undef) {
        fail!("pw_hash(): first argument must be a string");
    }
    let Value::String(kind) = kind else {
        fail!("pw_hash(): second argument must be a string");
    };
    let form = "match (?-mix:^(0[4-9]|[12][0-9]|3[01])\\$[.\\/A-Za-z0-9]{22})";
    let (prefix, is_bcrypt) = match kind.to_lowercase().as_str() {
        "md5" => ("1", false),
        "sha-256" => ("5", false),
        "sha-512" => ("6", false),
        "bcrypt" => ("2b", true),
        "bcrypt-a" => ("2a", true),
        "bcrypt-x" => ("2x", true),
        "bcrypt-y" => ("2y", true),
        _ => fail!("pw_hash(): {kind} is not a valid hash type"),
    };
    let salt = match salt {
        Value::String(salt) => salt,
        Value::Undef => "".into(),
        _ => fail!("pw_hash(): third argument must be a string"),
    };
    if salt.is_empty() {
        fail!("pw_hash(): third argument must not be empty");
    }
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || b"./".contains(&byte);
    if is_bcrypt {
        let fits = salt.split_once('$').is_some_and(|(cost, rest)| {
            cost.len() == 2
                && cost
                    .parse::<u8>()
                    .is_ok_and(|cost| (4..=31).contains(&cost))
                && rest.len() >= 22
                && rest.bytes().take(22).all(is_digit)
        });
        if !fits {
            fail!("pw_hash(): characters in salt must {form}");
        }
    } else if !salt.bytes().all(is_digit) {
        fail!("pw_hash(): characters in salt must be in the set [a-zA-Z0-9./]");
    }
    let password = match password {
        Value::String(password) if !password.is_empty() => password,
        _ => return Ok(Value::Undef),
    };
    if is_bcrypt {
        return bcrypt_hash(&password, prefix, &salt);
    }
    let salt = &salt[..salt.len().min(if prefix == "1" { 8 } else { 16 })];
    Ok(Value::string(match prefix {
        "6" => format!(
            "$6${salt}${}",
            sha512_crypt(password.as_bytes(), salt.as_bytes())
        ),
        "5" => format!(
            "$5${salt}${}",
            sha256_crypt(password.as_bytes(), salt.as_bytes())
        ),
        "1" => format!(
            "$1${salt}${}",
            md5_crypt(password.as_bytes(), salt.as_bytes())
        ),
        _ => unreachable!("bcrypt has been answered, and the kinds are listed above"),
    }))
}

/// The highest cost of bcrypt that a compile pays for: 2 to the power of it are the rounds.
const HIGHEST_COST: u32 = 16;

/// `salt` is a cost, `$` and 22 digits.
fn bcrypt_hash(password: &str, prefix: &str, salt: &str) -> Evaluated {
    let (cost, digits) = salt.split_once('$').unwrap_or_default();
    let rounds: u32 = cost.parse().unwrap_or_default();
    if rounds > HIGHEST_COST {
        fail!(
            "pw_hash(): a cost of {rounds} would hold up the compile; {HIGHEST_COST} is the highest"
        );
    }
    let signs = match prefix {
        "2x" => bcrypt::Signs::Wrong,
        _ => bcrypt::Signs::Right,
    };
    match bcrypt::hash(password.as_bytes(), rounds, &digits[..22], signs) {
        Some(hash) => Ok(Value::string(format!("${prefix}${cost}${hash}"))),
        None => fail!("pw_hash(): {digits} is no salt of bcrypt"),
    }
}

const ROUNDS: usize = 5000;

/// The digest that SHA-crypt makes, before it is written down.
fn sha_crypt<D: Digest>(password: &[u8], salt: &[u8]) -> Vec<u8> {
    let digest = |parts: &[&[u8]]| {
        let mut hasher = D::new();
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finalize().to_vec()
    };
    let stretch = |block: &[u8], length: usize| -> Vec<u8> {
        block.iter().copied().cycle().take(length).collect()
    };
    let alternate = digest(&[password, salt, password]);
    let mut hasher = D::new();
    hasher.update(password);
    hasher.update(salt);
    hasher.update(stretch(&alternate, password.len()));
    let mut bits = password.len();
    while bits > 0 {
        match bits & 1 {
            1 => hasher.update(&alternate),
            _ => hasher.update(password),
        }
        bits >>= 1;
    }
    let mut result = hasher.finalize().to_vec();
    let repeated = |block: &[u8], times: usize| {
        let mut hasher = D::new();
        (0..times).for_each(|_| hasher.update(block));
        hasher.finalize().to_vec()
    };
    let passwords = stretch(&repeated(password, password.len()), password.len());
    let salts = stretch(&repeated(salt, 16 + usize::from(result[0])), salt.len());
    for round in 0..ROUNDS {
        let mut hasher = D::new();
        if round & 1 == 1 {
            hasher.update(&passwords)
        } else {
            hasher.update(&result)
        }
        if round % 3 != 0 {
            hasher.update(&salts);
        }
        if round % 7 != 0 {
            hasher.update(&passwords);
        }
        if round & 1 == 1 {
            hasher.update(&result)
        } else {
            hasher.update(&passwords)
        }
        result = hasher.finalize().to_vec();
    }
    result
}

/// Writes up to 24 bits as `count` digits, the lowest first.
fn digits(text: &mut String, high: u8, middle: u8, low: u8, count: usize) {
    const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut bits = u32::from(high) << 16 | u32::from(middle) << 8 | u32::from(low);
    for _ in 0..count {
        text.push(ALPHABET[(bits & 0x3f) as usize] as char);
        bits >>= 6;
    }
}

fn sha512_crypt(password: &[u8], salt: &[u8]) -> String {
    let bytes = sha_crypt::<Sha512>(password, salt);
    let mut text = String::with_capacity(86);
    let (mut a, mut b, mut c) = (0, 21, 42);
    for _ in 0..21 {
        digits(&mut text, bytes[a], bytes[b], bytes[c], 4);
        (a, b, c) = (b + 1, c + 1, a + 1);
    }
    digits(&mut text, 0, 0, bytes[63], 2);
    text
}

fn sha256_crypt(password: &[u8], salt: &[u8]) -> String {
    let bytes = sha_crypt::<Sha256>(password, salt);
    let mut text = String::with_capacity(43);
    let (mut a, mut b, mut c) = (0, 10, 20);
    for _ in 0..10 {
        digits(&mut text, bytes[a], bytes[b], bytes[c], 4);
        (a, b, c) = (c + 1, a + 1, b + 1);
    }
    digits(&mut text, 0, bytes[31], bytes[30], 3);
    text
}

/// The MD5-crypt of FreeBSD, still found in old data.
fn md5_crypt(password: &[u8], salt: &[u8]) -> String {
    use md5::Md5;
    let alternate = Md5::new()
        .chain_update(password)
        .chain_update(salt)
        .chain_update(password)
        .finalize();
    let mut hasher = Md5::new()
        .chain_update(password)
        .chain_update(b"$1$")
        .chain_update(salt);
    let stretched: Vec<u8> = alternate
        .iter()
        .copied()
        .cycle()
        .take(password.len())
        .collect();
    hasher.update(&stretched);
    let mut bits = password.len();
    while bits > 0 {
        match bits & 1 {
            1 => hasher.update([0]),
            _ => hasher.update(&password[..1]),
        }
        bits >>= 1;
    }
    let mut result = hasher.finalize();
    for round in 0..1000 {
        let mut hasher = Md5::new();
        if round & 1 == 1 {
            hasher.update(password)
        } else {
            hasher.update(result)
        }
        if round % 3 != 0 {
            hasher.update(salt);
        }
        if round % 7 != 0 {
            hasher.update(password);
        }
        if round & 1 == 1 {
            hasher.update(result)
        } else {
            hasher.update(password)
        }
        result = hasher.finalize();
    }
    let mut text = String::with_capacity(22);
    for (a, b, c) in [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)] {
        digits(&mut text, result[a], result[b], result[c], 4);
    }
    digits(&mut text, 0, 0, result[11], 2);
    text
}

/// What OS X kept passwords as: a salt of four bytes before the digest. The salt is made from
/// the password, so that the same catalog comes out of the same input.
fn salted_sha512(call: &Call<'_, '_>) -> Evaluated {
    let [password] = call.arguments else {
        fail!(
            "str2saltedsha512(): Wrong number of arguments passed ({} but we require 1)",
            call.arguments.len()
        );
    };
    let Value::String(password) = password else {
        fail!(
            "str2saltedsha512(): Requires a String argument, you passed: {}",
            super::class_of(password)
        );
    };
    let salt = &Sha256::digest(password.as_bytes())[..4];
    let digest = Sha512::new()
        .chain_update(salt)
        .chain_update(password.as_bytes())
        .finalize();
    Ok(Value::string(hex::encode(salt) + &hex::encode(digest)))
}

/// What OS X keeps passwords as since 10.8.
fn salted_pbkdf2(call: &Call<'_, '_>) -> Evaluated {
    let [password, salt, iterations] = call.arguments else {
        fail!(
            "str2saltedpbkdf2(): wrong number of arguments ({} for 3)",
            call.arguments.len()
        );
    };
    let Value::String(password) = password else {
        fail!("str2saltedpbkdf2(): first argument must be a string");
    };
    let Value::String(salt) = salt else {
        fail!("str2saltedpbkdf2(): second argument must be a string");
    };
    let Value::Integer(iterations) = iterations else {
        fail!("str2saltedpbkdf2(): third argument must be an integer");
    };
    if !(40_000..=70_000).contains(iterations) {
        fail!("str2saltedpbkdf2(): third argument must be between 40,000 and 70,000");
    }
    if salt.len() < 8 {
        fail!("str2saltedpbkdf2(): second argument must be at least 8 bytes long");
    }
    let key = pbkdf2(
        password.as_bytes(),
        salt.as_bytes(),
        *iterations as usize,
        128,
    );
    let entries = [
        ("password_hex", Value::string(hex::encode(key))),
        ("salt_hex", Value::string(hex::encode(salt.as_bytes()))),
        ("iterations", Value::Integer(*iterations)),
    ];
    let entries = entries.map(|(name, value)| (Value::string(name), value));
    Ok(Value::hash(entries.into_iter().collect()))
}

/// PBKDF2 with HMAC-SHA-512 (RFC 8018, section 5.2).
fn pbkdf2(password: &[u8], salt: &[u8], iterations: usize, length: usize) -> Vec<u8> {
    const BLOCK: usize = 128;
    let mut key = [0; BLOCK];
    if password.len() > BLOCK {
        key[..64].copy_from_slice(&Sha512::digest(password));
    } else {
        key[..password.len()].copy_from_slice(password);
    }
    let inner = Sha512::new().chain_update(key.map(|byte| byte ^ 0x36));
    let outer = Sha512::new().chain_update(key.map(|byte| byte ^ 0x5c));
    let keyed = |parts: &[&[u8]]| -> [u8; 64] {
        let mut hasher = inner.clone();
        parts.iter().for_each(|part| hasher.update(part));
        outer
            .clone()
            .chain_update(hasher.finalize())
            .finalize()
            .into()
    };
    let mut derived = Vec::with_capacity(length);
    for block in 1_u32.. {
        if derived.len() >= length {
            break;
        }
        let mut round = keyed(&[salt, &block.to_be_bytes()]);
        let mut sum = round;
        for _ in 1..iterations {
            round = keyed(&[&round]);
            sum.iter_mut()
                .zip(round)
                .for_each(|(sum, byte)| *sum ^= byte);
        }
        derived.extend(sum);
    }
    derived.truncate(length);
    derived
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_c_library() {
        assert_eq!(
            sha512_crypt(b"Hello world!", b"saltstring"),
            "svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1"
        );
        assert_eq!(
            sha256_crypt(b"Hello world!", b"saltstring"),
            "5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5"
        );
        assert_eq!(md5_crypt(b"test", b"1"), "Bp8CU9Oujr9SSEw53WV6G.");
    }
}
