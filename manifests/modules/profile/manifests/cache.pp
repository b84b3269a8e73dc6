# Redis, for the application servers alone.
#
# @param password what they authenticate with
# @param maxmemory how much it may hold
class profile::cache (
  Sensitive[String[1]] $password = lookup('site::redis_password'),
  String[1] $maxmemory = '256mb',
) {
  include site

  class { 'profile::firewall':
    guarded => { 6379 => $site::application_addresses },
  }

  package { 'redis-server':
    ensure => installed,
  }

  # The distribution's file stays; the last directive counts.
  file { '/etc/redis/site.conf':
    ensure    => file,
    owner     => 'redis',
    group     => 'redis',
    mode      => '0640',
    show_diff => false,
    content   => Sensitive(epp('profile/redis.conf.epp', {
      'address'   => $site::address,
      'password'  => $password,
      'maxmemory' => $maxmemory,
    })),
    require   => Package['redis-server'],
    notify    => Service['redis-server'],
  }

  file_line { 'redis: the settings of this site':
    path    => '/etc/redis/redis.conf',
    line    => 'include /etc/redis/site.conf',
    require => File['/etc/redis/site.conf'],
    notify  => Service['redis-server'],
  }

  service { 'redis-server':
    ensure => running,
    enable => true,
  }
}
