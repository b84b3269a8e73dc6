//! A reference to a resource: `File[/etc/motd]`.

use std::{fmt, sync::Arc};

use crate::qualified::capitalize;

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
            type_name: capitalize(type_name),
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
