//! From the tree to its notation.

use super::Pn;
use crate::ast::*;

/// The notation of a whole program.
pub fn program(program: &Program) -> Pn {
    match program.body.as_slice() {
        [] => call("nop", []),
        [only] => expression(only),
        body => Pn::Call("block", list(body)),
    }
}

fn call<const N: usize>(name: &'static str, elements: [Pn; N]) -> Pn {
    Pn::Call(name, Vec::from(elements))
}

fn text(value: &str) -> Pn {
    Pn::String(value.to_owned())
}

fn named(name: &str, value: &str) -> (String, Pn) {
    (name.to_owned(), text(value))
}

fn list(expressions: &[Expression]) -> Vec<Pn> {
    expressions.iter().map(expression).collect()
}

fn entry(key: &str, value: Pn) -> (String, Pn) {
    (key.to_owned(), value)
}

fn map_call(name: &'static str, entries: Vec<(String, Pn)>) -> Pn {
    Pn::Call(name, vec![Pn::Map(entries)])
}

fn expression(node: &Expression) -> Pn {
    match &node.kind {
        ExpressionKind::Undef => Pn::Nil,
        ExpressionKind::Default => call("default", []),
        ExpressionKind::Boolean(value) => Pn::Boolean(*value),
        ExpressionKind::Integer { value, radix: 10 } => Pn::Integer(i128::from(*value)),
        ExpressionKind::Integer { value, radix } => map_call(
            "int",
            vec![
                entry("radix", Pn::Integer(i128::from(*radix))),
                entry("value", Pn::Integer(i128::from(*value))),
            ],
        ),
        ExpressionKind::Float(value) => Pn::Float(*value),
        ExpressionKind::String(value) => text(value),
        ExpressionKind::Concatenated(parts) => {
            Pn::Call("concat", parts.iter().map(string_part).collect())
        }
        ExpressionKind::Heredoc { syntax, text: body } => {
            let mut entries = Vec::new();
            if !syntax.is_empty() {
                entries.push(named("syntax", syntax));
            }
            entries.push(entry("text", expression(body)));
            map_call("heredoc", entries)
        }
        ExpressionKind::Regexp(pattern) => call("regexp", [text(pattern)]),
        ExpressionKind::Name(name) => call("qn", [text(name)]),
        ExpressionKind::ReservedWord { word, .. } => call("reserved", [text(word)]),
        ExpressionKind::Reference(name) => call("qr", [text(name)]),
        ExpressionKind::Variable(variable) => call("var", [text(&variable.name)]),
        ExpressionKind::Array(items) => Pn::Call("array", list(items)),
        ExpressionKind::Hash(entries) => Pn::Call("hash", entries.iter().map(hash_entry).collect()),
        ExpressionKind::Access { left, keys } => {
            let mut elements = vec![expression(left)];
            elements.extend(keys.iter().map(expression));
            Pn::Call("access", elements)
        }
        ExpressionKind::Call(node) => named_call(node),
        ExpressionKind::MethodCall(node) => method_call(node),
        ExpressionKind::Binary {
            operator,
            left,
            right,
        } => call(operator.symbol(), [expression(left), expression(right)]),
        ExpressionKind::Unary { operator, operand } => unary(*operator, operand),
        ExpressionKind::Assignment {
            operator,
            target,
            value,
        } => call(operator.symbol(), [expression(target), expression(value)]),
        ExpressionKind::If {
            condition,
            then,
            otherwise,
        } => conditional("if", condition, then, otherwise.as_deref()),
        ExpressionKind::Unless {
            condition,
            then,
            otherwise,
        } => conditional("unless", condition, then, otherwise.as_deref()),
        ExpressionKind::Case { test, options } => {
            let options = options.iter().map(case_option).collect();
            call("case", [expression(test), Pn::List(options)])
        }
        ExpressionKind::Selector { test, choices } => {
            let choices = choices
                .iter()
                .map(|choice| {
                    call(
                        "=>",
                        [expression(&choice.matches), expression(&choice.value)],
                    )
                })
                .collect();
            call("?", [expression(test), Pn::List(choices)])
        }
        ExpressionKind::Block(body) => match body.as_slice() {
            [] => call("nop", []),
            [only] => expression(only),
            body => Pn::Call("block", list(body)),
        },
        ExpressionKind::Parenthesized(inner) => call("paren", [expression(inner)]),
        ExpressionKind::Resource(node) => resource(node),
        ExpressionKind::ResourceDefaults(node) => {
            let mut entries = vec![
                entry("type", expression(&node.type_reference)),
                entry("ops", attributes(&node.attributes)),
            ];
            entries.extend(form(node.form));
            map_call("resource-defaults", entries)
        }
        ExpressionKind::ResourceOverride(node) => {
            let mut entries = vec![
                entry("resources", expression(&node.resources)),
                entry("ops", attributes(&node.attributes)),
            ];
            entries.extend(form(node.form));
            map_call("resource-override", entries)
        }
        ExpressionKind::Collector(node) => collector(node),
        ExpressionKind::Relationship {
            operator,
            left,
            right,
        } => call(operator.symbol(), [expression(left), expression(right)]),
        ExpressionKind::Class(node) => {
            let mut entries = vec![named("name", &node.name)];
            entries.extend(node.parent.as_deref().map(|parent| named("parent", parent)));
            definition("class", entries, &node.parameters, &node.body, None)
        }
        ExpressionKind::Define(node) => {
            let entries = vec![named("name", &node.name)];
            definition("define", entries, &node.parameters, &node.body, None)
        }
        ExpressionKind::Function(node) => {
            let entries = vec![named("name", &node.name)];
            definition(
                "function",
                entries,
                &node.parameters,
                &node.body,
                node.returns.as_ref(),
            )
        }
        ExpressionKind::Plan(node) => {
            let entries = vec![named("name", &node.name)];
            definition(
                "plan",
                entries,
                &node.parameters,
                &node.body,
                node.returns.as_ref(),
            )
        }
        ExpressionKind::Node(node) => {
            let mut entries = vec![entry("matches", Pn::List(list(&node.matches)))];
            entries.extend(
                node.parent
                    .iter()
                    .map(|parent| entry("parent", expression(parent))),
            );
            entries.extend(body_entry("body", &node.body));
            map_call("node", entries)
        }
        ExpressionKind::TypeAlias(node) => call(
            "type-alias",
            [text(&node.name), expression(&node.type_expression)],
        ),
        ExpressionKind::TypeMapping {
            type_expression,
            mapping,
        } => call(
            "type-mapping",
            [expression(type_expression), expression(mapping)],
        ),
        ExpressionKind::TypeDefinition(definition) => {
            let TypeDefinition { name, parent, body } = &**definition;
            let parent = parent.as_deref().map_or(Pn::Nil, text);
            let body = match body.is_empty() {
                true => call("nop", []),
                false => Pn::Call("block", list(body)),
            };
            call("type-definition", [text(name), parent, body])
        }
        ExpressionKind::Apply(apply) => {
            let mut entries = vec![entry("args", Pn::List(list(&apply.arguments)))];
            entries.extend(body_entry("body", &apply.body));
            map_call("apply", entries)
        }
        ExpressionKind::Epp(node) => {
            let mut entries = Vec::new();
            entries.extend(parameters_entry(&node.parameters));
            entries.push(entry(
                "body",
                Pn::List(vec![Pn::Call("epp", list(&node.body))]),
            ));
            map_call("lambda", entries)
        }
        ExpressionKind::RenderText(value) => call("render-s", [text(value)]),
        ExpressionKind::RenderExpression(inner) => call("render", [expression(inner)]),
        ExpressionKind::Nop => call("nop", []),
    }
}

