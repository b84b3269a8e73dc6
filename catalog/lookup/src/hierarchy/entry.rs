//! A level of a hierarchy: its back end and its locations.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
    sync::Arc,
};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_language::{
    Value,
    error::{Error, Evaluated},
    values::HashMap,
};
use ficelle_model::inputs::{FileKind, Inputs};

use crate::{
    Interpolated,
    adapter::{Invocation, Lookup, Seen},
    explain::Kind,
    interpolation::{Methods, interpolate},
    key::{Key, failure},
};

/// A level.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub name: Arc<str>,
    pub backend: Backend,
    /// Where relative locations start, `%{…}` not replaced yet.
    pub folder: Utf8PathBuf,
    pub locations: Locations,
    /// `options`, handed to the back end.
    pub options: HashMap,
    /// Where it led to last.
    pub resolved: RefCell<Option<Resolved>>,
}

/// Where a level leads to, as long as the variables that were asked on the way stay the same.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    seen: Seen,
    places: Rc<[Place]>,
}

/// A location, and its data where the back end gives all of it at once.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub location: Location,
    pub data: OnceCell<Value>,
}

/// What reads the data, by the function that does it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// Gives all data of a location at once.
    DataHash(Arc<str>),
    /// Gives the value of one key.
    LookupKey(Arc<str>),
    /// Gives the value of a dotted key.
    DataDig(Arc<str>),
    /// A function without arguments that gives a hash (deprecated).
    Data(Arc<str>),
}

/// Where a level's data lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Locations {
    /// Nowhere: the back end knows.
    None,
    Paths(Vec<Arc<str>>),
    /// Paths that may lack their extension (`.yaml`).
    Bare {
        paths: Vec<Arc<str>>,
        extension: Arc<str>,
    },
    Globs(Vec<Arc<str>>),
    Uris(Vec<Arc<str>>),
    /// One path for each element of a variable.
    Mapped {
        variable: Arc<str>,
        name: Arc<str>,
        template: Arc<str>,
    },
}

/// A location with its `%{…}` replaced.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Location {
    None,
    Path {
        /// As it is configured.
        original: Arc<str>,
        path: Utf8PathBuf,
        exists: bool,
    },
    Uri {
        /// As it is configured.
        original: Arc<str>,
        uri: Arc<str>,
    },
}

impl Backend {
    /// What its setting in `hiera.yaml` is called.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::DataHash(_) => "data_hash",
            Self::LookupKey(_) => "lookup_key",
            Self::DataDig(_) => "data_dig",
            Self::Data(_) => "v4_data_hash",
        }
    }
}

impl Location {
    /// How an explanation names it.
    pub fn step(&self) -> Kind {
        match self {
            Self::None => Kind::Section(String::new()),
            Self::Path { original, path, .. } => Kind::Path {
                original: Arc::clone(original),
                path: path.as_str().into(),
            },
            Self::Uri { original, uri } => Kind::Uri {
                original: Arc::clone(original),
                uri: Arc::clone(uri),
            },
        }
    }
}

impl Entry {
    /// The level's places for this node. What was found for a lookup before holds while the
    /// variables in its paths do: a class's parameters are hundreds of lookups.
    pub fn places(&self, lookup: &Lookup, invocation: &Invocation<'_>) -> Evaluated<Rc<[Place]>> {
        if let Some(known) = self.known_places(invocation)? {
            return Ok(known);
        }
        let (invocation, seen) = invocation.watched();
        let places = self.resolve(lookup, &invocation)?;
        let places: Rc<[Place]> = places
            .into_iter()
            .map(|location| Place {
                location,
                data: OnceCell::new(),
            })
            .collect();
        if !matches!(self.locations, Locations::Mapped { .. }) {
            *self.resolved.borrow_mut() = Some(Resolved {
                seen: seen.take(),
                places: Rc::clone(&places),
            });
        }
        Ok(places)
    }

    /// The level's places, where they were found before and nothing in their paths has changed.
    pub fn known_places(&self, invocation: &Invocation<'_>) -> Evaluated<Option<Rc<[Place]>>> {
        Ok(match &*self.resolved.borrow() {
            Some(known) if invocation.still_sees(&known.seen)? => Some(Rc::clone(&known.places)),
            _ => None,
        })
    }

