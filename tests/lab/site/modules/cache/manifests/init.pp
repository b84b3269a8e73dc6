# A Redis server.
#
# @param maxmemory how much it may hold
class cache (
  String[1] $maxmemory,
) {
  package { 'redis-server':
    ensure => installed,
  }

  file { '/etc/redis/site.conf':
    ensure  => file,
    owner   => 'redis',
    group   => 'redis',
    mode    => '0640',
    content => "maxmemory ${maxmemory}\nmaxmemory-policy allkeys-lru\n",
    require => Package['redis-server'],
    notify  => Service['redis-server'],
  }

  file_line { 'redis reads the site\'s settings':
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
