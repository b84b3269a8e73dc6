//! Reading a `file`'s parameters.

use ficelle_model::Data;
use ficelle_system::{Algorithm, Links};

use crate::{ParameterError, Parameters};

use super::{
    Account, Backup, Ensure, File, Force, Purge, Recurse, Replace, ShowDiff, SourcePermissions,
    SourceSelect, Validate, mode::ModeChange,
};

pub(super) fn parse(parameters: &Parameters<'_>) -> Result<File, ParameterError> {
    let path = squeeze(&parameters.name_path()?);
    let content = content(parameters)?;
    let sources = sources(parameters)?;
    let (ensure, target) = ensure(parameters)?;
    let checksum = parameters.parse("checksum")?.unwrap_or(Algorithm::Sha256);
    let recurse = recurse(parameters)?;
    let creators = usize::from(content.is_some())
        + usize::from(!sources.is_empty())
        + usize::from(target.is_some());
    if creators > 1 {
        return Err(
            parameters.combination("You cannot specify more than one of content, source, target")
        );
    }
    if recurse == Recurse::Remote && sources.is_empty() {
        return Err(
            parameters.combination("You cannot specify a remote recursion without a source")
        );
    }
    if checksum == Algorithm::None && !sources.is_empty() {
        return Err(parameters.combination("You cannot specify source when using checksum 'none'"));
    }
    if !checksum.reads_content() && content.is_some() {
        return Err(parameters.combination(format!(
            "You cannot specify content when using checksum '{checksum}'"
        )));
    }
    let ensure = match ensure {
        None if content.is_some() => Some(Ensure::File),
        None if target.is_some() => Some(Ensure::Link),
        ensure => ensure,
    };
    Ok(File {
        path,
        ensure,
        content_visibility: parameters.visibility("content"),
        content,
        sources,
        source_select: parameters
            .choice(
                "sourceselect",
                &[("first", SourceSelect::First), ("all", SourceSelect::All)],
            )?
            .unwrap_or(SourceSelect::First),
        source_permissions: parameters
            .choice(
                "source_permissions",
                &[
                    ("ignore", SourcePermissions::Ignore),
                    ("use", SourcePermissions::Use),
                    ("use_when_creating", SourcePermissions::UseWhenCreating),
                ],
            )?
            .unwrap_or(SourcePermissions::Ignore),
        target,
        owner: account(parameters, "owner")?,
        group: account(parameters, "group")?,
        mode: mode(parameters)?,
        checksum,
        checksum_value: parameters.text("checksum_value")?,
        links: parameters
            .choice(
                "links",
                &[("manage", Links::Manage), ("follow", Links::Follow)],
            )?
            .unwrap_or(Links::Manage),
        replace: match parameters.boolean("replace")? {
            Some(false) => Replace::No,
            _ => Replace::Yes,
        },
        force: match parameters.boolean("force")? {
            Some(true) => Force::Yes,
            _ => Force::No,
        },
        backup: backup(parameters)?,
        recurse,
        recurse_limit: parameters.parse("recurselimit")?,
        purge: match parameters.boolean("purge")? {
            Some(true) => Purge::Yes,
            _ => Purge::No,
        },
        ignore: parameters.list("ignore")?.unwrap_or_default(),
        validate: validate(parameters)?,
        show_diff: match parameters.boolean("show_diff")? {
            Some(false) => ShowDiff::No,
            _ => ShowDiff::Yes,
        },
        declaration: parameters.resource().clone(),
    })
}

/// `//a//b/` to `/a/b`
fn squeeze(path: &str) -> String {
    let mut squeezed = String::with_capacity(path.len());
    for part in path.split('/').filter(|part| !part.is_empty()) {
        squeezed.push('/');
        squeezed.push_str(part);
    }
    if squeezed.is_empty() {
        "/".to_owned()
    } else {
        squeezed
    }
}

fn content(parameters: &Parameters<'_>) -> Result<Option<Vec<u8>>, ParameterError> {
    match parameters.data("content") {
        Some(Data::Typed(typed)) if &*typed.type_name == "Binary" => {
            use base64::Engine as _;
            let text = typed.value.as_str().unwrap_or_default();
            let text = text.split_whitespace().collect::<String>();
            base64::engine::general_purpose::STANDARD
                .decode(text)
                .map(Some)
                .map_err(|error| parameters.invalid("content", format!("Invalid Binary: {error}")))
        }
        Some(Data::Array(elements)) if elements.len() > 1 => {
            // A list of pieces, as Puppet lays them end to end.
            Ok(parameters
                .list("content")?
                .map(|pieces| pieces.concat().into_bytes()))
        }
        _ => Ok(parameters.text("content")?.map(String::into_bytes)),
    }
}

