//! Ruby's `format`.

use crate::formats::digits::{filled, fixed, scientific};

use super::{
    compare,
    interpreter::{Interpreter, Run, Stop},
    text::{display, inspect},
    value::Value,
};

/// How wide a field may be.
const WIDEST: usize = 1 << 20;

#[derive(Default)]
struct Directive {
    is_left: bool,
    is_zero: bool,
    is_plus: bool,
    is_space: bool,
    is_alternate: bool,
    width: Option<usize>,
    precision: Option<usize>,
    value: Option<Value>,
}

pub(super) fn format(ruby: &mut Interpreter<'_>, template: &str, values: &[Value]) -> Run<String> {
    let mut out = String::new();
    let mut given = values.iter();
    let mut characters = template.chars().peekable();
    while let Some(character) = characters.next() {
        if character != '%' {
            out.push(character);
            continue;
        }
        let mut directive = Directive::default();
        let mut next = || {
            given
                .next()
                .cloned()
                .ok_or_else(|| Stop::argument("too few arguments"))
        };
        let kind = loop {
            let Some(flag) = characters.next() else {
                return Err(Stop::argument(
                    "incomplete format specifier; use %% (double %) instead",
                ));
            };
            match flag {
                '-' => directive.is_left = true,
                '0' if directive.width.is_none() && directive.precision.is_none() => {
                    directive.is_zero = true
                }
                '+' => directive.is_plus = true,
                ' ' => directive.is_space = true,
                '#' => directive.is_alternate = true,
                '*' => match next()? {
                    Value::Integer(width) => {
                        directive.is_left |= width < 0;
                        directive.width = usize::try_from(width.unsigned_abs()).ok();
                    }
                    _ => return Err(Stop::of_type("no implicit conversion into Integer")),
                },
                '1'..='9' | '0' => {
                    let mut width = flag.to_string();
                    while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                        width.push(digit);
                    }
                    if characters.peek() == Some(&'$') {
                        characters.next();
                        let index = width.parse::<usize>().unwrap_or(0);
                        let value = index.checked_sub(1).and_then(|index| values.get(index));
                        directive.value = Some(
                            value
                                .cloned()
                                .ok_or_else(|| Stop::argument("too few arguments"))?,
                        );
                    } else {
                        directive.width = width.parse().ok();
                    }
                }
                '.' => {
                    let mut precision = String::new();
                    while let Some(digit) = characters.next_if(char::is_ascii_digit) {
                        precision.push(digit);
                    }
                    if characters.peek() == Some(&'*') {
                        characters.next();
                        let value = next()?;
                        precision = display(&value)?;
                    }
                    directive.precision = Some(precision.parse().unwrap_or(0));
                }
                '<' | '{' => {
                    let close = if flag == '<' { '>' } else { '}' };
                    let name: String = characters
                        .by_ref()
                        .take_while(|next| *next != close)
                        .collect();
                    let Some(Value::Hash(map)) = values.first() else {
                        return Err(Stop::argument("one hash required"));
                    };
                    let key = compare::key(&Value::symbol(name.as_str()));
                    let found = map.entries.borrow().get(&key).cloned();
                    let Some(value) = found else {
                        return Err(Stop::raise(
                            "KeyError",
                            format!("key{flag}{name}{close} not found"),
                        ));
                    };
                    directive.value = Some(value);
                    if flag == '{' {
                        break 's';
                    }
                }
                other => break other,
            }
        };
        if directive.width.unwrap_or(0) > WIDEST || directive.precision.unwrap_or(0) > WIDEST {
            return Err(Stop::limit("a field of a format is too wide"));
        }
        if kind == '%' || kind == '\n' {
            out.push('%');
            if kind == '\n' {
                out.push('\n');
            }
            continue;
        }
        let value = match directive.value.take() {
            Some(value) => value,
            None => next()?,
        };
        let text = field(ruby, &directive, kind, &value)?;
        ruby.allocate(text.len())?;
        out.push_str(&text);
    }
    Ok(out)
}

