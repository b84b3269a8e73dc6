//! Between the language's values and the catalog's data: once, where a compile begins or ends.

use std::sync::Arc;

use ficelle_language::{
    Error, Evaluated, Evaluator, Value,
    evaluator::label,
    host::{Host, Level, Strict},
    values::rich::{self, Form, Lost, References, Role},
};
use ficelle_model::{Data, data::DataHash, wire::Richness};

use super::{Compiler, overrides::at, resources::Declared, texts};

/// A value of the language from data: facts, classification, settings.
pub(super) fn value(data: &Data) -> Value {
    let known = rich::from_data(data, &|_| Ok(None));
    // Of a type that only others know, what it is made from is left.
    known.unwrap_or_else(|_| match data {
        Data::Array(elements) => Value::array(elements.iter().map(value).collect::<Vec<_>>()),
        Data::Hash(hash) => value_of_hash(hash),
        Data::Sensitive(inner) => Value::Sensitive(Arc::new(value(inner))),
        Data::Typed(typed) => value(&typed.value),
        _ => Value::Undef,
    })
}

/// A hash of the language from data.
pub(super) fn value_of_hash(hash: &DataHash) -> Value {
    let entries = hash.iter();
    let entries = entries.map(|(key, data)| (Value::String(Arc::clone(key)), value(data)));
    Value::hash(entries.collect())
}

/// A value of the language from data that another compile made, with the types of the code.
pub(super) fn value_of_types(data: &Data, evaluator: &Evaluator<'_>) -> Evaluated {
    let find = |name: &str| {
        let found = evaluator.named_type(name);
        found.map_err(|unwind| unwind.into_error().to_string())
    };
    rich::from_data(data, &find).map_err(|message| Error::new(message).into())
}

impl Compiler<'_> {
    /// The data of a resource's parameter. Where rich values do not stay themselves, what
    /// becomes text is told, as `strict` says.
    pub(super) fn data(&self, declared: &Declared, name: &str, value: Value) -> Evaluated<Data> {
        // Most are of the kinds that are the same on both sides.
        let value = match value {
            Value::Undef => return Ok(Data::Undef),
            Value::Boolean(value) => return Ok(Data::Boolean(value)),
            Value::Integer(value) => return Ok(Data::Integer(value)),
            Value::String(text) => return Ok(Data::String(text)),
            other => other,
        };
        let richness = match self.request.settings.rich_data {
            true => Richness::Rich,
            false => Richness::Plain,
        };
        let form = Form {
            richness,
            references: References::Texts,
        };
        let place = || (declared.file.clone(), declared.line);
        let written = rich::to_data(&value, form).map_err(|refused| {
            let (file, line) = place();
            at(refused.to_string(), file, line)
        })?;
        for lost in &written.lost {
            let message = format!("{}['{name}']{}", declared.reference, told(lost));
            match self.settings.strict {
                Strict::Off => {}
                Strict::Warning => self.log(Level::Warning, &message, None),
                Strict::Error => {
                    let (file, line) = place();
                    return Err(at(message, file, line));
                }
            }
        }
        Ok(written.data)
    }
}

/// What is said of a value that became text; reads on from what holds it.
fn told(lost: &Lost) -> String {
    let label = label::with_article(&label::value(&lost.value));
    let what = match (&lost.value, lost.role) {
        (Value::Default, _) => "the special value default".to_owned(),
        (_, Role::Value) => format!("{label} value"),
        (_, Role::Key) => format!("a hash with {label} key"),
    };
    let text = texts::display(&lost.value);
    format!(
        "{} contains {what}. It will be converted to the String '{text}'",
        lost.path
    )
}
