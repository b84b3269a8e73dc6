
module Ficelle
  # Values on the wire: what JSON has stands for itself, everything else is an array that begins
  # with a letter.
  module Values
    module_function

    def read(wire)
      return wire unless wire.is_a?(Array)

      kind, *rest = wire
      value = rest.first
      case kind
      when 'a' then rest.map { |element| read(element) }
      when 'h' then rest.each_slice(2).to_h { |key, entry| [read(key), read(entry)] }
      when 'd' then :default
      when 'f' then { 'nan' => Float::NAN, 'inf' => Float::INFINITY, '-inf' => -Float::INFINITY }.fetch(value)
      when 'r' then Regexp.new(value)
      when 's' then Puppet::Pops::Types::PSensitiveType::Sensitive.new(read(value))
      when 'b' then Puppet::Pops::Types::PBinaryType::Binary.from_base64_strict(value)
      when 'ts' then Puppet::Pops::Time::Timestamp.new(Integer(value))
      when 'td' then Puppet::Pops::Time::Timespan.new(Integer(value))
      when 'v' then SemanticPuppet::Version.parse(value)
      when 'vr' then SemanticPuppet::VersionRange.parse(value)
      when 'u' then URI.parse(value)
      when 't' then type(value)
      when 'i' then Puppet::Pops::Types::Iterable.on(rest.map { |element| read(element) })
      when 'o' then object(value, rest[1])
      when 'c' then Context.new(value, rest[1])
      when 'x' then OPAQUE.fetch(value)
      else raise "an unknown kind of value, #{kind}"
      end
    end

    def type(text)
      Puppet::Pops::Types::TypeParser.singleton.parse(text, Environment.loader)
    end

    def object(name, attributes)
      of = type(name)
      described = read(attributes).slice(*stored(of))
      maker = of.new_function.new(nil, Environment.loader)
      return maker.call(Calls.scope, described) if of.implementation_class.respond_to?(:from_asserted_hash)

      maker.call(Calls.scope, *described.values)
    end

    # The attributes that an object of a type is made from.
    def stored(of)
      of.attributes(true).values.reject { |one| %w[constant derived].include?(one.kind) }.map(&:name)
    end

    # Objects of Ruby that the language has no value for, by number; those of one compile.
    OPAQUE = {}

    def write(value)
      case value
      when nil, true, false then value
      when String then text(value)
      when Symbol then symbol(value)
      when Integer then integer(value)
      when Float then float(value)
      when Array then ['a', *value.map { |element| write(element) }]
      when Hash then ['h', *value.flat_map { |key, entry| [write(key), write(entry)] }]
      when Set then write(value.to_a)
      when Regexp then ['r', regexp(value)]
      when Puppet::Pops::Types::PSensitiveType::Sensitive then ['s', write(value.unwrap)]
      when Puppet::Pops::Types::PBinaryType::Binary then ['b', [value.binary_buffer].pack('m0')]
      when Puppet::Pops::Time::Timestamp then ['ts', value.nsecs.to_s]
      when Puppet::Pops::Time::Timespan then ['td', value.nsecs.to_s]
      when SemanticPuppet::Version then ['v', value.to_s]
      when SemanticPuppet::VersionRange then ['vr', value.to_s]
      when URI::Generic then ['u', value.to_s]
      when Puppet::Pops::Types::PAnyType then ['t', value.to_s]
      when Puppet::Resource then ['t', reference(value).to_s]
      when Context then ['c', value.ficelle_id, value.module_name]
      when Puppet::Pops::Types::Iterator then ['a', *value.map { |element| write(element) }]
      when Puppet::Pops::Types::Iterable then ['a', *value.to_a.map { |element| write(element) }]
      else other(value)
      end
    end

    def reference(resource)
      types = Puppet::Pops::Types::TypeFactory
      resource.type.to_s.casecmp?('class') ? types.host_class(resource.title.to_s) : types.resource(resource.type.to_s, resource.title.to_s)
    end

    def text(value)
      return value.to_str if value.encoding == Encoding::UTF_8 && value.valid_encoding?

      utf8 = value.encoding == Encoding::BINARY ? value.dup.force_encoding(Encoding::UTF_8) : value.encode(Encoding::UTF_8)
      raise ArgumentError, 'a String that is not valid UTF-8 was returned; use Binary for bytes' unless utf8.valid_encoding?

      utf8
    end

    def symbol(value)
      case value
      when :undef then nil
      when :default then ['d']
      else opaque(value)
      end
    end

    def integer(value)
      return value if value.between?(-0x8000000000000000, 0x7fffffffffffffff)

      raise ArgumentError, "Use of a Ruby Integer outside of Puppet Integer max range, got '0x#{value.to_s(16)}'"
    end

    def float(value)
      return value if value.finite?

      ['f', value.nan? ? 'nan' : value.positive? ? 'inf' : '-inf']
    end

    # Options that a literal of the language cannot have go into the source.
    def regexp(value)
      value.options & 7 == 0 ? value.source : value.to_s
    end

    def other(value)
      type = Puppet::Pops::Types::TypeCalculator.infer(value)
      return opaque(value) unless type.is_a?(Puppet::Pops::Types::PObjectType)

      attributes = stored(type).to_h { |name| [name, value.public_send(name)] }
      ['o', type.name, write(attributes)]
    end

    def opaque(value)
      OPAQUE[value.object_id] = value
      ['x', value.object_id, value.class.name, value.to_s]
    end
  end
end
