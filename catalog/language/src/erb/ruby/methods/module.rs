//! Functions of classes and modules: `Hash.new`, `Time.now`, `JSON.generate`, `File.basename`.

use std::{fmt::Write as _, rc::Rc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::Sha256;

use super::{Answer, Block, answer, argument, exception};
use crate::erb::ruby::{
    interpreter::{Interpreter, Run, Stop, regexp},
    json,
    text::{display, is_of_class},
    value::{Entries, Exception, ListValue, MapValue, Value},
    yaml,
};

pub(super) fn call(
    ruby: &mut Interpreter<'_>,
    class: &str,
    name: &str,
    arguments: &[Value],
    block: Block<'_>,
) -> Answer {
    match (name, arguments) {
        ("===", [value]) => return answer(is_of_class(value, class)),
        ("name" | "to_s" | "inspect", []) => return answer(class),
        ("==" | "equal?" | "eql?", [Value::Class(other)]) => return answer(&**other == class),
        ("hash" | "class" | "is_a?" | "kind_of?" | "nil?" | "respond_to?" | "freeze", _) => {
            return Ok(None);
        }
        _ => {}
    }
    let known = match class {
        "Hash" => hash(name, arguments, block)?,
        "Array" => array(ruby, name, arguments, block)?,
        "String" if name == "new" => {
            let text = arguments
                .first()
                .map_or(Ok(String::new()), argument::string)?;
            Some(Value::text(text))
        }
        "Regexp" => pattern(name, arguments)?,
        "Time" => super::time::class(ruby, name, arguments)?,
        "Math" => math(name, arguments)?,
        "JSON" => match (name, arguments) {
            ("generate" | "dump", [value]) => Some(Value::text(json::generate(value)?)),
            ("pretty_generate", [value]) => Some(Value::text(json::pretty(value)?)),
            ("parse" | "load", [text]) => Some(json::parse(&argument::string(text)?)?),
            ("parse", [text, options]) => {
                let parsed = json::parse(&argument::string(text)?)?;
                let options = argument::map(options)?;
                let key = crate::erb::ruby::compare::key(&Value::symbol("symbolize_names"));
                let options = options.entries.borrow();
                match options.get(&key) {
                    Some(wanted) if options.len() == 1 => Some(match wanted.is_truthy() {
                        true => json::with_symbols(&parsed),
                        false => parsed,
                    }),
                    _ => None,
                }
            }
            _ => None,
        },
        "Psych" => match (name, arguments) {
            ("dump", [value, options @ ..]) => {
                Some(Value::text(yaml::dump(value, options.first())?))
            }
            ("load" | "safe_load", [text]) => Some(yaml::load(&argument::string(text)?)?),
            _ => None,
        },
        "File" => file(name, arguments)?,
        "Base64" => match (name, arguments) {
            ("strict_encode64", [text]) => {
                Some(Value::text(STANDARD.encode(argument::string(text)?)))
            }
            ("encode64", [text]) => {
                let encoded = STANDARD.encode(argument::string(text)?);
                let mut lines = String::new();
                for line in encoded.as_bytes().chunks(60) {
                    lines.push_str(std::str::from_utf8(line).expect("Base64 is ASCII"));
                    lines.push('\n');
                }
                Some(Value::text(lines))
            }
            ("decode64" | "strict_decode64", [text]) => {
                let text: String = argument::string(text)?.split_whitespace().collect();
                let bytes = STANDARD
                    .decode(text)
                    .map_err(|_| Stop::argument("invalid base64"))?;
                let text =
                    String::from_utf8(bytes).map_err(|_| Stop::unsupported("bytes in strings"))?;
                Some(Value::text(text))
            }
            _ => None,
        },
        "Digest::MD5" | "Digest::SHA1" | "Digest::SHA256" => match (name, arguments) {
            ("hexdigest", [text]) => {
                let text = argument::string(text)?;
                Some(Value::text(match class {
                    "Digest::MD5" => hex::encode(Md5::digest(text.as_bytes())),
                    "Digest::SHA1" => hex::encode(Sha1::digest(text.as_bytes())),
                    _ => hex::encode(Sha256::digest(text.as_bytes())),
                }))
            }
            _ => None,
        },
        "Shellwords" => match (name, arguments) {
            ("escape" | "shellescape", [text]) => Some(Value::text(shell_escape(&display(text)?))),
            ("join" | "shelljoin", [words]) => {
                let words = argument::list(words)?;
                let words = words.iter().map(|word| Ok(shell_escape(&display(word)?)));
                Some(Value::text(words.collect::<Run<Vec<_>>>()?.join(" ")))
            }
            _ => None,
        },
        "Puppet::Parser::Functions" => match (name, arguments) {
            // Only whether there is such a function can be wanted of the answer.
            ("function", [function]) => {
                let function = display(function)?;
                match ruby.scope.has_function(&function) {
                    true => Some(Value::symbol(format!("function_{function}"))),
                    false => return Err(Stop::unsupported(format!("the function '{function}'"))),
                }
            }
            ("autoloader" | "environment_module", _) => None,
            _ => None,
        },
        "Puppet::Util::Package" => match (name, arguments) {
            ("versioncmp", [_, _]) => super::call(
                ruby,
                &Value::Scope,
                "function_versioncmp",
                &[Value::list(arguments.to_vec())],
                None,
            )?,
            _ => None,
        },
        "IPAddr" => super::address::class(name, arguments)?,
        "ERB::Util" | "CGI" | "URI" => escape(class, name, arguments)?,
        _ if name == "new" && exception::is_exception(class) => {
            let message = match arguments.first() {
                Some(message) => display(message)?,
                None => class.to_owned(),
            };
            Some(Value::Exception(Rc::new(Exception {
                class: class.into(),
                message,
                line: None,
            })))
        }
        _ => None,
    };
    match known {
        Some(value) => Ok(Some(value)),
        None => Err(Stop::unsupported(format!("{class}.{name}"))),
    }
}

fn hash(name: &str, arguments: &[Value], block: Block<'_>) -> Answer {
    match (name, arguments) {
        ("new", _) => {
            let map = MapValue::default();
            *map.default.borrow_mut() = argument::at(arguments, 0);
            *map.default_block.borrow_mut() = block.cloned();
            answer(Value::Hash(Rc::new(map)))
        }
        ("[]", [Value::Hash(map)]) => answer(Value::map(map.entries.borrow().clone())),
        ("[]", [Value::Array(list)]) => {
            let mut entries = Entries::default();
            for pair in list.0.borrow().iter() {
                let pair = argument::list(pair)?;
                entries.insert(argument::at(&pair, 0).into_key(), argument::at(&pair, 1));
            }
            answer(Value::map(entries))
        }
        ("[]", flat) if flat.len().is_multiple_of(2) => {
            let pairs = flat
                .chunks(2)
                .map(|pair| (pair[0].clone().into_key(), pair[1].clone()));
            answer(Value::map(pairs.collect::<Entries>()))
        }
        _ => Ok(None),
    }
}

fn array(ruby: &mut Interpreter<'_>, name: &str, arguments: &[Value], block: Block<'_>) -> Answer {
    match (name, arguments) {
        ("new", []) => answer(Value::list(Vec::new())),
        ("new", [Value::Array(list)]) => answer(list.0.borrow().clone()),
        ("new", [count, rest @ ..]) => {
            let count = argument::size(count)?;
            ruby.allocate(count.saturating_mul(size_of::<Value>()))?;
            let list = Rc::new(ListValue::default());
            for index in 0..count {
                let value = match block {
                    Some(block) => ruby.yield_to(block, &[index.into()])?,
                    None => argument::at(rest, 0),
                };
                list.0.borrow_mut().push(value);
            }
            answer(Value::Array(list))
        }
        _ => Ok(None),
    }
}

fn pattern(name: &str, arguments: &[Value]) -> Answer {
    match (name, arguments) {
        ("new" | "compile", [Value::Regexp(pattern), ..]) => answer(Value::Regexp(pattern.clone())),
        ("new" | "compile", [source, rest @ ..]) => {
            let options = match rest.first() {
                Some(Value::Integer(bits)) => {
                    let all = [(4, 'm'), (1, 'i'), (2, 'x')];
                    all.iter()
                        .filter(|(bit, _)| bits & bit != 0)
                        .map(|(_, option)| *option)
                        .collect()
                }
                Some(Value::Nil | Value::Bool(false)) | None => String::new(),
                Some(_) => "i".to_owned(),
            };
            answer(Value::Regexp(regexp(&argument::string(source)?, &options)?))
        }
        ("escape" | "quote", [Value::Symbol(name)]) => answer(regexp_escape(name)),
        ("escape" | "quote", [text]) => answer(regexp_escape(&argument::string(text)?)),
        ("union", parts) => {
            let parts = match parts {
                [Value::Array(list)] => list.0.borrow().clone(),
                several => several.to_vec(),
            };
            let mut sources = Vec::new();
            for part in &parts {
                sources.push(match part {
                    Value::Regexp(pattern) if parts.len() == 1 => pattern.source.to_string(),
                    Value::Regexp(pattern) => crate::erb::ruby::text::embedded(pattern),
                    other => regexp_escape(&argument::string(other)?),
                });
            }
            let source = match sources.is_empty() {
                true => "(?!)".to_owned(),
                false => sources.join("|"),
            };
            answer(Value::Regexp(regexp(&source, "")?))
        }
        _ => Ok(None),
    }
}

/// Ruby's `Regexp.escape`.
fn regexp_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\u{c}' => escaped.push_str("\\f"),
            '\u{b}' => escaped.push_str("\\v"),
            '[' | ']' | '{' | '}' | '(' | ')' | '|' | '-' | '*' | '.' | '\\' | '?' | '+' | '^'
            | '$' | '#' | ' ' => {
                escaped.push('\\');
                escaped.push(character);
            }
            other => escaped.push(other),
        }
    }
    escaped
}

