//! The templates of the modules: what each reads, and which class or define has it rendered.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result};
use camino::{Utf8Path, Utf8PathBuf};
use ficelle_language::values::Regexp;
use ficelle_syntax::ast::{Expression, ExpressionKind, Parameter};
use ficelle_syntax::source::Source;
use ficelle_syntax::{ParseOptions, parse, parse_epp};

use crate::modules::library::{Library, Module, Origin};

/// Which language a template is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Ruby's.
    Erb,
    /// Puppet's.
    Epp,
}

/// A template.
#[derive(Debug)]
pub struct Template {
    /// Its module.
    pub module: String,
    /// Whose module it is.
    pub origin: Origin,
    /// `module/path`, as the function takes it.
    pub name: String,
    /// Its language.
    pub kind: Kind,
    /// Its text.
    pub text: String,
    /// The variables that it names: plain ones and qualified ones.
    pub variables: BTreeSet<String>,
    /// What an EPP template declares; `None` where it sees its caller's variables.
    pub declared: Option<Vec<Parameter>>,
    /// The parameters of the definitions that have it rendered.
    pub parameters: Vec<Parameter>,
}

static INSTANCE: LazyLock<Arc<Regexp>> = LazyLock::new(|| Regexp::of(r"@([a-z_][A-Za-z0-9_]*)"));
static LOOKED_UP: LazyLock<Arc<Regexp>> = LazyLock::new(|| {
    Regexp::of(
        r#"(?:scope\[|lookupvar\(?|has_variable\?\(?|scope\.include\?\(?)\s*['":]((?:::)?[a-z_][a-z0-9_]*(?:::[a-z0-9_]+)*)"#,
    )
});
static VARIABLE: LazyLock<Arc<Regexp>> =
    LazyLock::new(|| Regexp::of(r"\$\{?((?:::)?[a-z_][a-z0-9_]*(?:::[a-z0-9_]+)*)"));

/// All templates of the modules in a directory, by name.
pub fn templates(directory: &Utf8Path, library: &Library) -> Result<Vec<Template>> {
    let mut found = Vec::new();
    for module in &library.modules {
        let root = directory.join(&module.name);
        let manifests = files(&root.join("manifests"), "pp")?
            .into_iter()
            .map(|path| read(&path))
            .collect::<Result<Vec<_>>>()?;
        for (extension, kind) in [("erb", Kind::Erb), ("epp", Kind::Epp)] {
            for path in files(&root.join("templates"), extension)? {
                let text = match std::fs::read_to_string(&path) {
                    Ok(text) => text,
                    // Neither side renders what is no UTF-8.
                    Err(error) if error.kind() == std::io::ErrorKind::InvalidData => continue,
                    Err(error) => return Err(error).context(path),
                };
                let relative = path.strip_prefix(root.join("templates"))?.to_string();
                found.push(template(module, &relative, kind, text, &manifests));
            }
        }
    }
    Ok(found)
}

fn template(
    module: &Module,
    relative: &str,
    kind: Kind,
    text: String,
    manifests: &[String],
) -> Template {
    let patterns: &[&Regexp] = match kind {
        Kind::Erb => &[&INSTANCE, &LOOKED_UP],
        Kind::Epp => &[&VARIABLE],
    };
    let variables = patterns.iter().flat_map(|pattern| all(pattern, &text));
    let needle = format!("/{relative}");
    Template {
        variables: variables.collect(),
        declared: match kind {
            Kind::Erb => None,
            Kind::Epp => declared(&text),
        },
        parameters: manifests
            .iter()
            .filter(|manifest| manifest.contains(&needle))
            .flat_map(|manifest| parameters(manifest))
            .collect(),
        module: module.name.clone(),
        origin: module.origin,
        name: format!("{}/{relative}", module.name),
        kind,
        text,
    }
}

/// The first group of every match.
pub(super) fn all(pattern: &Regexp, text: &str) -> Vec<String> {
    let Ok(pattern) = pattern.compiled() else {
        return Vec::new();
    };
    pattern
        .captures_iter(text)
        .filter_map(|captures| Some(captures.ok()?.get(1)?.as_str().to_owned()))
        .collect()
}

fn declared(text: &str) -> Option<Vec<Parameter>> {
    let source = Source::new(None, text.to_owned());
    let parsed = parse_epp(source, ParseOptions::default());
    match &parsed.program.body.first()?.kind {
        ExpressionKind::Epp(template) if template.parameters_specified => {
            Some(template.parameters.clone())
        }
        _ => None,
    }
}

fn parameters(manifest: &str) -> Vec<Parameter> {
    let source = Source::new(None, manifest.to_owned());
    let statements = parse(source, ParseOptions::default()).program.body;
    let of = |statement: Expression| match statement.kind {
        ExpressionKind::Class(class) => class.parameters.clone(),
        ExpressionKind::Define(define) => define.parameters.clone(),
        _ => Vec::new(),
    };
    statements.into_iter().flat_map(of).collect()
}

fn read(path: &Utf8Path) -> Result<String> {
    let bytes = std::fs::read(path).with_context(|| path.to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The files of a directory and those below it that end so, by path.
fn files(directory: &Utf8Path, extension: &str) -> Result<Vec<Utf8PathBuf>> {
    let mut found = Vec::new();
    if !directory.is_dir() {
        return Ok(found);
    }
    for entry in directory
        .read_dir_utf8()
        .with_context(|| directory.to_string())?
    {
        let path = entry?.into_path();
        if path.is_dir() {
            found.extend(files(&path, extension)?);
        } else if path.extension() == Some(extension) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
