//! Reading an `exec`'s parameters.

use std::time::Duration;

use ficelle_model::Data;

use crate::{ParameterError, Parameters, Visibility, parameters::scalar};

use super::{Exec, LogOutput, Shell, Trigger, command::Script};

pub(super) fn parse(parameters: &Parameters<'_>) -> Result<Exec, ParameterError> {
    let shell = match parameters.text("provider")?.as_deref() {
        None | Some("posix") => Shell::WhereNeeded,
        Some("shell") => Shell::Always,
        Some(other) => {
            return Err(parameters.invalid("provider", format!("Invalid provider '{other}'")));
        }
    };
    let command = match parameters.data("command") {
        Some(data) => script(parameters, "command", data)?,
        None => Script::Line(parameters.name()),
    };
    let search_path = parameters.list("path")?.map(|path| {
        path.iter()
            .flat_map(|part| part.split(':'))
            .map(str::to_owned)
            .collect()
    });
    if shell == Shell::WhereNeeded && search_path.is_none() {
        qualified(parameters, &command)?;
    }
    let redacted = ["command", "unless", "onlyif"]
        .iter()
        .any(|name| parameters.visibility(name) == Visibility::Redacted);
    Ok(Exec {
        shell,
        search_path,
        environment: environment(parameters)?,
        directory: parameters.path("cwd")?,
        user: parameters.text("user")?,
        group: parameters.text("group")?,
        umask: umask(parameters)?,
        timeout: timeout(parameters)?,
        returns: returns(parameters)?,
        tries: tries(parameters)?,
        pause: pause(parameters)?,
        log_output: parameters
            .choice(
                "logoutput",
                &[
                    ("true", LogOutput::Always),
                    ("false", LogOutput::Never),
                    ("on_failure", LogOutput::OnFailure),
                ],
            )?
            .unwrap_or(LogOutput::OnFailure),
        level: parameters.log_level()?,
        refresh: match parameters.data("refresh") {
            Some(data) => Some(script(parameters, "refresh", data)?),
            None => None,
        },
        trigger: match parameters.boolean("refreshonly")? {
            Some(true) => Trigger::Refresh,
            _ => Trigger::Turn,
        },
        creates: creates(parameters)?,
        unless: scripts(parameters, "unless")?,
        onlyif: scripts(parameters, "onlyif")?,
        visibility: if redacted {
            Visibility::Redacted
        } else {
            Visibility::Shown
        },
        command,
    })
}

fn qualified(parameters: &Parameters<'_>, command: &Script) -> Result<(), ParameterError> {
    let program = command.program();
    if program.starts_with('/') {
        return Ok(());
    }
    Err(parameters.combination(format!(
        "'{program}' is not qualified and no path was specified. \
         Please qualify the command or specify a path."
    )))
}

fn script(parameters: &Parameters<'_>, name: &str, data: &Data) -> Result<Script, ParameterError> {
    let refused = || parameters.invalid(name, "Command must be a String or Array of Strings");
    match data {
        Data::Array(elements) => {
            let words = elements.iter().map(scalar).collect::<Option<Vec<_>>>();
            let words = words
                .filter(|words| !words.is_empty())
                .ok_or_else(refused)?;
            Ok(Script::Words(words))
        }
        data => scalar(data).map(Script::Line).ok_or_else(refused),
    }
}

/// One command, or a list of commands; a list within the list is one command in words.
fn scripts(parameters: &Parameters<'_>, name: &str) -> Result<Vec<Script>, ParameterError> {
    match parameters.data(name) {
        None => Ok(Vec::new()),
        Some(Data::Array(elements)) => elements
            .iter()
            .map(|element| script(parameters, name, element))
            .collect(),
        Some(data) => Ok(vec![script(parameters, name, data)?]),
    }
}

fn creates(parameters: &Parameters<'_>) -> Result<Vec<String>, ParameterError> {
    let paths = parameters.list("creates")?.unwrap_or_default();
    match paths.iter().find(|path| !path.starts_with('/')) {
        Some(_) => Err(parameters.invalid("creates", "creates must be a fully qualified path")),
        None => Ok(paths),
    }
}

fn environment(parameters: &Parameters<'_>) -> Result<Vec<(String, String)>, ParameterError> {
    let settings = parameters.list("environment")?.unwrap_or_default();
    settings
        .iter()
        .map(|setting| match setting.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
            _ => Err(parameters.invalid(
                "environment",
                format!("Invalid environment setting '{setting}'"),
            )),
        })
        .collect()
}

fn umask(parameters: &Parameters<'_>) -> Result<Option<u32>, ParameterError> {
    let Some(text) = parameters.text("umask")? else {
        return Ok(None);
    };
    let digits = text.strip_prefix("0o").unwrap_or(&text);
    match u32::from_str_radix(digits, 8) {
        Ok(umask) if umask <= 0o7777 => Ok(Some(umask)),
        _ => Err(parameters.invalid(
            "umask",
            format!("The umask specification is invalid: {text:?}"),
        )),
    }
}

/// Five minutes where nothing is said, no limit where zero or less is.
fn timeout(parameters: &Parameters<'_>) -> Result<Option<Duration>, ParameterError> {
    let Some(text) = parameters.text("timeout")? else {
        return Ok(Some(Duration::from_secs(300)));
    };
    match text.parse::<f64>() {
        Ok(seconds) if seconds <= 0.0 => Ok(None),
        Ok(seconds) => Ok(Duration::try_from_secs_f64(seconds).ok()),
        Err(_) => Err(parameters.invalid("timeout", "The timeout must be a number.")),
    }
}

fn returns(parameters: &Parameters<'_>) -> Result<Vec<i32>, ParameterError> {
    let Some(texts) = parameters.list("returns")? else {
        return Ok(vec![0]);
    };
    texts
        .iter()
        .map(|text| {
            let refused = || parameters.invalid("returns", format!("Invalid exit code {text:?}"));
            text.parse().map_err(|_not_a_number| refused())
        })
        .collect()
}

fn tries(parameters: &Parameters<'_>) -> Result<u32, ParameterError> {
    let Some(text) = parameters.text("tries")? else {
        return Ok(1);
    };
    match text.parse() {
        Ok(tries) if tries >= 1 => Ok(tries),
        _ => Err(parameters.invalid("tries", "Tries must be an integer >= 1")),
    }
}

fn pause(parameters: &Parameters<'_>) -> Result<Duration, ParameterError> {
    let Some(text) = parameters.text("try_sleep")? else {
        return Ok(Duration::ZERO);
    };
    let Ok(seconds) = text.parse::<f64>() else {
        return Err(parameters.invalid("try_sleep", "try_sleep must be a number"));
    };
    Duration::try_from_secs_f64(seconds).map_err(|_negative| {
        parameters.invalid("try_sleep", "try_sleep cannot be a negative number")
    })
}
