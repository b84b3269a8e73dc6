//! What one compile knows of classes, defines, nodes, functions and types.
//!
//! A name that is not known yet is looked for where its file must be: `a::b::c` in module `a`,
//! `manifests/b/c.pp`, then `manifests/b.pp`, then `manifests/init.pp`.

use std::{cell::RefCell, rc::Rc, sync::Arc};

use camino::{Utf8Path, Utf8PathBuf};
use ficelle_language::{Error, Evaluated, types};
use ficelle_model::{
    inputs::{FileKind, InputError, Inputs},
    qualified::{is_qualified, split_first, split_last, unrooted, without_roots},
};
use ficelle_syntax::{
    ast::{
        ClassDefinition, DefineDefinition, ExpressionKind, FunctionDefinition, NodeDefinition,
        Parameter, TypeAliasDefinition,
    },
    source::{Source, Span},
    validate::Location,
};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::{
    autoloaded::Sought,
    names::{self, Kind as NameKind, Names},
    sources::{Definition, ParsedFile, Rules},
};
use crate::compile::RubyFunction;
use crate::{environment::Environment, error::CompileError, types::is_metaparameter};

/// A class and the module it came with.
#[derive(Debug)]
pub(crate) struct Class {
    pub definition: Arc<ClassDefinition>,
    pub module: Option<Arc<str>>,
}

/// A defined type and the module it came with.
#[derive(Debug)]
pub(crate) struct Define {
    pub definition: Arc<DefineDefinition>,
    pub module: Option<Arc<str>>,
}

/// A node definition under one of its names.
#[derive(Debug)]
pub(crate) struct Node {
    /// The name it has in the catalog.
    pub name: Arc<str>,
    pub matching: NodeMatch,
    pub definition: Arc<NodeDefinition>,
}

/// Which nodes a definition is for.
#[derive(Debug)]
pub(crate) enum NodeMatch {
    /// A name, lower case.
    Name,
    /// A regular expression's source.
    Regexp(Arc<str>),
}

type Map<V> = IndexMap<Arc<str>, V, FxBuildHasher>;

/// A folder of what is written in Ruby.
pub(crate) struct RubyFolder {
    /// The module; the environment's own folder belongs to none.
    pub module: Option<Arc<str>>,
    /// Where it is.
    pub path: Utf8PathBuf,
}

/// What one compile knows.
pub(crate) struct Definitions<'a> {
    environment: &'a Environment,
    inputs: &'a dyn Inputs,
    rules: Rules,
    classes: RefCell<Map<Arc<Class>>>,
    defines: RefCell<Map<Arc<Define>>>,
    nodes: RefCell<Map<Arc<Node>>>,
    functions: RefCell<FxHashMap<Arc<str>, Option<Arc<FunctionDefinition>>>>,
    names: Names,
    ruby_functions: RefCell<FxHashMap<Arc<str>, Option<RubyFunction>>>,
    ruby_datatypes: RefCell<FxHashMap<Arc<str>, Option<Utf8PathBuf>>>,
    aliases: RefCell<FxHashMap<Arc<str>, Option<Arc<TypeAliasDefinition>>>>,
    loaded: RefCell<FxHashSet<Box<str>>>,
    own_folders: RefCell<FxHashMap<&'static str, Option<Utf8PathBuf>>>,
    ruby_folders: RefCell<FxHashMap<&'static [&'static str], Rc<[RubyFolder]>>>,
    missing: RefCell<FxHashSet<Arc<str>>>,
    warnings: RefCell<Vec<CompileError>>,
    main: RefCell<Vec<Arc<ParsedFile>>>,
}

impl<'a> Definitions<'a> {
    pub(crate) fn new(environment: &'a Environment, inputs: &'a dyn Inputs, rules: Rules) -> Self {
        Self {
            environment,
            inputs,
            rules,
            classes: RefCell::default(),
            defines: RefCell::default(),
            nodes: RefCell::default(),
            functions: RefCell::default(),
            names: Names::default(),
            ruby_functions: RefCell::default(),
            ruby_datatypes: RefCell::default(),
            aliases: RefCell::default(),
            loaded: RefCell::default(),
            own_folders: RefCell::default(),
            ruby_folders: RefCell::default(),
            missing: RefCell::default(),
            warnings: RefCell::default(),
            main: RefCell::default(),
        }
    }

