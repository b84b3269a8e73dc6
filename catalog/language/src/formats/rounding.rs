//! Floats with a given number of digits, rounded as Ruby's `format` does it.
//!
//! Up to 14 digits Ruby computes with floats, and where the rest is one half within the error of
//! that computation, it takes the even digit: `2.675` gives `2.68`, though the float lies a little
//! below. Beyond, and where all digits are rounded away, it is exact.
//!
//! Measured on Ruby 3.1; the computation is David Gay's, "Correctly rounded binary-decimal and
//! decimal-binary conversions" (1990), with its published bound of the error.

/// How many digits can be had by computing with floats.
const QUICK: i32 = 14;

/// The text of a float with so many digits behind the point, where floats are good enough.
pub(super) fn fixed(value: f64, decimals: usize) -> Option<String> {
    let (digits, exponent) = quick(value, Wanted::Decimals(decimals))?;
    let mut text = String::with_capacity(digits.len() + decimals + 2);
    if exponent < 0 {
        text.push('0');
    }
    let digit = |at: i32| {
        let at = usize::try_from(at).ok()?;
        digits.get(at).copied()
    };
    for at in 0..=exponent {
        text.push(char::from(digit(at).unwrap_or(b'0')));
    }
    if decimals > 0 {
        text.push('.');
        let decimals = i32::try_from(decimals).unwrap_or(i32::MAX);
        for at in 1..=decimals {
            text.push(char::from(digit(exponent + at).unwrap_or(b'0')));
        }
    }
    Some(text)
}

/// A float in scientific notation with so many digits behind the point, mantissa and exponent,
/// where floats are good enough.
pub(super) fn scientific(value: f64, decimals: usize) -> Option<(String, i32)> {
    let (digits, exponent) = quick(value, Wanted::Significant(decimals.checked_add(1)?))?;
    let mut digits = digits.into_iter().map(char::from);
    let mut mantissa: String = digits.by_ref().take(1).collect();
    if decimals > 0 {
        mantissa.push('.');
        mantissa.extend(digits.chain(std::iter::repeat('0')).take(decimals));
    }
    Some((mantissa, exponent))
}

#[derive(Clone, Copy)]
enum Wanted {
    Decimals(usize),
    Significant(usize),
}

/// The digits and the exponent of the first of them; `None` where floats are not good enough.
fn quick(value: f64, wanted: Wanted) -> Option<(Vec<u8>, i32)> {
    if !value.is_normal() || value < 0.0 {
        return None;
    }
    let (mut exponent, is_certain) = exponent_of(value);
    let mut count = match wanted {
        Wanted::Decimals(decimals) => i32::try_from(decimals)
            .ok()?
            .checked_add(exponent)?
            .checked_add(1)?,
        Wanted::Significant(digits) => i32::try_from(digits).ok()?,
    };
    if !(1..=QUICK).contains(&count) {
        return None;
    }
    let (mut rest, mut errors) = scaled(value, exponent);
    if !is_certain && rest < 1.0 {
        if matches!(wanted, Wanted::Decimals(_)) {
            count -= 1;
            if count == 0 {
                return None;
            }
        }
        exponent -= 1;
        rest *= 10.0;
        errors += 1.0;
    }
    let mut error = (errors * rest + 7.0) * f64::EPSILON * 10_f64.powi(count - 1);
    // The bound is known no better than a float is.
    error = error.max(f64::MIN_POSITIVE);
    let mut digits = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    loop {
        let digit = rest.trunc();
        rest -= digit;
        digits.push(b'0' + digit as u8);
        if rest == 0.0 || digits.len() == usize::try_from(count).unwrap_or(0) {
            break;
        }
        rest *= 10.0;
    }
    let is_odd = digits.last().is_some_and(|digit| digit % 2 == 1);
    if rest > 0.5 + error || (rest >= 0.5 - error && is_odd) {
        while digits.last() == Some(&b'9') {
            digits.pop();
        }
        match digits.last_mut() {
            Some(last) => *last += 1,
            None => {
                digits.push(b'1');
                exponent += 1;
            }
        }
    }
    Some((digits, exponent))
}

/// The decimal exponent, perhaps one too high; whether it is certain.
fn exponent_of(value: f64) -> (i32, bool) {
    let bits = value.to_bits();
    let binary = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1023;
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | (1023 << 52));
    // A tangent to the logarithm.
    let estimate = (mantissa - 1.5) * 0.289_529_654_602_168
        + 0.176_091_259_055_8
        + f64::from(binary) * std::f64::consts::LOG10_2;
    let exponent = estimate.floor() as i32;
    match usize::try_from(exponent) {
        Ok(power) if power <= 22 => {
            let is_high = value < power_of_ten(power);
            (exponent - i32::from(is_high), true)
        }
        _ => (exponent, false),
    }
}

/// The value over the power of ten, and how many roundings that has taken.
fn scaled(value: f64, exponent: i32) -> (f64, f64) {
    let mut errors = 2.0;
    let power = usize::try_from(exponent.unsigned_abs()).unwrap_or(0);
    let low = power_of_ten(power & 15);
    let high = |bit: usize| (power >> (4 + bit)) & 1 == 1;
    let big = [1e16, 1e32, 1e64, 1e128, 1e256];
    if exponent > 0 {
        let mut value = value;
        let mut divisor = low;
        if high(4) {
            value /= big[4];
            errors += 1.0;
        }
        for (bit, factor) in big[..4].iter().enumerate() {
            if high(bit) {
                errors += 1.0;
                divisor *= factor;
            }
        }
        return (value / divisor, errors);
    }
    let mut value = value * low;
    for (bit, factor) in big.iter().enumerate() {
        if high(bit) {
            errors += 1.0;
            value *= factor;
        }
    }
    (value, errors)
}

/// `10 ** power`, exactly.
fn power_of_ten(power: usize) -> f64 {
    const POWERS: [f64; 23] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];
    POWERS[power.min(22)]
}

#[cfg(test)]
mod tests {
    use crate::formats::digits::{fixed, scientific};

    /// As Ruby 3.1 prints them.
    #[test]
    fn decimals_are_rubys() {
        for (value, decimals, text) in [
            (99.55, 1, "99.6"),
            (2.675, 2, "2.68"),
            (1.005, 2, "1.00"),
            (0.35, 1, "0.4"),
            (0.45, 1, "0.4"),
            (1.45, 1, "1.4"),
            (0.05, 1, "0.1"),
            (0.5, 0, "0"),
            (1.5, 0, "2"),
            (2.5, 0, "2"),
            (0.6, 0, "1"),
            (0.04, 1, "0.0"),
            (5e-7, 6, "0.000000"),
            (99.99, 1, "100.0"),
            (0.35, 20, "0.34999999999999997780"),
            (0.0, 2, "0.00"),
            (1e22, 1, "10000000000000000000000.0"),
            (82610.54712727747, 9, "82610.547127278"),
            (0.00998590657798895, 16, "0.0099859065779889"),
            (7386158.0175846545, 7, "7386158.0175846"),
        ] {
            assert_eq!(fixed(value, decimals), text, "{value} {decimals}");
        }
    }

    #[test]
    fn mantissas_are_rubys() {
        assert_eq!(scientific(99.55, 1), ("1.0".to_owned(), 2));
        assert_eq!(scientific(12345.678, 6), ("1.234568".to_owned(), 4));
        assert_eq!(scientific(0.0, 2), ("0.00".to_owned(), 0));
        assert_eq!(scientific(1e-300, 3), ("1.000".to_owned(), -300));
    }
}
