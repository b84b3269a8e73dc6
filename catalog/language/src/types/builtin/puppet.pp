# Object types that are there without being loaded.

type Pcore = Object[{}]

type RubyMethod = Object[{
  parent => Annotation,
  attributes => {
    body => String,
    parameters => {type => Optional[String[1]], value => undef},
  },
}]

type Deferred = Object[{
  attributes => {
    name => Pattern[/\A[$]?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z/],
    arguments => {type => Optional[Array], value => undef},
  },
}]

type Error = Object[{
  type_parameters => {
    kind => Optional[
      Variant[String, Regexp, Type[Enum], Type[Pattern], Type[NotUndef], Type[Undef]]
    ],
    issue_code => Optional[
      Variant[String, Regexp, Type[Enum], Type[Pattern], Type[NotUndef], Type[Undef]]
    ],
  },
  attributes => {
    msg => String[1],
    kind => {type => Optional[String[1]], value => undef},
    details => {type => Optional[Hash[String[1], Data]], value => undef},
    issue_code => {type => Optional[String[1]], value => undef},
  },
  functions => {
    message => Callable[[0, 0], String[1]],
  },
}]

# What a back end of a lookup, written in the language, gets as its `$context`.
# Source: puppet-docs, `custom_backends`, "the Puppet::LookupContext object".
type Puppet::LookupContext = Object[{
  parent => Any,
  attributes => {
    environment_name => {type => String[1], kind => derived},
    module_name => Variant[String[1], Undef],
  },
  functions => {
    not_found => Callable[[0, 0], Undef],
    explain => Callable[[0, 0, Callable[0, 0]], Undef],
    interpolate => Callable[1, 1],
    cache => Callable[Optional[Scalar], Any],
    cache_all => Callable[[Hash[Optional[Scalar], Any]], Undef],
    cache_has_key => Callable[[Optional[Scalar]], Boolean],
    cached_value => Callable[Optional[Scalar]],
    cached_entries => Variant[
      Callable[[0, 0, Callable[1, 1]], Undef],
      Callable[[0, 0, Callable[2, 2]], Undef],
      Callable[[0, 0], Iterable[Tuple[Optional[Scalar], Any]]]
    ],
    cached_file_data => Callable[String, Optional[Callable[Array[Integer]]]],
  },
}]

type Puppet::Resource::Param = Object[{
  attributes => {
    type => Type,
    name => String[1],
    name_var => {type => Boolean, value => false},
  },
  equality => [name],
}]

type Puppet::Resource::ResourceType3 = Object[{
  attributes => {
    name => String[1],
    properties => {type => Array[Puppet::Resource::Param], value => []},
    parameters => {type => Array[Puppet::Resource::Param], value => []},
    title_patterns_hash => {type => Optional[Hash[Regexp, Array[String[1]]]], value => undef},
    isomorphic => {type => Boolean, value => true},
    capability => {type => Boolean, value => false},
  },
  equality => [name],
}]