    /// Reads the main manifest: `code`, or the environment's file or directory.
    pub(crate) fn load_main(&self, code: Option<&str>) -> Result<(), CompileError> {
        let in_environment =
            |error: CompileError| error.in_environment(self.environment.name().as_str());
        if let Some(code) = code {
            let file = ParsedFile::of_code(code, self.rules).map_err(in_environment)?;
            return self.import_main(Arc::new(file));
        }
        let Some(manifest) = &self.environment.configuration().manifest else {
            return Ok(());
        };
        let mut files = Vec::new();
        match self.inputs.kind(manifest).map_err(unreadable)? {
            Some(FileKind::Directory) => self.manifests_below(manifest, &mut files)?,
            Some(_) => files.push(manifest.clone()),
            None => {}
        }
        for path in files {
            if let Some(bytes) = self.inputs.read(&path).map_err(unreadable)? {
                let sources = self.environment.sources();
                let parsed = sources.parsed(&path, &bytes, self.rules, || Location::Anywhere);
                self.import_main(parsed.map_err(|error| in_environment((*error).clone()))?)?;
            }
        }
        Ok(())
    }

    /// The files whose top level is evaluated, in order.
    pub(crate) fn main(&self) -> Vec<Arc<ParsedFile>> {
        self.main.borrow().clone()
    }

    /// What validation warned of since the last call.
    pub(crate) fn take_warnings(&self) -> Vec<CompileError> {
        std::mem::take(&mut self.warnings.borrow_mut())
    }

    fn import_main(&self, file: Arc<ParsedFile>) -> Result<(), CompileError> {
        self.import(&file, None).map_err(CompileError::from)?;
        self.main.borrow_mut().push(file);
        Ok(())
    }

    /// The `.pp` files of a directory and those below it, sorted by path; nothing hidden (editors
    /// keep copies so), and no folder behind a link.
    fn manifests_below(
        &self,
        directory: &Utf8Path,
        files: &mut Vec<Utf8PathBuf>,
    ) -> Result<(), CompileError> {
        let entries = self.inputs.list(directory).map_err(unreadable)?;
        let first = files.len();
        let entries = entries.iter().flat_map(|entries| entries.iter());
        for entry in entries.filter(|entry| !entry.name.starts_with('.')) {
            let path = directory.join(&entry.name);
            match entry.kind {
                FileKind::Directory if !entry.is_link => {
                    self.manifests_below(&path, files)?;
                }
                FileKind::File if entry.name.ends_with(".pp") => files.push(path),
                _ => {}
            }
        }
        files[first..].sort_by(|left, right| left.as_str().cmp(right.as_str()));
        Ok(())
    }

    fn import(&self, file: &ParsedFile, module: Option<&Arc<str>>) -> Result<(), Error> {
        self.warnings
            .borrow_mut()
            .extend(file.warnings.iter().cloned());
        let contents = &file.contents;
        for kind in &contents.kinds {
            match kind {
                Definition::Class(definition) => {
                    let mut definition = Arc::clone(definition);
                    if let Some(name) = lowered(&definition.name) {
                        Arc::make_mut(&mut definition).name = name;
                    }
                    self.add_class(&definition, module)?;
                }
                Definition::Define(definition) => {
                    let mut definition = Arc::clone(definition);
                    if let Some(name) = lowered(&definition.name) {
                        Arc::make_mut(&mut definition).name = name;
                    }
                    self.add_define(&definition, module)?;
                }
            }
        }
        for definition in &contents.nodes {
            self.add_node(definition)?;
        }
        for definition in &contents.functions {
            self.add_function(definition, module)?;
        }
        for definition in &contents.aliases {
            self.add_alias(definition, module)?;
        }
        Ok(())
    }

    fn add_function(
        &self,
        definition: &Arc<FunctionDefinition>,
        module: Option<&Arc<str>>,
    ) -> Result<(), Error> {
        let name = &definition.name;
        let at = (&*definition.source, definition.span.start);
        let names = &self.names;
        names.give(NameKind::Function, name.to_string(), module, at)?;
        if module.is_none() && !is_qualified(name) {
            names.has_plain_functions.set(true);
        }
        let mut functions = self.functions.borrow_mut();
        functions.insert(name.clone(), Some(Arc::clone(definition)));
        Ok(())
    }

