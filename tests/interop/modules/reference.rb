# reference.rb: compiles manifests with Debian's Puppet, one after the other, each in a process of
# its own that is forked from this one, so that nothing stays behind.
#
#   ruby reference.rb MODULES FACTS WORK
#
# MODULES is the modulepath; FACTS a folder of NAME.json, `{"name": …, "values": …}`; WORK an empty
# folder. A line of JSON tells when it is ready, and what its settings are; then each line of the
# standard input, `{"code", "module", "facts", "strict", "strict_variables", "seconds"}` (and perhaps
# `"environment"`, a folder, and `"node"`), is answered by a line: `{"catalog": …}` or `{"error": …}`.
# Before the first case of a module its main class is compiled in this process, so that what nearly
# all of its cases need is parsed and loaded once, as in a server.
require 'fileutils'
require 'json'
require 'puppet'
require 'timeout'
require 'puppet/parser'

modulepath, facts_directory, work = ARGV
ENVIRONMENT = 'production'
FileUtils.mkdir_p("#{work}/environments/#{ENVIRONMENT}/manifests")
Puppet.initialize_settings(
  ['--confdir', "#{work}/conf", '--vardir', "#{work}/var", '--codedir', "#{work}/code",
   '--certname', 'control', '--environmentpath', "#{work}/environments",
   '--environment', ENVIRONMENT, '--basemodulepath', modulepath, '--log_level', 'warning']
)
Puppet::Util::Log.level = :warning
Puppet[:rich_data] = true
Puppet.settings.use(:main)
Puppet::Resource::Catalog.indirection.terminus_class = :compiler

FACTS = Dir.glob("#{facts_directory}/*.json").to_h do |path|
  [File.basename(path, '.json'), JSON.parse(File.read(path))]
end

# Where messages are collected; Puppet knows destinations by their class.
module Puppet::Test; end
class Puppet::Test::LogCollector
  attr_reader :messages

  def initialize
    @messages = []
  end

  def <<(message)
    @messages << { 'level' => message.level.to_s, 'message' => message.message.to_s }
  end
end

def environments(directory)
  base = Puppet::Node::Environment.split_path(Puppet[:basemodulepath])
  Puppet::Environments::Directories.new(directory, base)
end

ENVIRONMENTS = environments("#{work}/environments")
$modules = ENVIRONMENTS.get!(ENVIRONMENT.to_sym)

# The manifest of a job, in an environment whose other code stays loaded: a new text would make it
# forget that, and it does not take the same types twice.
def add_code(environment, code)
  types = environment.known_resource_types
  parser = Puppet::Parser::ParserFactory.parser
  parser.string = code
  types.import_ast(parser.parse, '')
end

def compile(job)
  Puppet[:strict] = job['strict'].to_sym
  Puppet[:strict_variables] = job['strict_variables']
  loader, environment = ENVIRONMENTS, $modules
  if (folder = job['environment'])
    loader = Puppet::Environments::Combined.new(environments(File.dirname(folder)), ENVIRONMENTS)
    environment = Puppet.override(environments: loader) { loader.get!(File.basename(folder).to_sym) }
  end
  facts = FACTS.fetch(job['facts'])
  name = job['node'] || facts['name']
  trusted = Puppet::Context::TrustedInformation.remote(true, name, nil)
  Puppet.override(environments: loader, current_environment: environment,
                  trusted_information: trusted) do
    node = Puppet::Node.new(name, facts: Puppet::Node::Facts.new(name, facts['values']),
                                  environment: environment)
    node.merge(facts['values'])
    node.trusted_data = trusted.to_h
    node.add_server_facts('serverversion' => Puppet.version, 'servername' => 'control',
                          'serverip' => '192.0.2.1')
    node.classes = job['classes'] if job['classes']
    add_code(environment, job['code']) unless job['code'].to_s.empty?
    catalog = Puppet::Resource::Catalog.indirection.find(name, use_node: node)
    Puppet.override(rich_data: true) { catalog.to_data_hash }
  end
end

def answer(job)
  log = Puppet::Test::LogCollector.new
  Puppet::Util::Log.newdestination(log)
  answer = begin
    { 'catalog' => compile(job) }
  rescue Puppet::Error, ScriptError, StandardError => e
    { 'error' => e.message, 'class' => e.class.name }
  end
  answer['logs'] = log.messages
  JSON.generate(answer)
end

# What the child says, or nil when it takes too long.
def forked(job)
  reader, writer = IO.pipe
  child = fork do
    reader.close
    writer.binmode
    writer.write(answer(job))
    writer.close
    exit!(0)
  end
  writer.close
  reader.binmode
  text = +''
  deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + job['seconds']
  loop do
    left = deadline - Process.clock_gettime(Process::CLOCK_MONOTONIC)
    unless left.positive? && reader.wait_readable(left)
      Process.kill(:KILL, child)
      return nil
    end
    text << reader.readpartial(1 << 20)
  end
rescue EOFError
  text
ensure
  reader.close
  Process.wait(child)
end

# Whatever code prints must not come between the answers.
answers = $stdout.dup
answers.sync = true
$stdout.reopen($stderr)

def prepare(job)
  $modules = ENVIRONMENTS.get!(ENVIRONMENT.to_sym)
  alone = job.merge('code' => '', 'classes' => { job['module'] => {} })
  Timeout.timeout(job['seconds']) { compile(alone) }
rescue Puppet::Error, ScriptError, StandardError
  nil
end

settings = Puppet.settings.to_enum(:each).to_h { |name, _| [name, Puppet[name]] }
settings.transform_values! { |value| value.is_a?(Symbol) ? value.to_s : value }
settings.select! do |_, value|
  value.is_a?(Float) ? value.finite? : [String, Integer, TrueClass, FalseClass, NilClass].include?(value.class)
end
# FORM changes whenever this script would answer the same question otherwise: kept answers are of one form.
FORM = 1
answers.puts(JSON.generate('form' => FORM, 'puppet' => Puppet.version, 'settings' => settings))
prepared = nil
$stdin.each_line do |line|
  job = JSON.parse(line)
  unless job['environment'] || job['module'] == prepared
    prepare(job)
    prepared = job['module']
    GC.start
  end
  text = forked(job)
  text = JSON.generate('error' => 'no answer in time', 'class' => 'Timeout') if text.nil? || text.empty?
  answers.puts(text)
end
