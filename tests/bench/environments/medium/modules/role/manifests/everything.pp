# A server that does it all.
class role::everything {
  include profile::base
  include profile::db
  include profile::lb
  include profile::web

  Class['profile::base'] -> Class['profile::db'] -> Class['profile::web'] -> Class['profile::lb']
}
