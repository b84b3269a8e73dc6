//! Ruby's `sprintf`.

use super::{
    FormatError,
    directive::{Directive, Part, is_flag},
    float, integer,
};
use crate::values::{Value, inspect, ruby_string};

/// Fills `arguments` into `format`: `%d`, `%-10s`, `%1$s`, `%<name>05.1f`, `%{name}`, `%*d`.
///
/// # Errors
/// The format is malformed, an argument is missing, or of a kind that its directive cannot show.
pub fn sprintf(format: &str, arguments: &[Value]) -> Result<String, FormatError> {
    Printer {
        rest: format,
        arguments,
        next: 0,
        kind: None,
        result: String::with_capacity(format.len()),
    }
    .run()
}

struct Printer<'a> {
    rest: &'a str,
    arguments: &'a [Value],
    next: usize,
    /// How arguments have been named so far.
    kind: Option<Kind>,
    result: String,
}

/// How a directive names its argument: a format keeps to one way.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// `%d`: the next; which one it was.
    Next(usize),
    /// `%1$d`
    Numbered,
    /// `%<name>d`, `%{name}`
    Named,
}

impl<'a> Printer<'a> {
    fn run(mut self) -> Result<String, FormatError> {
        while let Some(at) = self.rest.find('%') {
            self.result.push_str(&self.rest[..at]);
            self.rest = &self.rest[at + 1..];
            self.directive()?;
        }
        self.result.push_str(self.rest);
        Ok(self.result)
    }

    fn directive(&mut self) -> Result<(), FormatError> {
        let mut directive = Directive::default();
        let mut given: Option<&'a Value> = None;
        loop {
            let Some(character) = self.rest.chars().next() else {
                return Err(FormatError::new(
                    "incomplete format specifier; use %% (double %) instead",
                ));
            };
            match character {
                '1'..='9' => {
                    let number = self.number();
                    if let Some(rest) = self.rest.strip_prefix('$') {
                        self.rest = rest;
                        given = Some(self.numbered(number)?);
                    } else {
                        directive.once(Part::Width)?;
                        directive.width = Some(number);
                    }
                    continue;
                }
                '<' => {
                    given = Some(self.named('<', '>')?);
                    continue;
                }
                '{' => {
                    let value = self.named('{', '}')?;
                    directive.check()?;
                    self.result.push_str(&directive.text(&to_s(value)));
                    return Ok(());
                }
                _ => {}
            }
            self.rest = &self.rest[character.len_utf8()..];
            match character {
                '.' => {
                    directive.once(Part::Precision)?;
                    directive.precision = Some(match self.rest.strip_prefix('*') {
                        Some(rest) => {
                            self.rest = rest;
                            self.star()?.max(0) as usize
                        }
                        None => self.number(),
                    });
                }
                '*' => {
                    directive.once(Part::Width)?;
                    let width = self.star()?;
                    directive.left |= width < 0;
                    directive.width = Some(width.unsigned_abs() as usize);
                }
                '%' if directive != Directive::default() => {
                    return Err(FormatError::new("invalid format character - %"));
                }
                '%' => {
                    self.result.push('%');
                    return Ok(());
                }
                '\n' | '\0' => {
                    self.result.push('%');
                    self.result.push(character);
                    return Ok(());
                }
                flag if is_flag(flag) => {
                    directive.once(Part::Flag)?;
                    directive.set_flag(flag);
                }
                letter => {
                    directive.letter = letter;
                    directive.check()?;
                    known(letter)?;
                    let value = match given {
                        Some(value) => value,
                        None => self.take()?,
                    };
                    let text = show(&directive, value)?;
                    self.result.push_str(&text);
                    return Ok(());
                }
            }
        }
    }

    fn number(&mut self) -> usize {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let number = self.rest[..end]
            .parse()
            .unwrap_or(if end == 0 { 0 } else { usize::MAX });
        self.rest = &self.rest[end..];
        number
    }

    fn star(&mut self) -> Result<i64, FormatError> {
        let digits = self.rest.len()
            - self
                .rest
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        let value = if digits > 0 && self.rest[digits..].starts_with('$') {
            let number = self.number();
            self.rest = &self.rest[1..];
            self.numbered(number)?
        } else {
            self.take()?
        };
        to_integer(value)
    }

