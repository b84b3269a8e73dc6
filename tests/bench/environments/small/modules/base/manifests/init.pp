# What every server has.
class base (
  String $admin_email,
  Array[String[1]] $servers,
  Hash[String, Variant[Integer, String]] $sysctl = {},
  Boolean $manage_service = true,
  Base::Path $confdir = '/srv/base',
) {
  $packages = ['chrony', 'curl', 'rsync', 'vim', 'less', 'sudo']
  package { $packages: ensure => installed }

  file { [$confdir, "${confdir}/conf.d", "${confdir}/sysctl.d"]:
    ensure => directory,
    owner  => 'root',
    group  => 'root',
    mode   => '0755',
  }
  file { "${confdir}/chrony.conf":
    ensure  => file,
    mode    => '0644',
    content => epp('base/chrony.conf.epp', { 'servers' => $servers, 'email' => $admin_email }),
    require => Package['chrony'],
  }

  $sysctl.each |$key, $value| {
    base::sysctl { $key: value => $value, dir => "${confdir}/sysctl.d" }
  }
  [1, 2, 3, 4, 5].each |$number| {
    file { "${confdir}/conf.d/part${number}.conf":
      ensure  => file,
      content => epp('base/part.epp', { 'number' => $number }),
      notify  => Service['chrony'],
    }
  }

  if $manage_service {
    service { 'chrony':
      ensure    => running,
      enable    => true,
      subscribe => File["${confdir}/chrony.conf"],
    }
  }

  case $facts['os']['family'] {
    'Debian': {
      file { "${confdir}/os": content => "Debian ${facts['os']['release']['major']}\n" }
    }
    default: {
      notify { 'another system': }
    }
  }

  exec { 'sysctl-apply':
    command     => '/bin/true',
    refreshonly => true,
  }
  Base::Sysctl <| |> ~> Exec['sysctl-apply']

  @user { 'deploy':
    ensure => present,
    uid    => 1500,
    shell  => '/bin/bash',
    tag    => ['admins'],
  }
  User <| tag == 'admins' |>
}
