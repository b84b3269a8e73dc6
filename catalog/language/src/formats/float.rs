//! Floats: `%f %e %E %g %G %a %A`.

use super::{
    digits::{fixed, scientific as parts},
    directive::{Directive, Zeros},
};

/// A float in a directive's notation.
pub(super) fn format(directive: &Directive, value: f64) -> String {
    let sign = directive.sign(value.is_sign_negative() && !value.is_nan());
    if !value.is_finite() {
        let text = if value.is_nan() { "NaN" } else { "Inf" };
        return directive.number(sign, "", text, Zeros::Ignored);
    }
    let magnitude = value.abs();
    let precision = directive.precision.unwrap_or(6);
    let digits = match directive.letter.to_ascii_lowercase() {
        'e' => scientific(magnitude, precision, directive.alternative),
        'g' => general(magnitude, precision, directive.alternative),
        'a' => {
            let digits = hexadecimal(magnitude, directive.precision, directive.alternative);
            let (prefix, digits) = if directive.letter == 'A' {
                ("0X", digits.to_uppercase())
            } else {
                ("0x", digits)
            };
            return directive.number(sign, prefix, &digits, Zeros::Allowed);
        }
        _ => {
            let point = if precision == 0 && directive.alternative {
                "."
            } else {
                ""
            };
            fixed(magnitude, precision) + point
        }
    };
    let digits = if directive.letter.is_ascii_uppercase() {
        digits.to_uppercase()
    } else {
        digits
    };
    directive.number(sign, "", &digits, Zeros::Allowed)
}

fn scientific(magnitude: f64, precision: usize, alternative: bool) -> String {
    let (mantissa, exponent) = parts(magnitude, precision);
    let point = if precision == 0 && alternative {
        "."
    } else {
        ""
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}{point}e{sign}{:02}", exponent.abs())
}

fn general(magnitude: f64, precision: usize, alternative: bool) -> String {
    let precision = precision.max(1);
    if magnitude == 0.0 {
        return if alternative {
            fixed(0.0, precision - 1)
        } else {
            "0".to_owned()
        };
    }
    // The exponent that rounding to this precision leads to.
    let (_, exponent) = parts(magnitude, precision - 1);
    if exponent < -4 || exponent >= precision as i32 {
        let text = scientific(magnitude, precision - 1, alternative);
        if alternative {
            return text;
        }
        let (mantissa, rest) = text
            .split_once('e')
            .expect("scientific notation has an exponent");
        return format!("{}e{rest}", without_zeros(mantissa));
    }
    let decimals = (precision as i32 - 1 - exponent).max(0) as usize;
    let text = fixed(magnitude, decimals);
    if alternative {
        text + if decimals == 0 { "." } else { "" }
    } else {
        without_zeros(&text).to_owned()
    }
}

fn without_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

fn hexadecimal(magnitude: f64, precision: Option<usize>, alternative: bool) -> String {
    let bits = magnitude.to_bits();
    let raw = (bits >> 52) as i32;
    let mut fraction = bits & ((1 << 52) - 1);
    let (mut whole, exponent) = match (raw, fraction) {
        (0, 0) => (0, 0),
        (0, _) => (0, -1022),
        _ => (1, raw - 1023),
    };
    let mut digits = format!("{fraction:013x}");
    match precision {
        Some(precision) if precision < 13 => {
            let shift = 4 * (13 - precision);
            let half = 1u64 << (shift - 1);
            let kept = fraction >> shift;
            let rest = fraction & ((1 << shift) - 1);
            fraction = kept + u64::from(rest > half || (rest == half && kept & 1 == 1));
            if fraction >> (4 * precision) != 0 {
                whole += 1;
                fraction = 0;
            }
            digits = if precision == 0 {
                String::new()
            } else {
                format!("{fraction:0precision$x}")
            };
        }
        Some(precision) => digits.push_str(&"0".repeat(precision - 13)),
        None => digits.truncate(digits.trim_end_matches('0').len()),
    }
    let point = if digits.is_empty() && !alternative {
        ""
    } else {
        "."
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{whole}{point}{digits}p{sign}{}", exponent.abs())
}
