//! A reference to a resource: `File[/etc/motd]`.

use std::{fmt, sync::Arc};

/// The type (capitalised in every segment: `Apache::Vhost`) and the title of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reference {
    /// `File`, `Apache::Vhost`
    pub type_name: Arc<str>,
    /// The title, as it is.
    pub title: Arc<str>,
}

impl Reference {
    /// Puts the type into its capitalised form.
    pub fn new(type_name: &str, title: impl Into<Arc<str>>) -> Self {
        Self {
            type_name: capitalize(type_name).into(),
            title: title.into(),
        }
    }

    /// Reads `Type[title]`; `None` where the text has another form.
    pub fn parse(text: &str) -> Option<Self> {
        let (type_name, rest) = text.split_once('[')?;
        let title = rest.strip_suffix(']')?;
        (!type_name.is_empty() && !title.is_empty()).then(|| Self::new(type_name, title))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.type_name, self.title)
    }
}

/// Whether a name is in its capitalised form already.
pub fn is_capitalized(name: &str) -> bool {
    // Of three colons, the last two count as well.
    let mut colons = 2;
    let is_in_place = |byte: u8| {
        let is_start = colons >= 2;
        colons = if byte == b':' { colons + 1 } else { 0 };
        match is_start {
            true => !byte.is_ascii_lowercase(),
            false => !byte.is_ascii_uppercase(),
        }
    };
    unrooted(name).len() == name.len() && name.bytes().all(is_in_place)
}

/// A name without the `::` that it may begin with.
#[inline]
pub fn unrooted(name: &str) -> &str {
    match name.as_bytes() {
        [b':', b':', ..] => &name[2..],
        _ => name,
    }
}

/// `apache::vhost` to `Apache::Vhost`.
pub fn capitalize(name: &str) -> String {
    let mut name = name;
    while let Some(rest) = name.strip_prefix("::") {
        name = rest;
    }
    let mut text = name.as_bytes().to_ascii_lowercase();
    // Of three colons, the last two count as well.
    let mut colons = 2;
    for byte in &mut text {
        if colons >= 2 {
            byte.make_ascii_uppercase();
        }
        colons = if *byte == b':' { colons + 1 } else { 0 };
    }
    String::from_utf8(text).expect("only letters of ASCII have changed")
}
