//! Checks that raise where a value does not fit: types have since taken their place.

use ficelle_model::qualified::unrooted;

use super::{
    super::{Dispatch, Function, fail, function, legacy, on, unchecked},
    addresses::{is_domain_name, is_email_address},
    class_of, deprecation, is,
    number::{parse_float, parse_integer},
};
use crate::{
    error::{Error, Evaluated},
    evaluator::Call,
    host::Level,
    types::{Type, mismatch, parse},
    values::{Regexp, Value, inspect},
};

pub(super) const FUNCTIONS: &[Function] = &[
    function("validate_absolute_path", CHECK),
    function("validate_array", CHECK),
    function("validate_bool", CHECK),
    function("validate_hash", CHECK),
    function("validate_integer", CHECK),
    function("validate_ip_address", CHECK),
    function("validate_ipv4_address", CHECK),
    function("validate_ipv6_address", CHECK),
    function("validate_numeric", CHECK),
    function("validate_re", CHECK),
    function("validate_slength", CHECK),
    function("validate_string", CHECK),
    function(
        "validate_domain_name",
        &[legacy(|call| {
            each_text(
                call.name,
                call.arguments,
                "a syntactically correct domain name",
                is_domain_name,
            )
        })],
    ),
    function(
        "validate_email_address",
        &[legacy(|call| {
            each_text(
                call.name,
                call.arguments,
                "a valid email address",
                is_email_address,
            )
        })],
    ),
    function(
        "stdlib::validate_domain_name",
        &[on(
            "Variant[Stdlib::Fqdn, Stdlib::Dns::Zone] values*",
            some_value,
        )],
    ),
    function(
        "stdlib::validate_email_address",
        &[on("Stdlib::Email values*", some_value)],
    ),
    function(
        "validate_augeas",
        &[legacy(|_| {
            fail!(
                "validate_augeas(): this function requires the augeas feature, which a compile has \
                 not: it reads no file of the node. Check the file on the node, with an augeas \
                 resource or an exec"
            )
        })],
    ),
    function(
        "validate_legacy",
        &[
            on(
                "Type target_type, String function_name, Any value, Any args*",
                validate_legacy,
            ),
            on(
                "String target_type, String function_name, Any value, Any args*",
                validate_legacy,
            ),
        ],
    ),
];

const CHECK: &[Dispatch] = &[unchecked(|call| {
    let check = check_of(call.name).expect("each of these names has its check");
    let message = format!(
        "This method is deprecated, please use the stdlib validate_legacy function,\n                    \
         with {}. There is further documentation for validate_legacy function in the README.",
        check.instead
    );
    deprecation::warn(call, check.name, &message, true)?;
    (check.run)(call, call.arguments)
})];

/// A check of the old kind, and what is to be used in its place.
struct Check {
    name: &'static str,
    instead: &'static str,
    run: fn(&Call<'_, '_>, &[Value]) -> Evaluated,
}

