//! Reading a resource's parameters into what a provider wants, with errors in the words people
//! know.

use std::{fmt::Display, str::FromStr};

use ficelle_model::{
    Data, Resource,
    report::Level,
    schema::{self, Attribute, AttributeKind, TypeSchema, Values},
};

use crate::{ParameterError, Visibility};

/// The parameters of one resource, checked against its type's schema.
#[derive(Clone, Copy)]
pub struct Parameters<'a> {
    schema: &'static TypeSchema,
    resource: &'a Resource,
}

impl<'a> Parameters<'a> {
    /// Takes a resource's parameters.
    ///
    /// # Errors
    /// There is one that the type does not have, or a value that is none of those it may have.
    pub fn new(
        schema: &'static TypeSchema,
        resource: &'a Resource,
    ) -> Result<Self, ParameterError> {
        let parameters = Self { schema, resource };
        for (name, value) in &resource.parameters {
            let Some(attribute) = schema.attribute(name) else {
                return Err(ParameterError::Unknown {
                    parameter: name.to_string(),
                    resource: resource.reference.clone(),
                });
            };
            parameters.check(attribute, value)?;
        }
        Ok(parameters)
    }

    /// The resource.
    pub fn resource(&self) -> &'a Resource {
        self.resource
    }

    /// What it manages: the value of its namevar.
    pub fn name(&self) -> String {
        self.schema.name_of(self.resource)
    }

    /// A parameter's value; `None` where it is not given or `undef`.
    pub fn data(&self, name: &str) -> Option<&'a Data> {
        let data = self.resource.parameters.get(name)?;
        let data = if let Data::Sensitive(inner) = data {
            inner
        } else {
            data
        };
        (*data != Data::Undef).then_some(data)
    }

    /// Whether a parameter's value may be shown.
    pub fn visibility(&self, name: &str) -> Visibility {
        let is_sensitive = self.resource.sensitive.contains(name)
            || matches!(self.resource.parameters.get(name), Some(Data::Sensitive(_)));
        if is_sensitive {
            Visibility::Redacted
        } else {
            Visibility::Shown
        }
    }

    /// A text; numbers and booleans are written out.
    ///
    /// # Errors
    /// It is a list or a hash.
    pub fn text(&self, name: &str) -> Result<Option<String>, ParameterError> {
        let Some(data) = self.data(name) else {
            return Ok(None);
        };
        // One value in a list is that value.
        let data = match data {
            Data::Array(elements) if elements.len() == 1 => &elements[0],
            data => data,
        };
        match scalar(data) {
            Some(text) => Ok(Some(text)),
            None => Err(self.invalid(name, format!("{name} must be a String"))),
        }
    }

    /// A text that must be given.
    ///
    /// # Errors
    /// It is missing, or a list or a hash.
    pub fn required(&self, name: &str) -> Result<String, ParameterError> {
        let missing = || self.combination(format!("{name} is a required attribute"));
        self.text(name)?.ok_or_else(missing)
    }

    /// A list of texts; one text is a list of one, lists in it are laid flat.
    ///
    /// # Errors
    /// There is a hash in it.
    pub fn list(&self, name: &str) -> Result<Option<Vec<String>>, ParameterError> {
        fn gather(data: &Data, texts: &mut Vec<String>) -> Option<()> {
            match data {
                Data::Undef => Some(()),
                Data::Array(elements) => elements.iter().try_for_each(|data| gather(data, texts)),
                Data::Sensitive(inner) => gather(inner, texts),
                data => {
                    texts.push(scalar(data)?);
                    Some(())
                }
            }
        }
        let Some(data) = self.data(name) else {
            return Ok(None);
        };
        let mut texts = Vec::new();
        match gather(data, &mut texts) {
            Some(()) => Ok(Some(texts)),
            None => Err(self.invalid(name, format!("{name} must be a String or an Array"))),
        }
    }

    /// `true`, `false`, `yes`, `no`
    ///
    /// # Errors
    /// It is something else.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, ParameterError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match text.as_str() {
            "true" | "yes" => Ok(Some(true)),
            "false" | "no" => Ok(Some(false)),
            _ => Err(self.invalid_value(name, &text, &["true", "false"])),
        }
    }

    /// Something that is read from a text.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn parse<T>(&self, name: &str) -> Result<Option<T>, ParameterError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let parsed = text.trim().parse();
        parsed.map(Some).map_err(|error| {
            self.invalid(name, format!("Invalid value {}. {error}", inspect(&text)))
        })
    }

    /// One of some words, as what it stands for.
    ///
    /// # Errors
    /// It is none of them.
    pub fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&'static str, T)],
    ) -> Result<Option<T>, ParameterError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match choices.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(Some(*value)),
            None => {
                let words = choices.iter().map(|(word, _)| *word).collect::<Vec<_>>();
                Err(self.invalid_value(name, &text, &words))
            }
        }
    }

    /// Whether the resource should be there; it should where nothing is said.
    ///
    /// # Errors
    /// `ensure` is neither `present` nor `absent`.
    pub(crate) fn presence(&self) -> Result<Presence, ParameterError> {
        let choices = [("present", Presence::Present), ("absent", Presence::Absent)];
        Ok(self
            .choice("ensure", &choices)?
            .unwrap_or(Presence::Present))
    }

    /// Whether anything is said about what the resource should be. `user { 'x': }` manages nothing.
    pub(crate) fn is_managed(&self) -> bool {
        self.resource.parameters.keys().any(|name| {
            let attribute = self.schema.own_attribute(name);
            attribute.is_some_and(|attribute| attribute.kind == AttributeKind::Property)
        })
    }

    /// The level at which the resource's changes are logged.
    ///
    /// # Errors
    /// It is none.
    pub fn log_level(&self) -> Result<Level, ParameterError> {
        let Some(text) = self.text("loglevel")? else {
            return Ok(Level::Notice);
        };
        let text = if text == "verbose" { "info" } else { &text };
        Level::parse(text)
            .ok_or_else(|| self.invalid("loglevel", format!("Invalid log level {text}")))
    }

    /// An absolute path.
    ///
    /// # Errors
    /// It is not.
    pub fn path(&self, name: &str) -> Result<Option<String>, ParameterError> {
        let path = self.text(name)?;
        match path {
            Some(path) if !path.starts_with('/') => Err(self.not_absolute(name, &path)),
            path => Ok(path),
        }
    }

    /// What the resource manages, as an absolute path.
    ///
    /// # Errors
    /// It is not.
    pub fn name_path(&self) -> Result<String, ParameterError> {
        let path = self.name();
        if path.starts_with('/') {
            Ok(path)
        } else {
            Err(self.not_absolute(self.schema.namevar().name, &path))
        }
    }

    /// `Parameter x failed on …: reason`
    pub fn invalid(&self, name: &str, reason: impl Into<String>) -> ParameterError {
        ParameterError::Invalid {
            parameter: name.to_owned(),
            resource: self.resource.reference.clone(),
            reason: reason.into(),
        }
    }

    /// `Invalid value "x". Valid values are a, b.`
    pub fn invalid_value(&self, name: &str, value: &str, words: &[&str]) -> ParameterError {
        let valid = words.join(", ");
        self.invalid(
            name,
            format!(
                "Invalid value {}. Valid values are {valid}.",
                inspect(value)
            ),
        )
    }

    /// `Validation of … failed: reason`
    pub fn combination(&self, reason: impl Into<String>) -> ParameterError {
        ParameterError::Combination {
            resource: self.resource.reference.clone(),
            reason: reason.into(),
        }
    }

    fn not_absolute(&self, name: &str, path: &str) -> ParameterError {
        let reason = match (self.schema.name, name) {
            ("file", "path") => format!("File paths must be fully qualified, not '{path}'"),
            _ => format!("{name} must be a fully qualified path"),
        };
        self.invalid(name, reason)
    }

    fn check(&self, attribute: &Attribute, value: &Data) -> Result<(), ParameterError> {
        match value {
            Data::Undef => return Ok(()),
            Data::Sensitive(inner) => return self.check(attribute, inner),
            Data::Array(elements) => {
                return elements
                    .iter()
                    .try_for_each(|element| self.check(attribute, element));
            }
            _ => {}
        }
        let words: &[&str] = match attribute.values {
            Values::Any | Values::ChoiceOrText(_) => return Ok(()),
            Values::Boolean => &["true", "false", "yes", "no"],
            Values::Choice(words) => words,
        };
        let text = scalar(value).unwrap_or_default();
        let is_alias = || attribute.aliases.iter().any(|(alias, _)| *alias == text);
        if words.contains(&text.as_str()) || is_alias() {
            return Ok(());
        }
        let shown = match value {
            Data::String(text) => inspect(text),
            _ => text,
        };
        let words = match attribute.values {
            Values::Boolean => &words[..2],
            _ => words,
        };
        let valid = words.join(", ");
        Err(self.invalid(
            attribute.name,
            format!("Invalid value {shown}. Valid values are {valid}."),
        ))
    }
}

