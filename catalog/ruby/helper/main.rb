
module Ficelle
  # The one environment that this process serves.
  module Environment
    # Settings that do something when they are set.
    WITH_EFFECTS = %w[config log_level logdest storeconfigs node_terminus catalog_cache_terminus route_file].freeze

    class << self
      attr_reader :current, :compiler

      def open(start)
        Process.setproctitle("ficelle: ruby for #{start['name']}")
        Process.setrlimit(:AS, start['memory']) if start['memory'].positive?
        # No file of a Puppet that happens to be installed here is read.
        nowhere = '/nonexistent/ficelle'
        Puppet.initialize_settings(%w[confdir codedir vardir rundir logdir publicdir].map { |name| "--#{name}=#{nowhere}" })
        directory = start['directory']
        environment = Puppet::Node::Environment.create(start['name'].to_sym, start['modulepath'], Puppet::Node::Environment::NO_MANIFEST)
        environments = Puppet::Environments::Static.new(environment)
        environments = Puppet::Environments::StaticDirectory.new(environment.name, directory, environment) if directory
        Puppet.push_context({ current_environment: environment, environments: environments }, 'the environment served')
        loaders = Puppet::Pops::Loaders.new(environment)
        Puppet.push_context({ loaders: loaders }, 'its loaders')
        @current = environment
        @functions = {}
        environment.modules.each { |found| $LOAD_PATH << File.join(found.path, 'lib') }
        $LOAD_PATH << File.join(directory, 'lib') if directory
        @folders = [directory, *start['modulepath']].compact.map { |path| "#{path.chomp('/')}/" }
      end

      # A compile begins: nothing is left of the one before.
      def begin(message)
        Values::OPAQUE.clear
        Calls::SCOPES.clear
        Calls::BLOCKS.clear
        message['settings'].each do |name, value|
          Puppet[name.to_sym] = value unless WITH_EFFECTS.include?(name)
        rescue ArgumentError, Puppet::Error
          # A setting that this Puppet does not know, or has another idea of.
        end
        Puppet.clear_deprecation_warnings
        Puppet::Util::Log.level = :info
        @compiler = Compiler.new(current, message['node'])
        Puppet.pop_context if @begun
        Puppet.push_context({ global_scope: @compiler.topscope }, 'the compile served')
        @begun = true
        loaded.tap { |all| @told = all.size }
      end

      def loader
        current.loaders.private_environment_loader
      end

      def function(name, module_name, path)
        @functions[name] ||= begin
          from = (module_name && current.loaders.private_loader_for_module(module_name)) || loader
          # The library looks at a folder once; the compile has seen a file that came later.
          from.load(:function, name) || instantiated(from, name, path)
        end
      end

      # A function of the old kind, where a module has one of this name beside one of the new.
      def old_function(name)
        (@old_functions ||= {}).fetch(name) do
          files = current.modules.map { |known| "#{known.path}/lib/puppet/parser/functions/#{name}.rb" }
          path = files.find { |file| File.file?(file) }
          @old_functions[name] = path && instantiated(loader, name, path)
        end
      end

      def instantiated(from, name, path)
        content = File.read(path, encoding: 'UTF-8')
        note(path, content)
        old = path.include?('/lib/puppet/parser/functions/')
        loads = old ? Puppet::Pops::Loader::RubyLegacyFunctionInstantiator : Puppet::Pops::Loader::RubyFunctionInstantiator
        loads.create(from, Puppet::Pops::Loader::TypedName.new(:function, name), path, content)
      end

      # The files of the environment that were loaded, with what they held, since last asked for.
      def loaded
        ($LOADED_FEATURES.drop(@features || 0)).each { |path| note(path) }
        @features = $LOADED_FEATURES.size
        noted.to_a
      end

      def news
        all = loaded
        news = all.drop(@told || 0)
        @told = all.size
        news
      end

      def note(path, content = nil)
        return unless path.is_a?(String) && @folders&.any? { |folder| path.start_with?(folder) }

        noted[path] ||= Digest::SHA256.hexdigest(content || File.binread(path))
      rescue SystemCallError
        nil
      end

      private

      def noted
        @noted ||= {}
      end
    end

    # What is read by the library's own loaders.
    module Notes
      def get_contents(path)
        content = super
        Environment.note(path, content)
        content
      end
    end

    # `load`, which leaves no trace in the features.
    module NotesLoad
      def load(path, *rest)
        Environment.note(path)
        super
      end
    end
  end

  # What is said by functions goes to the log of the compile.
  def self.take_logs
    Puppet::Util::Log.newdesttype(:ficelle) do
      def self.suitable?(_)
        true
      end

      def handle(message)
        Ficelle.ask('log', level: message.level.to_s, message: message.message.to_s) unless Calls::SCOPES.empty?
      end
    end
    Puppet::Util::Log.newdestination(:ficelle)
  end

  # Does what a message wants done, and sends what came out.
  def self.perform(message)
    result =
      case message['do']
      when 'begin' then { 'loaded' => Environment.begin(message) }
      when 'call' then Calls.run(message)
      when 'yield' then { 'value' => Values.write(Calls.yielded(message)) }
      when 'render' then { 'value' => Values.write(Calls.render(message)) }
      when 'member' then { 'value' => Values.write(Calls.member(message)) }
      when 'datatype' then { 'value' => Calls.datatype(message) }
      else raise "an unknown wish, #{message['do']}"
      end
    send_message({ 'is' => 'done', 'news' => Environment.news }.merge(result))
  rescue Leaves, Stops => leaving
    send_message({ 'is' => 'left', 'id' => leaving.id, 'news' => Environment.news })
  rescue Exception => error # rubocop:disable Lint/RescueException
    send_message(failure(error))
  end

  def self.failure(error)
    {
      'is' => 'failed',
      'id' => error.is_a?(Failed) ? error.id : nil,
      # What some versions of Ruby add to it is for programmers.
      'message' => scrubbed(error.respond_to?(:original_message) ? error.original_message : error.message),
      # An error with a place of its own keeps it.
      'complete' => !error.is_a?(StandardError) || error.is_a?(Puppet::PreformattedError) || (error.is_a?(Puppet::Error) && error.respond_to?(:line) && !error.line.nil?),
      'own' => error.is_a?(Puppet::Error),
      # Nobody else is to be served by what is left.
      'over' => error.is_a?(NoMemoryError),
      'class' => error.class.name,
      'line' => error.instance_variable_get(:@ficelle_line),
      'news' => Environment.news
    }
  end

  Puppet::Pops::Functions::Function.prepend(AsksForFunctions)
  Puppet::Parser::Functions.singleton_class.prepend(AsksWhatThereIs)
  Puppet::Parser::Functions.define_singleton_method(:autoloader) { @nothing ||= NoAutoloader.new }
  Puppet::Pops::Loader::ModuleLoaders::FileBased.prepend(Environment::Notes)
  Kernel.singleton_class.prepend(Environment::NotesLoad)
  Environment.open(START)
  take_logs
  send_message({ 'ready' => Puppet.version })
  loop { perform(receive) }
end
