# Object types that scripts know: with `tasks` only.

type Target = Object[{
  attributes => {
    uri => Variant[String, URI],
    options => {type => Hash[String, Data], value => {}},
  },
}]

type Task = Object[{
  attributes => {
    name => Pattern[/\A[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z/],
    files => Array[Struct[{name => String, path => String}]],
    metadata => Hash[String, Any],
    parameters => {type => Optional[Hash[Pattern[/\A[a-z][a-z0-9_]*\z/], Type]], value => undef},
  },
}]
