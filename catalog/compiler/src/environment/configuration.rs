//! `environment.conf`: where an environment keeps its manifests and modules.
//!
//! Source: puppet-docs, `config_file_environment.md`; what is refused and what is warned of was
//! measured.

use camino::{Utf8Component, Utf8Path, Utf8PathBuf};
use ficelle_model::{
    EnvironmentName,
    inputs::{FileKind, Inputs},
    settings::{ConfigFile, SettingsError, duration},
};
use indexmap::IndexMap;

use crate::{error::EnvironmentError, request::LogMessage};

/// What the file may hold.
const KNOWN: [&str; 7] = [
    "manifest",
    "modulepath",
    "config_version",
    "environment_timeout",
    "environment_data_provider",
    "static_catalogs",
    "rich_data",
];

/// What an environment takes from the settings of its master.
#[derive(Clone, Debug)]
pub struct EnvironmentDefaults {
    /// `basemodulepath`: searched after the environment's own `modules`.
    pub base_modulepath: Vec<Utf8PathBuf>,
    /// `default_manifest`: relative to the environment.
    pub default_manifest: Utf8PathBuf,
    /// `disable_per_environment_manifest`: every environment has the default manifest.
    pub only_default_manifest: bool,
    /// Settings that may be interpolated in `environment.conf` (`$codedir`).
    pub variables: IndexMap<String, String>,
}

impl Default for EnvironmentDefaults {
    fn default() -> Self {
        Self {
            base_modulepath: Vec::new(),
            default_manifest: "./manifests".into(),
            only_default_manifest: false,
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
    /// What in the file means nothing, to be told whenever it is read.
    pub warnings: Vec<LogMessage>,
}

impl Configuration {
    /// Reads `environment.conf` in `directory`.
    ///
    /// # Errors
    /// The file is there and cannot be read, or says something that cannot be.
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
        let mut written = Written {
            file: ConfigFile::parse(path.as_str(), &text)?,
            variables: variables(name, defaults),
            warnings: Vec::new(),
        };
        written.warn_of_the_rest();
        let default_manifest = absolute(directory, defaults.default_manifest.as_str());
        let manifest = written
            .path("manifest")?
            .map(|path| absolute(directory, &path));
        let manifest = match manifest {
            Some(manifest) if defaults.only_default_manifest && manifest != default_manifest => {
                written.warn(format!(
                    "The 'disable_per_environment_manifest' setting is true, but the environment \
                     located at {directory} has a manifest setting in its environment.conf of \
                     '{manifest}' which does not match the default_manifest setting \
                     '{default_manifest}'"
                ));
                default_manifest
            }
            manifest => manifest.unwrap_or(default_manifest),
        };
        let modulepath = match written.path("modulepath")? {
            Some(text) => expand(directory, &text, inputs)?,
            None => std::iter::once(directory.join("modules"))
                .chain(defaults.base_modulepath.iter().cloned())
                .collect(),
        };
        let config_version = written.text("config_version")?;
        let wanted = "a duration such as 90, 30m, 12h, 7d, 1y or unlimited";
        Ok(Self {
            manifest: Some(manifest),
            modulepath,
            config_version: config_version.map(|value| command(directory, &value)),
            environment_timeout: written.checked("environment_timeout", wanted, |text| {
                duration(text).map(|_| text.to_owned())
            })?,
            environment_data_provider: written.text("environment_data_provider")?,
            static_catalogs: written.boolean("static_catalogs")?,
            rich_data: written.boolean("rich_data")?,
            warnings: written.warnings,
        })
    }
}

/// What the file says, and what may stand in it.
struct Written {
    file: ConfigFile,
    variables: IndexMap<String, String>,
    warnings: Vec<LogMessage>,
}

impl Written {
    /// A value, `$name` and `${name}` replaced.
    fn text(&self, name: &str) -> Result<Option<String>, SettingsError> {
        let entry = self.file.find("main", name);
        entry
            .map(|entry| interpolate(name, &entry.value, &self.variables))
            .transpose()
    }

    /// One or more paths. What names an environment would lead out of it.
    fn path(&mut self, name: &str) -> Result<Option<String>, SettingsError> {
        let entry = self.file.find("main", name);
        let Some(raw) = entry.map(|entry| entry.value.clone()) else {
            return Ok(None);
        };
        if ["$environment", "${environment}"]
            .iter()
            .any(|own| raw.contains(own))
        {
            self.warn(format!(
                "You cannot interpolate $environment within '{name}' when using directory \
                 environments. Its value will remain {raw}."
            ));
        }
        let mut variables = self.variables.clone();
        variables.insert("environment".to_owned(), "$environment".to_owned());
        interpolate(name, &raw, &variables).map(Some)
    }

    fn boolean(&self, name: &str) -> Result<Option<bool>, SettingsError> {
        self.checked(name, "true or false", |text| match text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        })
    }

    fn checked<T>(
        &self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, SettingsError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        match read(&text) {
            Some(value) => Ok(Some(value)),
            None => Err(SettingsError::Value {
                name: name.to_owned(),
                wanted: wanted.to_owned(),
                place: format!(" ({})", self.file.path()),
                value: text,
            }),
        }
    }

    fn warn(&mut self, message: String) {
        self.warnings.push(LogMessage::warning(message));
    }

