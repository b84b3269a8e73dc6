//! Ruby's `sprintf`.
//!
//! Source: the documentation of Ruby's `Kernel#format`.

use crate::values::{Value, inspect, number, time};

/// The widest field, and the most digits: a format is input.
const WIDEST: usize = 10_000;

/// Formats values as Ruby does.
///
/// # Errors
/// The format is malformed, arguments are missing, or one is of the wrong kind.
pub fn sprintf(format: &str, arguments: &[Value]) -> Result<String, String> {
    let mut out = String::with_capacity(format.len());
    let mut reader = Reader {
        rest: format,
        arguments,
        next: 0,
    };
    while let Some(index) = reader.rest.find('%') {
        out.push_str(&reader.rest[..index]);
        reader.rest = &reader.rest[index + 1..];
        reader.directive(&mut out)?;
    }
    out.push_str(reader.rest);
    Ok(out)
}

struct Reader<'a> {
    rest: &'a str,
    arguments: &'a [Value],
    next: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    left: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternative: bool,
    width: usize,
    precision: Option<usize>,
}

impl<'a> Reader<'a> {
    fn take(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    fn digits(&mut self) -> Result<Option<usize>, String> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Ok(None);
        }
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        digits
            .parse()
            .ok()
            .filter(|number| *number <= WIDEST)
            .map(Some)
            .ok_or_else(|| "width too big".to_owned())
    }

    fn argument(&mut self) -> Result<&'a Value, String> {
        let value = self.arguments.get(self.next).ok_or("too few arguments")?;
        self.next += 1;
        Ok(value)
    }

    fn named(&self, name: &str) -> Result<&'a Value, String> {
        let hash = match self.arguments {
            [hash @ Value::Hash(_)] => hash,
            _ => return Err("one hash required".to_owned()),
        };
        hash.get(name)
            .ok_or_else(|| format!("key<{name}> not found"))
    }

    /// Behind a percent sign.
    fn directive(&mut self, out: &mut String) -> Result<(), String> {
        let mut flags = Flags::default();
        let mut value: Option<&'a Value> = None;
        loop {
            let before = self.rest;
            let Some(character) = self.take() else {
                return Err("incomplete format specifier; use %% (double %) instead".to_owned());
            };
            match character {
                '%' => {
                    out.push('%');
                    return Ok(());
                }
                '\n' => {
                    out.push_str("%\n");
                    return Ok(());
                }
                ' ' => flags.space = true,
                '#' => flags.alternative = true,
                '+' => flags.plus = true,
                '-' => flags.left = true,
                '0' => flags.zero = true,
                '*' => {
                    let width = integer(self.argument()?)?;
                    flags.left |= width < 0;
                    flags.width = usize::try_from(width.unsigned_abs())
                        .ok()
                        .filter(|width| *width <= WIDEST)
                        .ok_or("width too big")?;
                }
                '.' => {
                    flags.precision = Some(if self.rest.starts_with('*') {
                        self.take();
                        usize::try_from(integer(self.argument()?)?)
                            .unwrap_or(0)
                            .min(WIDEST)
                    } else {
                        self.digits()?.unwrap_or(0)
                    });
                }
                '1'..='9' => {
                    self.rest = before;
                    let number = self.digits()?.unwrap_or(0);
                    if self.rest.starts_with('$') {
                        self.take();
                        value = Some(self.arguments.get(number - 1).ok_or("too few arguments")?);
                    } else {
                        flags.width = number;
                    }
                }
                '<' => {
                    let (name, rest) = self
                        .rest
                        .split_once('>')
                        .ok_or("malformed name - unmatched parenthesis")?;
                    self.rest = rest;
                    value = Some(self.named(name)?);
                }
                '{' => {
                    let (name, rest) = self
                        .rest
                        .split_once('}')
                        .ok_or("malformed name - unmatched parenthesis")?;
                    self.rest = rest;
                    out.push_str(&flags.padded(&self.named(name)?.to_string()));
                    return Ok(());
                }
                conversion => {
                    let value = match value {
                        Some(value) => value,
                        None if "diufeEgGaAxXobBcsp".contains(conversion) => self.argument()?,
                        None => return Err(format!("malformed format string - %{conversion}")),
                    };
                    out.push_str(&flags.convert(conversion, value)?);
                    return Ok(());
                }
            }
        }
    }
}

impl Flags {
    fn convert(self, conversion: char, value: &Value) -> Result<String, String> {
        match conversion {
            's' => Ok(self.padded(&self.cut(&value.to_string()))),
            'p' => Ok(self.padded(&self.cut(&inspect(value)))),
            'c' => {
                let text = match value {
                    Value::Integer(code) => u32::try_from(*code)
                        .ok()
                        .and_then(char::from_u32)
                        .map(String::from)
                        .ok_or("invalid character")?,
                    other => {
                        let text = other.to_string();
                        let first = text.chars().next().ok_or("%c requires a character")?;
                        first.to_string()
                    }
                };
                Ok(self.padded(&text))
            }
            'd' | 'i' | 'u' => {
                let value = integer(value)?;
                Ok(self.number(value < 0, "", &value.unsigned_abs().to_string()))
            }
            'x' | 'X' | 'o' | 'b' | 'B' => Ok(self.radix(conversion, integer(value)?)),
            _ => self.float(conversion, float(value)?),
        }
    }

