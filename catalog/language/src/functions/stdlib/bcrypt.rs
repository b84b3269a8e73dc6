//! bcrypt, as the C library has it: the key schedule of Blowfish, made expensive.
//!
//! Source: Provos and Mazières, "A Future-Adaptable Password Scheme" (1999); the `2x` form repeats
//! the sign error of old releases of crypt_blowfish, for hashes that were made with it.

use blowfish::Blowfish;

const ALPHABET: &[u8; 64] = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// How the bytes of the password become words.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Signs {
    /// As they should.
    Right,
    /// A byte above 127 spills over those before it.
    Wrong,
}

/// The salt and the digest, as they stand after `$2b$10$`. `salt` has 22 digits of the alphabet.
pub(super) fn hash(password: &[u8], cost: u32, salt: &str, signs: Signs) -> Option<String> {
    let salt: [u8; 16] = decode(salt)?.try_into().ok()?;
    let key = schedule(password, signs);
    let mut state: Blowfish = Blowfish::bc_init_state();
    state.salted_expand_key(&salt, &key);
    for _ in 0..1_u64 << cost {
        state.bc_expand_key(&key);
        state.bc_expand_key(&salt);
    }
    let mut digest = Vec::with_capacity(24);
    for block in b"OrpheanBeholderScryDoubt".chunks_exact(8) {
        let word = |at: usize| {
            u32::from_be_bytes(block[at..at + 4].try_into().expect("four of eight bytes"))
        };
        let mut halves = [word(0), word(4)];
        for _ in 0..64 {
            halves = state.bc_encrypt(halves);
        }
        halves
            .iter()
            .for_each(|half| digest.extend(half.to_be_bytes()));
    }
    Some(format!("{}{}", encode(&salt), encode(&digest[..23])))
}

/// The password and the zero after it, repeated to the 18 words that Blowfish takes.
fn schedule(password: &[u8], signs: Signs) -> [u8; 72] {
    let mut bytes = password.iter().copied().chain([0]).cycle();
    let mut key = [0; 72];
    for word in key.chunks_exact_mut(4) {
        let mut value = 0_u32;
        for _ in 0..4 {
            let byte = bytes.next().expect("it goes round and round");
            let wide = match signs {
                Signs::Right => u32::from(byte),
                Signs::Wrong => i32::from(byte as i8) as u32,
            };
            value = value << 8 | wide;
        }
        word.copy_from_slice(&value.to_be_bytes());
    }
    key
}

fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let part = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = part(0) << 16 | part(1) << 8 | part(2);
        for digit in 0..=chunk.len() {
            text.push(ALPHABET[(bits >> (18 - 6 * digit) & 0x3f) as usize] as char);
        }
    }
    text
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bits, mut count) = (0_u32, 0);
    let mut bytes = Vec::new();
    for digit in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == digit)?;
        bits = bits << 6 | value as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    Some(bytes)
}
