//! The modules on disk as the maker of cases sees them: which classes and defines they have, with
//! which parameters, and which type aliases.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use ficelle_syntax::ast::{Expression, ExpressionKind, Parameter};
use ficelle_syntax::source::Source;
use ficelle_syntax::{ParseOptions, parse};

/// Who a module comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// One of OpenStack's.
    OpenStack,
    /// Any other.
    Other,
}

/// A module.
#[derive(Debug)]
pub struct Module {
    /// Its name.
    pub name: String,
    /// Who it comes from.
    pub origin: Origin,
    /// Its classes and defines, by file, then in the order of the text.
    pub definitions: Vec<Definition>,
}

/// What a definition defines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A class.
    Class,
    /// A defined type.
    Define,
}

/// A class or a define.
#[derive(Debug)]
pub struct Definition {
    /// Class or define.
    pub form: Form,
    /// The full name.
    pub name: Arc<str>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
}

/// The modules of a directory, and the type aliases of all of them.
#[derive(Debug, Default)]
pub struct Library {
    /// By name.
    pub modules: Vec<Module>,
    /// What a type alias stands for, by its name in lower case.
    pub aliases: HashMap<String, Expression>,
}

impl Library {
    /// Reads the modules of a directory. Files that cannot be parsed define nothing here: the
    /// classes in them are cases of nobody.
    pub fn read(directory: &Utf8Path) -> Result<Self> {
        let mut library = Self::default();
        for path in entries(directory)? {
            if !path.is_dir() {
                continue;
            }
            let name = path.file_name().unwrap_or_default().to_owned();
            let definitions = definitions(&path.join("manifests"))?;
            library.read_aliases(&path.join("types"))?;
            library.modules.push(Module {
                origin: origin(&path, &name)?,
                name,
                definitions,
            });
        }
        Ok(library)
    }

    fn read_aliases(&mut self, directory: &Utf8Path) -> Result<()> {
        for path in manifests(directory)? {
            for statement in statements(&path)? {
                if let ExpressionKind::TypeAlias(alias) = statement.kind {
                    let name = alias.name.to_lowercase();
                    self.aliases.insert(name, alias.type_expression.clone());
                }
            }
        }
        Ok(())
    }
}

/// OpenStack's modules say so in their metadata; their own documentation is the fallback of none.
fn origin(module: &Utf8Path, name: &str) -> Result<Origin> {
    let path = module.join("metadata.json");
    if !path.exists() {
        return Ok(Origin::Other);
    }
    let text = std::fs::read_to_string(&path).with_context(|| path.to_string())?;
    let metadata: serde_json::Value =
        serde_json::from_str(&text).with_context(|| path.to_string())?;
    let full_name = metadata["name"].as_str().unwrap_or(name);
    Ok(if full_name.starts_with("openstack") {
        Origin::OpenStack
    } else {
        Origin::Other
    })
}

fn definitions(directory: &Utf8Path) -> Result<Vec<Definition>> {
    let mut found = Vec::new();
    for path in manifests(directory)? {
        for statement in statements(&path)? {
            match statement.kind {
                ExpressionKind::Class(class) => found.push(Definition {
                    form: Form::Class,
                    name: class.name.clone(),
                    parameters: class.parameters.clone(),
                }),
                ExpressionKind::Define(define) => found.push(Definition {
                    form: Form::Define,
                    name: define.name.clone(),
                    parameters: define.parameters.clone(),
                }),
                _ => {}
            }
        }
    }
    Ok(found)
}

fn statements(path: &Utf8Path) -> Result<Vec<Expression>> {
    let text = std::fs::read_to_string(path).with_context(|| path.to_string())?;
    let source = Source::new(Some(path.as_str().into()), text);
    Ok(parse(source, ParseOptions::default()).program.body)
}

/// The `.pp` files of a directory and those below it, by path.
fn manifests(directory: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let mut found = Vec::new();
    if !directory.is_dir() {
        return Ok(found);
    }
    for path in entries(directory)? {
        if path.is_dir() {
            found.extend(manifests(&path)?);
        } else if path.extension() == Some("pp") {
            found.push(path);
        }
    }
    Ok(found)
}

fn entries(directory: &Utf8Path) -> Result<Vec<Utf8PathBuf>> {
    let mut found = directory
        .read_dir_utf8()
        .with_context(|| directory.to_string())?
        .map(|entry| Ok(entry?.into_path()))
        .collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}