fn math(name: &str, arguments: &[Value]) -> Answer {
    let number = |index: usize| -> Run<f64> {
        match arguments.get(index) {
            Some(Value::Float(number)) => Ok(*number),
            Some(Value::Integer(number)) => Ok(*number as f64),
            _ => Err(Stop::of_type("can't convert into Float")),
        }
    };
    match (name, arguments.len()) {
        ("sqrt", 1) => answer(number(0)?.sqrt()),
        ("cbrt", 1) => answer(number(0)?.cbrt()),
        ("log", 1) => answer(number(0)?.ln()),
        ("log", 2) => answer(number(0)?.ln() / number(1)?.ln()),
        ("log2", 1) => answer(number(0)?.log2()),
        ("log10", 1) => answer(number(0)?.log10()),
        ("exp", 1) => answer(number(0)?.exp()),
        _ => Ok(None),
    }
}

/// The functions of `File` that only look at the text of a path.
fn file(name: &str, arguments: &[Value]) -> Answer {
    let path = |index: usize| argument::string(&argument::at(arguments, index));
    match (name, arguments.len()) {
        ("basename", 1 | 2) => {
            let path = path(0)?;
            let trimmed = path.trim_end_matches('/');
            let base = match trimmed.rsplit_once('/') {
                _ if trimmed.is_empty() && !path.is_empty() => "/",
                Some((_, base)) => base,
                None => trimmed,
            };
            if arguments.len() == 1 {
                return answer(base);
            }
            let suffix = argument::string(&arguments[1])?;
            let end = match &*suffix {
                ".*" => base.rfind('.').filter(|at| *at > 0).unwrap_or(base.len()),
                suffix => base.strip_suffix(suffix).map_or(base.len(), str::len),
            };
            answer(if end == 0 { base } else { &base[..end] })
        }
        ("dirname", 1) => {
            let path = path(0)?;
            let trimmed = path.trim_end_matches('/');
            answer(match trimmed.rsplit_once('/') {
                _ if trimmed.is_empty() && !path.is_empty() => "/",
                Some((directory, _)) => match directory.trim_end_matches('/') {
                    "" => "/",
                    directory => directory,
                },
                None => ".",
            })
        }
        ("extname", 1) => {
            let path = path(0)?;
            let base = path.rsplit('/').next().unwrap_or_default();
            let stem = base.trim_start_matches('.');
            answer(match stem.rfind('.') {
                Some(at) if at + 1 < stem.len() && at > 0 => &stem[at..],
                _ => "",
            })
        }
        ("join", _) => {
            let parts = arguments
                .iter()
                .map(argument::string)
                .collect::<Run<Vec<_>>>()?;
            let mut joined = String::new();
            for (index, part) in parts.iter().enumerate() {
                if index == 0 {
                    joined.push_str(part);
                    continue;
                }
                match (joined.ends_with('/'), part.starts_with('/')) {
                    (true, true) => {
                        joined.truncate(joined.trim_end_matches('/').len());
                        joined.push_str(part);
                    }
                    (false, false) => {
                        joined.push('/');
                        joined.push_str(part);
                    }
                    _ => joined.push_str(part),
                }
            }
            answer(joined)
        }
        ("split", 1) => {
            let path = path(0)?;
            match path.rsplit_once('/') {
                Some((directory, base)) => {
                    let directory = if directory.is_empty() { "/" } else { directory };
                    answer(vec![Value::text(directory), Value::text(base)])
                }
                None => answer(vec![Value::text("."), Value::text(path)]),
            }
        }
        _ => Err(Stop::unsupported(format!(
            "File.{name}: templates reach no files"
        ))),
    }
}