    fn add_alias(
        &self,
        definition: &Arc<TypeAliasDefinition>,
        module: Option<&Arc<str>>,
    ) -> Result<(), Error> {
        let name = definition.name.to_lowercase();
        if types::names::find(&name).is_some() {
            let origin = "by Puppet-Type-System/Static-Loader";
            return Err(names::redefined(NameKind::Type, &name, origin));
        }
        let at = (&*definition.source, definition.span.start);
        let names = &self.names;
        names.give(NameKind::Type, name.clone(), module, at)?;
        let mut aliases = self.aliases.borrow_mut();
        aliases.insert(name.into(), Some(Arc::clone(definition)));
        Ok(())
    }

    fn add_class(
        &self,
        definition: &Arc<ClassDefinition>,
        module: Option<&Arc<str>>,
    ) -> Result<(), Error> {
        let name = &definition.name;
        let at = (&definition.source, definition.span);
        if let Some(other) = self.classes.borrow().get(name) {
            let (source, span) = (&other.definition.source, other.definition.span);
            let context = context(source, span);
            let message = format!("Class '{name}' is already defined{context}; cannot redefine");
            return Err(placed(message, at));
        }
        if let Some(other) = self.defines.borrow().get(name) {
            let context = context(&other.definition.source, other.definition.span);
            let message = format!(
                "Definition '{name}' is already defined{context}; cannot be redefined as a class"
            );
            return Err(placed(message, at));
        }
        self.check_metaparameters(&definition.parameters, name)?;
        let class = Class {
            definition: Arc::clone(definition),
            module: module.cloned(),
        };
        let mut classes = self.classes.borrow_mut();
        classes.insert(name.clone(), Arc::new(class));
        Ok(())
    }

    fn add_define(
        &self,
        definition: &Arc<DefineDefinition>,
        module: Option<&Arc<str>>,
    ) -> Result<(), Error> {
        let name = &definition.name;
        let at = (&definition.source, definition.span);
        if let Some(other) = self.classes.borrow().get(name) {
            let context = context(&other.definition.source, other.definition.span);
            let message = format!(
                "'{name}' is already defined{context} as a class; cannot redefine as a definition"
            );
            return Err(placed(message, at));
        }
        if let Some(other) = self.defines.borrow().get(name) {
            let other = &other.definition;
            let origin = names::at(&other.source, other.span.start);
            return Err(names::redefined(NameKind::Type, name, &origin));
        }
        self.check_metaparameters(&definition.parameters, name)?;
        let define = Define {
            definition: Arc::clone(definition),
            module: module.cloned(),
        };
        let mut defines = self.defines.borrow_mut();
        defines.insert(name.clone(), Arc::new(define));
        Ok(())
    }

    fn add_node(&self, definition: &Arc<NodeDefinition>) -> Result<(), Error> {
        for matched in &definition.matches {
            let (name, matching): (Arc<str>, NodeMatch) = match &matched.kind {
                ExpressionKind::Regexp(source) => (
                    regexp_node_name(source).into(),
                    NodeMatch::Regexp(source.clone()),
                ),
                ExpressionKind::Default => ("default".into(), NodeMatch::Name),
                ExpressionKind::String(name)
                | ExpressionKind::Name(name)
                | ExpressionKind::Reference(name) => (name.to_lowercase().into(), NodeMatch::Name),
                // Validation refuses what is not a name; a number is one.
                _ => {
                    let text = definition.source.slice(matched.span);
                    let text = text.trim_matches(['\'', '"']).to_lowercase();
                    (text.into(), NodeMatch::Name)
                }
            };
            if let Some(other) = self.nodes.borrow().get(&name) {
                let context = context(&other.definition.source, other.definition.span);
                let message = format!("Node '{name}' is already defined{context}; cannot redefine");
                return Err(placed(message, (&definition.source, definition.span)));
            }
            let node = Node {
                name: name.clone(),
                matching,
                definition: Arc::clone(definition),
            };
            self.nodes.borrow_mut().insert(name, Arc::new(node));
        }
        Ok(())
    }

