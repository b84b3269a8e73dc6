//! Templates in the Puppet language.

use std::{rc::Rc, sync::Arc};

use ficelle_syntax::ast::{EppTemplate, Program};

use super::{Defaults, Evaluator, text, variables::refuse_reserved};
use crate::{
    error::{Error, Evaluated, Unwind},
    scope::Scope,
    types::mismatch,
    values::{HashMap, Value},
};

/// The text that a template has given so far.
#[derive(Default)]
pub(super) struct Output {
    text: String,
    is_sensitive: bool,
}

/// What the scope of a template sees of the scope of the call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The variables of the call (`inline_epp`), unless the template has parameters.
    Caller,
    /// The top scope's alone (`epp`).
    Top,
}

impl Evaluator<'_> {
    /// Renders a template with the parameters given, under the name of the function that does.
    ///
    /// # Errors
    /// The parameters do not fit, or whatever the template raises.
    pub fn render_template(
        &self,
        program: &Program,
        function: &str,
        given: Option<&HashMap>,
        sight: Sight,
        caller: &Rc<Scope>,
    ) -> Evaluated {
        let Some(ficelle_syntax::ast::ExpressionKind::Epp(template)) =
            program.body.first().map(|first| &first.kind)
        else {
            let message = format!("{function}(): the parser did not produce an EppExpression");
            return Err(Error::new(message).into());
        };
        let surrounding = match sight {
            Sight::Caller => caller.clone(),
            Sight::Top => self.host.top_scope(),
        };
        let scope = surrounding.local();
        let mut unqualified = HashMap::default();
        for (name, value) in given.into_iter().flatten() {
            let text = name.to_string();
            match text.contains("::") {
                true => scope.replace(text.trim_start_matches("::"), value.clone()),
                false => {
                    unqualified.insert(name.clone(), value.clone());
                }
            }
        }
        self.deeper(|| {
            self.in_source(&template.source, || {
                let is_checked = template.parameters_specified || given.is_none();
                self.bind_by_name(template, &unqualified, is_checked, &scope)?;
                match self.template(template, &scope) {
                    Err(Unwind::Next(leave)) => Ok(leave.value),
                    other => other,
                }
            })
        })
    }

    fn bind_by_name(
        &self,
        template: &EppTemplate,
        given: &HashMap,
        is_checked: bool,
        scope: &Rc<Scope>,
    ) -> Evaluated<()> {
        for (name, value) in given {
            refuse_reserved(&name.to_string())?;
            if !is_checked || !matches!(value, Value::Undef) {
                scope.replace(name.to_string(), value.clone());
            }
        }
        if !is_checked {
            return Ok(());
        }
        let defaults = Defaults::new(&template.parameters);
        let mut declared = Vec::with_capacity(template.parameters.len());
        let mut bound = given.clone();
        for parameter in &template.parameters {
            refuse_reserved(&parameter.name)?;
            let key = Value::String(parameter.name.clone());
            let expected = match &parameter.type_expression {
                Some(expression) => self.type_of(expression, scope)?,
                None => crate::types::Type::Any,
            };
            declared.push(mismatch::Parameter {
                name: parameter.name.clone(),
                parameter_type: expected,
                is_required: parameter.default.is_none(),
            });
            if matches!(given.get(&key), None | Some(Value::Undef)) {
                match &parameter.default {
                    Some(default) => {
                        let callee = || "lambda".to_owned();
                        let value = defaults.value(self, parameter, default, scope, callee)?;
                        scope.replace(parameter.name.clone(), value.clone());
                        bound.insert(key, value);
                    }
                    None if given.contains_key(&key) => {
                        scope.replace(parameter.name.clone(), Value::Undef);
                    }
                    None => {}
                }
            }
        }
        match mismatch::describe_parameters("lambda", &declared, &bound) {
            Some(message) => Err(Error::new(message).into()),
            None => Ok(()),
        }
    }

    /// Runs the body of a template and gives its text.
    pub(super) fn template(&self, template: &Arc<EppTemplate>, scope: &Rc<Scope>) -> Evaluated {
        self.templates.borrow_mut().push(Output::default());
        let result = self.body(&template.body, scope);
        let output = self.templates.borrow_mut().pop().expect("pushed above");
        result?;
        let text = Value::string(output.text);
        Ok(match output.is_sensitive {
            true => Value::Sensitive(Arc::new(text)),
            false => text,
        })
    }

    pub(super) fn render(&self, value: &Value) {
        let mut templates = self.templates.borrow_mut();
        let Some(output) = templates.last_mut() else {
            return;
        };
        let shown = match value {
            Value::Sensitive(inner) => {
                output.is_sensitive = true;
                inner
            }
            other => other,
        };
        text::write(&mut output.text, shown);
    }
}
