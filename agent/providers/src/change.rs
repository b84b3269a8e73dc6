//! A change of one property: what it is, what it should be, and how the log tells of it.

use std::borrow::Cow;

use ficelle_model::Data;
use ficelle_system::SystemError;

use crate::ProviderError;

/// What stands for a value that must not be shown.
const REDACTED: &str = "[redacted]";

/// A change that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The property.
    pub property: Cow<'static, str>,
    /// What it is.
    pub old: Shown,
    /// What it should be.
    pub new: Shown,
    /// What the log says once it is made: `content changed '{sha256}a' to '{sha256}b'`.
    pub message: String,
    /// What the log says beforehand: the difference of two files.
    pub details: Option<String>,
    /// Whether its values may be shown.
    pub visibility: Visibility,
    /// What becomes of refreshes that are pending for the resource once it is made.
    pub pending: Pending,
}

/// What becomes of refreshes that are pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// They come.
    Kept,
    /// They are called off: a service that was just started need not be restarted.
    Dropped,
}

/// A value and how it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// `'running'`, with the quotes that the kind of value gets.
    pub text: String,
    /// The value, for the report.
    pub data: Data,
}

/// Whether values may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// They may.
    Shown,
    /// They stand as `[redacted]` everywhere.
    Redacted,
}

impl Shown {
    /// A word or text, in quotes.
    pub fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            text: format!("'{text}'"),
            data: Data::from(text),
        }
    }

    /// Something that is not there.
    pub fn absent() -> Self {
        Self::text("absent")
    }

    /// A value as the log shows it: texts in quotes, lists in brackets, numbers bare.
    pub fn data(data: Data) -> Self {
        Self {
            text: format_value(&data),
            data,
        }
    }

    /// A list of texts.
    pub fn list<T: AsRef<str>>(values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(|value| Data::from(value.as_ref()));
        Self::data(Data::Array(values.collect()))
    }

    /// A text without quotes, as some types show their lists.
    pub fn bare(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            data: Data::from(text.as_str()),
            text,
        }
    }

    /// A text or, where there is none, `absent`.
    pub fn optional(text: Option<&str>) -> Self {
        text.map_or_else(Self::absent, Self::text)
    }

    fn redacted() -> Self {
        Self {
            text: REDACTED.to_owned(),
            data: Data::from(REDACTED),
        }
    }
}

impl Change {
    /// `mode changed '0644' to '0600'`
    pub fn new(property: impl Into<Cow<'static, str>>, old: Shown, new: Shown) -> Self {
        let property = property.into();
        let message = if old == Shown::absent() {
            format!("defined '{property}' as {}", new.text)
        } else if new == Shown::absent() {
            format!("undefined '{property}' from {}", old.text)
        } else {
            format!("{property} changed {} to {}", old.text, new.text)
        };
        Self {
            property,
            old,
            new,
            message,
            details: None,
            visibility: Visibility::Shown,
            pending: Pending::Kept,
        }
    }

    /// A change that has words of its own: `created`.
    pub fn told(
        property: impl Into<Cow<'static, str>>,
        old: Shown,
        new: Shown,
        message: impl Into<String>,
    ) -> Self {
        let message = message.into();
        Self {
            message,
            ..Self::new(property, old, new)
        }
    }

    /// `ensure` from absent to present.
    pub fn created() -> Self {
        Self::told("ensure", Shown::absent(), Shown::text("present"), "created")
    }

    /// `ensure` from present to absent.
    pub fn removed() -> Self {
        Self::told("ensure", Shown::text("present"), Shown::absent(), "removed")
    }

    /// The same, with something for the log beforehand.
    #[must_use]
    pub fn with_details(mut self, details: Option<String>) -> Self {
        if self.visibility == Visibility::Shown {
            self.details = details;
        }
        self
    }

    /// The same, calling pending refreshes off.
    #[must_use]
    pub fn dropping_refreshes(mut self) -> Self {
        self.pending = Pending::Dropped;
        self
    }

    /// The same without any of its values.
    #[must_use]
    pub fn redacted(mut self) -> Self {
        self.message = format!("changed {REDACTED} to {REDACTED}");
        self.old = Shown::redacted();
        self.new = Shown::redacted();
        self.details = None;
        self.visibility = Visibility::Redacted;
        self
    }

    /// Redacted where `visibility` says so.
    #[must_use]
    pub fn with_visibility(self, visibility: Visibility) -> Self {
        match visibility {
            Visibility::Shown => self,
            Visibility::Redacted => self.redacted(),
        }
    }

    /// What the log says instead where nothing may be changed.
    pub fn noop_message(&self) -> String {
        format!(
            "current_value {}, should be {} (noop)",
            self.old.text, self.new.text
        )
    }

    /// What the log says where it could not be made.
    pub fn failure_message(&self, error: &ProviderError) -> String {
        let (old, new) = (&self.old.text, &self.new.text);
        match error {
            ProviderError::System(SystemError::File { .. }) | ProviderError::NoAccount { .. } => {
                format!(
                    "change from {old} to {new} failed: Could not set {new} on {}: {error}",
                    self.property
                )
            }
            _ => format!("change from {old} to {new} failed: {error}"),
        }
    }
}

/// Texts in quotes, lists in brackets, hashes in braces, the rest bare.
fn format_value(data: &Data) -> String {
    match data {
        Data::Undef => "undef".to_owned(),
        Data::Default => "default".to_owned(),
        Data::Boolean(value) => value.to_string(),
        Data::Integer(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::String(text) => format!("'{text}'"),
        Data::Array(elements) => {
            let texts = elements.iter().map(format_value).collect::<Vec<_>>();
            format!("[{}]", texts.join(", "))
        }
        Data::Hash(entries) => {
            let texts = entries
                .iter()
                .map(|(key, value)| format!("'{key}' => {}", format_value(value)));
            format!("{{{}}}", texts.collect::<Vec<_>>().join(", "))
        }
        Data::Sensitive(_) => REDACTED.to_owned(),
        Data::Typed(typed) => format_value(&typed.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_of_a_change_in_the_usual_words() {
        let change = |old, new| Change::new("mode", old, new).message;
        assert_eq!(
            change(Shown::text("0644"), Shown::text("0600")),
            "mode changed '0644' to '0600'"
        );
        assert_eq!(
            change(Shown::absent(), Shown::text("0600")),
            "defined 'mode' as '0600'"
        );
        assert_eq!(
            Change::new("groups", Shown::list(["a"]), Shown::list(["a", "b"])).message,
            "groups changed ['a'] to ['a', 'b']"
        );
    }

    #[test]
    fn a_redacted_change_holds_nothing() {
        let change = Change::new("content", Shown::text("secret"), Shown::text("other"))
            .with_details(Some("secret".into()))
            .redacted()
            .with_details(Some("secret".into()));
        assert!(!format!("{change:?}").contains("secret"));
        assert_eq!(
            change.noop_message(),
            "current_value [redacted], should be [redacted] (noop)"
        );
    }
}
