//! The Mersenne Twister as Ruby seeds and reads it, so that `fqdn_rand` and `seeded_rand` give
//! every node the number that it has always had.
//!
//! Source: Matsumoto and Nishimura, MT19937 (2002).

const SIZE: usize = 624;
const MIDDLE: usize = 397;

/// A generator of 32-bit numbers.
pub(crate) struct Twister {
    state: [u32; SIZE],
    next: usize,
}

impl Twister {
    /// Seeds with a digest, read as one big number.
    pub(crate) fn from_digest(digest: &[u8]) -> Self {
        let mut key: Vec<u32> = digest
            .rchunks(4)
            .map(|word| {
                word.iter()
                    .fold(0, |value, byte| value << 8 | u32::from(*byte))
            })
            .collect();
        while key.len() > 1 && key.last() == Some(&0) {
            key.pop();
        }
        // Ruby takes a topmost 1 for the guard of its own packing.
        if key.len() > 1 && key.last() == Some(&1) {
            key.pop();
        }
        Self::from_key(&key)
    }

    /// Seeds with a small number.
    #[cfg(test)]
    pub(crate) fn from_number(seed: u32) -> Self {
        Self::from_key(&[seed])
    }

    fn from_single(seed: u32) -> Self {
        let mut state = [0; SIZE];
        state[0] = seed;
        for index in 1..SIZE {
            let before: u32 = state[index - 1];
            state[index] = 1_812_433_253_u32
                .wrapping_mul(before ^ before >> 30)
                .wrapping_add(index as u32);
        }
        Self { state, next: SIZE }
    }

    fn from_key(key: &[u32]) -> Self {
        if let [seed] = key {
            return Self::from_single(*seed);
        }
        let mut twister = Self::from_single(19_650_218);
        let state = &mut twister.state;
        let (mut i, mut j) = (1, 0);
        for _ in 0..SIZE.max(key.len()) {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ before >> 30).wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= SIZE {
                state[0] = state[SIZE - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..SIZE - 1 {
            let before = state[i - 1];
            state[i] = (state[i] ^ (before ^ before >> 30).wrapping_mul(1_566_083_941))
                .wrapping_sub(i as u32);
            i += 1;
            if i >= SIZE {
                state[0] = state[SIZE - 1];
                i = 1;
            }
        }
        state[0] = 0x8000_0000;
        twister
    }

    /// The next 32 bits.
    fn bits(&mut self) -> u32 {
        if self.next >= SIZE {
            self.refill();
        }
        let mut bits = self.state[self.next];
        self.next += 1;
        bits ^= bits >> 11;
        bits ^= bits << 7 & 0x9d2c_5680;
        bits ^= bits << 15 & 0xefc6_0000;
        bits ^ bits >> 18
    }

    fn refill(&mut self) {
        for index in 0..SIZE {
            let mixed =
                self.state[index] & 0x8000_0000 | self.state[(index + 1) % SIZE] & 0x7fff_ffff;
            let odd = if mixed & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[index] = self.state[(index + MIDDLE) % SIZE] ^ mixed >> 1 ^ odd;
        }
        self.next = 0;
    }

    /// A number from 0 up to, without, `limit`, as Ruby's `Random#rand` draws it.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        let Some(greatest @ 1..) = limit.checked_sub(1) else {
            return 0;
        };
        let mask = u64::MAX >> greatest.leading_zeros();
        'draw: loop {
            let mut value = 0;
            for shift in [32, 0] {
                if mask >> shift & 0xffff_ffff != 0 {
                    value |= u64::from(self.bits()) << shift;
                    value &= mask;
                    if value > greatest {
                        continue 'draw;
                    }
                }
            }
            return value;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_the_reference_implementation_s() {
        let mut twister = Twister::from_key(&[0x123, 0x234, 0x345, 0x456]);
        let first: Vec<u32> = (0..4).map(|_| twister.bits()).collect();
        assert_eq!(
            first,
            [1_067_595_299, 955_945_823, 477_289_528, 4_107_218_783]
        );
        assert_eq!(Twister::from_number(5489).bits(), 3_499_211_612);
    }

    #[test]
    fn a_limit_of_one_draws_nothing() {
        assert_eq!(Twister::from_number(1).below(1), 0);
    }
}
