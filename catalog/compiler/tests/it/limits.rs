//! Code and data that would never end, or never fit, end in an error that says where; and the
//! process goes on.

use std::time::{Duration, Instant};

use ficelle_compiler::{CompileError, Compiled, compile};

use crate::{shown, site::Site};

/// Compiles on a stack as the master's threads have it, with little time.
fn compiled(site: Site) -> Result<Compiled, CompileError> {
    let work = std::thread::Builder::new()
        .stack_size(64 * 1024 * 1024)
        .spawn(move || {
            let mut request = site.request("web1");
            request.deadline = Some(Instant::now() + Duration::from_secs(2));
            let made = compile(&request, &site.environment(), &site.inputs);
            // What was made is dropped here, on the deep stack, as on the master.
            made.map_err(|error| error.on_node("web1"))
        })
        .expect("a thread");
    work.join().expect("it does not panic")
}

/// The error of a manifest.
fn error(code: &str) -> String {
    match compiled(Site::new().manifest(code)) {
        Ok(made) => panic!("{code} compiles: {}", shown(&Ok(made))),
        Err(error) => error.to_string(),
    }
}

/// Each names the line: the second.
fn ends(code: &str, with: &str) {
    let found = error(&format!("# the first line\n{code}"));
    assert!(found.contains(with), "{code}: {found}");
    assert!(found.contains("line: 2"), "{code}: {found}");
}

const TOO_LONG: &str = "The compile took longer than it may";
const TOO_MANY: &str = "there are more than 5000000 elements";

#[test]
fn recursion_ends() {
    let deep = "Calls are nested more than 1000 deep";
    ends("function f($x) { f($x) } f(1)", deep);
    ends("function g($n) { [1].each |$x| { g($n) } } g(1)", deep);
    ends(
        "class a { include b } class b { f() } function f() { [1].map |$x| { f() } } include a",
        deep,
    );
    ends(
        "type A = Variant[Integer, Array[B]] type B = Array[A] function h(A $a) { h($a) } h(1)",
        deep,
    );
}

#[test]
fn defines_that_declare_themselves_end() {
    let found = error("define d { d { \"x${title}\": } }\nd { 'a': }");
    assert!(
        found.contains("more than 1000 times") || found.contains(TOO_LONG),
        "{found}"
    );
}

#[test]
fn loops_end() {
    for code in [
        "Integer[1, 1000000000000].each |$x| { }",
        "Integer[1, 1000000000000].map |$x| { $x }",
        "Integer[1, 1000000000000].reduce |$m, $x| { $x }",
        "Integer[1, 1000000000000].step(1).each |$x| { }",
        "Integer[1, 1000000000000].reverse_each |$x| { }",
        "inline_epp('<% Integer[1, 1000000000000].each |$x| { %>x<% } %>')",
    ] {
        let found = error(&format!("# the first line\n{code}"));
        assert!(
            found.contains(TOO_LONG) || found.contains(TOO_MANY),
            "{code}: {found}"
        );
    }
    for code in [
        "Array(Integer[1, 1000000000000])",
        "Integer[1, 1000000000000].slice(2)",
        "Hash(Integer[1, 1000000000000])",
    ] {
        ends(code, TOO_MANY);
    }
    let first = "Integer[1, 1000000000000].each |$x| { if $x == 3 { break() } }\nnotice('on')";
    let made = compiled(Site::new().manifest(first)).expect("a loop that is left early");
    assert_eq!(&*made.logs[0].message, "on");
    let steps = "notice(Integer[0, 1000000000000].step(400000000000).map |$x| { $x })\n\
                 notice(Integer[0, 10].step(4).reverse_each.map |$x| { $x })";
    let made = compiled(Site::new().manifest(steps)).expect("a long range has few steps");
    let said: Vec<_> = made.logs.iter().map(|log| &*log.message).collect();
    assert_eq!(said, ["[0, 400000000000, 800000000000]", "[8, 4, 0]"]);
}

#[test]
fn values_do_not_grow_without_end() {
    let bytes = "bytes is too long; 67108864 are allowed";
    ends(
        "Integer[1, 60].reduce('a') |$m, $x| { \"${m}${m}\" }",
        bytes,
    );
    ends(
        "Integer[1, 60].reduce('a') |$m, $x| { regsubst($m, 'a', 'aaaaaaaaaa', 'G') }",
        bytes,
    );
    let elements = "elements is too big; 5000000 are allowed";
    ends("Integer[1, 60].reduce([1]) |$m, $x| { $m + $m }", elements);
    let deep = "A value is nested more than 1000 deep";
    ends("Integer[1, 100000].reduce([1]) |$m, $x| { [$m] }", deep);
    ends(
        "Integer[1, 100000].reduce(1) |$m, $x| { { 'a' => $m } }",
        deep,
    );
    ends(
        "Integer[1, 100000].reduce(1) |$m, $x| { [1].map |$y| { $m } }",
        deep,
    );
    let wide = "width or precision of a format is larger than";
    ends("sprintf('%1000000000d', 1)", wide);
    ends("String(1, '%1000000000d')", wide);
    ends("1 << 100000", "shift width too big");
}

