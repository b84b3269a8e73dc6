# Caddy in front of the application servers. Each of them announces itself (profile::application);
# this server serves those that have.
#
# @param acme_directory the certificate authority's directory; empty: Caddy's internal authority
# @param cookie_secret what the cookie that pins a visitor to a server is signed with
class profile::proxy (
  String $acme_directory = '',
  Sensitive[String[1]] $cookie_secret = lookup('site::cookie_secret'),
) {
  include site

  package { 'caddy':
    ensure => installed,
  }

  concat_file { '/etc/caddy/Caddyfile':
    ensure       => present,
    owner        => 'root',
    group        => 'caddy',
    mode         => '0640',
    show_diff    => false,
    tag          => 'caddyfile',
    validate_cmd => '/usr/bin/caddy validate --adapter caddyfile --config %',
    require      => Package['caddy'],
    notify       => Service['caddy'],
  }

  concat_fragment { 'caddy: head':
    target  => '/etc/caddy/Caddyfile',
    tag     => 'caddyfile',
    order   => '10',
    content => Sensitive(epp('profile/caddy-head.epp', {
      'domain'         => $site::domain,
      'acme_directory' => $acme_directory,
      'cookie_secret'  => $cookie_secret,
    })),
  }

  Concat_fragment <<| tag == 'caddyfile' |>>

  concat_fragment { 'caddy: tail':
    target  => '/etc/caddy/Caddyfile',
    tag     => 'caddyfile',
    order   => '90',
    content => "\t}\n}\n",
  }

  service { 'caddy':
    ensure  => running,
    enable  => true,
    restart => '/bin/systemctl reload caddy',
  }
}