fn field(
    ruby: &mut Interpreter<'_>,
    directive: &Directive,
    kind: char,
    value: &Value,
) -> Run<String> {
    let mut digits;
    let mut sign = String::new();
    match kind {
        's' | 'p' => {
            let mut text = if kind == 's' {
                display(value)?
            } else {
                inspect(value)
            };
            if let Some(precision) = directive.precision {
                text = text.chars().take(precision).collect();
            }
            return Ok(padded(directive, "", &text, false));
        }
        'c' => {
            let text = match value {
                Value::Integer(code) => u32::try_from(*code)
                    .ok()
                    .and_then(char::from_u32)
                    .map(String::from)
                    .ok_or_else(|| Stop::argument("invalid character"))?,
                other => display(other)?.chars().take(1).collect(),
            };
            return Ok(padded(directive, "", &text, false));
        }
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' | 'b' | 'B' => {
            let number = match value {
                Value::Float(number) if number.is_finite() => number.floor() as i64,
                Value::Integer(number) => *number,
                other => match super::methods::kernel::call(
                    ruby,
                    "Integer",
                    std::slice::from_ref(other),
                    None,
                )? {
                    Some(Value::Integer(number)) => number,
                    _ => return Err(Stop::of_type("can't convert into Integer")),
                },
            };
            let base = match kind {
                'x' | 'X' => 16,
                'o' => 8,
                'b' | 'B' => 2,
                _ => 10,
            };
            if number < 0 && base != 10 && !directive.is_plus && !directive.is_space {
                return Err(Stop::unsupported("two's complements in formats"));
            }
            digits = super::methods::number_in_base(number, base)?
                .trim_start_matches('-')
                .to_owned();
            if kind == 'X' {
                digits = digits.to_uppercase();
            }
            if let Some(precision) = directive.precision {
                digits = filled(&digits, precision, '0');
            }
            if number < 0 {
                sign.push('-');
            }
            if directive.is_alternate {
                sign.push_str(match kind {
                    'x' => "0x",
                    'X' => "0X",
                    'o' => "0",
                    'b' => "0b",
                    'B' => "0B",
                    _ => "",
                });
            }
        }
        'f' | 'e' | 'E' | 'g' | 'G' => {
            let number = match super::methods::kernel::call(
                ruby,
                "Float",
                std::slice::from_ref(value),
                None,
            )? {
                Some(Value::Float(number)) => number,
                _ => return Err(Stop::of_type("can't convert into Float")),
            };
            if number.is_sign_negative() && !number.is_nan() {
                sign.push('-');
            }
            digits = float(number.abs(), kind, directive);
        }
        'a' | 'A' => return Err(Stop::unsupported("floats in base 16")),
        other => {
            return Err(Stop::argument(format!(
                "malformed format string - %{other}"
            )));
        }
    }
    if sign.is_empty() || !sign.starts_with('-') {
        if directive.is_plus {
            sign.insert(0, '+');
        } else if directive.is_space {
            sign.insert(0, ' ');
        }
    }
    let is_zero = directive.is_zero
        && (directive.precision.is_none()
            || !matches!(kind, 'd' | 'i' | 'u' | 'x' | 'X' | 'o' | 'b' | 'B'));
    Ok(padded(directive, &sign, &digits, is_zero))
}

fn float(number: f64, kind: char, directive: &Directive) -> String {
    if !number.is_finite() {
        return if number.is_nan() { "NaN" } else { "Inf" }.to_owned();
    }
    let precision = directive.precision.unwrap_or(6);
    let parts = |precision: usize| {
        let (mantissa, exponent) = scientific(number, precision);
        let sign = if exponent < 0 { '-' } else { '+' };
        let suffix = format!("e{sign}{:02}", exponent.abs());
        (mantissa, exponent, suffix)
    };
    let text = match kind {
        'f' => fixed(number, precision),
        'e' | 'E' => {
            let (mantissa, _, exponent) = parts(precision);
            mantissa + &exponent
        }
        _ => {
            let precision = precision.max(1);
            let (mantissa, exponent, suffix) = parts(precision - 1);
            let trim = |text: String| match text.contains('.') && !directive.is_alternate {
                true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
                false => text,
            };
            let precision = i32::try_from(precision).unwrap_or(i32::MAX);
            if exponent < -4 || exponent >= precision {
                trim(mantissa) + &suffix
            } else {
                let decimals = usize::try_from(precision - 1 - exponent).unwrap_or(0);
                trim(fixed(number, decimals))
            }
        }
    };
    match kind {
        'E' | 'G' => text.to_uppercase(),
        _ => text,
    }
}

fn padded(directive: &Directive, sign: &str, text: &str, is_zero: bool) -> String {
    let length = sign.chars().count() + text.chars().count();
    let missing = directive.width.unwrap_or(0).saturating_sub(length);
    if directive.is_left {
        format!("{sign}{text}{}", " ".repeat(missing))
    } else if is_zero {
        format!("{sign}{}{text}", "0".repeat(missing))
    } else {
        format!("{}{sign}{text}", " ".repeat(missing))
    }
}