fn sources(parameters: &Parameters<'_>) -> Result<Vec<String>, ParameterError> {
    let mut sources = parameters.list("source")?.unwrap_or_default();
    for source in &mut sources {
        if source.starts_with('/') {
            *source = format!("file://{source}");
        }
        while source.ends_with('/') && !source.ends_with(":///") {
            source.pop();
        }
        let Some((scheme, _)) = source
            .split_once(':')
            .filter(|(_, rest)| rest.starts_with("//"))
        else {
            return Err(
                parameters.invalid("source", format!("Cannot use relative URLs '{source}'"))
            );
        };
        if !matches!(scheme, "file" | "puppet" | "http" | "https") {
            return Err(parameters.invalid(
                "source",
                format!("Cannot use URLs of type '{scheme}' as source for fileserving"),
            ));
        }
    }
    Ok(sources)
}

/// `ensure`, and the target where a path stands in it or in `target`.
fn ensure(parameters: &Parameters<'_>) -> Result<(Option<Ensure>, Option<String>), ParameterError> {
    let target = parameters.text("target")?;
    let Some(text) = parameters.text("ensure")? else {
        return Ok((None, target));
    };
    let ensure = match text.as_str() {
        "absent" | "false" => Ensure::Absent,
        "present" => Ensure::Present,
        "file" => Ensure::File,
        "directory" => Ensure::Directory,
        "link" => Ensure::Link,
        // Anything else is where a link leads.
        path if path.starts_with('/') || path.contains('/') => {
            return Ok((Some(Ensure::Link), Some(text)));
        }
        other => {
            return Err(parameters.invalid_value(
                "ensure",
                other,
                &["absent", "false", "file", "present", "directory", "link"],
            ));
        }
    };
    if ensure == Ensure::Link && target.is_none() && parameters.data("source").is_none() {
        return Err(parameters.combination("You must specify a target when ensure is link"));
    }
    let target = target.filter(|_| !matches!(ensure, Ensure::Absent));
    Ok((Some(ensure), target))
}

fn account(parameters: &Parameters<'_>, name: &str) -> Result<Option<Account>, ParameterError> {
    Ok(parameters.text(name)?.map(|text| match text.parse() {
        Ok(id) => Account::Id(id),
        Err(_) => Account::Name(text),
    }))
}

fn mode(parameters: &Parameters<'_>) -> Result<Option<ModeChange>, ParameterError> {
    match parameters.data("mode") {
        None => Ok(None),
        Some(Data::String(text)) => ModeChange::parse(text).map(Some).ok_or_else(|| {
            parameters.invalid(
                "mode",
                format!("The file mode specification is invalid: {text:?}"),
            )
        }),
        Some(other) => {
            let kind = match other {
                Data::Integer(_) => "Integer",
                Data::Float(_) => "Float",
                Data::Boolean(_) => "Boolean",
                Data::Array(_) => "Array",
                _ => "Hash",
            };
            let reason = format!("The file mode specification must be a string, not '{kind}'");
            Err(parameters.invalid("mode", reason))
        }
    }
}

fn backup(parameters: &Parameters<'_>) -> Result<Backup, ParameterError> {
    Ok(match parameters.text("backup")?.as_deref() {
        None => Backup::Bucket("puppet".to_owned()),
        Some("false") => Backup::Nothing,
        Some("true") => Backup::Beside(".puppet-bak".to_owned()),
        Some(suffix) if suffix.starts_with('.') => Backup::Beside(suffix.to_owned()),
        Some(bucket) => Backup::Bucket(bucket.to_owned()),
    })
}

fn recurse(parameters: &Parameters<'_>) -> Result<Recurse, ParameterError> {
    let choices = [
        ("true", Recurse::Yes),
        ("inf", Recurse::Yes),
        ("false", Recurse::No),
        ("remote", Recurse::Remote),
    ];
    Ok(parameters
        .choice("recurse", &choices)?
        .unwrap_or(Recurse::No))
}

fn validate(parameters: &Parameters<'_>) -> Result<Option<Validate>, ParameterError> {
    let Some(command) = parameters.text("validate_cmd")? else {
        return Ok(None);
    };
    let replacement = parameters
        .text("validate_replacement")?
        .unwrap_or_else(|| "%".to_owned());
    Ok(Some(Validate {
        command,
        replacement,
    }))
}
