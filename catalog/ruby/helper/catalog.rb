
module Ficelle
  # The compile's resources, as a function may ask for them.
  class Catalog
    attr_reader :compiler

    def initialize(compiler)
      @compiler = compiler
    end

    def name
      compiler.node.name
    end

    def environment
      compiler.environment.name.to_s
    end

    def environment_instance
      compiler.environment
    end

    # As in the reference: `resource('File', '/x')`, with the type itself, or `resource('File[/x]')`;
    # nil where there is none.
    def resource(type, title = nil)
      type = type.name if type.is_a?(Puppet::CompilableResourceType) || type.is_a?(Puppet::Resource::Type)
      type, title = Puppet::Resource.type_and_title(type.to_s, title&.to_s)
      found = Ficelle.ask('resource', type: type.to_s, title: title.to_s)
      found && Resource.read(found, self)
    end

    def resources
      Ficelle.ask('resources').map { |found| Resource.read(found, self) }
    end

    def resource_refs
      resources.map(&:ref)
    end

    def resource_keys
      resources.map { |resource| [resource.type, resource.title] }
    end

    def classes
      Ficelle.ask('classes')
    end

    def tags
      Ficelle.ask('tags')
    end

    def tagged?(*wanted)
      (tags & wanted.flatten.map(&:to_s)).any?
    end

    def add_resource(*resources)
      resources.each do |resource|
        parameters = resource.to_hash.to_h { |name, value| [name.to_s, value] }
        Calls.function(Calls.scope, 'create_resources', [resource.type.to_s.downcase, { resource.title => parameters }])
      end
    end
  end

  # A resource of the compile: what it says when it is asked for.
  class Resource < Puppet::Resource
    attr_accessor :catalog, :virtual, :exported

    def self.read(found, catalog)
      resource = new(found['type'], found['title'], strict: false, environment: catalog.compiler.environment)
      found['parameters'].each { |name, value| resource[name.to_sym] = Values.read(value) }
      resource.tag(*found['tags'])
      resource.virtual = found['virtual']
      resource.exported = found['exported']
      resource.file = found['file']
      resource.line = found['line']
      resource.catalog = catalog
      resource
    end

    def virtual?
      virtual
    end

    def exported?
      exported
    end
  end

  # What a function finds as `scope.compiler`.
  class Compiler
    include Puppet::Parser::AbstractCompiler

    attr_reader :catalog, :environment

    def initialize(environment, node)
      @environment = environment
      @node = node
      @catalog = Catalog.new(self)
    end

    def node
      @facts ||= topscope.to_hash
      @found_node ||= Puppet::Node.new(@node, environment: environment, parameters: @facts)
    end

    def topscope
      @topscope ||= Scope.new(self, 0)
    end

    def loaders
      environment.loaders
    end

    def resources
      catalog.resources
    end

    def findresource(*wanted)
      catalog.resource(*wanted)
    end

    def add_resource(_scope, resource)
      catalog.add_resource(resource)
    end

    def evaluate_classes(classes, scope, _lazy = true)
      classes = classes.keys if classes.is_a?(Hash)
      Calls.function(scope, 'include', [classes.map(&:to_s)])
    end

    def newscope(parent, _options = {})
      parent
    end

    def qualified_variables
      {}
    end
  end
end
