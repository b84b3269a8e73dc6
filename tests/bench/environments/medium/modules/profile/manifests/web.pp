# Apache with the sites that the data names.
class profile::web (
  Hash[String, Hash] $sites = {},
) {
  class { 'apache':
    default_vhost    => false,
    mpm_module       => 'event',
    server_signature => 'Off',
  }
  include apache::mod::rewrite
  include apache::mod::proxy
  include apache::mod::headers
  include apache::mod::status
  include apache::mod::expires

  $sites.each |String $name, Hash $site| {
    $redirect = $site['redirect'] ? {
      undef   => {},
      default => { 'redirect_status' => 'permanent', 'redirect_dest' => $site['redirect'] },
    }
    apache::vhost { $name:
      port           => $site['port'],
      docroot        => "/srv/www/${name}",
      manage_docroot => false,
      serveraliases  => pick($site['aliases'], []),
      ssl            => pick_default($site['ssl'], false),
      directories    => [
        {
          'path'           => "/srv/www/${name}",
          'options'        => ['FollowSymLinks'],
          'allow_override' => 'None',
          'require'        => 'all granted',
        },
      ],
      headers        => ['set X-Frame-Options DENY'],
      rewrites       => [
        {
          'comment'      => 'no trace',
          'rewrite_cond' => ['%{REQUEST_METHOD} ^TRACE'],
          'rewrite_rule' => ['.* - [F]'],
        },
      ],
      *              => $redirect,
    }
    file { "/srv/www/${name}":
      ensure => directory,
      mode   => '0755',
    }
  }
  file { ['/srv', '/srv/www']: ensure => directory }
}
