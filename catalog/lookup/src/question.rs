//! What somebody asks at a command line: there a lookup also says how it came to its answer.

use std::sync::Arc;

use ficelle_language::{Type, Value, error::Evaluated};

use crate::{
    Explanation, LookupHost,
    adapter::{Invocation, Layers, Lookup},
    key::Key,
    merge::Merge,
};

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// The keys; the first that has a value answers.
    pub names: Vec<Arc<str>>,
    /// What the value must be.
    pub value_type: Option<Type>,
    /// How values are merged, in place of what the data says.
    pub merge: Option<Merge>,
    /// The value where no key has one.
    pub default: Option<Value>,
    /// What is to be explained.
    pub explain: Explain,
}

/// What is to be explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Explain {
    /// Nothing.
    #[default]
    Nothing,
    /// How the value comes about.
    Value,
    /// How the `lookup_options` of a key come about; its value is not looked for.
    Options,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The value, where there is one.
    pub value: Evaluated<Option<Value>>,
    /// What was done; up to the error, where the value is one.
    pub explanation: Option<Explanation>,
}

impl Lookup {
    /// Answers a question.
    pub fn answer(&self, host: &dyn LookupHost, question: &Question) -> Answer {
        if question.explain == Explain::Nothing {
            return Answer {
                value: self.value(host, question),
                explanation: None,
            };
        }
        self.trace.start();
        let value = match question.explain {
            Explain::Options => self.options(host, question),
            _ => self.value(host, question),
        };
        Answer {
            value,
            explanation: Some(self.trace.finish()),
        }
    }

    fn value(&self, host: &dyn LookupHost, question: &Question) -> Evaluated<Option<Value>> {
        let checked = |subject: &str, value: Value| {
            if let Some(wanted) = &question.value_type {
                host.assert_type(&format!("{subject} has wrong type,"), wanted, &value)?;
            }
            Ok(Some(value))
        };
        for name in &question.names {
            let invocation = Invocation::new(host, Layers::All);
            if let Some(value) = self.find(&invocation, name, question.merge.as_ref())? {
                return checked("Found value", value);
            }
        }
        match &question.default {
            Some(default) => checked("Default value", default.clone()),
            None => Ok(None),
        }
    }

    fn options(&self, host: &dyn LookupHost, question: &Question) -> Evaluated<Option<Value>> {
        let invocation = Invocation::new(host, Layers::All);
        for name in &question.names {
            self.merged_options(&invocation, &Key::parse(name)?)?;
        }
        Ok(None)
    }
}