    fn take(&mut self) -> Result<&'a Value, FormatError> {
        self.next += 1;
        let others = match self.kind {
            None | Some(Kind::Next(_)) => {
                self.kind = Some(Kind::Next(self.next));
                return self.at(self.next - 1);
            }
            Some(Kind::Numbered) => "numbered",
            Some(Kind::Named) => "named",
        };
        Err(FormatError::new(format!(
            "unnumbered({}) mixed with {others}",
            self.next
        )))
    }

    fn numbered(&mut self, number: usize) -> Result<&'a Value, FormatError> {
        match self.kind {
            Some(Kind::Next(last)) => Err(FormatError::new(format!(
                "numbered({number}) after unnumbered({last})"
            ))),
            Some(Kind::Named) => Err(FormatError::new(format!("numbered({number}) after named"))),
            _ => {
                self.kind = Some(Kind::Numbered);
                self.at(number.wrapping_sub(1))
            }
        }
    }

    fn at(&self, index: usize) -> Result<&'a Value, FormatError> {
        self.arguments
            .get(index)
            .ok_or_else(|| FormatError::new("too few arguments"))
    }

    fn named(&mut self, open: char, close: char) -> Result<&'a Value, FormatError> {
        let Some(end) = self.rest.find(close) else {
            return Err(FormatError::new("malformed name - unmatched parenthesis"));
        };
        let name = &self.rest[1..end];
        let bracketed = &self.rest[..=end];
        self.rest = &self.rest[end + 1..];
        match self.kind {
            Some(Kind::Next(last)) => {
                return Err(FormatError::new(format!(
                    "named{bracketed} after unnumbered({last})"
                )));
            }
            Some(Kind::Numbered) => {
                return Err(FormatError::new(format!("named{bracketed} after numbered")));
            }
            _ => self.kind = Some(Kind::Named),
        }
        let [Value::Hash(hash)] = self.arguments else {
            return Err(FormatError::new("one hash required"));
        };
        hash.get(&Value::string(name))
            .ok_or_else(|| FormatError::new(format!("key{open}{name}{close} not found")))
    }
}

fn known(letter: char) -> Result<(), FormatError> {
    if "diuxXobBeEfgGaAscp".contains(letter) {
        return Ok(());
    }
    Err(FormatError::new(format!(
        "malformed format string - %{letter}"
    )))
}

/// What `%s` shows: expressions as they are written, the rest as Ruby's `to_s`.
fn to_s(value: &Value) -> String {
    match value {
        Value::Regexp(_) => value.to_string(),
        other => ruby_string(other),
    }
}

/// One value by one directive.
pub(super) fn show(directive: &Directive, value: &Value) -> Result<String, FormatError> {
    known(directive.letter)?;
    Ok(match directive.letter {
        'd' | 'i' | 'u' | 'x' | 'X' | 'o' | 'b' | 'B' => {
            integer::format(directive, to_integer(value)?)
        }
        'e' | 'E' | 'f' | 'g' | 'G' | 'a' | 'A' => float::format(directive, to_float(value)?),
        'c' => {
            let character = match value {
                Value::String(text) => {
                    let mut characters = text.chars();
                    match (characters.next(), characters.next()) {
                        (only @ Some(_), None) => only,
                        _ => return Err(FormatError::new("%c requires a character")),
                    }
                }
                other => u32::try_from(to_integer(other)?)
                    .ok()
                    .and_then(char::from_u32),
            };
            let character = character
                .ok_or_else(|| FormatError::new("invalid character"))?
                .to_string();
            directive.pad(&character)
        }
        'p' => directive.text(&inspect(value)),
        _ => directive.text(&to_s(value)),
    })
}

fn to_integer(value: &Value) -> Result<i64, FormatError> {
    match value {
        Value::Integer(value) => Ok(*value),
        Value::Float(value) if !value.is_finite() => Err(FormatError::new(if value.is_nan() {
            "NaN"
        } else {
            "Infinity"
        })),
        Value::Float(value) => Ok(value.trunc() as i64),
        Value::String(text) => ruby_integer(text).ok_or_else(|| {
            FormatError::new(format!("invalid value for Integer(): {}", inspect(value)))
        }),
        Value::Undef => Err(FormatError::new("can't convert nil into Integer")),
        Value::Timestamp(nanoseconds) | Value::Timespan(nanoseconds) => {
            Ok(nanoseconds.div_euclid(1_000_000_000) as i64)
        }
        other => Err(FormatError::new(format!(
            "can't convert {} into Integer",
            class(other)
        ))),
    }
}

fn to_float(value: &Value) -> Result<f64, FormatError> {
    match value {
        Value::Integer(value) => Ok(*value as f64),
        Value::Float(value) => Ok(*value),
        Value::String(text) => ruby_float(text).ok_or_else(|| {
            FormatError::new(format!("invalid value for Float(): {}", inspect(value)))
        }),
        Value::Undef => Err(FormatError::new("can't convert nil into Float")),
        Value::Timestamp(nanoseconds) | Value::Timespan(nanoseconds) => {
            Ok(**nanoseconds as f64 / 1e9)
        }
        other => Err(FormatError::new(format!(
            "can't convert {} into Float",
            class(other)
        ))),
    }
}

fn class(value: &Value) -> &'static str {
    match value {
        Value::Boolean(true) => "true",
        Value::Boolean(false) => "false",
        Value::Array(_) => "Array",
        Value::Hash(_) => "Hash",
        Value::Default => "Symbol",
        Value::Regexp(_) => "Regexp",
        _ => "Object",
    }
}

