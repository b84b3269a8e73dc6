//! What is wrong with an expression that cannot be compiled, in the words of Ruby's engine.

use std::{iter::Peekable, str::Chars};

use fancy_regex::{CompileError, Error};

use super::{comment, translate};

/// What is wrong; the words of `error` where Ruby's are not known.
pub(super) fn of(source: &str, error: &Error) -> String {
    let source = comment::without(source);
    let mut scanner = Scanner::new(&source);
    match scanner.scan().and_then(|()| scanner.check_references()) {
        Err(Fault::Common(found) | Fault::Ruby(found)) => found,
        Ok(()) => of_engine(error).map_or_else(|| error.to_string(), str::to_owned),
    }
}

/// What Ruby's engine refuses and the one here does not. Of all else that one is the judge.
pub(super) fn refused(source: &str) -> Option<String> {
    let is_suspect = ["[:", "(?<", "(?("]
        .iter()
        .any(|part| source.contains(part));
    if !is_suspect {
        return None;
    }
    match Scanner::new(&comment::without(source)).scan() {
        Err(Fault::Ruby(found)) => Some(found),
        Err(Fault::Common(_)) | Ok(()) => None,
    }
}

fn of_engine(error: &Error) -> Option<&'static str> {
    let Error::CompileError(error) = error else {
        return None;
    };
    match **error {
        CompileError::VariableLookBehindRequiresFeature => Some("invalid pattern in look-behind"),
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
    /// How many groups can be referred to by number, and the names of the others.
    groups: usize,
    names: Vec<String>,
    /// The groups that are referred to.
    numbers: Vec<usize>,
    named: Vec<String>,
    /// The groups that conditions ask for.
    conditions: Vec<usize>,
}

/// What is wrong, in Ruby's words.
enum Fault {
    /// The engine here refuses it too.
    Common(String),
    /// It does not.
    Ruby(String),
}

type Scanned = Result<(), Fault>;

fn fault<T>(text: &str) -> Result<T, Fault> {
    Err(Fault::Common(text.to_owned()))
}

fn of_ruby<T>(text: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Ruby(text.into()))
}

impl<'s> Scanner<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            rest: source.chars().peekable(),
            depth: 0,
            has_target: false,
            groups: 0,
            names: Vec::new(),
            numbers: Vec::new(),
            named: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// Checks that the groups are there that are referred to.
    fn check_references(&self) -> Scanned {
        let unknown = self.named.iter().find(|name| !self.names.contains(name));
        if let Some(name) = unknown {
            return fault(&format!("undefined name <{name}> reference"));
        }
        match self.numbers.iter().any(|number| *number > self.groups) {
            true => fault("invalid backref number/name"),
            false => Ok(()),
        }
    }

    fn scan(&mut self) -> Scanned {
        while let Some(letter) = self.rest.next() {
            match letter {
                '\\' => {
                    self.escape()?;
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
        let groups = self.groups + self.names.len();
        match self.depth {
            0 if self.conditions.iter().any(|number| *number > groups) => {
                of_ruby("invalid backref number/name")
            }
            0 => Ok(()),
            _ => fault("end pattern with unmatched parenthesis"),
        }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Scanned {
        match self.rest.next() {
            None => return fault("too short escape sequence"),
            Some('k') if self.rest.next_if_eq(&'<').is_some() => {
                let name = self.until('>').unwrap_or_default();
                match name.parse() {
                    Ok(number) => self.numbers.push(number),
                    Err(_) => self.named.push(name),
                }
            }
            Some(kind @ ('p' | 'P')) if self.rest.next_if_eq(&'{').is_some() => {
                let name = self.until('}').unwrap_or_default();
                let property = format!("\\{kind}{{{name}}}");
                if !translate::is_property(&name) && fancy_regex::Regex::new(&property).is_err() {
                    return fault(&format!("invalid character property name {{{name}}}"));
                }
            }
            Some(digit @ '1'..='9') => self.numbers.push(digit as usize - '0' as usize),
            Some(_) => {}
        }
        Ok(())
    }

    /// What stands before the letter that ends it.
    fn until(&mut self, end: char) -> Option<String> {
        let mut text = String::new();
        loop {
            match self.rest.next()? {
                letter if letter == end => return Some(text),
                letter => text.push(letter),
            }
        }
    }

    /// What follows `(`.
    fn group(&mut self) -> Scanned {
        self.depth += 1;
        self.has_target = false;
        if self.rest.next_if_eq(&'?').is_none() {
            self.groups += 1;
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
            Some('(') => {
                let condition = self.until(')').unwrap_or_default();
                match condition.strip_prefix(['<', '\'']) {
                    Some(name) => self
                        .named
                        .extend(name.strip_suffix(['>', '\'']).map(Into::into)),
                    None => self.conditions.extend(condition.parse::<usize>()),
                }
                Ok(())
            }
            Some(':' | '=' | '!' | '>' | '~' | '\'') => Ok(()),
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
        match name.chars().next() {
            None if is_closed => of_ruby("group name is empty"),
            Some(first) if is_closed && (first.is_alphabetic() || first == '_') => {
                self.names.push(name);
                Ok(())
            }
            _ => of_ruby(format!("invalid group name <{name}>")),
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
                    let Some(name) = self.until(']') else {
                        return fault("premature end of char-class");
                    };
                    let name = name.strip_suffix(':').unwrap_or_default();
                    let is_name = name.bytes().all(|letter| letter.is_ascii_alphabetic());
                    if is_name && !name.is_empty() && !translate::is_property(name) {
                        return of_ruby("invalid POSIX bracket type");
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
