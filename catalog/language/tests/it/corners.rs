//! Answers in rare cases, as they were measured of the reference.

use crate::world::{error, value};

fn same(cases: &[(&str, &str)]) {
    for (code, expected) in cases {
        assert_eq!(value(code), *expected, "{code}");
    }
}

fn refused(cases: &[(&str, &str)]) {
    for (code, expected) in cases {
        let message = error(code);
        assert!(message.contains(expected), "{code}: {message}");
    }
}

#[test]
fn an_expression_that_is_not_ascii_shows_its_flags() {
    same(&[
        ("String(/é/)", "(?-imx:é)"),
        ("String([/é/])", "[/(?-mix:é)/]"),
        ("\"${/é/}\"", "/(?-mix:é)/"),
        ("String(Pattern[/é/])", "Pattern[/(?-mix:é)/]"),
        ("join([/a\\/b/, /(?i)x/])", "(?-mix:a\\/b)(?i-mx:x)"),
    ]);
    refused(&[(
        "with('x') |Pattern[/é/] $x| { 1 }",
        "expects a match for Pattern[/(?-mix:é)/], got 'x'",
    )]);
}

#[test]
fn uris_are_kept_in_their_normal_form() {
    same(&[
        ("String(URI('HTTP://Ex.COM:80/a'))", "http://Ex.COM/a"),
        ("String(URI('http://h:08080/'))", "http://h:8080/"),
        ("String(URI('https://h:443/x') + '../y')", "https://h/y"),
        (
            "String(URI({scheme => http, userinfo => 'u:p'}))",
            "http:u:p@",
        ),
        (
            "String(type(URI('ftp://h/')))",
            "URI[{'scheme' => 'ftp', 'host' => 'h', 'port' => '21'}]",
        ),
        (
            "URI('http://h:90/') =~ URI[{scheme => Enum[http], port => Integer[80, 90]}]",
            "true",
        ),
    ]);
    refused(&[
        (
            "URI('http://h/%zz')",
            "bad URI(is not URI?): \"http://h/%zz\"",
        ),
        ("URI('http://h/[a]')", "bad URI(is not URI?)"),
        (
            "URI('http://é/')",
            "URI must be ascii only \"http://\\u00E9/\"",
        ),
        ("URI('a') + '[1,2]'", "bad URI(is not URI?): \"[1,2]\""),
        ("-[URI('http://h:80/')]", "'[#<URI::HTTP http://h/>]'"),
    ]);
}

#[test]
fn numbers_in_strings_and_shifts() {
    same(&[
        ("-1 << 63", "-9223372036854775808"),
        ("-1 >> -63", "-9223372036854775808"),
    ]);
    refused(&[
        (
            "1 + '::1'",
            "The string '::1' was automatically coerced to the numerical value 1",
        ),
        ("2147483648 << 64", "got '+0x800000000000000000000000'"),
        (
            "-3 << 70",
            "outside of Puppet Integer min range, got '-0xc00000000000000000'",
        ),
        ("1 << 63", "max range, got '+0x8000000000000000'"),
        ("1 >> -63", "max range, got '+0x8000000000000000'"),
        ("1 << 5000", &format!("got '+0x1{}'", "0".repeat(1250))),
        ("1 << 1e100", "shift width too big"),
        ("1 >> -1e100", "shift width too big"),
        (
            "[1][1.5, a]",
            "The value 'a' cannot be converted to Numeric.",
        ),
    ]);
}

#[test]
fn blocks_are_given_what_they_take() {
    same(&[
        ("group_by([a, b]) |*$x| { $x }", "{[a] => [a], [b] => [b]}"),
        ("group_by([a, b]) |$x, *$y| { $y }", "{[] => [a, b]}"),
        ("partition([2, 1]) |$x, $y = 5| { $x > 1 }", "[[2], [1]]"),
        ("slice([1, 2], 2) |$x, $y = 3| { $x }", "[1, 2]"),
        ("unique(['a']) |$x| { fail($x) }", "[a]"),
        ("new(Integer, 3) |$x, $y| { 4 }", "3"),
        ("new(Integer, '3') |$x| { $x + 1 }", "4"),
        ("convert_to(3, Integer) |$x| { 4 }", "4"),
    ]);
    refused(&[
        (
            "unique([1, 2]) |Integer $x| { $x }",
            "The function 'unique' was called with arguments it does not accept.",
        ),
        (
            "tree_each([1], {x => 1}) |$x| { $x }",
            "'include_refs' => Optional[Boolean]}] options?, Callable[1, 1] block)\n    rejected: parameter 'options' unrecognized key 'x'",
        ),
        (
            "upcase([1, true])",
            "parameter 'arg' index 1 expects a StringData = Variant[String, Numeric, Array[StringData], Hash[StringData, StringData]] value, got Boolean",
        ),
        (
            "max(1) |$x| { 1 }",
            "(SemVer values*)\n    rejected: does not expect a block",
        ),
    ]);
}