    /// The level's locations for this node.
    fn resolve(&self, lookup: &Lookup, invocation: &Invocation<'_>) -> Evaluated<Vec<Location>> {
        let expand = |text: &str, invocation: &Invocation<'_>| -> Evaluated<String> {
            let value = interpolate(lookup, invocation, Value::string(text), Methods::Refused)?;
            Ok(value.as_str().unwrap_or_default().to_owned())
        };
        let folder = Utf8PathBuf::from(expand(self.folder.as_str(), invocation)?);
        let inputs = invocation.host.inputs();
        let mut locations = Vec::new();
        match &self.locations {
            Locations::None => locations.push(Location::None),
            Locations::Uris(uris) => {
                for uri in uris {
                    let original = Arc::clone(uri);
                    let uri = expand(uri, invocation)?;
                    if uri.contains([' ', '<', '>', '"']) {
                        return Err(Error::new(format!("bad URI(is not URI?): \"{uri}\"")).into());
                    }
                    locations.push(Location::Uri {
                        original,
                        uri: uri.into(),
                    });
                }
            }
            Locations::Paths(paths) => {
                for original in paths {
                    let path = folder.join(expand(original, invocation)?);
                    locations.push(file(inputs, original, path)?);
                }
            }
            Locations::Bare { paths, extension } => {
                for original in paths {
                    let mut path = expand(original, invocation)?;
                    if !path.ends_with(&**extension) {
                        path.push_str(extension);
                    }
                    locations.push(file(inputs, original, folder.join(path))?);
                }
            }
            Locations::Globs(globs) => {
                for glob in globs {
                    let pattern = folder.join(expand(glob, invocation)?);
                    let original = pattern.as_str().into();
                    for path in expand_glob(inputs, &pattern)? {
                        locations.push(file(inputs, &original, path)?);
                    }
                }
            }
            Locations::Mapped {
                variable,
                name,
                template,
            } => {
                let key = Key::parse(variable)?;
                let value = match invocation.variable(&key.root)? {
                    Some(value) => key.dig(value, &|_, _| ())?.unwrap_or_default(),
                    None => {
                        let host = invocation.host;
                        host.undefined(&key.root, Interpolated::Hierarchy)?;
                        Value::Undef
                    }
                };
                let elements = match value {
                    Value::Array(elements) => elements.to_vec(),
                    Value::Undef => Vec::new(),
                    Value::Hash(hash) => hash
                        .iter()
                        .map(|(key, value)| Value::array(vec![key.clone(), value.clone()]))
                        .collect(),
                    Value::String(text) if text.is_empty() => Vec::new(),
                    text @ Value::String(_) => vec![text],
                    other => {
                        return Err(Error::new(format!(
                            "mapped_paths of hierarchy '{}': the variable '{variable}' is {other}; \
                             a string, an array or a hash is needed",
                            self.name
                        ))
                        .into());
                    }
                };
                for element in elements {
                    let bound = invocation.with_variable(name, element);
                    let path = folder.join(expand(template, &bound)?);
                    locations.push(file(inputs, template, path)?);
                }
            }
        }
        Ok(locations)
    }
}

fn file(inputs: &dyn Inputs, original: &Arc<str>, path: Utf8PathBuf) -> Evaluated<Location> {
    let kind = inputs
        .kind(&path)
        .map_err(|error| failure(error.to_string()))?;
    Ok(Location::Path {
        original: Arc::clone(original),
        path,
        exists: kind == Some(FileKind::File),
    })
}

/// The paths that fit a pattern with `*`, `?`, `[…]`, `{a,b}` and `**`, sorted.
fn expand_glob(inputs: &dyn Inputs, pattern: &Utf8Path) -> Evaluated<Vec<Utf8PathBuf>> {
    let mut found = Vec::new();
    for pattern in braces(pattern.as_str()) {
        let pattern = Utf8PathBuf::from(pattern);
        let parts: Vec<&str> = pattern.components().map(|part| part.as_str()).collect();
        walk(inputs, Utf8PathBuf::new(), &parts, &mut found)?;
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn walk(
    inputs: &dyn Inputs,
    at: Utf8PathBuf,
    parts: &[&str],
    found: &mut Vec<Utf8PathBuf>,
) -> Evaluated<()> {
    let Some((part, rest)) = parts.split_first() else {
        found.push(at);
        return Ok(());
    };
    if !part.contains(['*', '?', '[']) {
        return walk(inputs, at.join(part), rest, found);
    }
    let entries = inputs
        .list(&at)
        .map_err(|error| failure(error.to_string()))?;
    let Some(entries) = entries else {
        return Ok(());
    };
    if *part == "**" {
        walk(inputs, at.clone(), rest, found)?;
    }
    for entry in entries.iter().filter(|entry| !entry.name.starts_with('.')) {
        if *part == "**" {
            if entry.kind == FileKind::Directory {
                walk(inputs, at.join(&entry.name), parts, found)?;
            }
        } else if fits(part.as_bytes(), entry.name.as_bytes()) {
            walk(inputs, at.join(&entry.name), rest, found)?;
        }
    }
    Ok(())
}

fn braces(pattern: &str) -> Vec<String> {
    let Some(open) = pattern.find('{') else {
        return vec![pattern.to_owned()];
    };
    let Some(close) = pattern[open..].find('}').map(|at| open + at) else {
        return vec![pattern.to_owned()];
    };
    let (before, after) = (&pattern[..open], &pattern[close + 1..]);
    let choices = pattern[open + 1..close].split(',');
    choices
        .flat_map(|choice| braces(&format!("{before}{choice}{after}")))
        .collect()
}

/// Whether a name fits a part of a pattern.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => {
            fits(rest, name) || (!name.is_empty() && fits(pattern, &name[1..]))
        }
        (Some((b'?', rest)), Some((_, name))) => fits(rest, name),
        (Some((b'[', set)), Some((&first, tail))) => {
            let Some(end) = set.iter().position(|&b| b == b']') else {
                return false;
            };
            let (negated, choices) = match set[..end].split_first() {
                Some((b'!' | b'^', choices)) => (true, choices),
                _ => (false, &set[..end]),
            };
            let mut hit = false;
            let mut at = 0;
            while at < choices.len() {
                if at + 2 < choices.len() && choices[at + 1] == b'-' {
                    hit |= (choices[at]..=choices[at + 2]).contains(&first);
                    at += 3;
                } else {
                    hit |= choices[at] == first;
                    at += 1;
                }
            }
            hit != negated && fits(&set[end + 1..], tail)
        }
        (Some((&wanted, rest)), Some((&first, tail))) => wanted == first && fits(rest, tail),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{braces, fits};

    #[test]
    fn patterns_fit_names() {
        for (pattern, name, expected) in [
            ("*.yaml", "a.yaml", true),
            ("*.yaml", "a.json", false),
            ("a?c", "abc", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("*", "", true),
        ] {
            assert_eq!(
                fits(pattern.as_bytes(), name.as_bytes()),
                expected,
                "{pattern} {name}"
            );
        }
        assert_eq!(braces("a{b,c}d{e,f}"), ["abde", "abdf", "acde", "acdf"]);
    }
}
