# The files of the site, served by SFTP to the application servers, which mount them with sshfs.
#
# The assignment has no server for storage, so they lie beside the database: one more thing that
# is gone when DB is gone, and none that was not. See README.md for what this choice gives up.
#
# @param user the account that owns the files; it can do SFTP into its folder, and nothing else
# @param public_key the application servers' key
# @param host_key this server's key for them, known beforehand
# @param port where it listens: the administrators' own sshd is left alone
class profile::storage (
  String[1] $user = 'nextcloud-files',
  String[1] $public_key = lookup('site::storage_key_public'),
  Sensitive[String[1]] $host_key = lookup('site::storage_host_key'),
  Integer[1, 65535] $port = 2222,
) {
  include site

  package { 'openssh-server':
    ensure => installed,
  }

  group { $user:
    ensure => present,
    system => true,
  }

  # No password fits `*`; with none at all the account would be locked, for keys too.
  user { $user:
    ensure   => present,
    gid      => $user,
    system   => true,
    home     => '/srv/nextcloud-files',
    shell    => '/usr/sbin/nologin',
    password => '*',
  }

  # The jail is root's; what may be written is below it.
  file { '/srv/nextcloud-files':
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }

  file { '/srv/nextcloud-files/data':
    ensure => directory,
    owner  => $user,
    group  => $user,
    mode   => '0770',
  }

  file { '/etc/ssh/storage':
    ensure  => directory,
    mode    => '0755',
    require => Package['openssh-server'],
  }

  file { '/etc/ssh/storage/authorized_keys':
    ensure  => file,
    mode    => '0644',
    content => "restrict ${public_key}\n",
  }

  file { '/etc/ssh/storage/host_key':
    ensure    => file,
    mode      => '0600',
    show_diff => false,
    # A looked-up secret has lost its last line break, without which no key is one.
    content   => Sensitive("${host_key.unwrap}\n"),
  }

  file { '/etc/ssh/storage/sshd_config':
    ensure       => file,
    mode         => '0644',
    content      => epp('profile/sshd_config.epp', {
      'address' => $site::address,
      'port'    => $port,
      'user'    => $user,
    }),
    validate_cmd => '/usr/sbin/sshd -t -f %',
    require      => [File['/etc/ssh/storage/host_key'], File['/etc/ssh/storage/authorized_keys'], User[$user]],
    notify       => Service['nextcloud-files'],
  }

  file { '/etc/systemd/system/nextcloud-files.service':
    ensure => file,
    mode   => '0644',
    source => 'puppet:///modules/profile/nextcloud-files.service',
    notify => Exec['nextcloud-files: systemd reads its unit'],
  }

  exec { 'nextcloud-files: systemd reads its unit':
    command     => '/bin/systemctl daemon-reload',
    refreshonly => true,
    notify      => Service['nextcloud-files'],
  }

  service { 'nextcloud-files':
    ensure    => running,
    enable    => true,
    subscribe => File['/etc/ssh/storage/host_key'],
  }
}