const CHECKS: &[Check] = &[
    Check {
        name: "validate_absolute_path",
        instead: "Stdlib::Compat::Absolute_Path",
        run: absolute_path,
    },
    Check {
        name: "validate_array",
        instead: "Stdlib::Compat::Array",
        run: |_, values| {
            let is_array = |value: &Value| matches!(value, Value::Array(_));
            each("validate_array", values, "an Array", is_array)
        },
    },
    Check {
        name: "validate_bool",
        instead: "Stdlib::Compat::Bool",
        run: |_, values| {
            let is_boolean = |value: &Value| matches!(value, Value::Boolean(_));
            each("validate_bool", values, "a boolean", is_boolean)
        },
    },
    Check {
        name: "validate_hash",
        instead: "Stdlib::Compat::Hash",
        run: |_, values| {
            let is_hash = |value: &Value| matches!(value, Value::Hash(_));
            each("validate_hash", values, "a Hash", is_hash)
        },
    },
    Check {
        name: "validate_integer",
        instead: "Stdlib::Compat::Integer",
        run: |_, values| bounded::<i64>(values),
    },
    Check {
        name: "validate_ip_address",
        instead: "Stdlib::Compat::Ip_Address",
        run: |_, values| {
            each_text(
                "validate_ip_address",
                values,
                "a valid IP address",
                |text| is::address_in(text).is_some(),
            )
        },
    },
    Check {
        name: "validate_ipv4_address",
        instead: "Stdlib::Compat::Ipv4_Address",
        run: |_, values| {
            each_text(
                "validate_ipv4_address",
                values,
                "a valid IPv4 address",
                |text| is::address_in(text).is_some_and(|address| address.is_ipv4()),
            )
        },
    },
    Check {
        name: "validate_ipv6_address",
        instead: "Stdlib::Compat::Ipv6_address",
        run: |_, values| {
            each_text(
                "validate_ipv6_address",
                values,
                "a valid IPv6 address",
                |text| is::address_in(text).is_some_and(|address| address.is_ipv6()),
            )
        },
    },
    Check {
        name: "validate_numeric",
        instead: "Stdlib::Compat::Numeric",
        run: |_, values| bounded::<f64>(values),
    },
    Check {
        name: "validate_re",
        instead: "Pattern[]",
        run: |_, values| matching(values),
    },
    Check {
        name: "validate_slength",
        instead: "String[]",
        run: |_, values| string_length(values),
    },
    Check {
        name: "validate_string",
        instead: "Stdlib::Compat::String",
        run: |_, values| {
            let is_string = |value: &Value| matches!(value, Value::String(_) | Value::Undef);
            each("validate_string", values, "a string", is_string)
        },
    },
];

fn check_of(name: &str) -> Option<&'static Check> {
    let name = unrooted(name);
    CHECKS.iter().find(|check| check.name == name)
}

fn some_value(call: &Call<'_, '_>) -> Evaluated {
    match call.arguments {
        [] => fail!(
            "{}(): Wrong number of arguments need at least one",
            call.name
        ),
        _ => Ok(Value::Undef),
    }
}

fn some(name: &str, values: &[Value]) -> Evaluated<()> {
    if values.is_empty() {
        fail!("{name}(): wrong number of arguments (0; must be > 0)");
    }
    Ok(())
}

fn each(name: &str, values: &[Value], what: &str, test: fn(&Value) -> bool) -> Evaluated {
    some(name, values)?;
    match values.iter().find(|value| !test(value)) {
        None => Ok(Value::Undef),
        Some(value) => fail!(
            "{} is not {what}.  It looks to be a {}",
            inspect(value),
            class_of(value)
        ),
    }
}

fn each_text(name: &str, values: &[Value], what: &str, test: fn(&str) -> bool) -> Evaluated {
    some(name, values)?;
    for value in values {
        let Value::String(text) = value else {
            fail!("{} is not a string.", inspect(value));
        };
        if !test(text) {
            let end = if what.starts_with("a valid IP") {
                "."
            } else {
                ""
            };
            fail!("{} is not {what}{end}", inspect(value));
        }
    }
    Ok(Value::Undef)
}

fn absolute_path(call: &Call<'_, '_>, values: &[Value]) -> Evaluated {
    some("validate_absolute_path", values)?;
    for value in values {
        let paths = match value {
            Value::Array(paths) => paths.as_slice(),
            other => std::slice::from_ref(other),
        };
        if let Some(path) = paths.iter().find(|path| !is::is_absolute(call, path)) {
            fail!("{} is not an absolute path.", inspect(path));
        }
    }
    Ok(Value::Undef)
}

/// The numbers that `validate_integer` and `validate_numeric` compare.
trait Bounded: Copy + PartialOrd {
    const NAME: &str;
    const KIND: &str;
    fn of(value: &Value) -> Option<Self>;
    fn shown(self) -> String;
}