    /// A parameter may not take the name of one that every resource has, unless it has a default.
    fn check_metaparameters(
        &self,
        parameters: &[Parameter],
        definition: &str,
    ) -> Result<(), Error> {
        for parameter in parameters {
            let name = &parameter.name;
            if !is_metaparameter(name) {
                continue;
            }
            if parameter.default.is_none() {
                return Err(Error::new(format!(
                    "{name} is a metaparameter; please choose another parameter name in the \
                     {definition} definition"
                )));
            }
            let message = format!(
                "{name} is a metaparam; this value will inherit to all contained resources in the \
                 {definition} definition"
            );
            self.warnings.borrow_mut().push(CompileError::new(message));
        }
        Ok(())
    }

    /// The node definitions, in order.
    pub(crate) fn nodes(&self) -> Vec<Arc<Node>> {
        self.nodes.borrow().values().cloned().collect()
    }

    /// A class by name (any case, with or without a leading `::`).
    pub(crate) fn class(&self, name: &str) -> Evaluated<Option<Arc<Class>>> {
        let name = plain(name);
        if let Some(class) = self.classes.borrow().get(&*name) {
            return Ok(Some(Arc::clone(class)));
        }
        self.load(&name)?;
        Ok(self.classes.borrow().get(&*name).cloned())
    }

    /// A defined type by name (any case, with or without a leading `::`).
    pub(crate) fn define(&self, name: &str) -> Evaluated<Option<Arc<Define>>> {
        let name = plain(name);
        if let Some(define) = self.defines.borrow().get(&*name) {
            return Ok(Some(Arc::clone(define)));
        }
        self.load(&name)?;
        Ok(self.defines.borrow().get(&*name).cloned())
    }

    /// Loads the files in which the class or define of this name may stand.
    fn load(&self, name: &str) -> Evaluated<()> {
        if name.is_empty() || self.missing.borrow().contains(name) {
            return Ok(());
        }
        let known = |name: &str| {
            self.classes.borrow().contains_key(name) || self.defines.borrow().contains_key(name)
        };
        let mut candidate = name;
        loop {
            let first = split_first(candidate).map_or(candidate, |(first, _)| first);
            if let Some(module) = self.environment.module(first) {
                let path = module.file_of("manifests", candidate);
                self.load_manifest(&path, candidate, &module.name)?;
                if known(name) {
                    return Ok(());
                }
            }
            match split_last(candidate) {
                Some((outer, _)) => candidate = outer,
                None => break,
            }
        }
        self.missing.borrow_mut().insert(name.into());
        Ok(())
    }

    fn load_manifest(&self, path: &Utf8Path, name: &str, module: &Arc<str>) -> Evaluated<()> {
        if !self.loaded.borrow_mut().insert(path.as_str().into()) {
            return Ok(());
        }
        if let Some(file) = self.parsed(path, || Location::Namespace(name.into()))? {
            self.import(&file, Some(module))?;
        }
        Ok(())
    }

    /// The tree of a file, where it exists; `location` says what may be defined in it.
    fn parsed(
        &self,
        path: &Utf8Path,
        location: impl FnOnce() -> Location,
    ) -> Evaluated<Option<Arc<ParsedFile>>> {
        let bytes = match self.inputs.read(path) {
            Ok(Some(bytes)) => bytes,
            Ok(None) => return Ok(None),
            Err(error) => return Err(Error::new(error.to_string()).into()),
        };
        let sources = self.environment.sources();
        match sources.parsed(path, &bytes, self.rules, location) {
            Ok(file) => Ok(Some(file)),
            Err(error) => Err(Error::from((*error).clone()).into()),
        }
    }

    /// A function written in the Puppet language.
    pub(crate) fn function(&self, name: &str) -> Evaluated<Option<Arc<FunctionDefinition>>> {
        let name = without_roots(name);
        if let Some(known) = self.functions.borrow().get(name) {
            return Ok(known.clone());
        }
        let mut found = None;
        if let Some((path, file)) = self.autoload("functions", name)? {
            let functions = &file.contents.functions;
            let sought = Sought::Function(name);
            let definition = sought.only(functions, |one| &*one.name, &file, &path)?;
            found = Some(Arc::clone(definition));
        }
        let mut functions = self.functions.borrow_mut();
        functions.insert(name.into(), found.clone());
        Ok(found)
    }