/// Whether something should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It should.
    Present,
    /// It should not.
    Absent,
}

/// The schema of a type of this crate.
pub(crate) fn schema(name: &str) -> &'static TypeSchema {
    schema::lookup(name).expect("every type of this crate has a schema")
}

/// A value that is no collection, as text.
pub(crate) fn scalar(data: &Data) -> Option<String> {
    match data {
        Data::String(text) => Some(text.to_string()),
        Data::Integer(number) => Some(number.to_string()),
        Data::Float(number) => Some(number.to_string()),
        Data::Boolean(value) => Some(value.to_string()),
        Data::Default => Some("default".to_owned()),
        Data::Sensitive(inner) => scalar(inner),
        Data::Typed(typed) => scalar(&typed.value),
        Data::Undef | Data::Array(_) | Data::Hash(_) => None,
    }
}

/// A value as JSON.
pub(crate) fn json(data: &Data) -> serde_json::Value {
    use serde_json::Value;
    match data {
        Data::Undef | Data::Default => Value::Null,
        Data::Boolean(value) => Value::Bool(*value),
        Data::Integer(number) => Value::from(*number),
        Data::Float(number) => Value::from(*number),
        Data::String(text) => Value::from(&**text),
        Data::Array(elements) => elements.iter().map(json).collect(),
        Data::Hash(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.to_string(), json(value)));
            Value::Object(entries.collect())
        }
        Data::Sensitive(inner) => json(inner),
        Data::Typed(typed) => json(&typed.value),
    }
}

/// A text in double quotes, as error messages show it.
fn inspect(text: &str) -> String {
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use ficelle_model::{Reference, schema};

    use super::*;

    fn error(parameters: &[(&str, Data)]) -> String {
        let mut resource = Resource::new(Reference::new("service", "x"));
        for (name, value) in parameters {
            resource.parameters.insert((*name).into(), value.clone());
        }
        let schema = schema::lookup("service").expect("native");
        let error = Parameters::new(schema, &resource).err();
        error.map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn refuses_in_the_usual_words() {
        assert_eq!(
            error(&[("ensure", "bogus".into())]),
            "Parameter ensure failed on Service[x]: Invalid value \"bogus\". \
             Valid values are stopped, running."
        );
        assert_eq!(
            error(&[("ensur", "running".into())]),
            "no parameter named 'ensur'"
        );
        assert_eq!(
            error(&[("hasrestart", true.into()), ("ensure", "running".into())]),
            ""
        );
    }
}
