//! Digits and fillings of any width. Rust's own formatter takes widths and precisions up to
//! `u16::MAX` and panics above, and templates may ask for more.

use super::rounding;

/// No float has more digits behind the point than this: 2⁻¹⁰⁷⁴ has 1074 of them.
const MOST: usize = 1_100;

/// `text`, filled on the left up to `width` characters.
pub(crate) fn filled(text: &str, width: usize, fill: char) -> String {
    let missing = width.saturating_sub(text.chars().count());
    let mut filled = String::with_capacity(text.len() + missing * fill.len_utf8());
    filled.extend(std::iter::repeat_n(fill, missing));
    filled.push_str(text);
    filled
}

/// An integer, filled with zeros between its sign and its digits up to `width` characters.
pub(crate) fn zero_filled(value: i128, width: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = value.unsigned_abs().to_string();
    sign.to_owned() + &filled(&digits, width.saturating_sub(sign.len()), '0')
}

/// A float with so many digits behind the point.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    if let Some(text) = rounding::fixed(value, decimals) {
        return text;
    }
    let shown = decimals.min(MOST);
    let mut text = format!("{value:.shown$}");
    text.extend(std::iter::repeat_n('0', decimals - shown));
    text
}

/// A finite float as mantissa, with so many digits behind the point, and exponent.
pub(crate) fn scientific(value: f64, decimals: usize) -> (String, i32) {
    if let Some(parts) = rounding::scientific(value, decimals) {
        return parts;
    }
    let shown = decimals.min(MOST);
    let text = format!("{value:.shown$e}");
    let (mantissa, exponent) = text
        .split_once('e')
        .expect("scientific notation has an exponent");
    let exponent = exponent.parse().expect("an exponent is a number");
    let mut mantissa = mantissa.to_owned();
    mantissa.extend(std::iter::repeat_n('0', decimals - shown));
    (mantissa, exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_beyond_the_formatters_own() {
        assert_eq!(filled("é", 70_000, ' ').chars().count(), 70_000);
        assert_eq!(zero_filled(-7, 4), "-007");
        assert_eq!(zero_filled(i128::MIN, 0), i128::MIN.to_string());
        assert_eq!(fixed(1.5, 70_000).len(), 70_002);
        let (mantissa, exponent) = scientific(1234.0, 70_000);
        assert_eq!((mantissa.len(), exponent), (70_002, 3));
        assert!(mantissa.starts_with("1.2340"));
    }
}