impl Bounded for i64 {
    const NAME: &str = "validate_integer";
    const KIND: &str = "an Integer";

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) => Some(*value),
            Value::String(text) => parse_integer(text),
            _ => None,
        }
    }

    fn shown(self) -> String {
        self.to_string()
    }
}

impl Bounded for f64 {
    const NAME: &str = "validate_numeric";
    const KIND: &str = "a Numeric";

    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Integer(value) => Some(*value as f64),
            Value::Float(value) => Some(*value),
            Value::String(text) => parse_float(text),
            _ => None,
        }
    }

    fn shown(self) -> String {
        Value::Float(self).to_string()
    }
}

fn bounded<N: Bounded>(values: &[Value]) -> Evaluated {
    let name = N::NAME;
    let (given, rest) = match values {
        [given] => (given, &[][..]),
        [given, rest @ ..] if rest.len() <= 2 => (given, rest),
        others => fail!(
            "{name}(): Wrong number of arguments; must be 1, 2 or 3, got {}",
            others.len()
        ),
    };
    let bound = |index: usize, ordinal: &str| -> Evaluated<Option<N>> {
        match rest.get(index) {
            None | Some(Value::Undef) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(value) => match N::of(value) {
                Some(bound) => Ok(Some(bound)),
                None => fail!(
                    "{name}(): Expected {ordinal} argument to be unset or {}, got {value}:String",
                    N::KIND
                ),
            },
        }
    };
    let (most, least) = (bound(0, "second")?, bound(1, "third")?);
    if let (Some(most), Some(least)) = (most, least)
        && most < least
    {
        fail!(
            "{name}(): Expected second argument to be larger than third argument, got {} < {}",
            most.shown(),
            least.shown()
        );
    }
    let fits = |number: N, shown: &str| -> Evaluated<()> {
        if let Some(most) = most.filter(|most| number > *most) {
            let most = most.shown();
            fail!("{name}(): Expected {shown} to be smaller or equal to {most}, got {shown}.");
        }
        if let Some(least) = least.filter(|least| number < *least) {
            let least = least.shown();
            fail!("{name}(): Expected {shown} to be greater or equal to {least}, got {shown}.");
        }
        Ok(())
    };
    if let Value::Array(elements) = given {
        for (index, element) in elements.iter().enumerate() {
            let Some(number) = N::of(element) else {
                fail!(
                    "{name}(): Expected element at array position {index} to be {}, got {}",
                    N::KIND,
                    class_of(element)
                );
            };
            fits(number, &inspect(given))?;
        }
        return Ok(Value::Undef);
    }
    let Some(number) = N::of(given) else {
        fail!(
            "{name}(): Expected first argument to be {} or Array, got {}",
            N::KIND,
            class_of(given)
        );
    };
    fits(number, &number.shown())?;
    Ok(Value::Undef)
}

fn matching(values: &[Value]) -> Evaluated {
    let (given, patterns, message) = match values {
        [given, patterns] => (given, patterns, None),
        [given, patterns, message] => (given, patterns, Some(message)),
        others => fail!(
            "validate_re(): wrong number of arguments ({}; must be 2 or 3)",
            others.len()
        ),
    };
    let Value::String(text) = given else {
        fail!(
            "validate_re(): input needs to be a String, not a {}",
            class_of(given)
        );
    };
    let list = match patterns {
        Value::Array(patterns) => patterns.as_slice(),
        pattern => std::slice::from_ref(pattern),
    };
    for pattern in list {
        let pattern = match pattern {
            Value::Regexp(pattern) => pattern.clone(),
            Value::String(source) => Regexp::of(source),
            other => fail!("no implicit conversion of {} into String", class_of(other)),
        };
        let is_match = pattern.is_match(text);
        if is_match.map_err(|error| Error::new(error.to_string()))? {
            return Ok(Value::Undef);
        }
    }
    match message {
        Some(message) if !message.is_undef() => fail!("{message}"),
        _ => fail!(
            "validate_re(): {} does not match {}",
            inspect(given),
            inspect(patterns)
        ),
    }
}

