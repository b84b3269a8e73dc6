# A web server with one page.
#
# @param greeting what the page says
class web (
  String[1] $greeting,
) {
  package { 'nginx-light':
    ensure => installed,
  }

  file { '/var/www/html/index.html':
    ensure  => file,
    mode    => '0644',
    content => epp('web/index.html.epp', {
      'greeting' => $greeting,
      'name'     => $facts['networking']['hostname'],
    }),
    require => Package['nginx-light'],
  }

  file { '/etc/nginx/conf.d/limits.conf':
    ensure  => file,
    mode    => '0644',
    content => "client_max_body_size 8m;\nserver_tokens off;\n",
    require => Package['nginx-light'],
    notify  => Service['nginx'],
  }

  service { 'nginx':
    ensure => running,
    enable => true,
  }
}
