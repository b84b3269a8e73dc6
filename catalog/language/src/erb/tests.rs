//! Templates beside what Ruby makes of them.

use std::{cell::RefCell, fmt::Write as _, path::Path, sync::Arc};

use super::{ErbError, ErbErrorKind, Template, TemplateFile, TemplateScope};
use crate::values::{HashMap, Value};

/// A scope with nothing but variables.
struct Variables(RefCell<Vec<(Arc<str>, Value)>>);

impl Variables {
    fn new(variables: Vec<(Arc<str>, Value)>) -> Self {
        Self(RefCell::new(variables))
    }

    fn find(&self, name: &str) -> Option<Value> {
        let name = name.strip_prefix("::").unwrap_or(name);
        let variables = self.0.borrow();
        let found = variables.iter().find(|(known, _)| &**known == name);
        found.map(|(_, value)| value.clone())
    }
}

impl TemplateScope for Variables {
    fn instance_variable(&self, name: &str) -> Option<Value> {
        self.find(name).filter(|value| !value.is_undef())
    }

    fn variable(&self, name: &str) -> Result<Value, String> {
        Ok(self.find(name).unwrap_or_default())
    }

    fn exists(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn variables(&self) -> Vec<(Arc<str>, Value)> {
        self.0.borrow().clone()
    }

    fn call_function(&self, name: &str, arguments: &[Value]) -> Result<Value, String> {
        match (name, arguments) {
            ("upcase", [Value::String(text)]) => Ok(Value::string(text.to_uppercase())),
            ("versioncmp", [Value::String(left), Value::String(right)]) => {
                let parts = |text: &str| -> Vec<u64> {
                    text.split('.')
                        .map(|part| part.parse().unwrap_or(0))
                        .collect()
                };
                Ok(Value::Integer(parts(left).cmp(&parts(right)) as i64))
            }
            _ => Err(format!("no function {name}")),
        }
    }

    fn set_variable(&self, name: &str, value: Value) -> Result<(), String> {
        let mut variables = self.0.borrow_mut();
        if variables.iter().any(|(known, _)| &**known == name) {
            return Err(format!("Cannot reassign variable '${name}'"));
        }
        variables.push((name.into(), value));
        Ok(())
    }

    fn forget(&self, name: &str) {
        self.0.borrow_mut().retain(|(known, _)| &**known != name);
    }

    fn changed(&self, _name: &str, before: &Value, after: &Value) {
        for (_, value) in self.0.borrow_mut().iter_mut() {
            if value.is_same(before) {
                *value = after.clone();
            }
        }
    }

    fn template(&self, name: &str) -> Result<TemplateFile, String> {
        let text = match name {
            "m/item.erb" => "<%= scope['_item'][:name] %>,<% scope['_item'][:seen] = true %>",
            "m/raises.erb" => "\n<%= nil.foo %>",
            "m/unknown.erb" => "<%= ENV['HOME'] %>",
            _ => return Err(format!("Could not find template '{name}'")),
        };
        Ok(TemplateFile {
            path: format!("/modules/{name}"),
            bytes: text.as_bytes().into(),
        })
    }

    fn has_function(&self, name: &str) -> bool {
        matches!(name, "upcase" | "versioncmp")
    }

    fn file(&self) -> Option<String> {
        None
    }

    fn now(&self) -> i128 {
        1_700_000_000_000_000_000
    }

    fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

fn of_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Undef,
        serde_json::Value::Bool(value) => Value::Boolean(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => Value::Integer(number),
            None => Value::Float(number.as_f64().unwrap_or(0.0)),
        },
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(elements) => {
            Value::array(elements.iter().map(of_json).collect::<Vec<_>>())
        }
        serde_json::Value::Object(entries) => {
            let entry = |(key, value): (&String, &serde_json::Value)| {
                (Value::string(key.as_str()), of_json(value))
            };
            Value::hash(entries.iter().map(entry).collect::<HashMap>())
        }
    }
}

fn variables(text: &str) -> Variables {
    let parsed: serde_json::Value = serde_json::from_str(text).unwrap();
    let entry =
        |(name, value): (&String, &serde_json::Value)| (Arc::from(name.as_str()), of_json(value));
    Variables::new(parsed.as_object().unwrap().iter().map(entry).collect())
}