    fn warn_of_the_rest(&mut self) {
        let path = self.file.path();
        let sections: Vec<&str> = self.file.sections().skip(1).collect();
        let sections = (!sections.is_empty()).then(|| {
            format!(
                "Invalid sections in environment.conf at '{path}'. Environment conf may not have \
                 sections. The following sections are being ignored: '{}'",
                sections.join(",")
            )
        });
        let names = self.file.entries("main").map(|(name, _)| name);
        let unknown: Vec<&str> = names.filter(|name| !KNOWN.contains(name)).collect();
        let unknown = (!unknown.is_empty()).then(|| {
            format!(
                "Invalid settings in environment.conf at '{path}'. The following unknown \
                 setting(s) are being ignored: {}",
                unknown.join(", ")
            )
        });
        for message in sections.into_iter().chain(unknown) {
            self.warn(message);
        }
    }
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

/// Replaces `$name` and `${name}`; a `$` before something else is one.
fn interpolate(
    setting: &str,
    text: &str,
    variables: &IndexMap<String, String>,
) -> Result<String, SettingsError> {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let body = after.strip_prefix('{').unwrap_or(after);
        let is_braced = body.len() < after.len();
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let (name, behind) = body.split_at(body.find(|c| !is_word(c)).unwrap_or(body.len()));
        let behind = match is_braced {
            true => behind.strip_prefix('}'),
            false => Some(behind),
        };
        let (Some(behind), false) = (behind, name.is_empty()) else {
            result.push('$');
            rest = after;
            continue;
        };
        let value = variables.get(name);
        result.push_str(value.ok_or_else(|| SettingsError::Reference {
            name: setting.to_owned(),
            reference: name.to_owned(),
        })?);
        rest = behind;
    }
    result.push_str(rest);
    Ok(result)
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
        try_read(conf, EnvironmentDefaults::default()).expect("readable")
    }

    fn try_read(
        conf: &str,
        defaults: EnvironmentDefaults,
    ) -> Result<Configuration, EnvironmentError> {
        let mut inputs = MemoryInputs::new();
        inputs.add_file("/envs/test/environment.conf", conf);
        inputs.add_directory("/envs/test/vendor/one");
        inputs.add_directory("/envs/test/vendor/two");
        let defaults = EnvironmentDefaults {
            base_modulepath: vec!["/base".into()],
            ..defaults
        };
        let name = EnvironmentName::parse("test").expect("a valid name");
        Configuration::read(&name, "/envs/test".into(), &defaults, &inputs)
    }

    fn warnings(configuration: &Configuration) -> Vec<&str> {
        let warnings = configuration.warnings.iter();
        warnings.map(|warning| &*warning.message).collect()
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
            "# ours\nmanifest = site.pp\nmodulepath = vendor/*:../shared:$basemodulepath\n\
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
        assert_eq!(
            warnings(&configuration),
            [
                "Invalid settings in environment.conf at '/envs/test/environment.conf'. The \
                 following unknown setting(s) are being ignored: odd"
            ]
        );
    }
    #[test]
    fn of_two_the_first_one_counts_and_a_comment_has_a_line_of_its_own() {
        let configuration = read("manifest = 'one.pp' \n # two\nmanifest = two.pp\n");
        let manifest = configuration.manifest.as_deref();
        assert_eq!(manifest, Some("/envs/test/one.pp".into()));
        let configuration = read("manifest = one.pp # one\n");
        let manifest = configuration.manifest.as_deref();
        assert_eq!(manifest, Some("/envs/test/one.pp # one".into()));
    }

    #[test]
    fn what_belongs_elsewhere_is_warned_of() {
        let configuration = read("manifest = $environment.pp\n[server]\nmanifest = x\n[agent]\n");
        assert_eq!(
            warnings(&configuration),
            [
                "Invalid sections in environment.conf at '/envs/test/environment.conf'. \
                 Environment conf may not have sections. The following sections are being \
                 ignored: 'server,agent'",
                "You cannot interpolate $environment within 'manifest' when using directory \
                 environments. Its value will remain $environment.pp."
            ]
        );
        assert_eq!(
            configuration.manifest.as_deref(),
            Some("$environment.pp".into())
        );
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_place() {
        let refusal = |conf: &str| {
            let read = try_read(conf, EnvironmentDefaults::default());
            read.expect_err("it is wrong").to_string()
        };
        assert_eq!(
            refusal("manifest one.pp\n"),
            "cannot read line 1 of /envs/test/environment.conf: \"manifest one.pp\" is neither \
             `[section]` nor `name = value`"
        );
        assert_eq!(
            refusal("environment_timeout = soon\n"),
            "setting environment_timeout = \"soon\" is not a duration such as 90, 30m, 12h, 7d, \
             1y or unlimited (/envs/test/environment.conf)"
        );
        assert_eq!(
            refusal("rich_data = maybe\n"),
            "setting rich_data = \"maybe\" is not true or false (/envs/test/environment.conf)"
        );
        assert_eq!(
            refusal("modulepath = $nothing/modules\n"),
            "setting modulepath refers to $nothing, which is no setting"
        );
    }

    #[test]
    fn a_site_may_have_one_manifest_for_all() {
        let defaults = EnvironmentDefaults {
            default_manifest: "/site".into(),
            only_default_manifest: true,
            ..EnvironmentDefaults::default()
        };
        let configuration = try_read("manifest = one.pp\n", defaults).expect("readable");
        assert_eq!(configuration.manifest.as_deref(), Some("/site".into()));
        assert!(warnings(&configuration)[0].contains("'/envs/test/one.pp' which does not match"));
    }
}
