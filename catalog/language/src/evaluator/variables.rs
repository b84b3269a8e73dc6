//! Variables: reading and setting them.

use std::{rc::Rc, sync::Arc};

use ficelle_model::qualified::unrooted;
use ficelle_syntax::ast::{AssignmentOperator, Expression, ExpressionKind, Variable, VariableForm};

use super::{Evaluator, label};
use crate::{
    error::{Error, Evaluated},
    host::{ClassScope, Strict},
    scope::Scope,
    types::Type,
    values::Value,
};

/// Variables that are undef where they are not set, whatever `strict_variables` says.
const ALWAYS_KNOWN: [&str; 2] = ["module_name", "caller_module_name"];

/// Whether only the host sets a variable: it is the same all through a compile.
pub fn is_reserved(name: &str) -> bool {
    matches!(name, "trusted" | "facts" | "server_facts")
}

/// Refuses a parameter of this name.
pub(crate) fn refuse_reserved(name: &str) -> Result<(), Error> {
    match is_reserved(name) {
        true => Err(Error::new(reserved_parameter(name))),
        false => Ok(()),
    }
}

/// What is said of a parameter with the name of a variable that only the host sets.
pub fn reserved_parameter(name: &str) -> String {
    format!("Attempt to assign to a reserved variable name: '{name}'")
}

