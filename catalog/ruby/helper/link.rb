# Ficelle's helper for what modules write in Ruby. A master or an agent starts it, sends it this
# script, and from then on messages: JSON, each behind its length in four bytes. Whoever waits for
# an answer may be asked to do something first, so both sides talk at any depth.
require 'json'

module Ficelle
  # The socket was standard input; nothing a function reads or prints gets into it any more.
  LINK = FICELLE_LINK
  STDIN.reopen(File::NULL)
  STDOUT.reopen(STDERR)

  # Reads a message; the other end's silence is the end of this process.
  def self.receive
    length = LINK.read(4) or exit!(0)
    body = LINK.read(length.unpack1('N')) or exit!(0)
    JSON.parse(body.force_encoding(Encoding::UTF_8), max_nesting: false)
  end

  def self.send_message(message)
    body = JSON.generate(message, max_nesting: false)
    LINK.write([body.bytesize].pack('N'), body)
  end

  # Asks the compile something and gives its answer; does what it wants done before that.
  def self.ask(what, **details)
    send_message({ 'is' => 'ask', 'what' => what }.merge(details.transform_keys(&:to_s)))
    loop do
      message = receive
      return answered(message) if message['do'] == 'answer'

      perform(message)
    end
  end

  # The code in the compile that was asked leaves by `next` or `return`, or has found no key; that
  # goes through every function in between.
  class Leaves < Exception
    attr_reader :id

    def initialize(id)
      @id = id
      super('left early')
    end
  end

  def self.answered(message)
    raise Failed.new(message['error'], message['message']) if message.key?('error')
    raise Leaves.new(message['leaves']) if message.key?('leaves')
    raise Stops.new(message['stops']) if message.key?('stops')

    message['answer']
  end

  def self.scrubbed(text)
    text.to_s.dup.force_encoding(Encoding::UTF_8).scrub('?')
  end

  START = receive
  begin
    require 'set'
    require 'uri'
    require 'digest'
    require 'puppet'
  rescue LoadError => error
    send_message({ 'missing' => scrubbed(error.message.lines.first.to_s.chomp) })
    exit!(0)
  end

  # The compile could not answer: its error goes on through the function that asked.
  class Failed < Puppet::ParseError
    attr_reader :id

    def initialize(id, message)
      @id = id
      super(message)
    end
  end

  # `break` in code of the compile: an iteration in Ruby may end there.
  class Stops < Puppet::Pops::Evaluator::PuppetStopIteration
    attr_reader :id

    def initialize(id)
      @id = id
      super(nil, nil)
    end
  end
end
