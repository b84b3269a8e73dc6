# Evaluates one-line expressions with the reference and writes conformance cases (kind `evaluate`).
#   ruby tests/interop/functions/reference.rb <EXPRESSIONS >CASES.jsonl
#   cargo run -p tests --bin conformance -- CASES.jsonl
# STRICT sets `strict` (default: error); MODULES is the folder that has stdlib.
# A line is an expression; empty lines and those that start with `#` are skipped.
require 'json'
require 'digest'
require 'timeout'
require 'puppet'

module Puppet
  module Test
    # Puppet's logger knows an array by this name.
    class LogCollector
      attr_reader :entries

      def initialize
        @entries = []
      end

      def <<(entry)
        @entries << entry
      end
    end
  end
end

work = Dir.mktmpdir
Puppet.initialize_settings(['--confdir', work, '--vardir', work, '--strict', ENV.fetch('STRICT', 'error'), '--strict_variables'], false)
Puppet[:log_level] = :notice
modules = ENV.fetch('MODULES', '/usr/share/puppet/modules.available')
path = File.join(work, 'modules')
Dir.mkdir(path)
stdlib = ['puppetlabs-stdlib', 'stdlib'].map { |n| File.join(modules, n) }.find { |d| File.directory?(d) }
File.symlink(stdlib, File.join(path, 'stdlib'))
environment = Puppet::Node::Environment.create(:production, [path])
Puppet.push_context({ environments: Puppet::Environments::Static.new(environment), current_environment: environment }, 'audit')

# A value as the conformance runner writes it.
def shown(value)
  case value
  when nil, true, false, Integer, Float, String then value
  when :undef then nil
  when :default then { '__ptype' => 'Default' }
  when Symbol then value.to_s
  when Array then value.map { |element| shown(element) }
  when Hash
    if value.keys.all?(String)
      value.to_h { |key, entry| [key, shown(entry)] }
    else
      { '__ptype' => 'Hash', '__pvalue' => value.flat_map { |key, entry| [shown(key), shown(entry)] } }
    end
  when Puppet::Pops::Types::PSensitiveType::Sensitive then { '__ptype' => 'Sensitive', '__pvalue' => shown(value.unwrap) }
  when Regexp then { '__ptype' => 'Regexp', '__pvalue' => Puppet::Pops::Types::PRegexpType.regexp_to_s(value) }
  when Puppet::Pops::Types::PAnyType, Puppet::Resource
    if value.is_a?(Puppet::Pops::Types::PResourceType)
      out = { '__ptype' => 'Pcore::ResourceType' }
      out['type_name'] = value.type_name if value.type_name
      out['title'] = value.title if value.title
      return out
    end
    if value.is_a?(Puppet::Pops::Types::PClassType)
      out = { '__ptype' => 'Pcore::ClassType' }
      out['class_name'] = value.class_name if value.class_name
      return out
    end
    text = Puppet::Pops::Types::StringConverter.convert(value, '%s')
    { '__ptype' => text.include?('[') ? text : "Pcore::#{text}Type" }
  when Puppet::Pops::Types::PBinaryType::Binary then { '__ptype' => 'Binary', '__pvalue' => value.to_s }
  when SemanticPuppet::Version then { '__ptype' => 'SemVer', '__pvalue' => value.to_s }
  when SemanticPuppet::VersionRange then { '__ptype' => 'SemVerRange', '__pvalue' => value.to_s }
  when Puppet::Pops::Time::Timestamp then { '__ptype' => 'Timestamp', '__pvalue' => value.to_s }
  when Puppet::Pops::Time::Timespan then { '__ptype' => 'Timespan', '__pvalue' => value.to_s }
  when URI then { '__ptype' => 'URI', '__pvalue' => value.to_s }
  else { '__ptype' => Puppet::Pops::Types::StringConverter.convert(value, '%p') }
  end
end

FACTS = {
  'networking' => { 'fqdn' => 'web1.example.com', 'hostname' => 'web1', 'domain' => 'example.com', 'ip' => '192.0.2.10',
                    'interfaces' => { 'lo' => { 'ip' => '127.0.0.1', 'netmask' => '255.0.0.0', 'network' => '127.0.0.0', 'mac' => '' },
                                      'eth0' => { 'ip' => '192.0.2.10', 'netmask' => '255.255.255.0', 'network' => '192.0.2.0', 'mac' => '02:00:00:00:00:01' } } },
  'os' => { 'name' => 'Debian', 'family' => 'Debian', 'release' => { 'major' => '12', 'minor' => '2', 'full' => '12.2' } },
  'fqdn' => 'web1.example.com', 'interfaces' => 'lo,eth0', 'ipaddress_lo' => '127.0.0.1', 'ipaddress_eth0' => '192.0.2.10',
  'netmask_eth0' => '255.255.255.0', 'network_lo' => '127.0.0.0', 'network_eth0' => '192.0.2.0', 'macaddress_eth0' => '02:00:00:00:00:01',
  'operatingsystem' => 'Debian', 'osfamily' => 'Debian', 'kernel' => 'Linux',
  'operatingsystemrelease' => '12.2', 'operatingsystemmajrelease' => '12'
}.freeze
VARS = FACTS.reject { |key, _| %w[networking os].include?(key) }.merge('facts' => FACTS)

def observe(environment, code)
  logs = Puppet::Test::LogCollector.new
  Puppet.clear_deprecation_warnings
  Puppet::Util::Log.close_all
  destination = Puppet::Util::Log.newdestination(logs)
  node = Puppet::Node.new('test', environment: environment)
  compiler = Puppet::Parser::Compiler.new(node)
  expect = {}
  begin
    Timeout.timeout(20) do
      Puppet.override(compiler.context_overrides) do
        VARS.each { |name, given| name == 'facts' ? compiler.topscope.set_facts(given) : compiler.topscope.setvar(name, given) }
        value = Puppet::Pops::Parser::EvaluatingParser.new.evaluate_string(compiler.topscope, code)
        expect['value'] = shown(value)
        JSON.generate(expect)
      end
    end
  rescue Exception => e # whatever a function raises is its answer
    expect = { 'error' => e.message, 'class' => e.class.name }
  end
  expect['logs'] = logs.entries.map { |e| { 'level' => e.level.to_s, 'message' => e.message } } unless logs.entries.empty?
  expect
ensure
  Puppet::Util::Log.close_all
end

$stdout.sync = true
STDIN.each_line do |line|
  line = line.chomp
  next if line.empty? || line.start_with?('#')
  expect = observe(environment, line)
  id = Digest::SHA256.hexdigest(line)[0, 16]
  area = line[/\A[a-z_:0-9]+(?=\()/] || 'expression'
  begin
    puts JSON.generate('id' => id, 'kind' => 'evaluate', 'area' => area, 'code' => line, 'vars' => VARS, 'settings' => { 'strict' => ENV.fetch('STRICT', 'error') }, 'expect' => expect)
  rescue StandardError => e
    puts JSON.generate('id' => id, 'kind' => 'evaluate', 'area' => area, 'code' => line, 'expect' => { 'error' => "cannot be shown" })
  end
end