fn render(text: &str, scope: &Variables) -> Result<String, ErbError> {
    Template::parse(text)?.render(scope)
}

/// Runs a test where the stack is as large as that of a compile.
fn with_stack(test: impl FnOnce() + Send + 'static) {
    let builder = std::thread::Builder::new().stack_size(64 << 20);
    builder.spawn(test).unwrap().join().unwrap();
}

fn kind(text: &str) -> ErbErrorKind {
    render(text, &Variables::new(Vec::new())).unwrap_err().kind
}

/// Every `resources/erb/*.erb` renders to what Ruby 3.1 has written to the `.txt` beside it.
#[test]
fn fixtures_render_as_under_ruby() {
    with_stack(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("resources/erb");
        let scope = variables(&std::fs::read_to_string(folder.join("variables.json")).unwrap());
        let mut differences = String::new();
        let mut count = 0;
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "erb") {
                continue;
            }
            count += 1;
            let expected = std::fs::read_to_string(path.with_extension("txt")).unwrap();
            let rendered = render(&std::fs::read_to_string(&path).unwrap(), &scope);
            match rendered {
                Ok(text) => {
                    for (index, (ours, theirs)) in text.lines().zip(expected.lines()).enumerate() {
                        if ours != theirs {
                            let line = index + 1;
                            writeln!(
                                differences,
                                "{}:{line}\n  ours   {ours}\n  Ruby's {theirs}",
                                path.display()
                            )
                            .unwrap();
                        }
                    }
                    if text.lines().count() != expected.lines().count() {
                        writeln!(differences, "{}: another number of lines", path.display())
                            .unwrap();
                    }
                }
                Err(error) => {
                    let message = error.detail();
                    writeln!(differences, "{}:{}: {message}", path.display(), error.line).unwrap();
                }
            }
        }
        assert!(count > 5, "the fixtures are gone");
        assert!(differences.is_empty(), "{differences}");
    });
}

#[test]
fn what_runs_away_is_stopped() {
    with_stack(|| {
        assert_eq!(kind("<% while true; end %>"), ErbErrorKind::Limit);
        assert_eq!(
            kind("<% def f(x) f(x + 1) end; f(1) %>"),
            ErbErrorKind::Limit
        );
        assert_eq!(
            kind("<% a = 'x' * 1000; loop { a = a + a } %>"),
            ErbErrorKind::Limit
        );
        assert_eq!(
            kind("<% a = []; loop { a << a.dup } %>"),
            ErbErrorKind::Limit
        );
        assert_eq!(
            kind("<% a = []; 1000000.times { a = [a] } %><%= a %>"),
            ErbErrorKind::Limit
        );
        assert_eq!(
            kind(&format!("<%= {}1{} %>", "(".repeat(5000), ")".repeat(5000))),
            ErbErrorKind::Limit
        );
        assert_eq!(kind("<%= (1..10**18).to_a %>"), ErbErrorKind::Limit);
    });
}

