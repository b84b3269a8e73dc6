# A folder of another server, mounted with sshfs.
#
# Nothing is cached: what one server writes, the next request on another must see. The connection
# is made anew when the other server was away; until then requests get an error after ten seconds.
#
# @param mountpoint where
# @param device USER@HOST:PATH
# @param host HOST
# @param port where its sshd listens
# @param key the key to it
# @param host_key the public key that HOST must show
# @param uid the user (and group) who uses the files here: on Debian, 33 is www-data
class profile::sshfs (
  String[1] $mountpoint,
  String[1] $device,
  String[1] $host,
  Integer[1, 65535] $port,
  Sensitive[String[1]] $key,
  String[1] $host_key,
  Integer $uid = 33,
) {
  package { 'sshfs':
    ensure => installed,
  }

  file { '/etc/sshfs':
    ensure => directory,
    mode   => '0700',
  }

  file { '/etc/sshfs/key':
    ensure    => file,
    mode      => '0600',
    show_diff => false,
    # A looked-up secret has lost its last line break, without which no key is one.
    content   => Sensitive("${key.unwrap}\n"),
  }

  file { '/etc/sshfs/known_hosts':
    ensure  => file,
    mode    => '0600',
    content => "[${host}]:${port} ${host_key}\n",
  }

  # Without the mount, nobody but root can write here, so no file ends up on the wrong disk.
  file { $mountpoint:
    ensure => directory,
  }

  $options = [
    '_netdev', "port=${port}", 'allow_other', 'default_permissions', 'idmap=user',
    "uid=${uid}", "gid=${uid}", 'umask=0007',
    'reconnect', 'ServerAliveInterval=5', 'ServerAliveCountMax=2', 'ConnectTimeout=5',
    'IdentityFile=/etc/sshfs/key', 'UserKnownHostsFile=/etc/sshfs/known_hosts', 'StrictHostKeyChecking=yes',
    'dir_cache=no', 'attr_timeout=0', 'entry_timeout=0', 'negative_timeout=0',
  ]

  mount { $mountpoint:
    ensure   => mounted,
    device   => $device,
    fstype   => 'fuse.sshfs',
    options  => $options.join(','),
    atboot   => true,
    dump     => '0',
    pass     => '0',
    # sshfs knows no remount: changed options take an unmount and a mount.
    remounts => false,
    require  => [Package['sshfs'], File[$mountpoint], File['/etc/sshfs/key'], File['/etc/sshfs/known_hosts']],
  }
}
