//! Types from a text in the language that is part of this program.

use std::sync::Arc;

use ficelle_syntax::{
    ParseOptions,
    ast::{Expression, ExpressionKind},
    source::Source,
};
use indexmap::IndexMap;

use crate::{
    types::{AliasType, Membership, ObjectType, Type, TypeSetDefinition, TypeSetType, parse},
    values::{HashMap, Value},
};

/// Types by their names in lower case. They may refer to themselves: they live as long as the
/// program.
pub(super) struct Definitions(IndexMap<String, Type>);

impl Definitions {
    /// Reads `type Name = …` as often as it stands in the text, in any order but that an object
    /// type's parent comes before it.
    pub(super) fn read(text: &str, membership: Membership) -> Self {
        let parsed = ficelle_syntax::parse(Source::new(None, text), ParseOptions::default());
        assert!(parsed.is_valid(), "{:?}", parsed.diagnostics);
        let statements = parsed.program.body.iter();
        let aliases = statements.filter_map(|statement| match &statement.kind {
            ExpressionKind::TypeAlias(alias) => Some(alias),
            _ => None,
        });
        let mut types = IndexMap::new();
        for alias in aliases.clone() {
            let name = Arc::clone(&alias.name);
            let named = match object_hash(&alias.type_expression) {
                Some(_) => Type::Object(ObjectType::of(name, membership)),
                None => Type::Alias(AliasType::named(name)),
            };
            types.insert(alias.name.to_ascii_lowercase(), named);
        }
        let found = Self(types);
        for alias in aliases {
            found
                .define(&alias.name, &alias.type_expression, text)
                .expect("a type of the program is rightly defined");
        }
        found
    }

    pub(super) fn find(&self, name: &str) -> Option<Type> {
        self.0.get(name).cloned()
    }

    /// The set of all of them.
    pub(super) fn set(&self, name: &str) -> Type {
        let types = self.0.values().map(|of| {
            let full = of.name();
            let simple = full.rsplit("::").next().unwrap_or_default();
            (Arc::from(simple), of.clone())
        });
        let details = [("pcore_version", "1.0.0"), ("name", name)];
        let details = details.map(|(key, value)| (key.into(), value.into()));
        let definition = TypeSetDefinition {
            details: details.into_iter().collect(),
            types: types.collect(),
            references: HashMap::default(),
        };
        Type::TypeSet(Arc::new(TypeSetType {
            name: name.into(),
            definition: definition.into(),
        }))
    }

    fn define(&self, name: &str, expression: &Expression, text: &str) -> Result<(), String> {
        let find = |name: &str| Ok(self.find(&name.to_ascii_lowercase()));
        match self.find(&name.to_ascii_lowercase()) {
            Some(Type::Object(object)) => {
                let hash = object_hash(expression).unwrap_or(expression);
                let hash = parse::literal(hash, text, &find)?;
                let entries = hash.as_hash().ok_or("an object type is made of a hash")?;
                object.define(entries).map_err(|refusal| refusal.message)
            }
            Some(Type::Alias(alias)) => match parse::literal(expression, text, &find)? {
                Value::Type(resolved) => alias.resolved.set(resolved).map_err(|_| name.to_owned()),
                _ => Err(format!("{name} stands for no type")),
            },
            _ => Err(name.to_owned()),
        }
    }
}

/// The hash of `Object[{ … }]`.
fn object_hash(expression: &Expression) -> Option<&Expression> {
    match &expression.kind {
        ExpressionKind::Access { left, keys } => match (&left.kind, keys.as_slice()) {
            (ExpressionKind::Reference(name), [hash]) if **name == *"Object" => Some(hash),
            _ => None,
        },
        _ => None,
    }
}
