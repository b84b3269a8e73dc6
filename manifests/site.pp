# Nextcloud on six servers: a class for each element, and the servers with what each includes.

class database_server {
  include profile::database
  include profile::storage
  class { 'profile::firewall':
    guarded => {
      3306 => $site::application_addresses,
      2222 => $site::application_addresses,
    },
  }
}

class cache_server {
  include profile::cache
}

class application_server {
  include profile::application
}

class reverse_proxy {
  include profile::proxy
}

node 'control' { }

node 'revproxy' {
  include reverse_proxy
}

node /^app\d+$/ {
  include application_server
}

node 'db' {
  include database_server
}

node 'cache' {
  include cache_server
}
