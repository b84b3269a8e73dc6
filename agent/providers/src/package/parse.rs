//! Reading a `package`'s parameters.

use ficelle_model::Data;

use crate::{ParameterError, Parameters, parameters::scalar};

use super::{Configuration, Ensure, Mark, Package, Tool, VirtualNames, version::Range};

pub(super) fn parse(parameters: &Parameters<'_>) -> Result<Package, ParameterError> {
    let mut mark = parameters.choice("mark", &[("hold", Mark::Hold), ("none", Mark::None)])?;
    let ensure = match parameters.text("ensure")?.as_deref() {
        None | Some("present" | "installed" | "true") => Ensure::Present,
        Some("absent" | "false") => Ensure::Absent,
        Some("purged") => Ensure::Purged,
        Some("latest") => Ensure::Latest,
        Some("held") => {
            mark = Some(Mark::Hold);
            Ensure::Present
        }
        Some("disabled") => {
            return Err(parameters.invalid(
                "ensure",
                "Provider apt must have features 'disableable' to set 'ensure' to 'disabled'",
            ));
        }
        Some(version) => Ensure::Version(version.to_owned(), Range::parse(version)),
    };
    let tool = match parameters.text("provider")?.as_deref() {
        None | Some("apt" | "aptitude") => Tool::Apt,
        Some("dpkg") => Tool::Dpkg,
        Some(other) => {
            return Err(parameters.invalid(
                "provider",
                format!("Provider {other} is not functional on this host"),
            ));
        }
    };
    Ok(Package {
        name: parameters.name(),
        ensure,
        mark,
        tool,
        source: parameters.text("source")?,
        install_options: options(parameters, "install_options")?,
        uninstall_options: options(parameters, "uninstall_options")?,
        configuration: parameters
            .choice(
                "configfiles",
                &[
                    ("keep", Configuration::Keep),
                    ("replace", Configuration::Replace),
                ],
            )?
            .unwrap_or(Configuration::Keep),
        response_file: parameters.text("responsefile")?,
        virtual_names: match parameters.boolean("allow_virtual")? {
            Some(true) => VirtualNames::Count,
            _ => VirtualNames::DoNotCount,
        },
    })
}

/// A list of options; a hash in it is `name=value` for each of its entries.
fn options(parameters: &Parameters<'_>, name: &str) -> Result<Vec<String>, ParameterError> {
    let refused = || {
        parameters.invalid(
            name,
            format!("{name} must be an Array of Strings and Hashes"),
        )
    };
    let elements = match parameters.data(name) {
        None => return Ok(Vec::new()),
        Some(Data::Array(elements)) => elements.as_slice(),
        Some(single) => std::slice::from_ref(single),
    };
    let mut options = Vec::new();
    for element in elements {
        match element {
            Data::Hash(entries) => {
                for (option, value) in entries.iter() {
                    let value = scalar(value).ok_or_else(refused)?;
                    options.push(format!("{option}={value}"));
                }
            }
            element => options.push(scalar(element).ok_or_else(refused)?),
        }
    }
    Ok(options)
}