#[test]
fn a_break_goes_through_what_asks_of_each() {
    same(&[
        (
            "[1, 2].each |$x| { any([1]) |$y| { break() } fail('on') }",
            "[1, 2]",
        ),
        (
            "[1, 2].map |$x| { {a => 1}.filter |$k, $v| { break() } }",
            "[]",
        ),
        (
            "[all(3) |$x| { break() }, any(3) |$x| { break() }]",
            "[true, false]",
        ),
        ("[1, 2].map |$x| { if $x == 2 { break() } $x }", "[1]"),
    ]);
    for function in ["all", "any", "index", "group_by", "partition"] {
        let message = error(&format!("{function}([1]) |$x| {{ break() }}"));
        assert!(
            message.contains("break() from context where this is illegal"),
            "{message}"
        );
    }
}

#[test]
fn an_old_function_is_shown_expressions_as_they_are_written() {
    same(&[("prefix([/é/], 'x')", "[x/é/]")]);
}

#[test]
fn init_takes_an_array_for_all_arguments() {
    same(&[
        ("Init[String](['a'])", "a"),
        ("Init[String]([31, '%x'])", "1f"),
    ]);
    refused(&[(
        "Init[String]([])",
        "'new_string' expects between 1 and 2 arguments, got none",
    )]);
}

#[test]
fn what_cannot_be_followed_is_told_by_an_error() {
    same(&[
        (
            "get([1], 'a') |$e| { $e.issue_code }",
            "EXPECTED_INTEGER_INDEX",
        ),
        ("get([1], 'a') |$e| { $e =~ Error }", "true"),
        (
            "get([1], 'a') |$e| { $e.details['index_type'] =~ Type[String] }",
            "true",
        ),
    ]);
    refused(&[("get(1, '.5')", "Syntax error in dotted-navigation string")]);
}

#[test]
fn texts_are_made_as_ruby_makes_them() {
    same(&[
        ("join([1, [2, []]], ';')", "1;2;"),
        ("capitalize('ǆ ß')", "ǅ ß"),
        ("camelcase('ßa_ﬁx')", "SsaFix"),
        ("downcase('ΣΑΣ')", "σασ"),
        ("String([SemVer('1.2.3')])", "[1.2.3]"),
        ("String(type(SemVer('1.2.3')))", "SemVer['1.2.3 - 1.2.3']"),
        (
            "to_json_pretty({a => [], b => {}})",
            "{\n  \"a\": [\n\n  ],\n  \"b\": {\n  }\n}\n",
        ),
        ("to_json(/a/)", "\"(?-mix:a)\""),
        (
            "to_ruby({default => Binary('')})",
            "{\"__ptype\" => \"Hash\", \"__pvalue\" => [{\"__ptype\" => \"Default\"}, {\"__ptype\" => \"Binary\", \"__pvalue\" => \"\"}]}",
        ),
        ("String(type_of([1, a]))", "Tuple[Integer[1, 1], String]"),
        ("parseyaml('false', x)", "x"),
    ]);
    refused(&[
        (
            "sprintf('%1$s %s', 1, 2)",
            "unnumbered(1) mixed with numbered",
        ),
        (
            "sprintf('%s %<a>s', {a => 1})",
            "named<a> after unnumbered(1)",
        ),
        ("sprintf('%c', 'ab')", "%c requires a character"),
        ("parsejson('x', false)", "unexpected token"),
    ]);
}