fn string_part(part: &StringPart) -> Pn {
    match part {
        StringPart::Text(value, _) => text(value),
        StringPart::Expression(inner) => call("str", [expression(inner)]),
    }
}

fn hash_entry(node: &HashEntry) -> Pn {
    call("=>", [expression(&node.key), expression(&node.value)])
}

fn named_call(node: &Call) -> Pn {
    let mut entries = vec![
        entry("functor", expression(&node.functor)),
        entry("args", Pn::List(list(&node.arguments))),
    ];
    entries.extend(
        node.lambda
            .iter()
            .map(|block| entry("block", lambda(block))),
    );
    map_call(
        if node.value_required {
            "call"
        } else {
            "invoke"
        },
        entries,
    )
}

fn method_call(node: &MethodCall) -> Pn {
    let functor = call(".", [expression(&node.receiver), expression(&node.name)]);
    let mut entries = vec![
        entry("functor", functor),
        entry("args", Pn::List(list(&node.arguments))),
    ];
    entries.extend(
        node.lambda
            .iter()
            .map(|block| entry("block", lambda(block))),
    );
    map_call(
        if node.value_required {
            "call-method"
        } else {
            "invoke-method"
        },
        entries,
    )
}

fn lambda(node: &Lambda) -> Pn {
    let mut entries = Vec::new();
    entries.extend(parameters_entry(&node.parameters));
    entries.extend(
        node.returns
            .iter()
            .map(|returns| entry("returns", expression(returns))),
    );
    entries.extend(body_entry("body", &node.body));
    map_call("lambda", entries)
}

