//! What is wrong with an expression that cannot be compiled, in the words of Ruby's engine.

use std::{iter::Peekable, str::Chars};

use fancy_regex::{CompileError, Error};

/// What is wrong; the words of `error` where Ruby's are not known.
pub(super) fn of(source: &str, error: &Error) -> String {
    let scanner = Scanner {
        rest: source.chars().peekable(),
        depth: 0,
        has_target: false,
    };
    match scanner.scan() {
        Err(found) => found,
        Ok(()) => of_calls(error).map_or_else(|| error.to_string(), str::to_owned),
    }
}

fn of_calls(error: &Error) -> Option<&'static str> {
    let Error::CompileError(error) = error else {
        return None;
    };
    match **error {
        CompileError::LeftRecursiveSubroutineCall(_) | CompileError::NeverEndingRecursion => {
            Some("never ending recursion")
        }
        // Ruby's engine, which runs calls as such, has no such limit and no word for it.
        CompileError::PatternTooComplex => {
            Some("too many groups are called (\\g<name>) by groups that are called themselves")
        }
        _ => None,
    }
}

struct Scanner<'s> {
    rest: Peekable<Chars<'s>>,
    /// How many groups are open.
    depth: usize,
    /// Whether there is something that could be repeated.
    has_target: bool,
}

type Scanned = Result<(), String>;

fn fault<T>(text: &str) -> Result<T, String> {
    Err(text.to_owned())
}

impl Scanner<'_> {
    fn scan(mut self) -> Scanned {
        while let Some(letter) = self.rest.next() {
            match letter {
                '\\' => {
                    if self.rest.next().is_none() {
                        return fault("too short escape sequence");
                    }
                    self.has_target = true;
                }
                '[' => {
                    self.class()?;
                    self.has_target = true;
                }
                '(' => self.group()?,
                ')' if self.depth == 0 => return fault("unmatched close parenthesis"),
                ')' => {
                    self.depth -= 1;
                    self.has_target = true;
                }
                '|' => self.has_target = false,
                '*' | '+' | '?' if !self.has_target => {
                    return fault("target of repeat operator is not specified");
                }
                _ => self.has_target = true,
            }
        }
        match self.depth {
            0 => Ok(()),
            _ => fault("end pattern with unmatched parenthesis"),
        }
    }

    /// What follows `(`.
    fn group(&mut self) -> Scanned {
        self.depth += 1;
        self.has_target = false;
        if self.rest.next_if_eq(&'?').is_none() {
            return Ok(());
        }
        match self.rest.next() {
            None => fault("end pattern in group"),
            Some('#') => match self.rest.any(|letter| letter == ')') {
                true => {
                    self.depth -= 1;
                    Ok(())
                }
                false => fault("end pattern in group"),
            },
            Some('<') => match self.rest.peek() {
                Some('=' | '!') => {
                    self.rest.next();
                    Ok(())
                }
                _ => self.name(),
            },
            Some(':' | '=' | '!' | '>' | '~' | '(' | '\'') => Ok(()),
            Some(first) => self.options(first),
        }
    }

    /// The name of a group, after `(?<`.
    fn name(&mut self) -> Scanned {
        let mut name = String::new();
        let is_closed = loop {
            match self.rest.next() {
                None => break false,
                Some('>') => break true,
                Some(letter) => name.push(letter),
            }
        };
        let starts = name.chars().next();
        match starts {
            None if is_closed => fault("group name is empty"),
            Some(first) if is_closed && (first.is_alphabetic() || first == '_') => Ok(()),
            _ => Err(format!("invalid group name <{name}>")),
        }
    }

    /// `m-ix` after `(?`.
    fn options(&mut self, first: char) -> Scanned {
        if first == ')' {
            return fault("undefined group option");
        }
        let mut letter = Some(first);
        loop {
            match letter {
                Some('m' | 'i' | 'x' | 'a' | 'd' | 'u' | '-') => letter = self.rest.next(),
                Some(':') => return Ok(()),
                Some(')') => {
                    self.depth -= 1;
                    return Ok(());
                }
                None => return fault("end pattern in group"),
                Some(_) => return fault("undefined group option"),
            }
        }
    }

    /// What follows `[`.
    fn class(&mut self) -> Scanned {
        self.rest.next_if_eq(&'^');
        let mut from: Option<char> = None;
        let mut is_empty = true;
        while let Some(letter) = self.rest.next() {
            match letter {
                ']' if is_empty && self.rest.peek().is_none() => return fault("empty char-class"),
                ']' if !is_empty => return Ok(()),
                '\\' => {
                    if self.rest.next().is_none() {
                        return fault("premature end of char-class");
                    }
                    from = None;
                }
                '[' if self.rest.next_if_eq(&':').is_some() => {
                    if !self.rest.any(|letter| letter == ']') {
                        return fault("premature end of char-class");
                    }
                    from = None;
                }
                '[' => {
                    self.class()?;
                    from = None;
                }
                '-' => match (from, self.rest.peek().copied()) {
                    (Some(low), Some(high)) if high != ']' && high != '\\' && high != '[' => {
                        self.rest.next();
                        if low > high {
                            return fault("empty range in char class");
                        }
                        from = None;
                    }
                    _ => from = Some('-'),
                },
                other => from = Some(other),
            }
            is_empty = false;
        }
        fault("premature end of char-class")
    }
}
