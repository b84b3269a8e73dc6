//! `puppetlabs-apache`

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha1::{Digest as _, Sha1};

use crate::{
    error::Evaluated,
    evaluator::Call,
    functions::{Function, function, on},
    values::{Value, ruby_string},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("apache::bool2httpd", &[on("Any arg", bool_to_httpd)]),
    function(
        "apache::pw_hash",
        &[on("String[1] password", password_hash)],
    ),
];

/// `On` and `Off`, whichever way they are said.
fn bool_to_httpd(call: &Call<'_, '_>) -> Evaluated {
    let says = |text: &str, word: &str| text.to_ascii_lowercase().contains(word);
    Ok(match &call.arguments[0] {
        Value::Undef | Value::Boolean(false) => "Off".into(),
        Value::Boolean(true) => "On".into(),
        Value::String(text) if says(text, "false") => "Off".into(),
        Value::String(text) if says(text, "true") => "On".into(),
        other => ruby_string(other).into(),
    })
}

/// What `htpasswd -s` writes for a password.
fn password_hash(call: &Call<'_, '_>) -> Evaluated {
    let password = call.arguments[0].as_str().unwrap_or_default();
    let digest = BASE64_STANDARD.encode(Sha1::digest(password.as_bytes()));
    Ok(format!("{{SHA}}{digest}").into())
}
