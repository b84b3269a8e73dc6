# PHP for Nextcloud: a pool of its own, with sessions in Redis.
class nextcloud::php {
  $extensions = ['gd', 'curl', 'xml', 'zip', 'mbstring', 'intl', 'bcmath', 'gmp', 'mysql', 'redis', 'apcu']
  $packages = ['php8.2-cli'] + $extensions.map |$extension| { "php8.2-${extension}" }

  # Before php-fpm: each extension restarts it, and systemd takes so many restarts for a crash.
  package { $packages:
    ensure => installed,
    before => Package['php8.2-fpm'],
  }

  package { 'php8.2-fpm':
    ensure => installed,
  }

  file { '/etc/php/8.2/fpm/pool.d/nextcloud.conf':
    ensure       => file,
    owner        => 'root',
    group        => 'root',
    mode         => '0600',
    show_diff    => false,
    content      => Sensitive(epp('nextcloud/pool.conf.epp', {
      'redis_host'     => $nextcloud::redis_host,
      'redis_password' => $nextcloud::redis_password,
    })),
    validate_cmd => '/usr/sbin/php-fpm8.2 --test --fpm-config %',
    require      => Package['php8.2-fpm'],
    notify       => Service['php8.2-fpm'],
  }

  # The distribution's own pool serves nothing here.
  file { '/etc/php/8.2/fpm/pool.d/www.conf':
    ensure  => absent,
    require => File['/etc/php/8.2/fpm/pool.d/nextcloud.conf'],
    notify  => Service['php8.2-fpm'],
  }

  # A reload lets requests end that are under way.
  file_line { 'php-fpm: requests may end':
    path    => '/etc/php/8.2/fpm/php-fpm.conf',
    line    => 'process_control_timeout = 20s',
    match   => '^;?\s*process_control_timeout\s*=',
    require => Package['php8.2-fpm'],
    notify  => Service['php8.2-fpm'],
  }

  service { 'php8.2-fpm':
    ensure  => running,
    enable  => true,
    restart => '/usr/sbin/php-fpm8.2 --test && /bin/systemctl reload php8.2-fpm',
  }
}
