//! Values that the node computes itself, when the resource's turn has come.

mod inputs;
mod language;
mod values;

use ficelle_model::{Data, Resource, data::Typed};

pub use language::Language;

/// Calls functions on the node.
pub trait Resolver: Sync {
    /// The value of a call: a `Deferred`'s function name and arguments.
    ///
    /// # Errors
    /// The function is unknown or fails; the text says so.
    fn resolve(&self, deferred: &Typed) -> Result<Data, String>;
}

/// Resolves nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unresolved;

impl Resolver for Unresolved {
    fn resolve(&self, deferred: &Typed) -> Result<Data, String> {
        let name = deferred.value.as_hash().and_then(|hash| hash.get("name"));
        let name = name.and_then(Data::as_str).unwrap_or("?");
        Err(format!(
            "The function {name}() of a Deferred value cannot be called on this node"
        ))
    }
}

/// Whether a resource holds a value that is still to be computed.
pub(crate) fn is_pending(resource: &Resource) -> bool {
    fn pending(data: &Data) -> bool {
        match data {
            Data::Typed(typed) => &*typed.type_name == "Deferred",
            Data::Array(elements) => elements.iter().any(pending),
            Data::Hash(hash) => hash.values().any(pending),
            Data::Sensitive(inner) => pending(inner),
            _ => false,
        }
    }
    resource.parameters.values().any(pending)
}

/// The resource with every deferred value computed. A result that is Sensitive makes its parameter
/// so.
pub(crate) fn resolve(resource: &Resource, resolver: &dyn Resolver) -> Result<Resource, String> {
    let mut resolved = resource.clone();
    for (name, value) in resolved.parameters.iter_mut() {
        let data = std::mem::take(value);
        *value = match compute(data, resolver)? {
            Data::Sensitive(inner) => {
                resolved.sensitive.insert(name.clone());
                *inner
            }
            data => data,
        };
    }
    Ok(resolved)
}

fn compute(data: Data, resolver: &dyn Resolver) -> Result<Data, String> {
    Ok(match data {
        Data::Typed(typed) if &*typed.type_name == "Deferred" => {
            // The arguments may be deferred themselves.
            let value = compute(typed.value, resolver)?;
            resolver.resolve(&Typed {
                type_name: typed.type_name,
                value,
            })?
        }
        Data::Array(elements) => Data::Array(
            elements
                .into_iter()
                .map(|element| compute(element, resolver))
                .collect::<Result<_, _>>()?,
        ),
        Data::Hash(hash) => Data::hash(
            hash.into_iter()
                .map(|(key, value)| Ok((key, compute(value, resolver)?)))
                .collect::<Result<_, String>>()?,
        ),
        Data::Sensitive(inner) => Data::Sensitive(Box::new(compute(*inner, resolver)?)),
        other => other,
    })
}
