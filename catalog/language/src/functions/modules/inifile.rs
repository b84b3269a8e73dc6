//! `puppetlabs-inifile`

use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::{Function, fail, function, on},
    values::{HashMap, Value},
};

pub(super) const FUNCTIONS: &[Function] = &[function(
    "inifile::create_ini_settings",
    &[on("Hash settings, Hash defaults?", create_ini_settings)],
)];

/// One `ini_setting` for each setting of each section.
fn create_ini_settings(call: &Call<'_, '_>) -> Evaluated {
    let empty = HashMap::default();
    let settings = call.arguments[0].as_hash().unwrap_or(&empty);
    let defaults = call.arguments.get(1).and_then(Value::as_hash);
    let defaults = defaults.unwrap_or(&empty);
    let path = call.arguments[0]
        .get("path")
        .or_else(|| call.arguments.get(1)?.get("path"))
        .filter(|path| path.is_truthy());
    let mut resources = HashMap::default();
    for (section, entries) in settings {
        let Some(entries) = entries.as_hash() else {
            fail!("create_ini_settings(): Section {section} must contain a Hash");
        };
        let Some(path) = path else {
            fail!(
                "create_ini_settings(): must pass the path parameter to the Ini_setting resource!"
            );
        };
        for (setting, value) in entries {
            let mut parameters = HashMap::from_iter([
                ("ensure".into(), "present".into()),
                ("section".into(), section.clone()),
                ("setting".into(), setting.clone()),
            ]);
            match value.as_hash() {
                Some(given) => parameters.extend(given.clone()),
                None => {
                    parameters.insert("value".into(), value.clone());
                }
            }
            let title = format!("{path} [{section}] {setting}");
            resources.insert(title.into(), Value::hash(parameters));
        }
    }
    let arguments = [
        "ini_setting".into(),
        Value::hash(resources),
        Value::hash(defaults.clone()),
    ];
    call.forward("create_resources", &arguments)
}