    /// A function of the main manifests that goes by no namespace.
    pub(crate) fn main_function(&self, name: &str) -> Option<Arc<FunctionDefinition>> {
        if !self.names.has_plain_functions.get() || is_qualified(name) {
            return None;
        }
        self.functions.borrow().get(name)?.clone()
    }

    /// Where a function of this name is written in Ruby: in the environment's own folder, or in a
    /// module.
    pub(crate) fn ruby_function(&self, name: &str) -> Evaluated<Option<RubyFunction>> {
        if let Some(known) = self.ruby_functions.borrow().get(name) {
            return Ok(known.clone());
        }
        let found = self.find_ruby_function(name)?;
        let mut functions = self.ruby_functions.borrow_mut();
        functions.insert(name.into(), found.clone());
        Ok(found)
    }

    fn find_ruby_function(&self, name: &str) -> Evaluated<Option<RubyFunction>> {
        // A qualified name says where it is; a plain one may be anywhere, and of the old kind.
        let folders: &'static [&'static str] = match is_qualified(name) {
            true => &["lib/puppet/functions"],
            false => &["lib/puppet/functions", "lib/puppet/parser/functions"],
        };
        self.find_ruby(folders, name)
    }

    /// The file in which an object type of this name is written in Ruby.
    pub(crate) fn ruby_datatype(&self, name: &str) -> Evaluated<Option<Utf8PathBuf>> {
        let name = plain(name);
        if let Some(known) = self.ruby_datatypes.borrow().get(&*name) {
            return Ok(known.clone());
        }
        let found = self.find_ruby(&["lib/puppet/datatypes"], &name)?;
        let found = found.map(|found| found.path);
        let mut datatypes = self.ruby_datatypes.borrow_mut();
        datatypes.insert(name.into(), found.clone());
        Ok(found)
    }

    /// The file of a name in folders of the environment or of its modules.
    fn find_ruby(
        &self,
        folders: &'static [&'static str],
        name: &str,
    ) -> Evaluated<Option<RubyFunction>> {
        let first = split_first(name).map(|(first, _)| first);
        let wanted = |folder: &&RubyFolder| match (first, &folder.module) {
            (None, _) | (Some("environment"), None) => true,
            (Some(first), Some(module)) => **module == *first,
            (Some(_), None) => false,
        };
        let mut relative = None;
        for folder in self.ruby_folders(folders)?.iter().filter(wanted) {
            let relative =
                relative.get_or_insert_with(|| format!("{}.rb", name.replace("::", "/")));
            let path = folder.path.join(relative);
            if self.kind(&path)? == Some(FileKind::File) {
                let module = folder.module.clone();
                return Ok(Some(RubyFunction { module, path }));
            }
        }
        Ok(None)
    }

    /// Those folders of the environment and of its modules that are there: most are not, and
    /// names are looked for in all of them.
    pub(crate) fn ruby_folders(
        &self,
        folders: &'static [&'static str],
    ) -> Evaluated<Rc<[RubyFolder]>> {
        if let Some(known) = self.ruby_folders.borrow().get(folders) {
            return Ok(Rc::clone(known));
        }
        let own = self.environment.directory();
        let own = own.map(|directory| (None, directory));
        let modules = self.environment.modules().iter();
        let modules = modules.map(|module| (Some(&module.name), module.path.as_path()));
        let mut found = Vec::new();
        for (module, root) in own.into_iter().chain(modules) {
            for folder in folders {
                let path = root.join(folder);
                if self.kind(&path)? == Some(FileKind::Directory) {
                    let module = module.cloned();
                    found.push(RubyFolder { module, path });
                }
            }
        }
        let found: Rc<[RubyFolder]> = found.into();
        let mut known = self.ruby_folders.borrow_mut();
        known.insert(folders, Rc::clone(&found));
        Ok(found)
    }

    fn kind(&self, path: &Utf8Path) -> Evaluated<Option<FileKind>> {
        let kind = self.inputs.kind(path);
        kind.map_err(|error| Error::new(error.to_string()).into())
    }

    /// A type alias by its name as written.
    pub(crate) fn alias(&self, name: &str) -> Evaluated<Option<Arc<TypeAliasDefinition>>> {
        let lower = plain(name);
        if let Some(known) = self.aliases.borrow().get(&*lower) {
            return Ok(known.clone());
        }
        let mut found = None;
        let mut file = self.autoload("types", &lower)?;
        if file.is_none() && !is_qualified(&lower) {
            // A module's type set goes by the module's name.
            file = self.autoload("types", &format!("{lower}::init_typeset"))?;
        }
        if let Some((path, file)) = file {
            let aliases = &file.contents.aliases;
            let sought = Sought::Type(&lower);
            let definition = sought.only(aliases, |one| &*one.name, &file, &path)?;
            found = Some(Arc::clone(definition));
        }
        self.aliases
            .borrow_mut()
            .insert(lower.into(), found.clone());
        Ok(found)
    }

    /// The file of a name in a folder of a module or of the environment, whose own names are
    /// plain ones and those in the namespace `environment`.
    fn autoload(
        &self,
        folder: &'static str,
        name: &str,
    ) -> Evaluated<Option<(Utf8PathBuf, Arc<ParsedFile>)>> {
        let path = match split_first(name) {
            None | Some(("environment", _)) => match self.own_folder(folder)? {
                Some(folder) => folder.join(format!("{}.pp", name.replace("::", "/"))),
                None => return Ok(None),
            },
            Some((module, rest)) => match self.environment.module(module) {
                Some(module) => {
                    let relative = format!("{folder}/{}.pp", rest.replace("::", "/"));
                    module.path.join(relative)
                }
                None => return Ok(None),
            },
        };
        let location = || match is_qualified(name) {
            true => Location::Namespace(name.into()),
            false => Location::Anywhere,
        };
        Ok(self.parsed(&path, location)?.map(|file| (path, file)))
    }

    /// A folder of the environment itself, where it is there: mostly it is not, and plain names
    /// are looked for in it.
    fn own_folder(&self, folder: &'static str) -> Evaluated<Option<Utf8PathBuf>> {
        if let Some(known) = self.own_folders.borrow().get(folder) {
            return Ok(known.clone());
        }
        let path = self.environment.directory().map(|own| own.join(folder));
        let found = match path {
            Some(path) if self.kind(&path)? == Some(FileKind::Directory) => Some(path),
            _ => None,
        };
        let mut folders = self.own_folders.borrow_mut();
        folders.insert(folder, found.clone());
        Ok(found)
    }
}

