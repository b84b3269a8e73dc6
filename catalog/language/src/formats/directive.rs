//! One `%…` of a format: its flags, its width, its precision, its letter.

use super::{FormatError, WIDEST};

/// Flags and sizes of a directive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Directive {
    /// `-`
    pub left: bool,
    /// `+`
    pub plus: bool,
    /// A blank.
    pub space: bool,
    /// `0`
    pub zero: bool,
    /// `#`
    pub alternative: bool,
    pub width: Option<usize>,
    pub precision: Option<usize>,
    /// The letter.
    pub letter: char,
}

impl Directive {
    /// A directive without flags.
    pub fn of(letter: char) -> Self {
        Self {
            letter,
            ..Self::default()
        }
    }

    /// The same with another letter.
    pub fn with_letter(&self, letter: char) -> Self {
        Self {
            letter,
            ..self.clone()
        }
    }

    pub fn set_flag(&mut self, flag: char) {
        match flag {
            '-' => self.left = true,
            '+' => self.plus = true,
            ' ' => self.space = true,
            '0' => self.zero = true,
            '#' => self.alternative = true,
            _ => {}
        }
    }

    /// Whether a part may still come: flags, then one width, then one precision.
    pub fn once(&self, part: Part) -> Result<(), FormatError> {
        let refused = match part {
            Part::Flag if self.width.is_some() => "flag after width",
            Part::Flag if self.precision.is_some() => "flag after precision",
            Part::Width if self.width.is_some() => "width given twice",
            Part::Width if self.precision.is_some() => "width after precision",
            Part::Precision if self.precision.is_some() => "precision given twice",
            _ => return Ok(()),
        };
        Err(FormatError::new(refused))
    }

    pub fn check(&self) -> Result<(), FormatError> {
        if self.width.unwrap_or(0) > WIDEST || self.precision.unwrap_or(0) > WIDEST {
            return Err(FormatError::new(format!(
                "width or precision of a format is larger than {WIDEST}"
            )));
        }
        Ok(())
    }

    /// A text, cut to the precision and padded to the width.
    pub fn text(&self, text: &str) -> String {
        let cut = match self.precision {
            Some(precision) => match text.char_indices().nth(precision) {
                Some((end, _)) => &text[..end],
                None => text,
            },
            None => text,
        };
        self.pad(cut)
    }

    /// Pads with blanks to the width.
    pub fn pad(&self, text: &str) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.chars().count());
        let blanks = " ".repeat(missing);
        if self.left {
            format!("{text}{blanks}")
        } else {
            format!("{blanks}{text}")
        }
    }

    /// Sign, prefix and digits, padded with zeros between them or with blanks around.
    pub fn number(&self, sign: &str, prefix: &str, digits: &str, zeros: Zeros) -> String {
        let length = sign.len() + prefix.len() + digits.chars().count();
        let missing = self.width.unwrap_or(0).saturating_sub(length);
        if self.zero && !self.left && zeros == Zeros::Allowed {
            return format!("{sign}{prefix}{}{digits}", "0".repeat(missing));
        }
        self.pad(&format!("{sign}{prefix}{digits}"))
    }

    /// The sign of a number.
    pub fn sign(&self, negative: bool) -> &'static str {
        match (negative, self.plus, self.space) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        }
    }
}

/// What stands between `%` and the letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Flag,
    Width,
    Precision,
}

/// Whether `sprintf` knows the flag.
pub(super) fn is_flag(character: char) -> bool {
    "-+ 0#".contains(character)
}

/// Whether the flag `0` counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zeros {
    Allowed,
    Ignored,
}