fn unary(operator: UnaryOperator, operand: &Expression) -> Pn {
    match (operator, &operand.kind) {
        (UnaryOperator::Minus, ExpressionKind::Integer { value, .. }) => {
            Pn::Integer(-i128::from(*value))
        }
        (UnaryOperator::Minus, ExpressionKind::Float(value)) => Pn::Float(-value),
        (UnaryOperator::Minus, _) => call("-", [expression(operand)]),
        (UnaryOperator::Not, _) => call("!", [expression(operand)]),
        (UnaryOperator::Splat, _) => call("unfold", [expression(operand)]),
    }
}

fn conditional(
    name: &'static str,
    condition: &Expression,
    then: &Expression,
    otherwise: Option<&Expression>,
) -> Pn {
    let mut entries = vec![entry("test", expression(condition))];
    entries.extend(block_entry("then", then));
    entries.extend(otherwise.and_then(|otherwise| block_entry("else", otherwise)));
    map_call(name, entries)
}

fn block_entry(key: &str, block: &Expression) -> Option<(String, Pn)> {
    match &block.kind {
        ExpressionKind::Block(body) => body_entry(key, body),
        _ => Some(entry(key, Pn::List(vec![expression(block)]))),
    }
}

fn body_entry(key: &str, body: &[Expression]) -> Option<(String, Pn)> {
    (!body.is_empty()).then(|| entry(key, Pn::List(list(body))))
}

fn case_option(option: &CaseOption) -> Pn {
    let then = block_entry("then", &option.then)
        .unwrap_or_else(|| entry("then", Pn::List(vec![call("nop", [])])));
    Pn::Map(vec![entry("when", Pn::List(list(&option.values))), then])
}

fn form(form: ResourceForm) -> Option<(String, Pn)> {
    match form {
        ResourceForm::Regular => None,
        ResourceForm::Virtual => Some(named("form", "virtual")),
        ResourceForm::Exported => Some(named("form", "exported")),
    }
}

fn resource(node: &ResourceExpression) -> Pn {
    let bodies = node
        .bodies
        .iter()
        .map(|body| {
            Pn::Map(vec![
                entry("title", expression(&body.title)),
                entry("ops", attributes(&body.attributes)),
            ])
        })
        .collect();
    let mut entries = vec![
        entry("type", expression(&node.type_name)),
        entry("bodies", Pn::List(bodies)),
    ];
    entries.extend(form(node.form));
    map_call("resource", entries)
}

fn attributes(attributes: &[Attribute]) -> Pn {
    let one = |attribute: &Attribute| {
        let value = expression(&attribute.value);
        match attribute.operator {
            AttributeOperator::Set => call("=>", [text(&attribute.name), value]),
            AttributeOperator::Append => call("+>", [text(&attribute.name), value]),
            AttributeOperator::Splat => call("splat-hash", [value]),
        }
    };
    Pn::List(attributes.iter().map(one).collect())
}

fn collector(node: &Collector) -> Pn {
    let name = if node.exported {
        "exported-query"
    } else {
        "virtual-query"
    };
    let query = Pn::Call(name, node.query.iter().map(expression).collect());
    let mut entries = vec![
        entry("type", expression(&node.type_reference)),
        entry("query", query),
    ];
    if !node.attributes.is_empty() {
        entries.push(entry("ops", attributes(&node.attributes)));
    }
    map_call("collect", entries)
}

fn definition(
    name: &'static str,
    mut entries: Vec<(String, Pn)>,
    parameters: &[Parameter],
    body: &[Expression],
    returns: Option<&Expression>,
) -> Pn {
    entries.extend(parameters_entry(parameters));
    entries.extend(body_entry("body", body));
    entries.extend(returns.map(|returns| entry("returns", expression(returns))));
    map_call(name, entries)
}

fn parameters_entry(parameters: &[Parameter]) -> Option<(String, Pn)> {
    let one = |parameter: &Parameter| {
        let mut entries = Vec::new();
        entries.extend(
            parameter
                .type_expression
                .iter()
                .map(|t| entry("type", expression(t))),
        );
        if parameter.captures_rest {
            entries.push(entry("splat", Pn::Boolean(true)));
        }
        entries.extend(
            parameter
                .default
                .iter()
                .map(|value| entry("value", expression(value))),
        );
        (parameter.name.to_string(), Pn::Map(entries))
    };
    let all = || entry("params", Pn::Map(parameters.iter().map(one).collect()));
    (!parameters.is_empty()).then(all)
}
