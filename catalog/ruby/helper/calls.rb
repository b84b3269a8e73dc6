
module Ficelle
  # Calls, both ways: functions of modules that the compile wants run, and functions of the
  # compile that those call.
  module Calls
    # Blocks that were given to the compile, by number, as long as its answer is awaited.
    BLOCKS = {}
    SCOPES = []
    # The names of the functions that are being served, innermost last.
    RUNNING = []

    module_function

    # The scope of the call that is being served.
    def scope
      SCOPES.last || Environment.compiler.topscope
    end

    # Calls a function of the compile.
    def function(scope, name, arguments, &block)
      number = nil
      if block
        number = BLOCKS.size
        BLOCKS[number] = block
      end
      id = scope.respond_to?(:ficelle_id) ? scope.ficelle_id : 0
      answer = Ficelle.ask('function', scope: id, name: name.to_s, arguments: arguments.map { |value| Values.write(value) },
                                       block: number && { id: number, parameters: block.parameters.map(&:first) })
      return defined_beside(scope, name.to_s, arguments, &block) if answer.is_a?(Hash)

      Values.read(answer)
    ensure
      BLOCKS.delete(number) if number
    end

    # Calls a function of the old kind that has no file of its own: the file of another one, which
    # is loaded, defines it too.
    def defined_beside(scope, name, arguments, &block)
      method = "function_#{name}"
      loaded = Puppet::Parser::Functions.environment_module(Environment.current)
      raise Unknown, name unless loaded.method_defined?(method)

      converted = Puppet::Pops::Evaluator::Runtime3FunctionArgumentConverter.map_args(arguments, scope, '')
      value = scope.extend(loaded).public_send(method, converted, &block)
      Puppet::Parser::Functions.rvalue?(name, Environment.current) ? value : nil
    end

    # Runs a function of a module. It may change the arrays and hashes that it is given.
    def run(message)
      function = Environment.function(message['name'], message['module'], message['path'])
      given = message['arguments']
      arguments = given.map { |value| Values.read(value) }
      block = message['block'] && proc_of(message['block'])
      value = in_scope(message) { |scope| function.call(scope, *arguments, &block) }
      containers = arguments.each_index.select { |at| given[at].is_a?(Array) && %w[a h].include?(given[at].first) }
      after = containers.to_h { |at| [at, Values.write(arguments[at])] }
      { 'value' => Values.write(value), 'changed' => after.reject { |at, wire| wire == given[at] } }
    end

    # Runs a block that the compile was given.
    def yielded(message)
      block = BLOCKS.fetch(message['block'])
      block.call(*message['arguments'].map { |value| Values.read(value) })
    end

    # Renders a template.
    def render(message)
      in_scope(message) do |scope|
        wrapper = Template.new(scope)
        wrapper.ficelle_file = message['path']
        wrapper.render(message['text'])
      rescue Exception => error # rubocop:disable Lint/RescueException
        # The line of the template; those of other files do not count.
        places = [*error.backtrace, error.message.to_s]
        file = Regexp.escape(message['path'] || '(erb)')
        line = places.filter_map { |place| place[/#{file}:(\d+)/, 1] }.first
        error.instance_variable_set(:@ficelle_line, line.to_i) if line
        raise
      end
    end

    # A method of an object whose type is written in Ruby.
    def member(message)
      receiver = Values.read(message['receiver'])
      receiver.public_send(message['name'], *message['arguments'].map { |value| Values.read(value) })
    end

    # What a type that is written in Ruby consists of.
    def datatype(message)
      type = Values.type(message['name'])
      Values.write(type._pcore_init_hash(false)) if type.is_a?(Puppet::Pops::Types::PObjectType)
    end

    def in_scope(message)
      scope = Scope.new(Environment.compiler, message['scope'])
      SCOPES.push(scope)
      RUNNING.push(message['name'])
      yield scope
    ensure
      SCOPES.pop
      RUNNING.pop
    end

    def proc_of(block)
      closure = Closure.new(block['id'], block['type'], block['parameters'])
      Puppet::Pops::Evaluator::PuppetProc.new(closure) { |*arguments| closure.call(*arguments) }
    end

    # A lambda of the compile.
    class Closure < Puppet::Pops::Evaluator::Closure
      Parameter = Struct.new(:name, :value, :captures_rest)

      def initialize(id, type, parameters)
        @id = id
        @type_text = type
        @described = parameters.map { |name, optional, rest| Parameter.new(name, optional ? true : nil, rest) }
      end

      def call(*arguments)
        answer = Ficelle.ask('yield', block: @id, arguments: arguments.map { |value| Values.write(value) })
        Values.read(answer)
      end

      def parameters
        @described
      end

      def parameter_count
        @described.size
      end

      def parameter_names
        @described.map(&:name)
      end

      def last_captures_rest?
        @described.last&.captures_rest ? true : false
      end

      def type
        @type ||= Values.type(@type_text)
      end

      def return_type
        Puppet::Pops::Types::TypeFactory.any
      end

      def enclosing_scope
        Calls.scope
      end

      def closure_name
        'lambda'
      end
    end
  end

  # There is no function of this name.
  class Unknown < StandardError
    def initialize(name)
      super("Unknown function: '#{name}'")
    end
  end

  # Functions of modules find all others through the compile.
  module AsksForFunctions
    def internal_call_function(scope, name, arguments, &block)
      Calls.function(scope, name, arguments, &block)
    rescue Unknown => error
      raise ArgumentError, "Function #{self.class.name}(): #{error.message}"
    end
  end

  # So does code of the old kind that asks what there is, or wants it loaded first.
  module AsksWhatThereIs
    def function(name, _environment = nil)
      Ficelle.ask('has_function', name: name.to_s) && "function_#{name}"
    end
  end

  # Nothing is to be loaded but what the compile names.
  class NoAutoloader
    def loadall(*) = nil

    def load(*) = true

    def loaded?(*) = true

    def delegatee = self
  end

  # A template that is given as text, with the path it came from.
  class Template < Puppet::Parser::TemplateWrapper
    def ficelle_file=(path)
      @__file__ = path
    end

    def render(text)
      scope.to_hash.each { |name, value| instance_variable_set("@#{name.gsub(/[^\w]/, '_')}", value) }
      template = Puppet::Util.create_erb(text)
      template.filename = @__file__ if @__file__
      template.result(binding)
    end
  end
end
