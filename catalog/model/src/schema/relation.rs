//! What a resource relates to without being told: autorequire and its kin.

use crate::{data::Data, reference::Reference, resource::Resource};

use super::TypeSchema;

/// A relation of a type, followed for whatever of it is in the catalog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Which way.
    pub kind: RelationKind,
    /// The type at the other end, capitalised.
    pub type_name: &'static str,
    /// Which resources of it.
    pub rule: Rule,
}

/// Which way a relation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelationKind {
    /// The other one comes first.
    Require,
    /// The other one comes after.
    Before,
    /// The other one comes first, and its changes refresh this one.
    Subscribe,
    /// The other one comes after, and is refreshed by changes of this one.
    Notify,
}

/// Which resources a relation means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Those that an attribute's values name.
    Value(&'static str),
    /// The nearest directory above the path in an attribute.
    Ancestor(&'static str),
    /// Everything below the path in an attribute.
    Descendants(&'static str),
    /// The programs of commands, where they are absolute paths.
    Commands(&'static [&'static str]),
    /// This one.
    Title(&'static str),
}

/// What a relation of one resource means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This resource, by title or name, where the catalog has it.
    One(Reference),
    /// The first of these that the catalog has.
    FirstOf(Vec<Reference>),
    /// Every resource of the type whose name lies below the path.
    Below {
        /// `File`
        type_name: &'static str,
        /// The path, without a slash at its end.
        path: String,
    },
}

impl Relation {
    /// The resource comes after those of the rule.
    pub const fn require(type_name: &'static str, rule: Rule) -> Self {
        Self {
            kind: RelationKind::Require,
            type_name,
            rule,
        }
    }

    /// The resource comes before those of the rule.
    pub const fn before(type_name: &'static str, rule: Rule) -> Self {
        Self {
            kind: RelationKind::Before,
            type_name,
            rule,
        }
    }
}

pub(super) fn relations_of(
    schema: &TypeSchema,
    resource: &Resource,
) -> Vec<(RelationKind, Target)> {
    let mut relations = Vec::new();
    for relation in schema.relations {
        let mut one = |title: &str| {
            relations.push((
                relation.kind,
                Target::One(Reference::new(relation.type_name, title)),
            ));
        };
        match relation.rule {
            Rule::Value(attribute) => {
                for text in texts(schema, resource, attribute) {
                    one(&text);
                }
            }
            Rule::Title(title) => one(title),
            Rule::Commands(attributes) => {
                for attribute in attributes {
                    for command in commands(schema, resource, attribute) {
                        paths_in(&command).for_each(&mut one);
                    }
                }
            }
            Rule::Ancestor(attribute) => {
                let Some(path) = texts(schema, resource, attribute).into_iter().next() else {
                    continue;
                };
                let above = ancestors(&path)
                    .map(|directory| Reference::new(relation.type_name, directory))
                    .collect::<Vec<_>>();
                if !above.is_empty() {
                    relations.push((relation.kind, Target::FirstOf(above)));
                }
            }
            Rule::Descendants(attribute) => {
                let type_name = relation.type_name;
                for path in texts(schema, resource, attribute) {
                    let path = path.trim_end_matches('/').to_owned();
                    relations.push((relation.kind, Target::Below { type_name, path }));
                }
            }
        }
    }
    relations
}

/// The texts in an attribute; the namevar's comes from the title where it is not given.
fn texts(schema: &TypeSchema, resource: &Resource, attribute: &str) -> Vec<String> {
    fn gather(value: &Data, texts: &mut Vec<String>) {
        match value {
            Data::String(text) if !text.is_empty() => texts.push(text.to_string()),
            Data::Array(elements) => elements.iter().for_each(|element| gather(element, texts)),
            Data::Sensitive(inner) => gather(inner, texts),
            _ => {}
        }
    }
    if schema.namevar().name == attribute {
        return vec![schema.name_of(resource)];
    }
    let mut texts = Vec::new();
    if let Some(value) = resource.parameters.get(attribute) {
        gather(value, &mut texts);
    }
    texts
}

/// The commands in an attribute; of one in words, its program.
fn commands(schema: &TypeSchema, resource: &Resource, attribute: &str) -> Vec<String> {
    match resource.parameters.get(attribute) {
        Some(Data::Array(words)) if attribute == "command" => words
            .first()
            .and_then(Data::as_str)
            .map(str::to_owned)
            .into_iter()
            .collect(),
        Some(Data::Array(commands)) => {
            let programs = commands.iter().filter_map(|command| match command {
                Data::Array(words) => words.first().and_then(Data::as_str),
                command => command.as_str(),
            });
            programs.map(str::to_owned).collect()
        }
        _ => texts(schema, resource, attribute),
    }
}

/// `/a/b/c` to `/a/b`, `/a`, `/`
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(parent(path), |path| parent(path))
}

fn parent(path: &str) -> Option<&str> {
    if path == "/" {
        return None;
    }
    match path.rfind('/')? {
        0 => Some("/"),
        place => Some(&path[..place]),
    }
}

/// The absolute paths with which a command's lines begin, quotes taken off.
fn paths_in(command: &str) -> impl Iterator<Item = &str> {
    command.lines().filter_map(|line| {
        let path = match line.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next()?,
            None => line.split(char::is_whitespace).next()?,
        };
        (path.starts_with('/') && path.len() > 1).then_some(path)
    })
}

#[cfg(test)]
mod tests {
    use super::super::lookup;
    use super::*;

    fn resource(type_name: &str, title: &str, parameters: &[(&str, Data)]) -> Resource {
        let mut resource = Resource::new(Reference::new(type_name, title));
        for (name, value) in parameters {
            resource.parameters.insert((*name).into(), value.clone());
        }
        resource
    }

    #[test]
    fn a_file_requires_its_nearest_directory_and_its_owner() {
        let file = resource("file", "/a/b/c", &[("owner", "app".into())]);
        let relations = lookup("file").expect("native").relations_of(&file);
        assert_eq!(
            relations,
            [
                (
                    RelationKind::Require,
                    Target::FirstOf(vec![
                        Reference::new("File", "/a/b"),
                        Reference::new("File", "/a"),
                        Reference::new("File", "/"),
                    ])
                ),
                (
                    RelationKind::Require,
                    Target::One(Reference::new("User", "app"))
                ),
            ]
        );
    }

    #[test]
    fn an_exec_requires_its_program() {
        let parameters = [("command", "/opt/x --config=/etc/x.conf > /dev/null".into())];
        let exec = resource("exec", "run", &parameters);
        let relations = lookup("exec").expect("native").relations_of(&exec);
        let titles = relations.iter().map(|(_, target)| match target {
            Target::One(reference) => reference.title.to_string(),
            other => panic!("{other:?}"),
        });
        assert_eq!(titles.collect::<Vec<_>>(), ["/opt/x"]);
    }
}
