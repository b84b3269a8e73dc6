//! Types that code defines: aliases, object types, type sets, annotations.

use crate::world::{error, value};

#[test]
fn an_alias_is_said_in_the_simplest_way_and_without_itself() {
    assert_eq!(
        value("type A = Variant[Enum[a, b], Enum[b, c]]\nString(A)"),
        "A = Enum['a', 'b', 'c']"
    );
    assert_eq!(
        value("type A = Variant[A, Integer]\nString(A)"),
        "A = Integer"
    );
    assert_eq!(
        value("type A = Variant[Integer, Array[A]]\nString([A, [[1]] =~ A, [[x]] =~ A])"),
        "[A = Variant[Integer, Array[A]], true, false]"
    );
}

#[test]
fn an_alias_of_nothing_but_aliases_is_refused() {
    let message = error("type A = Variant[A, B]\ntype B = Variant[A, B]\nnotice(A)");
    assert!(
        message.contains("Type alias 'A' cannot be resolved to a real type"),
        "{message}"
    );
}

#[test]
fn the_right_side_of_an_alias_is_not_evaluated() {
    let message = error("$x = 1\ntype A = Integer[1, $x]\nnotice(A)");
    assert!(
        message.contains("The expression <$x> is not a valid type specification."),
        "{message}"
    );
    assert_eq!(
        value("type A = Array[Unknown]\nString(A)"),
        "A = Array[TypeReference['Unknown']]"
    );
}

#[test]
fn what_takes_undef_may_be_left_out() {
    let person = "type P = Object[{attributes => {
        name => String,
        mother => {type => Optional[P], kind => reference},
        father => Optional[P],
    }}]\n";
    assert_eq!(
        value(&format!("{person} String(P({{name => x}}))")),
        "P({'name' => 'x', 'mother' => undef})"
    );
    assert!(error(&format!("{person} P()")).contains("'new_P' expects between 1 and 3 arguments"),);
}

#[test]
fn what_has_no_code_cannot_be_called() {
    let message = error("type A = Object[{functions => {f => Callable[[], String]}}]\nA().f");
    assert!(
        message.contains("no method is implemented for function A[f]"),
        "{message}"
    );
}

#[test]
fn a_type_set_holds_types_by_simple_names() {
    let set = "type T = TypeSet { pcore_version => '1.0.0', types => {
        A => Object { attributes => { a => Integer } },
        B => A { attributes => { b => String } },
        C => { attributes => { next => Optional[C] } },
        D => Variant[Integer, Array[D]],
    } }\n";
    assert_eq!(value(&format!("{set} String(T::A(1))")), "T::A({'a' => 1})");
    assert_eq!(
        value(&format!(
            "{set} String([T::B(1, x) =~ T::A, T::B < T::A, [[1]] =~ T::D, T =~ Type[TypeSet]])"
        )),
        "[true, true, true, true]"
    );
    assert_eq!(
        value(&format!("{set} String(T)")),
        "TypeSet[{pcore_version => '1.0.0', name_authority => \
         'http://puppet.com/2016.1/runtime', name => 'T', types => {A => Object[{attributes => \
         {'a' => Integer}}], B => Object[{parent => A, attributes => {'b' => String}}], C => \
         Object[{attributes => {'next' => {type => Optional[C], value => undef}}}], D => \
         Variant[Integer, Array[D]]}}]"
    );
    assert!(error(&format!("{set} T::X")).contains("Resource type not found: T::X"));
}

#[test]
fn a_type_set_refers_to_others_by_version() {
    let cars = "type Cars = TypeSet { pcore_version => '1.0.0', version => '1.2.0',
        types => { Car => { attributes => { doors => Integer } } } }\n";
    let fleet = |range: &str| {
        format!(
            "{cars} type Fleet = TypeSet {{ pcore_version => '1.0.0',
                types => {{ Fleet => Array[C::Car] }},
                references => {{ C => {{ name => 'Cars', version_range => '{range}' }} }} }}
            String([Cars::Car(5)] =~ Fleet::Fleet)"
        )
    };
    assert_eq!(value(&fleet("1.x")), "true");
    assert!(error(&fleet("2.x")).contains(
        "TypeSet 'Fleet' reference to TypeSet named 'Cars' resolves to an incompatible version. \
         Expected 2.x, got 1.2.0"
    ));
}

#[test]
fn a_type_set_says_what_it_lacks() {
    assert!(
        error("type T = TypeSet { version => '1.0.0' }\nnotice(T)").contains(
            "TypeSet initializer has wrong type, expects a value for key 'pcore_version'"
        )
    );
    assert!(
        error("type T = TypeSet { pcore_version => '2.0.0' }\nnotice(T)").contains(
            "The pcore version for TypeSet 'T' is not understood by this runtime. Expected range \
         1.x, got 2.0.0"
        )
    );
}

#[test]
fn types_of_types_are_object_types() {
    assert_eq!(
        value("String(Pcore::ArrayType)"),
        "Object[{name => 'Pcore::ArrayType', parent => Pcore::CollectionType, attributes => \
         {'element_type' => {type => Optional[Type], value => Any}}}]"
    );
    assert_eq!(
        value("String(Puppet::AST::Locator)"),
        "Object[{attributes => {'string' => String, 'file' => String, 'line_index' => {type => \
         Optional[Array[Integer]], value => undef}}}]"
    );
    assert!(error("Unit").contains("Resource type not found: Unit"));
}