impl Evaluator<'_> {
    /// The value of a variable by its name as written, without the dollar; `None` where it is
    /// not known. Unlike `$name`, asking does no harm.
    pub fn variable(&self, name: &str, scope: &Scope) -> Option<Value> {
        self.find(Sought::Named(name), scope)
    }

    #[inline]
    pub(super) fn variable_expression(
        &self,
        variable: &Variable,
        expression: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        match self.find(Sought::Written(variable), scope) {
            Some(value) => Ok(value),
            None => self.unknown_variable(&variable.name, expression, scope),
        }
    }

    /// What a variable without a value is, if nothing is raised.
    #[cold]
    fn unknown_variable(
        &self,
        name: &str,
        expression: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        if self.pending.is_early(name, scope) {
            return Err(Error::issue(format!("Unknown variable: '{name}'.")).into());
        }
        let leaf = unrooted(name);
        if ALWAYS_KNOWN.contains(&leaf) {
            return Ok(Value::Undef);
        }
        let settings = self.host.settings();
        let severity = match settings.strict_variables {
            true => Strict::Error,
            false => settings.strict,
        };
        self.lenient(severity, expression, || {
            format!("Unknown variable: '{name}'.")
        })?;
        Ok(Value::Undef)
    }

    // For each of the two ways that a variable is sought.
    #[inline(always)]
    fn find(&self, sought: Sought<'_>, scope: &Scope) -> Option<Value> {
        match sought.form() {
            VariableForm::Group(number) => {
                let number = number.and_then(|number| usize::try_from(number).ok());
                let group = number.and_then(|number| scope.matched(number));
                Some(group.map_or(Value::Undef, Value::String))
            }
            _ if self.pending.is_early(sought.name(), scope) => None,
            VariableForm::Plain => sought.visible(scope, 0),
            VariableForm::Qualified(leaf) => self.find_qualified(sought, leaf as usize),
        }
    }

    /// `leaf` is where the last segment begins.
    fn find_qualified(&self, sought: Sought<'_>, leaf: usize) -> Option<Value> {
        let name = sought.name();
        let end = leaf.checked_sub("::".len())?;
        match unrooted(&name[..end]) {
            "" => sought.visible(&self.host.top_scope(), leaf),
            class => match self.host.class_scope(class) {
                ClassScope::Evaluated(scope) => sought.of_class(&scope, leaf),
                ClassScope::NotEvaluated | ClassScope::Unknown => {
                    self.host.top_scope().variable(unrooted(name))
                }
            },
        }
    }

    pub(super) fn assignment(
        &self,
        operator: AssignmentOperator,
        target: &Expression,
        value: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated {
        let check = self.check_target(target);
        check?;
        let evaluated = self.evaluate(value, scope)?;
        if operator != AssignmentOperator::Assign {
            let operator = operator.symbol();
            let message = format!("The operator '{operator}' is not supported.");
            return Err(Error::issue(message).into());
        }
        self.assign(target, &evaluated, value, scope)?;
        Ok(evaluated)
    }

    /// An illegal target is refused before the value is evaluated.
    fn check_target(&self, target: &Expression) -> Evaluated<()> {
        match &target.kind {
            ExpressionKind::Variable(_) => Ok(()),
            ExpressionKind::Array(targets) => targets
                .iter()
                .try_for_each(|target| self.check_target(target)),
            other => {
                let shown = label::an_expression(other);
                let message =
                    format!("Illegal attempt to assign to '{shown}'. Not an assignable reference");
                Err(Error::issue(message).at(target.span).into())
            }
        }
    }

    fn assign(
        &self,
        target: &Expression,
        value: &Value,
        value_expression: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated<()> {
        match &target.kind {
            ExpressionKind::Variable(variable) => self.set_variable(variable, value, target, scope),
            ExpressionKind::Array(targets) => match value {
                Value::Hash(entries) => {
                    for target in targets {
                        let name = variable_name(target)?;
                        let key = Value::String(name.clone());
                        let value = entries.get(&key).ok_or_else(|| {
                            Error::issue(format!(
                                "No value for required key '{name}' in assignment to variables \
                                 from hash"
                            ))
                        })?;
                        self.assign(target, value, value_expression, scope)?;
                    }
                    Ok(())
                }
                Value::Type(Type::Class(Some(class))) => {
                    self.assign_from_class(targets, class, value_expression, scope)
                }
                Value::Array(elements) => {
                    self.assign_elements(targets, elements, value_expression, scope)
                }
                other => {
                    let elements = std::slice::from_ref(other);
                    self.assign_elements(targets, elements, value_expression, scope)
                }
            },
            _ => unreachable!("targets are checked before they are assigned to"),
        }
    }

    fn assign_elements(
        &self,
        targets: &[Expression],
        elements: &[Value],
        value_expression: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated<()> {
        if targets.len() != elements.len() {
            let message = format!(
                "Mismatched number of assignable entries and values, expected {}, got {}",
                targets.len(),
                elements.len()
            );
            return Err(Error::issue(message).into());
        }
        let mut both = targets.iter().zip(elements);
        both.try_for_each(|(target, value)| self.assign(target, value, value_expression, scope))
    }

    fn assign_from_class(
        &self,
        targets: &[Expression],
        class: &Arc<str>,
        value_expression: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated<()> {
        let ClassScope::Evaluated(variables) = self.host.class_scope(class) else {
            let message = format!("Resource not found: Class['{class}']");
            return Err(Error::issue(message).at(value_expression.span).into());
        };
        for target in targets {
            let name = variable_name(target)?;
            let value = variables.class_variable(name).ok_or_else(|| {
                Error::issue(format!(
                    "No value for required variable '${class}::{name}' in assignment to \
                     variables from class reference"
                ))
                .at(target.span)
            })?;
            self.assign(target, &value, value_expression, scope)?;
        }
        Ok(())
    }

    fn set_variable(
        &self,
        variable: &Variable,
        value: &Value,
        target: &Expression,
        scope: &Rc<Scope>,
    ) -> Evaluated<()> {
        let name = &variable.name;
        if matches!(variable.form, VariableForm::Qualified(leaf) if leaf > 0) {
            let message = format!(
                "Illegal attempt to assign to '{name}'. Cannot assign to variables in other \
                 namespaces"
            );
            return Err(Error::issue(message).at(target.span).into());
        }
        if matches!(variable.form, VariableForm::Group(_)) {
            let message = format!(
                "Illegal attempt to assign to the numeric match result variable '${name}'. \
                 Numeric variables are not assignable"
            );
            return Err(Error::issue(message).at(target.span).into());
        }
        let reserved = is_reserved(name);
        if !reserved && scope.set_of(variable, value.clone()).is_ok() {
            return Ok(());
        }
        // What is set here already is told by the operator, and so is one of them everywhere.
        if reserved && **name != *"server_facts" && scope.own_variable(name).is_none() {
            return Err(Error::new(reserved_parameter(name)).into());
        }
        Err(Error::issue(if reserved {
            format!("Attempt to assign to a reserved variable name: '${name}'")
        } else if matches!(&**name, "name" | "title") {
            format!("Cannot reassign built in (or already assigned) variable '${name}'")
        } else {
            format!("Cannot reassign variable '${name}'")
        })
        .into())
    }
}

/// A variable that is sought, by its name or as it is written in a tree, which is faster.
#[derive(Clone, Copy)]
enum Sought<'a> {
    Named(&'a str),
    Written(&'a Variable),
}

impl<'a> Sought<'a> {
    #[inline]
    fn name(self) -> &'a str {
        match self {
            Self::Named(name) => name,
            Self::Written(variable) => &variable.name,
        }
    }

    #[inline]
    fn form(self) -> VariableForm {
        match self {
            Self::Named(name) => VariableForm::of(name),
            Self::Written(variable) => variable.form,
        }
    }

    /// Its value as a scope sees it by its last segment, which begins at `leaf`.
    #[inline]
    fn visible(self, scope: &Scope, leaf: usize) -> Option<Value> {
        match self {
            Self::Named(name) => scope.variable(&name[leaf..]),
            Self::Written(variable) => scope.variable_of(variable),
        }
    }

    /// Its value in a class, by its last segment.
    fn of_class(self, scope: &Scope, leaf: usize) -> Option<Value> {
        match self {
            Self::Named(name) => scope.class_variable(&name[leaf..]),
            Self::Written(variable) => scope.class_variable_of(variable),
        }
    }
}

fn variable_name(target: &Expression) -> Evaluated<&Arc<str>> {
    match &target.kind {
        ExpressionKind::Variable(variable) => Ok(&variable.name),
        _ => Err(Error::issue("Only variables can be assigned from a hash or a class").into()),
    }
}