/// The name in lower case, where it is not.
fn lowered(name: &str) -> Option<Arc<str>> {
    match plain(name) {
        std::borrow::Cow::Owned(lower) => Some(lower.into()),
        std::borrow::Cow::Borrowed(plain) if plain.len() != name.len() => Some(plain.into()),
        std::borrow::Cow::Borrowed(_) => None,
    }
}

/// Lower case, without a leading `::`.
fn plain(name: &str) -> std::borrow::Cow<'_, str> {
    let name = unrooted(name);
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) || !name.is_ascii() {
        name.to_lowercase().into()
    } else {
        name.into()
    }
}

/// `__node_regexp__` and what is left of the expression.
fn regexp_node_name(source: &str) -> String {
    let lower = source.to_lowercase();
    let kept: String = lower
        .chars()
        .filter(|&character| {
            character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':' | '.')
        })
        .collect();
    format!("__node_regexp__{}", kept.trim_start_matches('.'))
}

/// ` (file: F, line: L)`
fn context(source: &Source, span: Span) -> String {
    let line = source.line(span.start);
    match source.path() {
        Some(file) => format!(" (file: {file}, line: {line})"),
        None => format!(" (line: {line})"),
    }
}

fn placed(message: String, (source, span): (&Arc<Source>, Span)) -> Error {
    let mut error = Error::complete(message);
    let mut location = ficelle_language::error::Location::of(source, span);
    location.column = None;
    error.location = Some(location);
    error
}

fn unreadable(error: InputError) -> CompileError {
    CompileError::new(error.to_string())
}
