//! What modules have in Ruby, compiled from the disk with a real helper. Where no Ruby with
//! Puppet's library is installed these tests say so and pass; `tests/setup` installs it.

use std::{
    fs,
    sync::{Arc, LazyLock},
    thread,
};

use camino::Utf8PathBuf;
use ficelle_compiler::{
    CompileRequest, DiskInputs, Environment, EnvironmentDefaults, Level, compile,
};
use ficelle_model::{
    Certname, EnvironmentName, Facts,
    data::DataHash,
    ruby::{Ruby as _, RubyEnvironment, RubyError},
};
use ficelle_ruby::{Pool, Settings};
use tempfile::TempDir;

/// One pool for all, as on a master.
static POOL: LazyLock<Option<Arc<Pool>>> = LazyLock::new(|| {
    let pool = Pool::new(Settings::default());
    let nothing = RubyEnvironment {
        name: "none".to_owned(),
        directory: None,
        modulepath: Vec::new(),
    };
    let tried = pool.session(&nothing, None).map(drop);
    match tried {
        Ok(()) => Some(Arc::new(pool)),
        Err(error @ (RubyError::Missing { .. } | RubyError::NoLibrary { .. })) => {
            #[expect(clippy::print_stderr, reason = "whoever runs the tests is to know")]
            {
                eprintln!("left out: {error}");
            }
            None
        }
        Err(error) => panic!("{error}"),
    }
});

/// An environment on the disk, with a module `m`.
struct Site {
    folder: TempDir,
    inputs: DiskInputs,
}

impl Site {
    /// `None` where there is no Ruby.
    fn new() -> Option<Self> {
        let pool = POOL.clone()?;
        Some(Self::with(DiskInputs::new().with_ruby(pool)))
    }

    fn with(inputs: DiskInputs) -> Self {
        let folder = TempDir::new().expect("it can be made");
        let site = Self { folder, inputs };
        site.file("environment.conf", "");
        site
    }

    fn file(&self, path: &str, content: &str) {
        let path = self.folder.path().join("production").join(path);
        fs::create_dir_all(path.parent().expect("it can be made")).expect("it can be made");
        #[expect(clippy::disallowed_methods, reason = "a fresh folder of our own")]
        fs::write(&path, content).expect("it can be made");
    }

    /// The function `m::NAME`, of today's kind.
    fn function(&self, name: &str, body: &str) {
        let code = format!("Puppet::Functions.create_function(:'m::{name}') do\n{body}\nend\n");
        self.file(
            &format!("modules/m/lib/puppet/functions/m/{name}.rb"),
            &code,
        );
    }

    /// The function NAME, of the old kind.
    fn old_function(&self, name: &str, kind: &str, body: &str) {
        let code = format!(
            "module Puppet::Parser::Functions\n  newfunction(:{name}, {kind}) do |args|\n{body}\n  \
             end\nend\n"
        );
        self.file(
            &format!("modules/m/lib/puppet/parser/functions/{name}.rb"),
            &code,
        );
    }

    fn environment(&self) -> Environment {
        let path =
            Utf8PathBuf::try_from(self.folder.path().join("production")).expect("it can be made");
        let name = EnvironmentName::production();
        Environment::open(name, &path, &EnvironmentDefaults::default(), &self.inputs)
            .expect("it can be made")
    }

    /// What the compile of this code says, or its error.
    fn says(&self, code: &str) -> Vec<String> {
        match compile(&request(code), &self.environment(), &self.inputs) {
            Ok(compiled) => {
                let logs = compiled.logs.iter().filter(|log| log.level > Level::Info);
                logs.map(|log| log.message.to_string()).collect()
            }
            Err(error) => vec![error.to_string()],
        }
    }
}

fn request(code: &str) -> CompileRequest {
    let node = Certname::parse("web1").expect("it can be made");
    let facts = Facts {
        name: node.clone(),
        values: DataHash::default(),
        timestamp: None,
        expiration: None,
    };
    let mut request = CompileRequest::new(node, Arc::new(facts));
    request.code = Some(code.into());
    request
}

