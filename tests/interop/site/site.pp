# What a real agent is given: the types that every site uses, files from the master among them.
node 'old1' {
  package { 'sl':
    ensure => installed,
  }
  package { 'cron':
    ensure => installed,
  }
  -> service { 'cron':
    ensure => running,
    enable => true,
  }
  file {
    default:
      owner => 'root',
      group => 'root';
    '/etc/motd':
      content => "${facts['networking']['hostname']} is kept by a real agent, ${trusted['certname']}\n",
      mode    => '0644';
    '/etc/motd.link':
      ensure => link,
      target => '/etc/motd';
    '/srv/tree':
      ensure  => directory,
      recurse => true,
      source  => 'puppet:///modules/tree/tree';
  }
  exec { '/usr/bin/touch /srv/once':
    creates => '/srv/once',
    require => File['/srv/tree'],
  }
}
