# What makes of several servers one site: the same configuration on each, and an installation that
# happens once.
class nextcloud::site {
  # Nextcloud wants its command line run by the owner of config.php.
  file { '/etc/nextcloud':
    ensure => directory,
    owner  => 'root',
    group  => 'www-data',
    mode   => '0750',
  }

  file { '/etc/nextcloud/config.php':
    ensure       => file,
    owner        => 'www-data',
    group        => 'www-data',
    mode         => '0640',
    show_diff    => false,
    content      => Sensitive(epp('nextcloud/config.php.epp')),
    validate_cmd => '/usr/bin/php8.2 --syntax-check %',
  }

  file { '/etc/nextcloud/admin-password':
    ensure    => file,
    owner     => 'www-data',
    group     => 'www-data',
    mode      => '0600',
    show_diff => false,
    content   => $nextcloud::admin_password,
  }

  file { '/usr/local/sbin/nextcloud-site':
    ensure => file,
    mode   => '0755',
    source => 'puppet:///modules/nextcloud/nextcloud-site',
  }

  exec { 'install or upgrade Nextcloud, once for the site':
    command   => "/usr/local/sbin/nextcloud-site converge ${nextcloud::admin_user}",
    unless    => '/usr/local/sbin/nextcloud-site current',
    user      => 'www-data',
    timeout   => 1800,
    logoutput => on_failure,
    require   => [
      File['/etc/nextcloud/config.php'],
      File['/etc/nextcloud/admin-password'],
      File['/usr/local/sbin/nextcloud-site'],
    ],
  }

  # Changes nothing: a run fails, and its report says why, while something is away.
  exec { 'the database, the cache and the files answer':
    command => '/usr/local/sbin/nextcloud-site check',
    unless  => '/usr/local/sbin/nextcloud-site check',
    user    => 'www-data',
    timeout => 30,
    require => Exec['install or upgrade Nextcloud, once for the site'],
  }

  package { 'cron':
    ensure => installed,
  }

  cron { 'nextcloud':
    command     => "/usr/bin/php8.2 -d apc.enable_cli=1 -f ${nextcloud::current}/cron.php",
    environment => 'NEXTCLOUD_CONFIG_DIR=/etc/nextcloud',
    user        => 'www-data',
    minute      => '*/5',
    require     => [Package['cron'], Exec['install or upgrade Nextcloud, once for the site']],
  }
}
