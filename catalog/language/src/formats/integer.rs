//! Integers: `%d %x %X %o %b %B`.

use super::directive::{Directive, Zeros};

/// An integer in a directive's radix. A negative one in another radix than ten is shown as its
/// two's complement (`..f01`) unless a sign was asked for, as Ruby does.
pub(super) fn format(directive: &Directive, value: i64) -> String {
    let (radix, prefix) = match directive.letter {
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        'o' => (8, ""),
        'b' => (2, "0b"),
        'B' => (2, "0B"),
        _ => (10, ""),
    };
    let complement = value < 0 && radix != 10 && !directive.plus && !directive.space;
    let prefix = if directive.alternative && value != 0 && radix != 8 {
        prefix
    } else {
        ""
    };
    let upper = |text: String| {
        if directive.letter == 'X' {
            text.to_uppercase()
        } else {
            text
        }
    };
    if complement {
        let fill = match (radix, directive.letter) {
            (16, 'X') => 'F',
            (16, _) => 'f',
            (8, _) => '7',
            _ => '1',
        };
        let digits = upper(complement_digits(value, radix));
        // The dots count as digits where a size is asked for.
        let wanted = match directive.precision {
            Some(precision) => precision,
            None if directive.zero && !directive.left => {
                directive.width.unwrap_or(0).saturating_sub(prefix.len())
            }
            None => 0,
        };
        let missing = wanted.saturating_sub(digits.len() + 2);
        let digits = fill.to_string().repeat(missing) + &digits;
        return directive.pad(&format!("{prefix}..{digits}"));
    }
    let magnitude = value.unsigned_abs();
    let digits = match radix {
        // What marks an octal number is a digit of it.
        8 if directive.alternative && magnitude == 0 => "0".to_owned(),
        8 if directive.alternative => format!("0{magnitude:o}"),
        _ if magnitude == 0 && directive.precision == Some(0) => String::new(),
        16 => upper(format!("{magnitude:x}")),
        8 => format!("{magnitude:o}"),
        2 => format!("{magnitude:b}"),
        _ => magnitude.to_string(),
    };
    let digits = match directive.precision {
        Some(precision) => "0".repeat(precision.saturating_sub(digits.len())) + &digits,
        None => digits,
    };
    let zeros = if directive.precision.is_some() {
        Zeros::Ignored
    } else {
        Zeros::Allowed
    };
    directive.number(directive.sign(value < 0), prefix, &digits, zeros)
}

/// The shortest two's complement whose first digit stands for endless ones before it.
fn complement_digits(value: i64, radix: u32) -> String {
    let (bits, full) = match radix {
        16 => (4, 'f'),
        8 => (3, '7'),
        _ => (1, '1'),
    };
    let mut digits = Vec::new();
    let mut rest = i128::from(value);
    loop {
        let digit = (rest & ((1 << bits) - 1)) as u32;
        digits.push(char::from_digit(digit, radix).expect("a digit is below its radix"));
        rest >>= bits;
        if rest == -1 {
            break;
        }
    }
    if digits.last() != Some(&full) {
        digits.push(full);
    }
    digits.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::{Directive, format};

    #[test]
    fn negative_numbers_are_rubys() {
        for (letter, value, expected) in [
            ('x', -255, "..f01"),
            ('x', -1, "..f"),
            ('o', -8, "..70"),
            ('b', -5, "..1011"),
            ('X', -255, "..F01"),
            ('d', -5, "-5"),
            ('x', 255, "ff"),
        ] {
            assert_eq!(format(&Directive::of(letter), value), expected);
        }
    }
}
