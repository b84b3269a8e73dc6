//! The schema of every native resource type: which attributes it has, which of them name it, what
//! may stand in them, and what it relates to without being told.
//!
//! The compiler refuses unknown attributes by it; the agent reads its parameters by it.
//!
//! `concat` and `concat::fragment` are defines of the concat module over `concat_file` and
//! `concat_fragment`. A site without the module uses the two native types directly: a
//! `concat_file` gathers the fragments whose `target` is its path or title, or whose `tag` is its
//! own. A loader that finds no such defines may declare [`CONCAT`] and [`CONCAT_FRAGMENT`], native
//! types with the attributes of the defines, which the agent manages in the same way.

use crate::{data::Data, reference::Reference, resource::Resource};

mod attribute;
mod relation;

mod anchor;
mod archive;
mod augeas;
mod concat;
mod concat_file;
mod concat_fragment;
mod concat_part;
mod cron;
mod exec;
mod file;
mod file_line;
mod filebucket;
mod group;
mod host;
mod ini_setting;
mod ini_subsetting;
mod mailalias;
mod mount;
mod mysql_database;
mod mysql_grant;
mod mysql_plugin;
mod mysql_user;
mod notify;
mod package;
mod resources;
mod schedule;
mod selboolean;
mod selmodule;
mod service;
mod ssh_authorized_key;
mod sshkey;
mod stage;
mod tidy;
mod user;
mod whit;

pub use attribute::{Attribute, AttributeKind, Shape, Values};
pub use concat::SCHEMA as CONCAT;
pub use concat_part::SCHEMA as CONCAT_FRAGMENT;
pub use relation::{Relation, RelationKind, Rule, Target};

/// The schema of one native type.
#[derive(Debug)]
pub struct TypeSchema {
    /// `file`
    pub name: &'static str,
    /// What it manages, in a sentence.
    pub summary: &'static str,
    /// Its own attributes; properties in the order in which they are compared and set.
    pub attributes: &'static [Attribute],
    /// What it relates to without being told.
    pub relations: &'static [Relation],
    /// How a title becomes the values of the namevars.
    pub titles: Titles,
}

/// How a title becomes the values of the namevars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Titles {
    /// The title is the namevar.
    Whole,
    /// The title is a path; slashes at its end do not count.
    Path,
    /// What stands before the separator is the namevar, what follows it another attribute.
    Split {
        /// What separates them.
        separator: &'static str,
        /// The attribute of what follows.
        rest: &'static str,
    },
}

/// The native types, by name.
static TYPES: &[&TypeSchema] = &[
    &anchor::SCHEMA,
    &archive::SCHEMA,
    &augeas::SCHEMA,
    &concat_file::SCHEMA,
    &concat_fragment::SCHEMA,
    &cron::SCHEMA,
    &exec::SCHEMA,
    &file::SCHEMA,
    &file_line::SCHEMA,
    &filebucket::SCHEMA,
    &group::SCHEMA,
    &host::SCHEMA,
    &ini_setting::SCHEMA,
    &ini_subsetting::SCHEMA,
    &mailalias::SCHEMA,
    &mount::SCHEMA,
    &mysql_database::SCHEMA,
    &mysql_grant::SCHEMA,
    &mysql_plugin::SCHEMA,
    &mysql_user::SCHEMA,
    &notify::SCHEMA,
    &package::SCHEMA,
    &resources::SCHEMA,
    &schedule::SCHEMA,
    &selboolean::SCHEMA,
    &selmodule::SCHEMA,
    &service::SCHEMA,
    &ssh_authorized_key::SCHEMA,
    &sshkey::SCHEMA,
    &stage::SCHEMA,
    &tidy::SCHEMA,
    &user::SCHEMA,
    &whit::SCHEMA,
];

/// The attributes that every type has.
static METAPARAMETERS: &[Attribute] = &[
    Attribute::metaparameter("alias").list(),
    Attribute::metaparameter("audit").list(),
    Attribute::metaparameter("before").list(),
    Attribute::metaparameter("consume").list(),
    Attribute::metaparameter("export").list(),
    Attribute::metaparameter("loglevel").choice(&[
        "debug", "info", "notice", "warning", "err", "alert", "emerg", "crit", "verbose",
    ]),
    Attribute::metaparameter("noop").boolean(),
    Attribute::metaparameter("notify").list(),
    Attribute::metaparameter("require").list(),
    Attribute::metaparameter("schedule"),
    Attribute::metaparameter("stage"),
    Attribute::metaparameter("subscribe").list(),
    Attribute::metaparameter("tag").list(),
];

