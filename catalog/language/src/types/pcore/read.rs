//! From an object that describes a type to the type.

use std::sync::Arc;

use super::Attributes;
use crate::{
    types::{
        AliasType, ArrayType, CallableType, HashType, InitType, Letters, Presence, Range,
        ResourceType, RuntimeType, StructMember, TupleType, Type, TypeSetType, names,
        parameterize::parameterize,
    },
    values::{Key, Regexp, SemVerRange, Value},
};

/// The type that a type of types (`Pcore::ArrayType`) makes of attributes.
///
/// # Errors
/// There is no such type of types, or an attribute is not what it should be.
pub fn from_attributes(name: &str, attributes: &Attributes) -> Result<Type, String> {
    let kind = name
        .strip_prefix(super::PREFIX)
        .and_then(|rest| rest.strip_suffix("Type"))
        .ok_or_else(|| format!("{name} is no type of types"))?;
    Reader { name, attributes }.read(kind)
}

struct Reader<'a> {
    name: &'a str,
    attributes: &'a Attributes,
}

impl Reader<'_> {
    fn get(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name).filter(|value| !value.is_undef())
    }

    fn refuse<T>(&self, attribute: &str, expected: &str, value: &Value) -> Result<T, String> {
        let given = value.infer().generalize();
        Err(format!(
            "attribute {}[{attribute}] expects {expected}, got {given}",
            self.name
        ))
    }

    fn missing<T>(&self, attribute: &str) -> Result<T, String> {
        Err(format!("attribute {}[{attribute}] is missing", self.name))
    }

    fn type_at(&self, name: &str) -> Result<Option<Type>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Type(of)) => Ok(Some(of.clone())),
            Some(other) => self.refuse(name, "a Type", other),
        }
    }

    fn text_at(&self, name: &str) -> Result<Option<Arc<str>>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(Arc::clone(text))),
            Some(other) => self.refuse(name, "a String", other),
        }
    }

    fn array_at(&self, name: &str) -> Result<&[Value], String> {
        match self.get(name) {
            None => Ok(&[]),
            Some(Value::Array(elements)) => Ok(elements),
            Some(other) => self.refuse(name, "an Array", other),
        }
    }

    fn types_at(&self, name: &str) -> Result<Vec<Type>, String> {
        let elements = self.array_at(name)?.iter();
        let types = elements.map(|element| match element {
            Value::Type(of) => Ok(of.clone()),
            other => self.refuse(name, "an Array of types", other),
        });
        types.collect()
    }

    fn size_at(&self, name: &str) -> Result<Option<Range<i64>>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Type(Type::Integer(size))) => Ok(Some(**size)),
            Some(other) => self.refuse(name, "a Type[Integer]", other),
        }
    }

    fn range<T>(&self, bound: impl Fn(&Value) -> Option<T>) -> Result<Range<T>, String> {
        let side = |name: &str| match self.get(name) {
            None => Ok(None),
            Some(value) => match bound(value) {
                Some(bound) => Ok(Some(bound)),
                None => self.refuse(name, "a bound", value),
            },
        };
        Ok(Range::new(side("from")?, side("to")?))
    }

    fn contained(&self) -> Result<Option<Arc<Type>>, String> {
        Ok(self.type_at("type")?.map(Arc::new))
    }

    fn read(&self, kind: &str) -> Result<Type, String> {
        Ok(match kind {
            "Integer" => {
                let range = self.range(|bound| match bound {
                    Value::Integer(bound) => Some(*bound),
                    _ => None,
                })?;
                Type::Integer(range.into())
            }
            "Float" => {
                let range = self.range(|bound| match bound {
                    Value::Float(bound) => Some(*bound),
                    Value::Integer(bound) => Some(*bound as f64),
                    _ => None,
                })?;
                Type::Float(range.into())
            }
            "Timestamp" => Type::Timestamp(Arc::new(self.range(|bound| match bound {
                Value::Timestamp(bound) => Some(**bound),
                _ => None,
            })?)),
            "Timespan" => Type::Timespan(Arc::new(self.range(|bound| match bound {
                Value::Timespan(bound) => Some(**bound),
                _ => None,
            })?)),
            "String" => match self.get("size_type_or_value") {
                Some(Value::String(text)) => Type::StringValue(Arc::clone(text)),
                _ => Type::String(
                    self.size_at("size_type_or_value")?
                        .unwrap_or_default()
                        .into(),
                ),
            },
            "Enum" => {
                let values = self.array_at("values")?.iter();
                let values = values.map(|value| match value {
                    Value::String(text) => Ok(Arc::clone(text)),
                    other => self.refuse("values", "an Array of strings", other),
                });
                let letters = match self.get("case_insensitive") {
                    Some(Value::Boolean(true)) => Letters::Ignored,
                    _ => Letters::Matter,
                };
                Type::enumeration(values.collect::<Result<_, _>>()?, letters)
            }
            "Pattern" => {
                let patterns = self.array_at("patterns")?.iter();
                let patterns = patterns.map(|pattern| match pattern {
                    Value::Regexp(regexp) | Value::Type(Type::Regexp(Some(regexp))) => {
                        Ok(Arc::clone(regexp))
                    }
                    other => self.refuse("patterns", "an Array of patterns", other),
                });
                Type::Pattern(Arc::new(patterns.collect::<Result<_, _>>()?))
            }
            "Regexp" => Type::Regexp(match self.get("pattern") {
                None => None,
                Some(Value::Regexp(regexp)) => Some(Arc::clone(regexp)),
                Some(Value::String(source)) => {
                    Some(Regexp::compile(source).map_err(|error| error.to_string())?)
                }
                Some(other) => return self.refuse("pattern", "a String or a Regexp", other),
            }),
            "Collection" => Type::Collection(self.size_at("size_type")?.unwrap_or_default().into()),
            "Array" => Type::Array(Arc::new(ArrayType {
                element: self.type_at("element_type")?.unwrap_or(Type::Any),
                size: self.size_at("size_type")?.unwrap_or_default(),
            })),
            "Hash" => Type::Hash(Arc::new(HashType {
                key: self.type_at("key_type")?.unwrap_or(Type::Any),
                value: self.type_at("value_type")?.unwrap_or(Type::Any),
                size: self.size_at("size_type")?.unwrap_or_default(),
            })),
            "Tuple" => Type::Tuple(Arc::new(TupleType {
                types: self.types_at("types")?,
                size: self.size_at("size_type")?,
            })),
            "Struct" => {
                let elements = self.array_at("elements")?.iter();
                let members = elements.map(|element| self.member(element));
                Type::Struct(Arc::new(members.collect::<Result<_, _>>()?))
            }
            "Variant" => Type::Variant(Arc::new(self.types_at("types")?)),
            "Optional" => Type::Optional(self.contained()?),
            "NotUndef" => Type::NotUndef(self.contained()?),
            "Type" => Type::Type(self.contained()?),
            "Iterable" => Type::Iterable(self.contained()?),
            "Iterator" => Type::Iterator(self.contained()?),
            "Sensitive" => Type::Sensitive(self.contained()?.unwrap_or_else(|| Type::Any.into())),
            "Callable" => self.callable()?,
            "Class" => Type::Class(self.text_at("class_name")?),
            "Resource" => Type::Resource(Arc::new(ResourceType {
                type_name: self.text_at("type_name")?,
                title: self.text_at("title")?,
            })),
            "SemVer" => {
                let ranges = self.array_at("ranges")?.iter();
                let ranges = ranges.map(|range| match range {
                    Value::SemVerRange(range) => Ok((**range).clone()),
                    Value::String(text) => {
                        SemVerRange::parse(text).map_err(|error| error.to_string())
                    }
                    other => self.refuse("ranges", "an Array of ranges", other),
                });
                Type::SemVer(Arc::new(ranges.collect::<Result<_, _>>()?))
            }
            "Runtime" => self.runtime()?,
            "Init" => Type::Init(Arc::new(InitType {
                of: self.type_at("type")?,
                arguments: self.array_at("init_args")?.to_vec(),
            })),
            "URI" => match self.get("parameters") {
                None => Type::Uri(None),
                Some(parameters) => self.parameterized(Type::Uri(None), parameters)?,
            },
            "Object" => match self.get("_pcore_init_hash") {
                Some(Value::Hash(entries)) if entries.is_empty() => Type::any_object(),
                None => Type::any_object(),
                Some(hash) => self.parameterized(Type::any_object(), hash)?,
            },
            "TypeSet" => {
                let any = Type::TypeSet(TypeSetType::any());
                match self.get("_pcore_init_hash") {
                    None => any,
                    Some(hash) => self.parameterized(any, hash)?,
                }
            }
            "ObjectTypeExten" => match self.type_at("base_type")? {
                None => return self.missing("base_type"),
                Some(base) => parameterize(&base, self.array_at("init_parameters")?)
                    .map_err(|refusal| refusal.message)?,
            },
            "TypeAlias" => self.alias()?,
            "TypeReference" => match self.text_at("type_string")? {
                Some(text) => Type::Reference(text),
                None => return self.missing("type_string"),
            },
            "Boolean" | "Any" | "Unit" | "Undef" | "Default" | "Scalar" | "ScalarData"
            | "Numeric" | "CatalogEntry" | "Binary" | "SemVerRange" => {
                names::find(kind).unwrap_or(Type::Unit)
            }
            _ => return Err(format!("{} is no type of types", self.name)),
        })
    }

    fn parameterized(&self, base: Type, parameter: &Value) -> Result<Type, String> {
        parameterize(&base, std::slice::from_ref(parameter)).map_err(|refusal| refusal.message)
    }

    fn callable(&self) -> Result<Type, String> {
        let parameters = match self.type_at("param_types")? {
            None => None,
            Some(Type::Tuple(tuple)) => Some((*tuple).clone()),
            Some(other) => return self.refuse("param_types", "a Type[Tuple]", &other.into()),
        };
        Ok(Type::Callable(Arc::new(CallableType {
            parameters,
            block: self.type_at("block_type")?,
            returns: self
                .type_at("return_type")?
                .filter(|returns| !matches!(returns, Type::Any)),
        })))
    }

    fn runtime(&self) -> Result<Type, String> {
        let (pattern, name) = match self.get("name_or_pattern") {
            None => (None, None),
            Some(Value::String(name)) => (None, Some(Arc::clone(name))),
            Some(value) => match value.as_array() {
                Some([Value::Regexp(pattern), Value::String(name)]) => {
                    (Some(pattern.source().clone()), Some(Arc::clone(name)))
                }
                _ => return self.refuse("name_or_pattern", "a name or a pattern", value),
            },
        };
        Ok(Type::Runtime(Arc::new(RuntimeType {
            runtime: self.text_at("runtime")?,
            name,
            pattern,
        })))
    }

    fn alias(&self) -> Result<Type, String> {
        let Some(name) = self.text_at("name")? else {
            return self.missing("name");
        };
        Ok(Type::Alias(match self.type_at("resolved_type")? {
            Some(resolved) => AliasType::of(name, resolved),
            None => AliasType::named(name),
        }))
    }

    /// A `Pcore::StructElement`.
    fn member(&self, element: &Value) -> Result<StructMember, String> {
        let part = |name: &str| match element {
            Value::Object(object) => object.attribute(name),
            Value::Hash(entries) => entries.get(&Key(name)),
            _ => None,
        };
        let named = |of: &Type| match of {
            Type::StringValue(name) => Some(Arc::clone(name)),
            Type::Enum(of) if of.values.len() == 1 => Some(Arc::clone(&of.values[0])),
            _ => None,
        };
        let key = match part("key_type") {
            Some(Value::Type(Type::Optional(Some(of)))) => (named(of), Presence::Optional),
            Some(Value::Type(Type::NotUndef(Some(of)))) => (named(of), Presence::Required),
            Some(Value::Type(of)) => (named(of), Presence::Required),
            _ => (None, Presence::Required),
        };
        match (key, part("value_type")) {
            ((Some(name), presence), Some(Value::Type(value))) => Ok(StructMember {
                name,
                presence,
                value: value.clone(),
            }),
            _ => self.refuse("elements", "an Array[Pcore::StructElement]", element),
        }
    }
}