/// What a number asks for is weighed before it is made.
#[test]
fn what_is_asked_for_by_number_is_weighed_first() {
    with_stack(|| {
        for count in ["10**13", "9_000_000_000_000_000_000"] {
            for asking in [
                "(1..).first(N)",
                "(1..).take(N)",
                "(1..N).first(N)",
                "(1..N).to_a",
                "(1..N).last(2)",
                "(1..N).min(2)",
                "(1..N).each_slice(2) { }",
                "(1..N).each_cons(2) { }",
                "[1] * N",
                "'a' * N",
                "'a'.ljust(N)",
                "'a'.center(N)",
                "'%*d' % [N, 1]",
                "Array.new(N)",
                "[].cycle(N) { }",
                "a = []; a[N] = 1",
                "[1].product((1..N).to_a)",
                "(1..N).to_a.combination(2)",
                "(1..3000).to_a.product((1..3000).to_a)",
                "(1..3000).to_a.combination(2).size",
                "a = (1..20000).to_a; a.flat_map { a }",
            ] {
                let template = format!("<% {} %>", asking.replace('N', count));
                assert_eq!(kind(&template), ErbErrorKind::Limit, "{template}");
            }
            for (asking, expected) in [
                ("(1..3).first(N)", "[1, 2, 3]"),
                ("(3..1).first(N)", "[]"),
                (
                    "(2**62..).first(2)",
                    "[4611686018427387904, 4611686018427387905]",
                ),
                ("(1...).first(2)", "[1, 2]"),
                ("(1..3).min(N)", "[1, 2, 3]"),
                ("(1..3).last(N)", "[1, 2, 3]"),
                ("(1..3).each_slice(N).to_a", "[[1, 2, 3]]"),
                ("(1..3).each_cons(N).to_a", "[]"),
                ("(1..N).step(N).to_a", "[1]"),
                ("[1, 2].first(N)", "[1, 2]"),
                ("[1, 2].drop(N)", "[]"),
                ("[] * N", "[]"),
                ("'' * N", ""),
                ("'a'.ljust(-2**62 - 2**62)", "a"),
                ("[1].rotate(N)", "[1]"),
                ("[1].pop(N)", "[1]"),
            ] {
                let template = format!("<%= {} %>", asking.replace('N', count));
                let rendered = render(&template, &Variables::new(Vec::new()));
                assert_eq!(rendered.as_deref(), Ok(expected), "{template}");
            }
        }
    });
}

/// An array that has itself twice, and so on down, has more parts than can be looked at.
#[test]
fn shared_parts_are_not_met_without_end() {
    with_stack(|| {
        for shown in [
            "a.flatten",
            "a.join",
            "a",
            "a.to_json",
            "scope.call_function('upcase', [a])",
        ] {
            let template = format!("<% a = ['x']; 60.times {{ a = [a, a] }} %><%= {shown} %>");
            assert_eq!(kind(&template), ErbErrorKind::Limit, "{template}");
        }
        for inner in ["[a, a]", "{a => a}"] {
            let other = inner.replace('a', "b");
            let template =
                format!("<% a = b = [1]; 60.times {{ a = {inner}; b = {other} }} %><%= a == b %>");
            let rendered = render(&template, &Variables::new(Vec::new()));
            assert_eq!(rendered.ok().as_deref(), Some("false"));
        }
    });
}

#[test]
fn what_is_nested_deep_is_dropped_on_a_small_stack() {
    for deeper in [
        "[x]",
        "[x, x]",
        "{ 'a' => x }",
        "{ x => 1 }[0] || [[1, x]]",
        "(y = x; lambda { y })",
    ] {
        let template = format!("<% x = []; 100_000.times {{ x = {deeper} }}; x = 1 %>done");
        let rendered = render(&template, &Variables::new(Vec::new()));
        assert_eq!(rendered.as_deref(), Ok("done"), "{deeper}");
    }
}

#[test]
fn keys_that_are_missing_have_the_default() {
    let text = "<% h = Hash.new(1); b = Hash.new { |_, key| key * 2 } -%>\
                <%= h['a'] %> <%= b['a'] %> <%= {}['a'].inspect %>";
    assert_eq!(render(text, &variables("{}")).unwrap(), "1 aa nil");
}

#[test]
fn nothing_of_the_system_is_in_reach() {
    for code in [
        "`id`",
        "system('id')",
        "exec('id')",
        "ENV['HOME']",
        "File.read('/etc/passwd')",
        "IO.popen('id')",
        "require 'open3'",
        "eval('1')",
        "open('/etc/passwd')",
        "%x(id)",
        "Kernel.exit",
        "self.instance_eval { 1 }",
        "Object.const_get('File')",
        "Dir['/*']",
    ] {
        assert_eq!(
            kind(&format!("<%= {code} %>")),
            ErbErrorKind::Unsupported,
            "{code}"
        );
    }
}

#[test]
fn errors_name_the_line() {
    let error = render(
        "a\n<% if true -%>\n<%= nil.foo %>\n<% end %>",
        &Variables::new(Vec::new()),
    );
    let error = error.unwrap_err();
    assert_eq!(error.line, 3);
    assert_eq!(error.kind, ErbErrorKind::Raised);
    assert_eq!(error.message, "undefined method `foo' for nil:NilClass");
}

