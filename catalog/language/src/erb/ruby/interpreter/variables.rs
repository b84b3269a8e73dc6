//! Variables of an instance and of the whole program.

use std::sync::Arc;

use super::{Interpreter, Run, Stop};
use crate::erb::ruby::value::Value;

impl Interpreter<'_> {
    /// `@name`: one that the template has set, else the scope's.
    pub(in crate::erb::ruby) fn instance(&mut self, name: &Arc<str>) -> Run {
        if let Some(value) = self.page.instances.get(name) {
            return Ok(value.clone());
        }
        let value = match self.scope.instance_variable(name) {
            Some(value) => self.objects.of(name, value),
            None => Value::Nil,
        };
        self.page.instances.insert(name.clone(), value.clone());
        Ok(value)
    }

    pub(in crate::erb::ruby) fn set_instance(&mut self, name: &str, value: Value) {
        self.page.instances.insert(name.into(), value);
    }

    pub(in crate::erb::ruby) fn is_instance_defined(&self, name: &str) -> bool {
        self.page
            .instances
            .get(name)
            .is_some_and(|value| !value.is_nil())
            || self.scope.instance_variable(name).is_some()
    }

    pub(super) fn global(&mut self, name: &str) -> Run {
        match name {
            "~" => Ok(self.last_match.clone().map_or(Value::Nil, Value::Match)),
            "!" => Ok(self.rescued.clone()),
            "&" => Ok(self
                .last_match
                .as_ref()
                .map_or(Value::Nil, |found| found.value(0))),
            "/" => Ok(Value::text("\n")),
            "," | ";" => Ok(Value::Nil),
            _ => match self.globals.get(name) {
                Some(value) => Ok(value.clone()),
                None if name.starts_with(|first: char| first.is_ascii_lowercase()) => {
                    Ok(Value::Nil)
                }
                None => Err(Stop::unsupported(format!("the global variable ${name}"))),
            },
        }
    }
}