#[test]
fn a_function_with_types_takes_what_fits() {
    let Some(site) = Site::new() else { return };
    site.file("modules/m/types/port.pp", "type M::Port = Integer[1,65535]");
    let body = "dispatch :run do\n param 'M::Port', :port\n optional_param 'String', :name\n end\n\
                def run(port, name = 'none') \"#{port} #{name}\" end";
    site.function("port", body);
    assert_eq!(
        site.says("notice(m::port(80), m::port(81, 'x'))"),
        ["80 none 81 x"]
    );
    assert_eq!(
        site.says("notice(m::port(0))"),
        [
            "Evaluation Error: Error while evaluating a Function Call, 'm::port' parameter 'port' \
          expects a M::Port = Integer[1, 65535] value, got Integer[0, 0] (line: 1, column: 8) on \
          node web1"
        ]
    );
}

#[test]
fn values_come_back_as_they_went() {
    let Some(site) = Site::new() else { return };
    site.function("echo", "def echo(x) x end");
    let code = "
      $all = [Sensitive('s'), SemVer('1.2.3'), SemVerRange('>=1.0.0'), Timestamp(0), Timespan(5),
              Binary('aGk='), /a\\/b/, default, undef, { 1 => { undef => 2.5 } }, Integer[1,2],
              File['/x'], Class['a'], URI('http://x/y'), true, -1, 'ä', Deferred('f', [1])]
      notice(m::echo($all) == $all)
      $all.each |$one| { if m::echo($one) != $one { notice($one) } }";
    assert_eq!(site.says(code), ["true"]);
}

#[test]
fn blocks_go_both_ways() {
    let Some(site) = Site::new() else { return };
    let body = "dispatch :run do\n param 'Array', :all\n block_param 'Callable[2,2]', :block\n end\n\
                def run(all) all.each_with_index.map { |one, at| yield(one, at) } end";
    site.function("pairs", body);
    let body = "def native(all) call_function('map', all) { |one| one * 2 } +\n\
                call_function('filter', all) { |at, one| one > 1 } end";
    site.function("native", body);
    assert_eq!(
        site.says("notice(m::pairs([5, 6]) |$one, $at| { $one + $at })"),
        ["[5, 7]"]
    );
    assert_eq!(
        site.says("notice(m::native([1, 2, 3]))"),
        ["[2, 4, 6, 2, 3]"]
    );
    let refused = site.says("m::pairs([1]) |$one| { 1 }");
    assert!(
        refused[0].contains("block expects 2 arguments, got 1"),
        "{refused:?}"
    );
    let code = "notice(m::pairs([1, 2]) |$one, $at| { if $at == 1 { next('n') } $one })";
    assert_eq!(site.says(code), ["[1, n]"]);
    let code = "function f() { m::pairs([1, 2]) |$one, $at| { return('early') } }\nnotice(f())";
    assert_eq!(site.says(code), ["early"]);
    let code = "m::pairs([1]) |$one, $at| { fail('in the block') }";
    assert!(site.says(code)[0].contains("in the block"));
}

#[test]
fn functions_call_each_other_across_the_border() {
    let Some(site) = Site::new() else { return };
    site.function(
        "down",
        "def down(n) n == 0 ? 'end' : call_function('m::step', n) end",
    );
    site.file(
        "modules/m/functions/step.pp",
        "function m::step(Integer $n) { \"${n} ${m::down($n - 1)}\" }",
    );
    assert_eq!(site.says("notice(m::down(5))"), ["5 4 3 2 1 end"]);
    site.function("fails", "def fails() call_function('fail', 'so be it') end");
    assert_eq!(
        site.says("\nm::fails()"),
        [
            "Evaluation Error: Error while evaluating a Function Call, so be it (line: 2, column: 1) \
          on node web1"
        ]
    );
    let body = "def rescues() call_function('fail', 'x') rescue \"saved from #{$!.message}\" end";
    site.function("rescues", body);
    assert_eq!(site.says("notice(m::rescues())"), ["saved from x"]);
    site.function("lost", "def lost() call_function('m::nowhere') end");
    let error = &site.says("m::lost()")[0];
    assert!(
        error.contains("Function m::lost(): Unknown function: 'm::nowhere' (line: 1, column: 1)"),
        "{error}"
    );
}