#[test]
fn a_template_may_show_what_it_has_written_so_far() {
    let text = render("a<%= _erbout %>b", &variables("{}"));
    assert_eq!(text.expect("it is shown"), "aab");
}

#[test]
fn texts_that_stand_there_ask_as_others_do() {
    let text = "<% h = {'x' => 1, :y => 2} -%>\
        <%= h['x'] %> <%= h['y'].inspect %> <%= h.key?('x') %> <%= h.include?('y') %> \
        <%= Hash.new(5)['z'] %> <%= 'a' == 'a' %> <%= nil == 'a' %> <%= :a == 'a' %>";
    let text = render(text, &variables("{}"));
    let expected = "1 nil true false 5 true false false";
    assert_eq!(text.expect("it is rendered"), expected);
}

#[test]
fn a_sensitive_value_stays_hidden() {
    let secret = Value::Sensitive(Arc::new(Value::string("secret")));
    let scope = Variables::new(vec![("password".into(), secret)]);
    let rendered = render("<%= @password %> <%= @password.unwrap %>", &scope).unwrap();
    assert_eq!(rendered, "Sensitive [value redacted] secret");
}

#[test]
fn a_template_within_another_shares_its_objects() {
    let scope = Variables::new(vec![("list".into(), Value::array([Value::Integer(1)]))]);
    let text = "<% scope.setvar('_item', {}) -%>
<% %w[a b].each do |name| -%>
<% scope.lookupvar('_item')[:name] = name -%>
<%= scope.function_template(['m/item.erb']) -%>
<% end -%>
<%= scope.lookupvar('_item')[:seen] %> <% @list << 2 %><%= scope['list'] %>";
    assert_eq!(render(text, &scope).unwrap(), "a,b,true [1, 2]");
    let changed = Value::array([Value::Integer(1), Value::Integer(2)]);
    assert_eq!(scope.find("list"), Some(changed));
    assert_eq!(
        scope.find("_item").unwrap().get("name"),
        Some(&Value::string("b"))
    );
}

#[test]
fn what_goes_wrong_within_another_template_names_both() {
    let error = render(
        "<%= scope.call_function('template', ['m/raises.erb']) %>",
        &Variables::new(Vec::new()),
    );
    let error = error.unwrap_err();
    assert_eq!((error.kind, error.line), (ErbErrorKind::Raised, 1));
    let wanted = "Failed to parse template m/raises.erb:\n  Filepath: /modules/m/raises.erb\n  \
                  Line: 2\n  Detail: undefined method `foo' for nil:NilClass\n";
    assert_eq!(error.message, wanted);
}

#[test]
fn what_is_not_known_leaves_the_scope_as_it_was() {
    let scope = Variables::new(vec![("list".into(), Value::array([Value::Integer(1)]))]);
    let text = "<% scope.setvar('x', 1); @list << 2; scope.function_upcase(['a']) %>\
                <%= scope.function_template(['m/unknown.erb']) %>";
    let error = render(text, &scope).unwrap_err();
    assert_eq!(error.kind, ErbErrorKind::Unsupported);
    assert_eq!(scope.find("x"), None);
    let before = Value::array([Value::Integer(1)]);
    assert_eq!(scope.find("list"), Some(before));
}

#[test]
fn an_exception_keeps_the_line_where_it_was_raised() {
    for template in [
        "\n<% begin\n nil.foo\nrescue KeyError\n'x'.upcase\nensure\n'y'.upcase\nend %>",
        "\n<% begin\n nil.foo\nrescue => e\n'x'.upcase\nraise e\nend %>",
        "\n<% begin\n nil.foo\nrescue\nraise\nend %>",
        "\n<% begin; begin\nraise KeyError\nensure\n'x'.upcase\nend\nrescue => e\nend\n@e = e %>\
         <% begin; \n\n\n\n\nraise @e; ensure\nend %>",
    ] {
        let error = render(template, &Variables::new(Vec::new())).unwrap_err();
        assert_eq!(
            (error.kind, error.line),
            (ErbErrorKind::Raised, 3),
            "{template}"
        );
    }
}
