//! `ini_setting`: one setting of an ini file; everything else of the file stays as it is.

mod document;
mod subsetting;
#[cfg(test)]
mod tests;

use ficelle_model::{Data, schema::TypeSchema};

use crate::{
    Change, Context, Managed, ParameterError, Parameters, Provider, ProviderError, ResourceType,
    Shown, Visibility,
    parameters::{Presence, schema},
};

use document::{Document, Style};
pub(crate) use subsetting::IniSubsettingType;

pub(crate) struct IniSettingType;

impl ResourceType for IniSettingType {
    fn schema(&self) -> &'static TypeSchema {
        schema("ini_setting")
    }

    fn parse(&self, parameters: &Parameters<'_>) -> Result<Box<dyn Managed>, ParameterError> {
        let visibility = match (
            parameters.text("show_diff")?.as_deref(),
            parameters.visibility("value"),
        ) {
            (_, Visibility::Redacted) | (Some("false" | "md5"), _) => Visibility::Redacted,
            _ => Visibility::Shown,
        };
        let separator = parameters
            .text("key_val_separator")?
            .unwrap_or_else(|| " = ".to_owned());
        Ok(Box::new(IniSetting {
            ensure: parameters.presence()?,
            path: path(parameters)?,
            section: parameters.text("section")?.unwrap_or_default(),
            setting: parameters.text("setting")?,
            value: match parameters.data("value") {
                Some(Data::Array(_)) => parameters.list("value")?.map(|values| values.join(" ")),
                _ => parameters.text("value")?,
            }
            .map(|value| value.trim().to_owned()),
            style: style(parameters, separator)?,
            visibility,
            only_on_refresh: parameters.boolean("refreshonly")?.unwrap_or(false),
        }))
    }
}

/// The file's path.
fn path(parameters: &Parameters<'_>) -> Result<String, ParameterError> {
    match parameters.path("path")? {
        Some(path) => Ok(path),
        None => Err(parameters.combination("path is a required attribute")),
    }
}

/// How settings and sections are written.
fn style(parameters: &Parameters<'_>, separator: String) -> Result<Style, ParameterError> {
    let text = |name: &str, default: &str| {
        parameters
            .text(name)
            .map(|given| given.unwrap_or_else(|| default.to_owned()))
    };
    Ok(Style {
        separator,
        prefix: text("section_prefix", "[")?,
        suffix: text("section_suffix", "]")?,
        indent: match parameters.parse::<usize>("indent_width")? {
            Some(width) => Some(text("indent_char", " ")?.repeat(width)),
            None => None,
        },
    })
}

/// What is wanted.
#[derive(Debug)]
struct IniSetting {
    ensure: Presence,
    path: String,
    section: String,
    /// `None` for the section as a whole.
    setting: Option<String>,
    value: Option<String>,
    style: Style,
    visibility: Visibility,
    only_on_refresh: bool,
}

impl Provider for IniSetting {
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
        if self.only_on_refresh {
            return Ok(Vec::new());
        }
        Ok(self.compare(document).into_iter().collect())
    }

    fn apply(
        &self,
        _change: &Change,
        document: &mut Document,
        context: &Context<'_>,
    ) -> Result<(), ProviderError> {
        self.write(document, context)
    }

    fn is_refreshable(&self) -> bool {
        self.only_on_refresh
    }

    fn refresh(&self, context: &Context<'_>) -> Result<(), ProviderError> {
        let mut document = self.read(context)?;
        match self.compare(&document) {
            Some(_) => self.write(&mut document, context),
            None => Ok(()),
        }
    }
}

impl IniSetting {
    fn compare(&self, document: &Document) -> Option<Change> {
        let is = match &self.setting {
            Some(setting) => document.value(&self.section, setting),
            None => document.has_section(&self.section).then_some(""),
        };
        match (self.ensure, is, &self.value) {
            (Presence::Present, None, _) => {
                let change = Change::created();
                // The word "created" gives nothing away.
                Some(change)
            }
            (Presence::Absent, Some(_), _) => Some(Change::removed()),
            (Presence::Present, Some(is), Some(value)) if self.setting.is_some() && is != value => {
                let change = Change::new("value", Shown::text(is), Shown::text(&**value));
                Some(change.with_visibility(self.visibility))
            }
            _ => None,
        }
    }

    fn write(&self, document: &mut Document, context: &Context<'_>) -> Result<(), ProviderError> {
        match (self.ensure, &self.setting) {
            (Presence::Present, Some(setting)) => {
                let value = self.value.as_deref().unwrap_or_default();
                document.set(&self.section, setting, value, &self.style);
            }
            (Presence::Present, None) => document.add_section(&self.section, &self.style),
            (Presence::Absent, Some(setting)) => {
                document.remove(&self.section, setting, &self.style);
            }
            (Presence::Absent, None) => document.remove_section(&self.section),
        }
        context.rewrite(&self.path, &document.text(), 0o644)
    }
}