/// The schema of a native type, by its name in lower case (`ssh_authorized_key`) or as in a
/// reference (`Ssh_authorized_key`).
pub fn lookup(type_name: &str) -> Option<&'static TypeSchema> {
    let find = |name: &str| {
        let place = TYPES
            .binary_search_by(|schema| schema.name.cmp(name))
            .ok()?;
        Some(TYPES[place])
    };
    if type_name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        find(&type_name.to_ascii_lowercase())
    } else {
        find(type_name)
    }
}

/// Every native type, sorted by name.
pub fn types() -> &'static [&'static TypeSchema] {
    TYPES
}

/// A metaparameter.
pub fn metaparameter(name: &str) -> Option<&'static Attribute> {
    METAPARAMETERS
        .iter()
        .find(|attribute| attribute.name == name)
}

/// Every metaparameter, sorted by name.
pub fn metaparameters() -> &'static [Attribute] {
    METAPARAMETERS
}

impl TypeSchema {
    /// An attribute by name, a metaparameter included. `name` stands for the namevar.
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.own_attribute(name).or_else(|| metaparameter(name))
    }

    /// An attribute of the type itself.
    pub fn own_attribute(&self, name: &str) -> Option<&'static Attribute> {
        let found = self
            .attributes
            .iter()
            .find(|attribute| is(attribute.name, name));
        match found {
            None if name == "name" => Some(self.namevar()),
            found => found,
        }
    }

    /// The attribute that names a resource of this type.
    pub fn namevar(&self) -> &'static Attribute {
        let mut namevars = self.namevars();
        namevars.next().unwrap_or(&self.attributes[0])
    }

    /// The attributes that together name a resource; one for most types.
    pub fn namevars(&self) -> impl Iterator<Item = &'static Attribute> + use<> {
        let attributes = self.attributes;
        attributes.iter().filter(|attribute| attribute.is_namevar)
    }

    /// The name a resource of this type manages: its namevar's value, else what its title says.
    pub fn name_of(&self, resource: &Resource) -> String {
        let namevar = self.namevar().name;
        let given = resource
            .parameters
            .get(namevar)
            .or_else(|| resource.parameters.get("name"));
        let text = match given {
            Some(Data::String(text)) => text,
            _ => &resource.reference.title,
        };
        match self.titles {
            Titles::Path if text.len() > 1 => {
                let trimmed = text.trim_end_matches('/');
                if trimmed.is_empty() { "/" } else { trimmed }.to_owned()
            }
            Titles::Split { separator, .. } if given.is_none() => text
                .split_once(separator)
                .map_or(&**text, |(name, _)| name)
                .to_owned(),
            _ => text.to_string(),
        }
    }

    /// What a title gives for attributes other than the first namevar.
    pub fn title_attribute<'a>(&self, title: &'a str, attribute: &str) -> Option<&'a str> {
        match self.titles {
            Titles::Split { separator, rest } if rest == attribute => {
                title.split_once(separator).map(|(_, rest)| rest)
            }
            _ => None,
        }
    }

    /// What a resource relates to without being told, for whatever of it is in the catalog.
    pub fn relations_of(&self, resource: &Resource) -> Vec<(RelationKind, Target)> {
        relation::relations_of(self, resource)
    }

    /// The reference under which other resources may know it: type and name.
    pub fn name_reference(&self, resource: &Resource) -> Reference {
        Reference::new(self.name, self.name_of(resource))
    }
}

/// Whether two names are the same. Most differ in their first letters.
fn is(known: &str, name: &str) -> bool {
    known.as_bytes().first() == name.as_bytes().first() && known == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_by_name() {
        assert!(TYPES.windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn every_type_has_a_namevar_and_no_attribute_twice() {
        for schema in TYPES {
            assert!(
                schema.namevars().count() >= 1,
                "{} has no namevar",
                schema.name
            );
            for (index, attribute) in schema.attributes.iter().enumerate() {
                let rest = &schema.attributes[index + 1..];
                assert!(
                    rest.iter().all(|other| other.name != attribute.name),
                    "{} has {} twice",
                    schema.name,
                    attribute.name
                );
            }
        }
    }

    #[test]
    fn finds_attributes_by_either_spelling_of_the_type() {
        let schema = lookup("Ssh_authorized_key").expect("a native type");
        assert!(schema.attribute("key").is_some());
        assert!(schema.attribute("require").is_some());
        assert!(schema.attribute("keyy").is_none());
        assert!(lookup("no_such_type").is_none());
    }

    #[test]
    fn a_path_loses_the_slashes_at_its_end() {
        let schema = lookup("file").expect("a native type");
        let name = |title: &str| schema.name_of(&Resource::new(Reference::new("file", title)));
        assert_eq!(name("/etc/"), "/etc");
        assert_eq!(name("/"), "/");
        assert_eq!(name("//"), "/");
    }
}