/// Ruby's `Integer(text)`: prefixes and single underscores are understood.
fn ruby_integer(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'd', ..] => (10, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, &lower[..]),
    };
    if digits.ends_with('_') || digits.contains("__") {
        return None;
    }
    let digits = digits.replace('_', "");
    if digits.is_empty() || digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = i128::from_str_radix(&digits, radix).ok()?;
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// Ruby's `Float(text)`.
fn ruby_float(text: &str) -> Option<f64> {
    let text = text.trim();
    let is_fine = |byte: u8| byte.is_ascii_digit() || b"+-.eE_".contains(&byte);
    if let Some(integer) = text
        .to_ascii_lowercase()
        .trim_start_matches(['+', '-'])
        .starts_with("0x")
        .then(|| ruby_integer(text))
    {
        return integer.map(|integer| integer as f64);
    }
    if !text.bytes().all(is_fine) || text.ends_with(['.', '_']) || text.starts_with('_') {
        return None;
    }
    text.replace('_', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Value, sprintf};

    #[test]
    fn formats_are_rubys() {
        let int = Value::Integer;
        let text = |text: &str| Value::string(text);
        let cases: Vec<(&str, Vec<Value>, &str)> = vec![
            ("%d%%", vec![int(5)], "5%"),
            (
                "%05d|%-5d|%+d|% d",
                vec![int(42), int(42), int(42), int(42)],
                "00042|42   |+42| 42",
            ),
            (
                "%x %#x %o %#o %b %#b",
                vec![int(255); 6],
                "ff 0xff 377 0377 11111111 0b11111111",
            ),
            (
                "%.2f|%8.3f|%-8.1f|",
                vec![Value::Float(1.005); 3],
                "1.00|   1.005|1.0     |",
            ),
            (
                "%e %g %g",
                vec![Value::Float(12345.678), Value::Float(1e-5), int(100_000)],
                "1.234568e+04 1e-05 100000",
            ),
            ("%s and %p", vec![text("a"), text("a")], "a and \"a\""),
            ("%2$s %1$s", vec![text("a"), text("b")], "b a"),
            ("%5.1s|%-3s|", vec![text("abc"), text("x")], "    a|x  |"),
            ("%*d", vec![int(5), int(1)], "    1"),
            ("%c%c", vec![int(65), text("h")], "Ah"),
            (
                "%s",
                vec![Value::array(vec![int(1), text("b")])],
                "[1, \"b\"]",
            ),
            ("%d", vec![text("0x1f")], "31"),
            (
                "%d %d",
                vec![Value::Float(3.99), Value::Float(-3.99)],
                "3 -3",
            ),
            ("%.3d", vec![int(5)], "005"),
            ("%a", vec![Value::Float(1.0)], "0x1p+0"),
            ("%08.3e", vec![Value::Float(3.0)], "3.000e+00"),
            (
                "%#o %#o %#.3o %#o",
                vec![int(0), int(-1), int(8), int(8)],
                "0 ..7 010 010",
            ),
            ("[%.0d][% .0x][%.1x]", vec![int(0); 3], "[][ ][0]"),
        ];
        for (format, arguments, expected) in cases {
            assert_eq!(
                sprintf(format, &arguments).as_deref(),
                Ok(expected),
                "{format}"
            );
        }
    }

    #[test]
    fn named_arguments_come_from_a_hash() {
        let hash = Value::hash(
            [(Value::string("a"), Value::Integer(7))]
                .into_iter()
                .collect(),
        );
        assert_eq!(
            sprintf("%<a>03d %{a}!", std::slice::from_ref(&hash)).unwrap(),
            "007 7!"
        );
        assert_eq!(sprintf("%<b>d", &[hash]).unwrap_err().0, "key<b> not found");
    }

    #[test]
    fn what_is_wrong_is_said_as_ruby_does() {
        let error = |format: &str, arguments: &[Value]| sprintf(format, arguments).unwrap_err().0;
        assert_eq!(error("%d", &[]), "too few arguments");
        assert_eq!(error("%5%", &[]), "invalid format character - %");
        assert_eq!(error("%5-d", &[]), "flag after width");
        assert_eq!(error("%.1#d", &[]), "flag after precision");
        assert_eq!(error("%1.2.3d", &[]), "precision given twice");
        assert_eq!(
            error("%.*5d", &[Value::Integer(1)]),
            "width after precision"
        );
        assert_eq!(error("%5*d", &[Value::Integer(1)]), "width given twice");
        assert_eq!(error("%<a", &[]), "malformed name - unmatched parenthesis");
        assert_eq!(error("%y", &[Value::Undef]), "malformed format string - %y");
        assert_eq!(
            error("%d", &[Value::string("x")]),
            "invalid value for Integer(): \"x\""
        );
        assert_eq!(
            error("%f", &[Value::string("x")]),
            "invalid value for Float(): \"x\""
        );
        assert!(error("%99999999999d", &[Value::Integer(1)]).contains("larger"));
    }
}