    fn cut(self, text: &str) -> String {
        match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        }
    }

    fn padded(self, text: &str) -> String {
        let width = self.width;
        if self.left {
            format!("{text:<width$}")
        } else {
            format!("{text:>width$}")
        }
    }

    /// Puts sign, prefix, digits and padding together.
    fn number(self, negative: bool, prefix: &str, digits: &str) -> String {
        let sign = match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        let mut digits = digits.to_owned();
        if let Some(precision) = self.precision {
            digits = format!("{digits:0>precision$}");
        } else if self.zero && !self.left {
            let width = self.width.saturating_sub(sign.len() + prefix.len());
            digits = format!("{digits:0>width$}");
        }
        self.padded(&format!("{sign}{prefix}{digits}"))
    }

    fn radix(self, conversion: char, value: i128) -> String {
        let (base, prefix) = match conversion {
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            'o' => (8, "0"),
            'b' => (2, "0b"),
            _ => (2, "0B"),
        };
        let prefix = if self.alternative && (value != 0 || base == 8) {
            prefix
        } else {
            ""
        };
        let upper = conversion == 'X';
        let cased = |text: String| if upper { text.to_uppercase() } else { text };
        if value >= 0 || self.plus || self.space {
            let digits = cased(in_base(value.unsigned_abs(), base));
            return self.number(value < 0, prefix, &digits);
        }
        // A negative number without a sign is shown as its infinite two's complement.
        let top = match base {
            16 => 'f',
            8 => '7',
            _ => '1',
        };
        let digits = cased(complement(value, i128::try_from(base).unwrap_or(16), top));
        let filler = if upper { top.to_ascii_uppercase() } else { top };
        let text = match self.precision {
            Some(precision) => {
                let missing = precision.saturating_sub(digits.len());
                format!("{prefix}{}{digits}", filler.to_string().repeat(missing))
            }
            None if self.zero && !self.left => {
                let missing = self.width.saturating_sub(prefix.len() + digits.len());
                format!("{prefix}{}{digits}", filler.to_string().repeat(missing))
            }
            None => format!("{prefix}..{digits}"),
        };
        self.padded(&text)
    }

    fn float(self, conversion: char, value: f64) -> Result<String, String> {
        let negative = value.is_sign_negative() && !value.is_nan();
        let magnitude = value.abs();
        if !magnitude.is_finite() {
            let text = if magnitude.is_nan() { "NaN" } else { "Inf" };
            let plain = Flags {
                zero: false,
                precision: None,
                ..self
            };
            return Ok(plain.number(negative, "", text));
        }
        let precision = self.precision.unwrap_or(6);
        let digits = match conversion {
            'f' => {
                let text = format!("{magnitude:.precision$}");
                if self.alternative && precision == 0 {
                    text + "."
                } else {
                    text
                }
            }
            'e' | 'E' => scientific(magnitude, precision, self.alternative),
            'g' | 'G' => general(magnitude, precision.max(1), self.alternative),
            'a' | 'A' => hexadecimal(magnitude, self.precision),
            _ => return Err(format!("malformed format string - %{conversion}")),
        };
        let digits = if conversion.is_ascii_uppercase() {
            digits.to_uppercase()
        } else {
            digits
        };
        let prefix = match conversion {
            'a' => "0x",
            'A' => "0X",
            _ => "",
        };
        Ok(Flags {
            precision: None,
            ..self
        }
        .number(negative, prefix, &digits))
    }
}

fn in_base(mut value: u128, base: u128) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(value % base).unwrap_or(0);
        digits.push(char::from_digit(digit, 16).unwrap_or('0'));
        value /= base;
        if value == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

/// The digits of a negative number, with one of the infinitely many leading ones.
fn complement(value: i128, base: i128, top: char) -> String {
    let mut digits = Vec::new();
    let mut rest = value;
    while rest != -1 {
        let digit = rest.rem_euclid(base);
        digits.push(char::from_digit(u32::try_from(digit).unwrap_or(0), 16).unwrap_or('0'));
        rest = rest.div_euclid(base);
    }
    if digits.last() != Some(&top) {
        digits.push(top);
    }
    digits.iter().rev().collect()
}

fn scientific(value: f64, precision: usize, alternative: bool) -> String {
    let text = format!("{value:.precision$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let point = if alternative && precision == 0 {
        "."
    } else {
        ""
    };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}{point}e{sign}{:02}", exponent.abs())
}

