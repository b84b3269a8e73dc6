//! `environment.conf`: where an environment keeps its manifests and modules.
//!
//! Source: puppet-docs, `config_file_environment.md`.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use ficelle_model::{
    EnvironmentName,
    inputs::{FileKind, Inputs},
};
use indexmap::IndexMap;

use crate::error::EnvironmentError;

/// What an environment takes from the settings of its master.
#[derive(Clone, Debug)]
pub struct EnvironmentDefaults {
    /// `basemodulepath`: searched after the environment's own `modules`.
    pub base_modulepath: Vec<Utf8PathBuf>,
    /// `default_manifest`: relative to the environment.
    pub default_manifest: Utf8PathBuf,
    /// Settings that may be interpolated in `environment.conf` (`$codedir`).
    pub variables: IndexMap<String, String>,
}

impl Default for EnvironmentDefaults {
    fn default() -> Self {
        Self {
            base_modulepath: Vec::new(),
            default_manifest: "./manifests".into(),
            variables: IndexMap::new(),
        }
    }
}

/// An environment's settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    /// The main manifest: a file, or a directory whose `.pp` files are all read.
    pub manifest: Option<Utf8PathBuf>,
    /// Where modules are looked for, in order.
    pub modulepath: Vec<Utf8PathBuf>,
    /// The command whose output is the catalog's version.
    pub config_version: Option<String>,
    /// `environment_timeout`, as written.
    pub environment_timeout: Option<String>,
    /// `environment_data_provider`, as written; only `hiera` and `none` mean something today.
    pub environment_data_provider: Option<String>,
    /// `static_catalogs`, where it is given.
    pub static_catalogs: Option<bool>,
    /// `rich_data`, where it is given.
    pub rich_data: Option<bool>,
    /// Names in the file that mean nothing, to be warned of once.
    pub unknown: Vec<String>,
}

impl Configuration {
    /// Reads `environment.conf` in `directory`.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub(super) fn read(
        name: &EnvironmentName,
        directory: &Utf8Path,
        defaults: &EnvironmentDefaults,
        inputs: &dyn Inputs,
    ) -> Result<Self, EnvironmentError> {
        let path = directory.join("environment.conf");
        let text = match inputs.read(&path)? {
            Some(bytes) => String::from_utf8(bytes.to_vec()).map_err(|_| {
                EnvironmentError::Configuration(format!("{path} is not valid UTF-8"))
            })?,
            None => String::new(),
        };
        let variables = variables(name, defaults);
        let mut configuration = Self::default();
        let mut modulepath = None;
        let mut manifest = None;
        for (key, value) in settings(&text) {
            let value = interpolate(value, &variables);
            match key {
                "manifest" => manifest = Some(absolute(directory, &value)),
                "modulepath" => modulepath = Some(value),
                "config_version" => {
                    configuration.config_version = Some(command(directory, &value));
                }
                "environment_timeout" => configuration.environment_timeout = Some(value),
                "environment_data_provider" => {
                    configuration.environment_data_provider = Some(value);
                }
                "static_catalogs" => configuration.static_catalogs = Some(value == "true"),
                "rich_data" => configuration.rich_data = Some(value == "true"),
                other => configuration.unknown.push(other.to_owned()),
            }
        }
        configuration.manifest = Some(
            manifest.unwrap_or_else(|| absolute(directory, defaults.default_manifest.as_str())),
        );
        configuration.modulepath = match modulepath {
            Some(text) => expand(directory, &text, inputs)?,
            None => std::iter::once(directory.join("modules"))
                .chain(defaults.base_modulepath.iter().cloned())
                .collect(),
        };
        Ok(configuration)
    }
}

/// `key = value` lines of the file, with the one section `[main]` that it may have.
fn settings(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut in_main = true;
    text.lines().filter_map(move |line| {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            in_main = section.trim_end_matches(']').trim() == "main";
            return None;
        }
        if !in_main || line.starts_with('#') {
            return None;
        }
        let (key, value) = line.split_once('=')?;
        // A comment may follow the value.
        let value = value.split_once(" #").map_or(value, |(value, _)| value);
        Some((key.trim(), value.trim().trim_matches(['"', '\''])))
    })
}

fn variables(name: &EnvironmentName, defaults: &EnvironmentDefaults) -> IndexMap<String, String> {
    let mut variables = defaults.variables.clone();
    variables.insert("environment".to_owned(), name.to_string());
    let base: Vec<&str> = defaults
        .base_modulepath
        .iter()
        .map(|path| path.as_str())
        .collect();
    variables.insert("basemodulepath".to_owned(), base.join(":"));
    variables
}