#[test]
fn expressions_that_try_everything_end() {
    let code = "$text = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'\n\
                notice($text =~ /^(a+)+$/)\n\
                type A = Variant[Tuple[A, A], Tuple[A, A, A], String]\n\
                $tree = Integer[1, 14].reduce('x') |$m, $x| { [$m, $m] }\n\
                notice($tree =~ A)";
    let made = compiled(Site::new().manifest(code)).expect("it compiles");
    let said: Vec<_> = made.logs.iter().map(|log| &*log.message).collect();
    assert_eq!(said, ["false", "true"]);
}

#[test]
fn templates_end() {
    ends(
        "inline_template('<% loop do %>x<% end %>')",
        "inline template",
    );
    ends("inline_template('<% while true do end %>')", "steps");
    ends("inline_template('<%= \"a\" * 10000000000 %>')", "too big");
    ends(
        "inline_template('<% x = [1]; 60.times { x = x + x } %>')",
        "too big",
    );
    ends(
        "inline_template('<%= def f(x) f(x) end; f(1) %>')",
        "stack level too deep",
    );
}

#[test]
fn documents_end() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let before = level - 1;
        let inner = vec![format!("*a{before}"); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
    }
    let hiera = "version: 5\nhierarchy: [{name: c, path: c.yaml}]";
    let with_data = |data: &str| {
        let site = Site::new()
            .manifest("notice(lookup('a8'))")
            .file("hiera.yaml", hiera)
            .file("data/c.yaml", data);
        compiled(site).expect_err("it is refused").to_string()
    };
    let found = with_data(&bomb);
    assert!(found.contains("data/c.yaml"), "{found}");
    assert!(
        found.contains("grows to more than 5000000 values"),
        "{found}"
    );
    let found = with_data(&format!("a8: {}", "[".repeat(100_000)));
    assert!(found.contains("data/c.yaml"), "{found}");
    let deep = "[".repeat(100_000);
    let found = error(&format!("parsejson('{deep}')"));
    assert!(found.contains("line: 1"), "{found}");
    let found = error(&format!("$x = {deep}{}", "]".repeat(100_000)));
    assert!(found.contains("line: 1"), "{found}");
}

#[test]
fn data_that_leads_to_itself_ends() {
    let hiera = "version: 5\nhierarchy: [{name: c, path: c.yaml}]";
    let chain: String = (0..3000)
        .map(|at| format!("k{at}: \"%{{alias('k{}')}}\"\n", at + 1))
        .collect();
    for (data, with) in [
        (
            "a: \"%{lookup('b')}\"\nb: \"%{alias('a')}\"\n",
            "Recursive lookup detected in [a, b]",
        ),
        (chain.as_str(), "nested"),
    ] {
        let code = if with == "nested" {
            "lookup('k0')"
        } else {
            "lookup('a')"
        };
        let site = Site::new()
            .manifest(code)
            .file("hiera.yaml", hiera)
            .file("data/c.yaml", data);
        let found = compiled(site).expect_err("it is refused").to_string();
        assert!(found.contains(with), "{found}");
    }
}

/// Two environments may hold different versions of one module.
#[test]
fn environments_do_not_see_each_other() {
    let version = |number: u32| {
        let body = format!("class app {{ notify {{ 'version {number}': }} }}");
        Site::new()
            .manifest("include app\nnotice(app::version())")
            .file("modules/app/manifests/init.pp", &body)
            .file(
                "modules/app/functions/version.pp",
                &format!("function app::version() {{ {number} }}"),
            )
    };
    let (one, two) = (version(1), version(2));
    let (old, new) = (one.environment(), two.environment());
    for _ in 0..2 {
        for (site, environment, number) in [(&one, &old, 1), (&two, &new, 2)] {
            let made = compile(&site.request("web1"), environment, &site.inputs);
            let made = made.expect("it compiles");
            assert_eq!(&*made.logs[0].message, number.to_string());
            let title = format!("version {number}");
            assert!(
                made.catalog
                    .resources
                    .iter()
                    .any(|resource| *resource.reference.title == *title)
            );
        }
    }
}
