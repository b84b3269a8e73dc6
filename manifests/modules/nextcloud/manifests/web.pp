# nginx in front of PHP. TLS ends at the proxy.
class nextcloud::web {
  package { 'nginx':
    ensure => installed,
  }

  # nginx checks a whole configuration only; this makes one around a site's file.
  file { '/usr/local/sbin/check-nginx-site':
    ensure => file,
    mode   => '0755',
    source => 'puppet:///modules/nextcloud/check-nginx-site',
  }

  file { '/etc/nginx/sites-available/nextcloud':
    ensure       => file,
    mode         => '0644',
    content      => epp('nextcloud/nginx.conf.epp', {
      'current' => $nextcloud::current,
      'proxies' => $nextcloud::proxies,
    }),
    validate_cmd => '/usr/local/sbin/check-nginx-site %',
    require      => [Package['nginx'], File['/usr/local/sbin/check-nginx-site']],
    notify       => Service['nginx'],
  }

  file { '/etc/nginx/sites-enabled/nextcloud':
    ensure  => link,
    target  => '/etc/nginx/sites-available/nextcloud',
    require => File['/etc/nginx/sites-available/nextcloud'],
    notify  => Service['nginx'],
  }

  file { '/etc/nginx/sites-enabled/default':
    ensure  => absent,
    require => Package['nginx'],
    notify  => Service['nginx'],
  }

  service { 'nginx':
    ensure  => running,
    enable  => true,
    restart => '/usr/sbin/nginx -t && /bin/systemctl reload nginx',
  }
}