#[test]
fn the_old_kind_sees_the_scope_and_the_catalog() {
    let Some(site) = Site::new() else { return };
    site.old_function(
        "old_look",
        ":type => :rvalue, :arity => 2",
        "[args[1], lookupvar('x'), self['nothing'].inspect, function_sprintf(['%s!', args[0]]), \
         catalog.resource('Notify', 'n')[:message], \
         compiler.findresource(Puppet::Type.type(:notify), 'n').ref]",
    );
    site.old_function(
        "old_make",
        ":arity => 1",
        "function_create_resources(['notify', { args[0] => { 'message' => 'made' } }])\n\
         setvar('made', args[0])\n'not seen'",
    );
    let code = "$x = 1\n$nothing = undef\nnotify { 'n': message => 'm' }\n\
                notice(old_look('a', undef))\n$r = old_make('two')\n\
                notice(\"${made} ${r} ${Notify['two']['message']}\")";
    assert_eq!(
        site.says(code),
        ["[, 1, nil, a!, m, Notify[n]]", "two  made"]
    );
    let error = &site.says("old_look(1)")[0];
    assert!(
        error.contains("old_look(): Wrong number of arguments given (1 for 2)"),
        "{error}"
    );
}

#[test]
fn a_file_of_the_old_kind_may_define_two_functions() {
    let Some(site) = Site::new() else { return };
    site.file(
        "modules/m/lib/puppet/parser/functions/outer.rb",
        "module Puppet::Parser::Functions\n  \
         newfunction(:'m::inner', type: :rvalue) { |args| \
         [call_function('upcase', args[0]), lookupvar('x')].inspect }\n  \
         newfunction(:'m::said') { |args| 'not seen' }\n  \
         newfunction(:outer, type: :rvalue) { |args| \
         [call_function('m::inner', args), call_function('m::said', [])].inspect }\nend\n",
    );
    let code = "$x = 1\nnotice(outer('a'), outer(undef))";
    assert_eq!(
        site.says(code),
        [r#"["[\"A\", 1]", nil] ["[\"\", 1]", nil]"#]
    );
}

#[test]
fn an_array_that_is_changed_in_place_is_changed_for_its_variable() {
    let Some(site) = Site::new() else { return };
    site.function("push", "def push(all) all << 3 end");
    let code = "$all = [1, 2]\n$copy = [1, 2]\nm::push($all)\nnotice($all, $copy)";
    assert_eq!(site.says(code), ["[1, 2, 3] [1, 2]"]);
}

#[test]
fn a_back_end_of_hiera_in_ruby() {
    let Some(site) = Site::new() else { return };
    site.file(
        "hiera.yaml",
        "version: 5\nhierarchy:\n  - name: r\n    lookup_key: m::back\n    options: { o: 7 }\n",
    );
    let body = "dispatch :run do\n param 'String', :key\n param 'Hash', :options\n \
                param 'Puppet::LookupContext', :context\n end\n\
                def run(key, options, context)\n\
                return context.interpolate(\"%{environment} #{options['o']}\") if key == 'k'\n\
                raise Puppet::DataBinding::LookupError, 'broken' if key == 'broken'\n\
                context.not_found\nend";
    site.function("back", body);
    let code = "notice(lookup('k'), lookup('none', undef, undef, 'dflt'))";
    assert_eq!(site.says(code), ["production 7 dflt"]);
    assert_eq!(site.says("lookup('broken')"), ["broken on node web1"]);
}

#[test]
fn an_object_type_in_ruby() {
    let Some(site) = Site::new() else { return };
    site.file(
        "modules/m/lib/puppet/datatypes/m/point.rb",
        "Puppet::DataTypes.create_type('M::Point') do\n  interface <<-PUPPET\n    attributes => { \
         x => Integer, y => { type => Integer, value => 2 }, sum => { type => Integer, kind => \
         derived } },\n    functions => { plus => Callable[[Integer], Integer] }\n  PUPPET\n  \
         load_file('puppetx/m/point')\n  implementation_class PuppetX::M::Point\nend\n",
    );
    site.file(
        "modules/m/lib/puppetx/m/point.rb",
        "module PuppetX; module M; class Point\n  attr_reader :x, :y\n  def initialize(x, y = 2) \
         @x = x; @y = y end\n  def sum() x + y end\n  def plus(n) sum + n end\nend; end; end\n",
    );
    let body = "dispatch :run do\n param 'M::Point', :point\n end\n\
                def run(point) PuppetX::M::Point.new(point.x * 10) end";
    site.function("grow", body);
    let code = "$p = M::Point(1)\nnotice($p.x, $p.y, $p.sum, $p.plus(4), m::grow($p).x)";
    assert_eq!(site.says(code), ["1 2 3 7 10"]);
}

#[test]
fn a_template_beyond_the_interpreter_is_rendered_in_ruby() {
    let Some(site) = Site::new() else { return };
    let code = "<% require 'ostruct' -%>\n<% o = OpenStruct.new(a: @x) -%>\n\
                <%= o.a %> <%= scope['x'] %> <%= @nothing.inspect %> <%= scope.function_template(['m/in.erb']) -%>\n";
    site.file("modules/m/templates/out.erb", code);
    site.file("modules/m/templates/in.erb", "in <%= @x %>\n");
    site.file(
        "modules/m/templates/bad.erb",
        "\n<% require 'ostruct' %>\n<%= nil.foo %>\n",
    );
    let before = ficelle_language::erb::tally::tally().ruby;
    assert_eq!(
        site.says("$x = 'v'\n$nothing = undef\nnotice(template('m/out.erb'))"),
        ["v v nil in v\n"]
    );
    assert!(ficelle_language::erb::tally::tally().ruby > before);
    let error = &site.says("notice(template('m/bad.erb'))")[0];
    assert!(
        error.contains("/templates/bad.erb\n  Line: 3\n  Detail: undefined method"),
        "{error}"
    );
}

#[test]
fn what_is_loaded_is_recorded_and_a_change_takes_effect() {
    let Some(site) = Site::new() else { return };
    site.file(
        "modules/m/lib/puppet_x/word.rb",
        "module Word; def self.word() 'one' end; end",
    );
    site.function("word", "require 'puppet_x/word'\ndef word() Word.word end");
    let environment = site.environment();
    let request = request("notice(m::word())");
    let said = || {
        let compiled = compile(&request, &environment, &site.inputs).expect("it compiles");
        let reads = compiled.reads.iter().map(|read| format!("{read:?}"));
        assert!(
            reads
                .into_iter()
                .any(|read| read.contains("puppet_x/word.rb"))
        );
        // What else a function read nobody knows.
        assert!(!compiled.reads.still_holds(&site.inputs));
        compiled.logs[0].message.to_string()
    };
    assert_eq!(said(), "one");
    assert_eq!(said(), "one");
    let changed = "module Word; def self.word() 'another' end; end";
    site.file("modules/m/lib/puppet_x/word.rb", changed);
    assert_eq!(said(), "another");
}

#[test]
fn two_environments_have_their_own_versions_at_the_same_time() {
    let (Some(one), Some(two)) = (Site::new(), Site::new()) else {
        return;
    };
    one.function("version", "def version() $x ||= 'one' end");
    two.function("version", "def version() $x ||= 'two' end");
    thread::scope(|scope| {
        for (site, own) in [(&one, "one"), (&two, "two"), (&one, "one"), (&two, "two")] {
            scope.spawn(move || assert_eq!(site.says("notice(m::version())"), [own]));
        }
    });
}

#[test]
fn without_a_helper_the_function_the_module_and_the_remedy_are_named() {
    let pool = Pool::new(Settings {
        program: "/nowhere/ruby".into(),
        ..Settings::default()
    });
    let site = Site::with(DiskInputs::new().with_ruby(Arc::new(pool)));
    site.function("x", "def x() 1 end");
    let error = &site.says("m::x()")[0];
    assert!(
        error.contains("The function 'm::x' of module 'm' is written in Ruby"),
        "{error}"
    );
    assert!(error.contains("there is no /nowhere/ruby"), "{error}");
    assert!(
        error.contains("install the package 'puppet-agent'"),
        "{error}"
    );
}
