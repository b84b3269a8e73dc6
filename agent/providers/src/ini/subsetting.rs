//! `ini_subsetting`: one word inside the value of a setting (`JAVA_ARGS="-Xmx512m …"`).

use ficelle_model::schema::TypeSchema;

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown, Visibility,
    parameters::{Presence, schema},
};

use super::{
    document::{Document, Style},
    path, style,
};

pub(crate) struct IniSubsettingType;

impl ResourceType for IniSubsettingType {
    fn schema(&self) -> &'static TypeSchema {
        schema("ini_subsetting")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let separator = parameters
            .text("key_val_separator")?
            .unwrap_or_else(|| " = ".to_owned());
        let text = |name: &str, default: &str| {
            parameters
                .text(name)
                .map(|given| given.unwrap_or_else(|| default.to_owned()))
        };
        Ok(Box::new(IniSubsetting {
            ensure: parameters.presence()?,
            path: path(parameters)?,
            section: text("section", "")?,
            setting: parameters.required("setting")?,
            subsetting: parameters.required("subsetting")?,
            value: text("value", "")?,
            between: text("subsetting_separator", " ")?,
            joint: text("subsetting_key_val_separator", "")?,
            quote: match parameters.text("quote_char")?.as_deref() {
                Some("\"") => "\"",
                Some("'") => "'",
                _ => "",
            },
            style: style(parameters, separator)?,
            visibility: match parameters.text("show_diff")?.as_deref() {
                Some("false" | "md5") => Visibility::Redacted,
                _ => parameters.visibility("value"),
            },
        }))
    }
}

/// What is wanted.
#[derive(Debug)]
struct IniSubsetting {
    ensure: Presence,
    path: String,
    section: String,
    setting: String,
    subsetting: String,
    value: String,
    between: String,
    joint: String,
    quote: &'static str,
    style: Style,
    visibility: Visibility,
}

impl Provider for IniSubsetting {
    type State = Document;

    fn read(&self, context: &Context<'_>) -> Result<Document, ProviderError> {
        let text = context.system.read_text(&self.path)?.unwrap_or_default();
        Ok(Document::parse(&text, &self.style))
    }

    fn diff(
        &self,
        document: &Document,
        _context: &Context<'_>,
    ) -> Result<Vec<Change>, ProviderError> {
        let (_, words) = self.words(document);
        let is = words.iter().find_map(|word| self.value_of(word));
        Ok(match (self.ensure, is) {
            (Presence::Present, None) => vec![Change::created()],
            (Presence::Absent, Some(_)) => vec![Change::removed()],
            (Presence::Present, Some(is)) if is != self.value => {
                let change = Change::new("value", Shown::text(is), Shown::text(&*self.value));
                vec![change.with_visibility(self.visibility)]
            }
            _ => Vec::new(),
        })
    }

    fn apply(
        &self,
        _change: &Change,
        document: &mut Document,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        let (quote, mut words) = self.words(document);
        let wanted = format!("{}{}{}", self.subsetting, self.joint, self.value);
        let place = words.iter().position(|word| self.value_of(word).is_some());
        match (self.ensure, place) {
            (Presence::Present, Some(place)) => words[place] = wanted,
            (Presence::Present, None) => words.push(wanted),
            (Presence::Absent, _) => words.retain(|word| self.value_of(word).is_none()),
        }
        let quote = if quote.is_empty() {
            self.quote.to_owned()
        } else {
            quote
        };
        let value = format!("{quote}{}{quote}", words.join(&self.between));
        document.set(&self.section, &self.setting, &value, &self.style);
        context.rewrite(&self.path, &document.text(), 0o644)
    }
}

impl IniSubsetting {
    /// The quote around the setting's value, and its words.
    fn words(&self, document: &Document) -> (String, Vec<String>) {
        let value = document
            .value(&self.section, &self.setting)
            .unwrap_or_default();
        for quote in ['"', '\''] {
            let inner = value
                .strip_prefix(quote)
                .and_then(|rest| rest.strip_suffix(quote));
            if let Some(inner) = inner {
                return (quote.to_string(), self.split(inner));
            }
        }
        (String::new(), self.split(value))
    }

    fn split(&self, value: &str) -> Vec<String> {
        let words = value.split(&*self.between).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    }

    /// The value of a word, where it is the one that is meant.
    fn value_of<'a>(&self, word: &'a str) -> Option<&'a str> {
        let rest = word.strip_prefix(&*self.subsetting)?;
        if self.joint.is_empty() {
            Some(rest)
        } else {
            rest.strip_prefix(&*self.joint)
        }
    }
}