fn general(value: f64, precision: usize, alternative: bool) -> String {
    if value == 0.0 {
        return if alternative {
            format!("{value:.0$}", precision - 1)
        } else {
            "0".to_owned()
        };
    }
    let text = format!("{value:.0$e}", precision - 1);
    let exponent: i32 = text
        .split_once('e')
        .and_then(|(_, exponent)| exponent.parse().ok())
        .unwrap_or(0);
    let limit = i32::try_from(precision).unwrap_or(i32::MAX);
    let trimmed = |text: String| {
        if alternative || !text.contains('.') {
            return text;
        }
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    if exponent < -4 || exponent >= limit {
        let text = scientific(value, precision - 1, alternative);
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "+00"));
        return format!("{}e{exponent}", trimmed(mantissa.to_owned()));
    }
    let decimals = usize::try_from(limit - 1 - exponent).unwrap_or(0);
    trimmed(format!("{value:.decimals$}"))
}

/// `1.8p+1`, without the prefix.
fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    if value == 0.0 {
        return "0p+0".to_owned();
    }
    let bits = value.to_bits();
    let raw_exponent = i64::try_from(bits >> 52 & 0x7FF).unwrap_or(0);
    let mut fraction = bits & 0xF_FFFF_FFFF_FFFF;
    let (mut lead, exponent) = if raw_exponent == 0 {
        (0u64, -1022)
    } else {
        (1, raw_exponent - 1023)
    };
    let mut digits = 13;
    if let Some(precision) = precision.filter(|precision| *precision < 13) {
        let dropped = (13 - precision) * 4;
        let whole = (lead << 52 | fraction) + (1u64 << (dropped - 1));
        lead = whole >> 52;
        fraction = (whole & 0xF_FFFF_FFFF_FFFF) >> dropped;
        digits = precision;
    }
    let mut text = if digits == 0 {
        String::new()
    } else {
        format!("{fraction:0digits$x}")
    };
    if precision.is_none() {
        text = text.trim_end_matches('0').to_owned();
    }
    let point = if text.is_empty() { "" } else { "." };
    format!("{lead}{point}{text}p{exponent:+}")
}

fn integer(value: &Value) -> Result<i128, String> {
    Ok(match value {
        Value::Integer(value) => i128::from(*value),
        Value::Float(value) if value.is_finite() => value.floor() as i128,
        Value::Float(value) => return Err(number::float_text(*value)),
        Value::Timestamp(value) | Value::Timespan(value) => i128::from(time::to_integer(*value)),
        Value::String(text) => match number::parse_number(text) {
            Some(number::Number::Integer(value)) => i128::from(value),
            _ => return Err(format!("invalid value for Integer(): {}", inspect(value))),
        },
        Value::Undef => return Err("can't convert nil into Integer".to_owned()),
        other => {
            let class = crate::types::parameterize::class_name(other);
            return Err(format!("can't convert {class} into Integer"));
        }
    })
}

fn float(value: &Value) -> Result<f64, String> {
    Ok(match value {
        Value::Integer(value) => *value as f64,
        Value::Float(value) => *value,
        Value::Timestamp(value) | Value::Timespan(value) => time::to_float(*value),
        Value::String(text) => match number::parse_number(text) {
            Some(number::Number::Integer(value)) => value as f64,
            Some(number::Number::Float(value)) => value,
            None => return Err(format!("invalid value for Float(): {}", inspect(value))),
        },
        Value::Undef => return Err("can't convert nil into Float".to_owned()),
        other => {
            let class = crate::types::parameterize::class_name(other);
            return Err(format!("can't convert {class} into Float"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_as_ruby() {
        let one = |format: &str, value: Value| sprintf(format, &[value]).expect("a format");
        assert_eq!(one("%05d", 42.into()), "00042");
        assert_eq!(one("%+d", 42.into()), "+42");
        assert_eq!(one("%-5d|", 42.into()), "42   |");
        assert_eq!(one("%x", (-255).into()), "..f01");
        assert_eq!(one("%#x", 255.into()), "0xff");
        assert_eq!(one("%b", (-5).into()), "..1011");
        assert_eq!(one("%.2f", 1.005.into()), "1.00");
        assert_eq!(one("%e", 12345.678.into()), "1.234568e+04");
        assert_eq!(one("%g", 1e10.into()), "1e+10");
        assert_eq!(one("%g", 123456.0.into()), "123456");
        assert_eq!(one("%a", 0.5.into()), "0x1p-1");
        assert_eq!(one("%10.3s|", "abcdef".into()), "       abc|");
        assert_eq!(one("%p", "a".into()), "\"a\"");
        assert_eq!(one("%c", 65.into()), "A");
        assert_eq!(one("100%%", Value::Undef), "100%");
        assert_eq!(
            sprintf("%2$s %1$s", &["a".into(), "b".into()]).as_deref(),
            Ok("b a")
        );
        assert_eq!(
            sprintf("%*d", &[5.into(), 1.into()]).as_deref(),
            Ok("    1")
        );
        assert_eq!(sprintf("%s", &[]), Err("too few arguments".to_owned()));
        let hash = Value::hash([("a".into(), 1.into())].into_iter().collect());
        assert_eq!(sprintf("%<a>03d %{a}", &[hash]).as_deref(), Ok("001 1"));
    }
}