fn string_length(values: &[Value]) -> Evaluated {
    let name = "validate_slength";
    let (given, most, least) = match values {
        [given, most] => (given, most, None),
        [given, most, least] => (given, most, Some(least)),
        others => fail!(
            "{name}(): Wrong number of arguments ({}; must be 2 or 3)",
            others.len()
        ),
    };
    let length = |value: &Value| -> Option<i64> {
        match value {
            Value::Float(value) => Some(*value as i64),
            other => i64::of(other),
        }
    };
    let Some(most_length) = length(most).filter(|length| *length > 0) else {
        fail!(
            "{name}(): Expected second argument to be a positive Numeric, got {most}:{}",
            class_of(most)
        );
    };
    let least = match least {
        None | Some(Value::Undef) => 0,
        Some(least) => match length(least).filter(|length| *length >= 0) {
            Some(length) => length,
            None => fail!(
                "{name}(): Expected third argument to be unset or a positive Numeric, got \
                 {least}:{}",
                class_of(least)
            ),
        },
    };
    if least > most_length {
        fail!("{name}(): Expected second argument to be equal to or larger than third argument");
    }
    let fits = |text: &str| (least..=most_length).contains(&(text.chars().count() as i64));
    let expected = |length: usize| {
        Error::new(format!(
            "{name}(): Expected length of {} to be between {least} and {most_length}, was {length}",
            inspect(given)
        ))
    };
    match given {
        Value::String(text) if fits(text) => {}
        Value::String(text) => return Err(expected(text.chars().count()).into()),
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                match element {
                    Value::String(text) if fits(text) => {}
                    Value::String(_) => return Err(expected(elements.len()).into()),
                    other => fail!(
                        "{name}(): Expected element at array position {index} to be a String, got {}",
                        class_of(other)
                    ),
                }
            }
        }
        other => fail!(
            "{name}(): Expected first argument to be a String or Array, got {}",
            class_of(other)
        ),
    }
    Ok(Value::Undef)
}

/// Checks by a type and by the function that it replaces. Where the two disagree, the type's word
/// counts from now on: what it takes anew is taken, what it no longer takes is deprecated.
fn validate_legacy(call: &Call<'_, '_>) -> Evaluated {
    let [target, name, value, rest @ ..] = call.arguments else {
        return Ok(Value::Undef);
    };
    let expected = match target {
        Value::Type(expected) => expected.clone(),
        other => type_of_text(call, &other.to_string())?,
    };
    let is_instance = expected.is_instance(value);
    let Some(check) = name.as_str().and_then(check_of) else {
        return match is_instance {
            true => Ok(Value::Undef),
            false => fail!("{}", refusal(name, &expected, value)),
        };
    };
    let values = [std::slice::from_ref(value), rest].concat();
    let was_valid = (check.run)(call, &values).is_ok();
    match (is_instance, was_valid) {
        (true, true) => {}
        (true, false) => {
            let message =
                format!("Accepting previously invalid value for target type '{expected}'");
            let host = call.evaluator.host();
            host.log(Level::Notice, &message, Some(&call.location()));
        }
        (false, true) => {
            let message = refusal(name, &expected, value);
            deprecation::warn(call, "validate_legacy", &message, true)?;
        }
        (false, false) => fail!("{}", refusal(name, &expected, value)),
    }
    Ok(Value::Undef)
}

fn refusal(name: &Value, expected: &Type, value: &Value) -> String {
    mismatch::describe_mismatch(
        &format!("validate_legacy({name})"),
        expected,
        &value.infer_set(),
    )
}

/// A type by its text, a module's own among them.
fn type_of_text(call: &Call<'_, '_>, text: &str) -> Evaluated<Type> {
    let find = |name: &str| {
        let found = call.evaluator.named_type(name);
        found.map_err(|unwind| unwind.into_error().to_string())
    };
    parse::check(text)?;
    Ok(parse::parse(text, &find).map_err(Error::new)?)
}
