//! What a string holds. Most strings are read and never changed: they hold the very text of the
//! template or of the scope.

use std::{fmt, ops::Deref, sync::Arc};

#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Somebody else's.
    Shared(Arc<str>),
    /// The string's own, to be changed in place.
    Own(String),
}

impl Content {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Shared(text) => text,
            Self::Own(text) => text,
        }
    }

    /// The text to be changed: from here on, it is the string's own.
    #[inline]
    pub(super) fn to_mut(&mut self) -> &mut String {
        if let Self::Shared(text) = self {
            *self = Self::Own(String::from(&**text));
        }
        match self {
            Self::Own(text) => text,
            Self::Shared(_) => unreachable!("made the string's own above"),
        }
    }

    /// The text for somebody who keeps it as it is now.
    pub(super) fn share(&self) -> Arc<str> {
        match self {
            Self::Shared(text) => text.clone(),
            Self::Own(text) => text.as_str().into(),
        }
    }
}

impl Deref for Content {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Own(String::new())
    }
}

impl From<Arc<str>> for Content {
    fn from(text: Arc<str>) -> Self {
        Self::Shared(text)
    }
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Own(text)
    }
}

impl From<&str> for Content {
    fn from(text: &str) -> Self {
        Self::Own(text.to_owned())
    }
}

impl From<char> for Content {
    fn from(character: char) -> Self {
        Self::Own(character.into())
    }
}

impl From<Content> for String {
    fn from(content: Content) -> Self {
        match content {
            Content::Shared(text) => String::from(&*text),
            Content::Own(text) => text,
        }
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}