fn escape(class: &str, name: &str, arguments: &[Value]) -> Answer {
    let [text] = arguments else { return Ok(None) };
    let text = display(text)?;
    match (class, name) {
        (_, "html_escape" | "h" | "escapeHTML" | "escape_html") => {
            let mut escaped = String::with_capacity(text.len());
            for character in text.chars() {
                match character {
                    '&' => escaped.push_str("&amp;"),
                    '<' => escaped.push_str("&lt;"),
                    '>' => escaped.push_str("&gt;"),
                    '"' => escaped.push_str("&quot;"),
                    '\'' => escaped.push_str("&#39;"),
                    other => escaped.push(other),
                }
            }
            answer(escaped)
        }
        ("ERB::Util", "url_encode" | "u")
        | ("CGI", "escape")
        | ("URI", "encode_www_form_component") => {
            let is_form = class != "ERB::Util";
            let mut escaped = String::with_capacity(text.len());
            for byte in text.bytes() {
                match byte {
                    b' ' if is_form => escaped.push('+'),
                    b'~' if class == "URI" => escaped.push_str("%7E"),
                    b'-' | b'_' | b'.' | b'~' => escaped.push(char::from(byte)),
                    b'*' if class == "URI" => escaped.push('*'),
                    byte if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
                    byte => write!(escaped, "%{byte:02X}").expect("a String takes any text"),
                }
            }
            answer(escaped)
        }
        _ => Ok(None),
    }
}

/// Ruby's `Shellwords.escape`.
pub(super) fn shell_escape(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\n' => escaped.push_str("'\n'"),
            'A'..='Z' | 'a'..='z' | '0'..='9' => escaped.push(character),
            '_' | '-' | '.' | ',' | ':' | '+' | '/' | '@' => escaped.push(character),
            other => {
                escaped.push('\\');
                escaped.push(other);
            }
        }
    }
    escaped
}
