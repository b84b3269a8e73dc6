//! A host in memory: files, variables, modules.

use std::{cell::RefCell, collections::BTreeMap, sync::Arc};

use camino::Utf8Path;
use ficelle_language::{
    Type, Value,
    error::{Error, Evaluated},
};
use ficelle_lookup::{Interpolated, Lookup, LookupHost, LookupSettings, ModuleData, lookup};
use ficelle_model::{
    Resource,
    inputs::{CommandOutput, DirectoryEntry, ExportedQuery, FileKind, InputError, Inputs},
};

#[derive(Default)]
pub struct World {
    files: BTreeMap<String, Arc<[u8]>>,
    variables: BTreeMap<String, Value>,
    modules: BTreeMap<String, String>,
    warnings: RefCell<Vec<String>>,
}

pub trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::string(self)
    }
}

impl IntoValue for Vec<&str> {
    fn into_value(self) -> Value {
        Value::array(self.into_iter().map(Value::string).collect::<Vec<_>>())
    }
}

impl World {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.as_bytes().into());
        self
    }

    pub fn without(mut self, path: &str) -> Self {
        self.files.remove(path);
        self
    }

    pub fn variable(mut self, name: &str, value: impl IntoValue) -> Self {
        self.variables.insert(name.to_owned(), value.into_value());
        self
    }

    pub fn module(mut self, name: &str, root: &str) -> Self {
        self.modules.insert(name.to_owned(), root.to_owned());
        self
    }

    pub fn warnings(&self) -> Vec<String> {
        self.warnings.borrow().clone()
    }

    /// What `lookup(key)` gives, as text.
    pub fn get(&self, key: &str) -> Result<String, String> {
        self.call(vec![Value::string(key)])
    }

    pub fn call(&self, arguments: Vec<Value>) -> Result<String, String> {
        let settings = LookupSettings {
            global: Some("/etc/hiera.yaml".into()),
            environment: Some("/env".into()),
            ..LookupSettings::default()
        };
        let adapter = Lookup::new(settings, Arc::default());
        lookup(&adapter, self, &arguments, None)
            .map(|value| match value {
                Value::String(text) => text.to_string(),
                other => ficelle_language::values::literal(&other),
            })
            .map_err(|unwind| unwind.into_error().message)
    }
}

impl LookupHost for World {
    fn inputs(&self) -> &dyn Inputs {
        self
    }

    fn variable(&self, name: &str) -> Evaluated<Option<Value>> {
        Ok(self.variables.get(name.trim_start_matches("::")).cloned())
    }

    fn has_function(&self, _name: &str) -> Evaluated<bool> {
        Ok(false)
    }

    fn call_function(&self, name: &str, _arguments: Vec<Value>) -> Evaluated {
        Err(Error::new(format!("Unknown function: '{name}'")).into())
    }

    fn context(&self, module: Option<&str>) -> Evaluated {
        Ok(module.map_or(Value::Undef, Value::from))
    }

    fn undefined(&self, _name: &str, _place: Interpolated) -> Evaluated<()> {
        Ok(())
    }

    fn module(&self, name: &str) -> Option<ModuleData> {
        let root = self.modules.get(name)?;
        Some(ModuleData {
            root: root.into(),
            data_provider: None,
        })
    }

    fn convert(&self, wanted: &Value, value: Value, _arguments: &[Value]) -> Evaluated {
        Ok(Value::string(format!("converted to {wanted}: {value}")))
    }

    fn assert_type(&self, _subject: &str, _wanted: &Type, _value: &Value) -> Evaluated<()> {
        Ok(())
    }

    fn assert_rich_data(&self, _subject: &str, _value: &Value) -> Evaluated<()> {
        Ok(())
    }

    fn is_strict(&self) -> bool {
        true
    }

    fn warn(&self, message: &str, _file: Option<&str>) {
        self.warnings.borrow_mut().push(message.to_owned());
    }

    fn deprecate(&self, _key: &str, message: &str, file: Option<&str>) {
        self.warn(message, file);
    }
}

impl Inputs for World {
    fn read(&self, path: &Utf8Path) -> Result<Option<Arc<[u8]>>, InputError> {
        Ok(self.files.get(path.as_str()).cloned())
    }

    fn list(&self, path: &Utf8Path) -> Result<Option<Arc<[DirectoryEntry]>>, InputError> {
        let prefix = format!("{}/", path.as_str().trim_end_matches('/'));
        let below = self
            .files
            .keys()
            .filter_map(|file| file.strip_prefix(&prefix));
        let mut entries: Vec<DirectoryEntry> = below
            .map(|rest| match rest.split_once('/') {
                Some((name, _)) => DirectoryEntry {
                    name: name.to_owned(),
                    kind: FileKind::Directory,
                    is_link: false,
                },
                None => DirectoryEntry {
                    name: rest.to_owned(),
                    kind: FileKind::File,
                    is_link: false,
                },
            })
            .collect();
        entries.dedup();
        Ok((!entries.is_empty()).then(|| entries.into()))
    }

    fn kind(&self, path: &Utf8Path) -> Result<Option<FileKind>, InputError> {
        Ok(self
            .files
            .contains_key(path.as_str())
            .then_some(FileKind::File))
    }

    fn exported(&self, _query: &ExportedQuery) -> Result<Vec<Resource>, InputError> {
        Ok(Vec::new())
    }

    fn run(&self, command: &[String]) -> Result<CommandOutput, InputError> {
        Err(InputError::Command(format!(
            "no command runs here: {command:?}"
        )))
    }

    fn now(&self) -> i128 {
        0
    }

    fn environment_variable(&self, _name: &str) -> Option<String> {
        None
    }
}