#[test]
fn types_are_told_in_the_order_they_have() {
    same(&[(
        "String(Variant[Integer[9, 10], Integer[1, 2]])",
        "Variant[Integer[9, 10], Integer[1, 2]]",
    )]);
    refused(&[
        (
            "assert_type(Hash[String, Integer], {9 => 1, 1 => x, a => 2})",
            "got Hash[Variant[Integer[9, 9], Integer[1, 1], String], Variant[Integer[1, 2], String]]",
        ),
        (
            "Object[{name => 'A', attributes => {c => Integer, b => {type => String, value => x}, a => Any}}](x)",
            "(Struct[{'c' => Integer, Optional['b'] => String, 'a' => Any}] hash)",
        ),
        (
            "Object[{name => 'A', attributes => {a => {}}, constants => {a => 1}}]",
            "attribute A[a] is defined as both a constant and an attribute",
        ),
        (
            "Object[foo]",
            r"object name has wrong type, expects a match for Pattern[/\A[A-Z]\w*(?:::[A-Z]\w*)*\z/], got 'foo'",
        ),
        (
            "1 =~ Init[Scalar]",
            "Creation of new instance of type 'Scalar' is not supported",
        ),
        (
            "assert_type(Init[Integer, x], 1)",
            "The type 'Init[Integer, 'x']' does not represent a valid set of parameters for Integer.new()",
        ),
    ]);
}

#[test]
fn a_text_that_is_no_type_is_blamed_itself() {
    assert_eq!(
        error("Type('a: 1')"),
        "Syntax error at ':' (line: 1, column: 2)"
    );
    refused(&[
        (
            "Type('Array[')",
            "Error while evaluating a Function Call, Syntax error at end of input (file: test.pp, line: 1",
        ),
        (
            "Type(' 12 ')",
            "The expression <12> is not a valid type specification.",
        ),
        (
            "Type('Integer String')",
            "The expression <Integer String> is not a valid type specification.",
        ),
    ]);
}

#[test]
fn expressions_of_ruby() {
    same(&[
        ("'e\u{301}x'.match(/\\X/)[0]", "e\u{301}"),
        ("regsubst('aab', 'a**', '<\\0>')", "<aa>b"),
        ("regsubst('ab', '(a)(x)?', '[\\+]')", "[a]b"),
        ("'foo' =~ \"(?x)(?<n>o+) # open ( paren\\n\"", "true"),
        ("'ab' =~ \"(?x) # it's [[:alpha:]] (\\nab\"", "true"),
        ("'ab' =~ \"(?x)[[:alpha:]] # class [ x\\n\\\\h\"", "true"),
        ("'ab' =~ \"(?x) # [[:foo:]] (?<1>\\n(?<n>a)\"", "true"),
        ("'ab' =~ \"(?x:a # [[:foo:]] (\\n)(b)\"", "true"),
        ("'ab' =~ \"(?x)(a) # (?<n>\\nb\" and $1 == 'a'", "true"),
        ("'aab' =~ \"(?x)^a # one\\n+b\"", "true"),
        ("regsubst('foo', '(?<n>o+) # (x', '<\\k<n>>', 'E')", "f<oo>"),
        ("'ab' =~ /(?<a>a)(?(<a>)b|c)/", "true"),
        ("'c' =~ /^(?<a>a)?(?(<a>)b|c)/", "true"),
        ("'ab' =~ /(?<a>a)(?('a')b|c)/", "true"),
        ("'ab' =~ /(a)(?(1)b|c)/", "true"),
    ]);
    refused(&[
        (
            "regsubst('a', 'a', '\\k<n>')",
            "undefined group name reference: n",
        ),
        (
            "regsubst('a', '[z-a]', '', 'EI')",
            "empty range in char class: /[z-a]/ix",
        ),
        (
            "regsubst('a', '[[:foo:]]', '')",
            "invalid POSIX bracket type: /[[:foo:]]/",
        ),
        (
            "regsubst('a', '(?<1>a)', '')",
            "invalid group name <1>: /(?<1>a)/",
        ),
        (
            "regsubst('a', '(?(1)a|b)', '')",
            "invalid backref number/name",
        ),
        (
            "regsubst('a', '\\k<x>', '')",
            "undefined name <x> reference",
        ),
        (
            "regsubst('a', \"(?x) # c\\n[[:foo:]]\", '')",
            "invalid POSIX bracket type",
        ),
        (
            "regsubst('a', '(?<n>a)(b # (', '', 'E')",
            "end pattern with unmatched parenthesis: /(?<n>a)(b # (/x",
        ),
        (
            "regsubst('a', '(?<a>a)(?(<b>)b|c)', '')",
            "undefined name <b> reference",
        ),
        (
            "regsubst('a', '\\p{Foo}', '')",
            "invalid character property name {Foo}",
        ),
        (
            "regsubst('a', '(?<=a+)b', '')",
            "invalid pattern in look-behind",
        ),
    ]);
}