const ANNOTATION: &str = "type Note = Object[{
    parent => Annotation,
    attributes => { id => Integer },
}]
type Thing = Object[{}]
$thing = Thing()\n";

#[test]
fn an_annotation_belongs_to_one_object() {
    assert_eq!(
        value(&format!(
            "{ANNOTATION} Note.annotate($thing, {{id => 1}})
            String([Note.annotate($thing), Note.annotate(Thing())], '%p')"
        )),
        "[Note({'id' => 1}), undef]"
    );
    assert_eq!(
        value(&format!(
            "{ANNOTATION} Note.annotate($thing) || {{ {{id => 2}} }}
            String([Note.annotate($thing, clear), Note.annotate($thing)], '%p')"
        )),
        "[Note({'id' => 2}), undef]"
    );
    assert_eq!(
        value(&format!(
            "{ANNOTATION} Pcore.annotate($thing, {{Note => {{id => 3}}}}).then |$t| {{
                String(Note.annotate($t))
            }}"
        )),
        "Note({'id' => 3})"
    );
}

#[test]
fn what_a_definition_says_cannot_be_annotated_anew() {
    let declared =
        format!("{ANNOTATION} type Noted = Object[{{annotations => {{Note => {{id => 4}}}}}}]\n");
    assert_eq!(
        value(&format!("{declared} String(Note.annotate(Noted))")),
        "Note({'id' => 4})"
    );
    assert!(
        error(&format!("{declared} Note.annotate(Noted, {{id => 5}})"))
            .contains("attempt to redefine Note annotation declared on Noted")
    );
    assert!(
        error(&format!("{ANNOTATION} Note.annotate('x', {{id => 5}})"))
            .contains("can't modify frozen String: \"x\"")
    );
}

#[test]
fn types_are_equal_where_their_instances_are() {
    assert_eq!(
        value(
            "String([String == Enum, Optional[Integer] == Variant[Undef, Integer], String < Enum])"
        ),
        "[true, true, false]"
    );
    assert_eq!(
        value("String([Integer == String, Integer[1] == Integer, Integer[1] < Integer])"),
        "[false, false, true]"
    );
}

#[test]
fn types_are_instances_of_the_types_of_types() {
    assert_eq!(
        value(
            "String([Integer =~ Object, Integer =~ Pcore::NumericType, String =~ Pcore::ArrayType])"
        ),
        "[true, true, false]"
    );
    assert_eq!(
        value("String([Pcore::IntegerType.new(1, 5), Pcore::ArrayType({element_type => String})])"),
        "[Integer[1, 5], Array[String]]"
    );
}

#[test]
fn what_is_deferred_is_found_at_any_depth() {
    assert_eq!(
        value(
            "$d = Deferred('join', [[Deferred('upcase', ['a']), {b => 1}.keys[0]], ','])
            $d.call"
        ),
        "A,b"
    );
    assert_eq!(
        value(
            "function f(Sensitive $s, Hash $h) { \"${s.unwrap}${h[k]}\" }
            Deferred('f', [Sensitive(Deferred('upcase', ['a'])), {k => Deferred('upcase', ['b'])}]).call"
        ),
        "AB"
    );
}

#[test]
fn a_tree_of_objects_goes_by_what_belongs_to_them() {
    let tree = "type P = Object[{attributes => {
        name => String,
        father => Optional[P],
        friend => {type => Optional[P], kind => reference},
    }}]
    $p = P({name => a, father => P({name => b}), friend => P({name => c})})\n";
    let paths = |options: &str| {
        value(&format!(
            "{tree} $r = $p.tree_each({{include_containers => false{options}}}) \
             String($r.filter |$path, $v| {{ $v =~ String }}.map |$path, $v| {{ $v }})"
        ))
    };
    assert_eq!(paths(""), "['a', 'b']");
    assert_eq!(paths(", include_refs => true"), "['a', 'c', 'b']");
}

#[test]
fn brackets_that_do_not_fit_are_refused_in_the_words_of_the_reference() {
    for (code, expected, column) in [
        (
            "Numeric[1]",
            "Operator '[]' is not applicable to a Numeric-Type.",
            6,
        ),
        (
            "Boolean[1, 2]",
            "A Boolean-Type[] accepts 1 argument. Got 2",
            6,
        ),
        (
            "Boolean[1]",
            "Error creating type specialization of a Boolean-Type, Cannot use Integer where \
             TrueClass or FalseClass is expected",
            14,
        ),
        (
            "Regexp[a, b]",
            "A Regexp-Type[] accepts 1 argument. Got 2",
            16,
        ),
        (
            "Integer[String]",
            "Integer-Type [] requires all arguments to be integers (or default). Got \
             Puppet::Pops::Types::PStringType",
            14,
        ),
        (
            "String[Enum[a]]",
            "A Type's size constraint arguments must be a single Integer type, or 1-2 integers \
             (or default). Got an Enum-Type",
            13,
        ),
        (
            "Struct[{1 => Integer}]",
            "Error while evaluating a '[]' expression, Illegal Struct member key type. Expected \
             NotUndef, Optional, String, or Enum. Got: Integer",
            6,
        ),
        (
            "Runtime[ruby]",
            "A Runtime-Type[] accepts 1 to 2 arguments. Got 1",
            6,
        ),
    ] {
        assert_eq!(
            error(&format!("$x = {code}")),
            format!("Evaluation Error: {expected} (file: test.pp, line: 1, column: {column})")
        );
    }
}
