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

/// `apache::vhost` to `Apache::Vhost`.
pub fn capitalize(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for (index, segment) in name.trim_start_matches("::").split("::").enumerate() {
        if index > 0 {
            text.push_str("::");
        }
        let mut characters = segment.chars();
        text.extend(characters.next().map(|first| first.to_ascii_uppercase()));
        text.push_str(&characters.as_str().to_ascii_lowercase());
    }
    text
}
