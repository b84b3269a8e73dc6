
module Ficelle
  # A scope of the compile. The library's own keeps variables; this one asks for them.
  class Scope < Puppet::Parser::Scope
    attr_reader :ficelle_id

    def initialize(compiler, id)
      @ficelle_id = id
      super(compiler)
    end

    def lookupvar(name, _options = {})
      unless name.is_a?(String)
        raise Puppet::ParseError, "Scope variable name #{name.inspect} is a #{name.class}, not a string"
      end

      found = Ficelle.ask('variable', scope: ficelle_id, name: name)
      found ? Values.read(found.first) : variable_not_found(name)
    end

    def [](name, _options = {})
      lookupvar(name)
    end

    def exist?(name)
      !Ficelle.ask('variable', scope: ficelle_id, name: name.to_s).nil?
    end

    def include?(name)
      catch(:undefined_variable) { return !self[name.to_s].nil? }
      false
    end

    def bound?(name)
      Ficelle.ask('bound', scope: ficelle_id, name: name.to_s)
    end

    def setvar(name, value, _options = {})
      if name.to_s.match?(/\A[0-9]+\z/)
        raise Puppet::ParseError, "Cannot assign to a numeric match result variable '$#{name}'"
      end
      if %w[trusted facts server_facts].include?(name.to_s)
        raise Puppet::ParseError, "Attempt to assign to a reserved variable name: '#{name}'"
      end

      Ficelle.ask('set', scope: ficelle_id, name: name.to_s, value: Values.write(value))
      value
    end

    def []=(name, value, _ = nil)
      setvar(name, value)
    end

    def to_hash(_recursive = true, _include_undef = false)
      Ficelle.ask('variables', scope: ficelle_id).transform_values { |value| Values.read(value) }
    end

    def call_function(name, arguments, &block)
      # One argument may come without an array around it.
      Calls.function(self, name.to_s, [*arguments], &block)
    end

    # `function_x([…])`: those of modules that are loaded are methods here, all others are the
    # compile's. A function that calls one of its own name means its predecessor.
    def method_missing(method, *arguments, &block)
      name = method.to_s.delete_prefix('function_')
      return super if name == method.to_s

      unless arguments.first.is_a?(Array)
        raise ArgumentError, 'custom functions must be called with a single array that contains the arguments. ' \
                             'For example, function_example([1]) instead of function_example(1)'
      end
      before = Environment.old_function(name) if Calls::RUNNING.last == name
      return before.call(self, *arguments.first, &block) if before

      Calls.function(self, name, arguments.first, &block)
    end

    def respond_to_missing?(method, all = false)
      method.to_s.start_with?('function_') || super
    end

    def findresource(type, title = nil)
      compiler.catalog.resource(type, title)
    end

    def resource
      found = Ficelle.ask('container', scope: ficelle_id)
      found && Resource.read(found, compiler.catalog)
    end

    def tags
      Ficelle.ask('scope_tags', scope: ficelle_id)
    end

    def tagged?(*wanted)
      Calls.function(self, 'tagged', wanted.flatten)
    end

    # Whose code it is: functions ask for its module.
    def source
      name = Ficelle.ask('variable', scope: ficelle_id, name: 'module_name')
      Source.new(name && Values.read(name.first), environment)
    end

    Source = Struct.new(:module_name, :environment) do
      def module
        module_name && environment.module(module_name)
      end
    end

    def class_scope(of)
      id = Ficelle.ask('class_scope', name: (of.respond_to?(:name) ? of.name : of).to_s)
      id && Scope.new(compiler, id)
    end

    def is_topscope?
      ficelle_id.zero?
    end

    def enclosing_scope
      is_topscope? ? nil : compiler.topscope
    end

    def inherited_scope
      nil
    end

    def to_s
      "Scope(#{resource&.ref || 'Class[main]'})"
    end
  end

  # What a back end gets as its context.
  class Context < Puppet::Pops::Lookup::Context
    attr_reader :ficelle_id, :module_name

    def self._pcore_type
      superclass._pcore_type
    end

    def initialize(id, module_name)
      @ficelle_id = id
      @module_name = module_name
    end

    def environment_name
      Environment.current.name.to_s
    end

    def not_found
      asked('not_found')
    rescue Failed => error
      raise Leaves.new(error.id)
    end

    def explain
      nil
    end

    def interpolate(value)
      asked('interpolate', value)
    end

    def cache(key, value)
      asked('cache', key, value)
    end

    def cache_all(hash)
      asked('cache_all', hash)
    end

    def cache_has_key(key)
      asked('cache_has_key', key)
    end

    def cached_value(key)
      asked('cached_value', key)
    end

    def cached_entries(&block)
      entries = asked('cached_entries')
      return Puppet::Pops::Types::Iterable.on(entries) unless block

      entries.each { |key, value| block.arity == 2 ? block.call(key, value) : block.call([key, value]) }
      nil
    end

    def cached_file_data(path, &block)
      asked('cached_file_data', path, &block)
    end

    private

    def asked(name, *arguments, &block)
      Calls.function(Calls.scope, name, [self, *arguments], &block)
    end
  end
end