/// Replaces `$name` and `${name}`; what is not known stays as it is.
fn interpolate(text: &str, variables: &IndexMap<String, String>) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let (braced, body) = match after.strip_prefix('{') {
            Some(body) => (true, body),
            None => (false, after),
        };
        let length = body
            .find(|character: char| !character.is_ascii_alphanumeric() && character != '_')
            .unwrap_or(body.len());
        let end = 1 + usize::from(braced) * 2 + length;
        let closed = !braced || body[length..].starts_with('}');
        match variables.get(&body[..length]).filter(|_| closed) {
            Some(value) => {
                result.push_str(value);
                rest = &rest[at + end..];
            }
            None => {
                result.push('$');
                rest = after;
            }
        }
    }
    result.push_str(rest);
    result
}

/// The directories of a modulepath; a segment may hold `*` for one level of directories.
fn expand(
    directory: &Utf8Path,
    text: &str,
    inputs: &dyn Inputs,
) -> Result<Vec<Utf8PathBuf>, EnvironmentError> {
    let mut paths = Vec::new();
    for path in text.split(':').filter(|path| !path.is_empty()) {
        let path = absolute(directory, path);
        if path.as_str().contains('*') {
            paths.extend(glob(&path, inputs)?);
        } else {
            paths.push(path);
        }
    }
    Ok(paths)
}

fn glob(pattern: &Utf8Path, inputs: &dyn Inputs) -> Result<Vec<Utf8PathBuf>, EnvironmentError> {
    let mut found = vec![Utf8PathBuf::new()];
    for component in pattern.components() {
        let mut next = Vec::new();
        for base in found {
            let Utf8Component::Normal(segment) = component else {
                next.push(base.join(component.as_str()));
                continue;
            };
            let Some((before, after)) = segment.split_once('*') else {
                next.push(base.join(segment));
                continue;
            };
            for entry in inputs
                .list(&base)?
                .iter()
                .flat_map(|entries| entries.iter())
            {
                let fits = entry.kind == FileKind::Directory
                    && !entry.name.starts_with('.')
                    && entry.name.len() >= before.len() + after.len()
                    && entry.name.starts_with(before)
                    && entry.name.ends_with(after);
                if fits {
                    next.push(base.join(&entry.name));
                }
            }
        }
        found = next;
    }
    Ok(found)
}

/// The command of `config_version`: its program may be named relative to the environment.
fn command(directory: &Utf8Path, value: &str) -> String {
    match value.split_once(' ') {
        Some((program, arguments)) => format!("{} {arguments}", absolute(directory, program)),
        None => absolute(directory, value).into_string(),
    }
}

/// `path` below `directory`, `.` and `..` resolved without looking at the disk.
fn absolute(directory: &Utf8Path, path: &str) -> Utf8PathBuf {
    if path.starts_with('$') {
        return path.into();
    }
    let mut result = Utf8PathBuf::new();
    for component in directory.join(path).components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir => {
                result.pop();
            }
            other => result.push(other.as_str()),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::MemoryInputs;

    fn read(conf: &str) -> Configuration {
        let mut inputs = MemoryInputs::new();
        inputs.add_file("/envs/test/environment.conf", conf);
        inputs.add_directory("/envs/test/vendor/one");
        inputs.add_directory("/envs/test/vendor/two");
        let defaults = EnvironmentDefaults {
            base_modulepath: vec!["/base".into()],
            ..EnvironmentDefaults::default()
        };
        let name = EnvironmentName::parse("test").expect("a valid name");
        Configuration::read(&name, "/envs/test".into(), &defaults, &inputs).expect("readable")
    }

    #[test]
    fn an_empty_file_leaves_the_defaults() {
        let configuration = read("");
        assert_eq!(
            configuration.manifest.as_deref(),
            Some("/envs/test/manifests".into())
        );
        assert_eq!(configuration.modulepath, ["/envs/test/modules", "/base"]);
    }

    #[test]
    fn paths_are_relative_to_the_environment_and_variables_are_replaced() {
        let configuration = read(
            "# ours\nmanifest = site.pp\nmodulepath = vendor/*:../shared:$basemodulepath # all\n\
             config_version = bin/version $environment\nodd = 1\n",
        );
        assert_eq!(
            configuration.manifest.as_deref(),
            Some("/envs/test/site.pp".into())
        );
        assert_eq!(
            configuration.modulepath,
            [
                "/envs/test/vendor/one",
                "/envs/test/vendor/two",
                "/envs/shared",
                "/base"
            ]
        );
        assert_eq!(
            configuration.config_version.as_deref(),
            Some("/envs/test/bin/version test")
        );
        assert_eq!(configuration.unknown, ["odd"]);
    }
}
