//! `puppetlabs-postgresql`

use md5::{Digest as _, Md5};

use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::{Function, fail, function, on},
    values::{HashMap, Value},
};

/// How many tags are tried.
const MOST_TAGS: usize = 1000;

pub(super) const FUNCTIONS: &[Function] = &[
    function(
        "postgresql::postgresql_acls_to_resources_hash",
        &[on(
            "Array[String] acls, String[1] id, Integer[0] offset",
            acls_to_resources,
        )],
    ),
    function(
        "postgresql::postgresql_escape",
        &[on("String[1] input_string", escape)],
    ),
    function(
        "postgresql::postgresql_password",
        &[on(
            "Variant[String[1], Integer] username, Variant[String[1], Integer] password",
            password,
        )],
    ),
];

/// What PostgreSQL keeps of a password under `password_encryption = md5`.
fn password(call: &Call<'_, '_>) -> Evaluated {
    let (user, password) = (&call.arguments[0], &call.arguments[1]);
    let digest = Md5::digest(format!("{password}{user}"));
    Ok(format!("md5{}", hex::encode(digest)).into())
}

/// Whether passwords are kept in the old form: what the module's class says counts in its later
/// versions, which know another one.
pub(super) fn keeps_md5(call: &Call<'_, '_>) -> bool {
    let setting = "postgresql::params::password_encryption";
    let found = call.evaluator.variable(setting, call.scope);
    found.is_none_or(|value| value.is_undef() || value.as_str() == Some("md5"))
}

/// A text between dollars, with a tag that does not occur in it where one is needed.
fn escape(call: &Call<'_, '_>) -> Evaluated {
    let text = call.arguments[0].as_str().unwrap_or_default();
    if !text.contains("$$") && !text.ends_with('$') {
        return Ok(format!("$${text}$$").into());
    }
    let letters = |text: &str| -> String {
        let digest = hex::encode(Md5::digest(text.as_bytes()));
        digest[..6]
            .chars()
            .filter(|one| !one.is_ascii_digit())
            .collect()
    };
    // A digest of few letters may lead in a circle.
    let mut tag = letters(text);
    for _ in 0..MOST_TAGS {
        if !text.contains(&tag) {
            return Ok(format!("${tag}${text}${tag}$").into());
        }
        tag = letters(&tag);
    }
    fail!("postgresql::postgresql_escape(): no tag was found that is not in the text")
}

/// Lines of `pg_hba.conf` as resources.
fn acls_to_resources(call: &Call<'_, '_>) -> Evaluated {
    let [Value::Array(acls), id, Value::Integer(offset)] = call.arguments else {
        fail!("the signature allows nothing else");
    };
    let mut resources = HashMap::default();
    for acl in acls.iter() {
        // Of two that are alike the first one counts.
        let index = acls.iter().position(|one| one == acl).unwrap_or_default();
        let parts: Vec<&str> = acl
            .as_str()
            .unwrap_or_default()
            .split_ascii_whitespace()
            .collect();
        let [kind, database, user, fourth, rest @ ..] = parts.as_slice() else {
            fail!(
                "postgresql::postgresql_acls_to_resources_hash(): acl line {index} does not have \
                 enough parts"
            );
        };
        let order = format!("{:03}", offset + index as i64);
        let mut resource = HashMap::from_iter([
            ("type".into(), (*kind).into()),
            ("database".into(), (*database).into()),
            ("user".into(), (*user).into()),
            ("order".into(), order.into()),
        ]);
        let is_mask = |part: &&str| part.starts_with(|first: char| first.is_ascii_digit());
        let (address, method, options) = match rest {
            _ if *kind == "local" => (None, Some(*fourth), rest),
            [mask, rest @ ..] if is_mask(mask) => {
                let (method, options) = split_first(rest);
                (Some(format!("{fourth} {mask}")), method, options)
            }
            rest => {
                let (method, options) = split_first(rest);
                (Some((*fourth).to_owned()), method, options)
            }
        };
        if let Some(address) = address {
            resource.insert("address".into(), address.into());
        }
        let method = method.map_or(Value::Undef, Value::from);
        resource.insert("auth_method".into(), method);
        if !options.is_empty() {
            resource.insert("auth_option".into(), options.join(" ").into());
        }
        let title = format!("postgresql class generated rule {id} {index}");
        resources.insert(title.into(), Value::hash(resource));
    }
    Ok(Value::hash(resources))
}

fn split_first<'a, 's>(parts: &'a [&'s str]) -> (Option<&'s str>, &'a [&'s str]) {
    match parts {
        [first, rest @ ..] => (Some(first), rest),
        [] => (None, &[]),
    }
}
