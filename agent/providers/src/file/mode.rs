//! File modes: octal (`0644`) and symbolic (`u=rw,go+rX`), as `chmod` reads them.

use std::fmt;

/// How a mode is to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ModeChange {
    /// All bits at once.
    Octal(u32),
    /// In relation to the bits that are there.
    Symbolic {
        /// As it was written.
        text: String,
        /// Its clauses in order.
        clauses: Vec<Clause>,
    },
}

/// `ug+rw`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    who: Vec<Who>,
    actions: Vec<(Operation, Vec<Permission>)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    User,
    Group,
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Set,
    Add,
    Take,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Permission {
    Read,
    Write,
    Execute,
    /// Execution where it is a directory or somebody may execute it already.
    Traverse,
    Special,
    Sticky,
    Of(Who),
}

impl Who {
    fn shift(self) -> u32 {
        match self {
            Self::User => 6,
            Self::Group => 3,
            Self::Other => 0,
        }
    }
}

impl ModeChange {
    /// Reads a mode; `None` where it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            let bits = u32::from_str_radix(text, 8).ok()?;
            return (bits <= 0o7777).then_some(Self::Octal(bits));
        }
        let clauses = text
            .split(',')
            .map(|part| parse_clause(part.trim()))
            .collect::<Option<_>>()?;
        Some(Self::Symbolic {
            text: text.to_owned(),
            clauses,
        })
    }

    /// The bits that a file of these bits should have.
    pub(super) fn bits(&self, current: u32, is_directory: bool) -> u32 {
        match self {
            Self::Octal(bits) if is_directory => {
                // A directory that can be read can be entered.
                bits | ((bits & 0o444) >> 2)
            }
            Self::Octal(bits) => *bits,
            Self::Symbolic { clauses, .. } => clauses.iter().fold(current, |bits, clause| {
                clause.apply(bits, current, is_directory)
            }),
        }
    }
}

impl fmt::Display for ModeChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Octal(bits) => write!(f, "{bits:04o}"),
            Self::Symbolic { text, .. } => f.write_str(text),
        }
    }
}

fn parse_clause(text: &str) -> Option<Clause> {
    let mut who = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next_if(|letter| "ugoa".contains(*letter)) {
        match letter {
            'u' => who.push(Who::User),
            'g' => who.push(Who::Group),
            'o' => who.push(Who::Other),
            _ => who.extend([Who::User, Who::Group, Who::Other]),
        }
    }
    if who.is_empty() {
        who.extend([Who::User, Who::Group, Who::Other]);
    }
    let mut actions: Vec<(Operation, Vec<Permission>)> = Vec::new();
    for letter in rest {
        let operation = match letter {
            '=' => Operation::Set,
            '+' => Operation::Add,
            '-' => Operation::Take,
            _ => {
                let (operation, permissions) = actions.last_mut()?;
                permissions.push(match letter {
                    'r' => Permission::Read,
                    'w' => Permission::Write,
                    'x' => Permission::Execute,
                    'X' if *operation == Operation::Add => Permission::Traverse,
                    's' => Permission::Special,
                    't' => Permission::Sticky,
                    'u' => Permission::Of(Who::User),
                    'g' => Permission::Of(Who::Group),
                    'o' => Permission::Of(Who::Other),
                    _ => return None,
                });
                continue;
            }
        };
        actions.push((operation, Vec::new()));
    }
    (!actions.is_empty()).then_some(Clause { who, actions })
}

impl Clause {
    fn apply(&self, mut bits: u32, original: u32, is_directory: bool) -> u32 {
        let before = bits;
        for who in &self.who {
            for (operation, permissions) in &self.actions {
                if *operation == Operation::Set {
                    bits &= !(0o7 << who.shift());
                }
                for permission in permissions {
                    let mask = mask(*permission, *who, before, original, is_directory);
                    match operation {
                        Operation::Set | Operation::Add => bits |= mask,
                        Operation::Take => bits &= !mask,
                    }
                }
            }
        }
        bits
    }
}

fn mask(permission: Permission, who: Who, before: u32, original: u32, is_directory: bool) -> u32 {
    let for_who = |bits: u32| bits << who.shift();
    match permission {
        Permission::Read => for_who(4),
        Permission::Write => for_who(2),
        Permission::Execute => for_who(1),
        Permission::Traverse if is_directory || original & 0o111 != 0 => for_who(1),
        Permission::Traverse => 0,
        Permission::Special => match who {
            Who::User => 0o4000,
            Who::Group => 0o2000,
            Who::Other => 0,
        },
        Permission::Sticky => 0o1000,
        Permission::Of(other) => for_who((before >> other.shift()) & 0o7),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str, current: u32, is_directory: bool) -> u32 {
        ModeChange::parse(text)
            .expect("a mode")
            .bits(current, is_directory)
    }

    #[test]
    fn octal_modes_let_readers_enter_directories() {
        assert_eq!(change("0640", 0, false), 0o640);
        assert_eq!(change("640", 0, true), 0o750);
        assert_eq!(change("1777", 0, true), 0o1777);
    }

    #[test]
    fn symbolic_modes_change_what_is_there() {
        assert_eq!(change("u=rw,g=r", 0o777, false), 0o647);
        assert_eq!(change("a+X", 0o644, false), 0o644);
        assert_eq!(change("a+X", 0o644, true), 0o755);
        assert_eq!(change("a+X", 0o744, false), 0o755);
        assert_eq!(change("go-rwx", 0o755, false), 0o700);
        assert_eq!(change("g=u,o-w", 0o642, false), 0o660);
        assert_eq!(change("u+s,+t", 0o755, false), 0o5755);
        assert_eq!(change("=r", 0o777, false), 0o444);
    }

    #[test]
    fn what_is_no_mode_is_refused() {
        for text in ["", "rw", "u", "z+r", "u+q", "888", "77777", "u=X"] {
            assert_eq!(ModeChange::parse(text), None, "{text}");
        }
    }
}
