# An application server: Nextcloud behind nginx, its files mounted from DB, announced to the proxy.
#
# @param storage_key the key to the files
# @param storage_host_key the public key of the server that has them
# @param storage_user the account there
# @param storage_port where it is asked
class profile::application (
  Sensitive[String[1]] $storage_key = lookup('site::storage_key'),
  String[1] $storage_host_key = lookup('site::storage_host_key_public'),
  String[1] $storage_user = 'nextcloud-files',
  Integer[1, 65535] $storage_port = 2222,
) {
  include site

  $database = $site::nodes['db']

  class { 'profile::firewall':
    guarded => { 80 => [$site::nodes['revproxy']] },
  }

  class { 'profile::sshfs':
    mountpoint => '/srv/nextcloud/data',
    device     => "${storage_user}@${database}:/data",
    host       => $database,
    port       => $storage_port,
    key        => $storage_key,
    host_key   => $storage_host_key,
  }

  class { 'nextcloud':
    domain         => $site::domain,
    proxies        => [$site::nodes['revproxy']],
    database_host  => $database,
    redis_host     => $site::nodes['cache'],
    data_directory => '/srv/nextcloud/data',
  }

  # Without the files nothing is installed; all else can go on without them.
  Class['nextcloud::tree'] -> Class['profile::sshfs'] -> Exec['install or upgrade Nextcloud, once for the site']

  @@concat_fragment { "caddy: backend ${site::certname}":
    target  => '/etc/caddy/Caddyfile',
    tag     => 'caddyfile',
    order   => '50',
    content => "\t\tto ${site::address}:80\n",
  }
}
