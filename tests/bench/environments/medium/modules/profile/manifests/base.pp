# Packages, users, kernel parameters and a concatenated file.
class profile::base (
  Array[String[1]] $packages,
  String $motd,
  Hash[String, Variant[Integer, String]] $sysctl = {},
) {
  include stdlib
  ensure_packages($packages, { 'ensure' => 'present' })

  file { '/etc/motd':
    ensure  => file,
    content => epp('profile/motd.epp', { 'motd' => $motd }),
  }

  $parameters = merge({ 'kernel.pid_max' => 65536 }, $sysctl)
  $parameters.each |$key, $value| {
    file { "/etc/sysctl.d/${key}.conf":
      ensure  => file,
      mode    => '0644',
      content => "${key} = ${value}\n",
      notify  => Exec['sysctl'],
    }
  }
  exec { 'sysctl':
    command     => '/sbin/sysctl --system',
    refreshonly => true,
  }

  $users = Hash(range(1, 12).map |$number| {
    ["user${number}", { 'uid' => 2000 + $number, 'groups' => ['users'] }]
  })
  $users.each |String $name, Hash $user| {
    user { $name:
      ensure => present,
      home   => "/home/${name}",
      shell  => pick($user['shell'], '/bin/bash'),
      *      => $user,
    }
    file { "/home/${name}":
      ensure => directory,
      owner  => $name,
      mode   => '0700',
    }
  }

  $hosts = range('01', '20').map |$number| { "host${number}" }
  file { '/etc/profile.d/cluster.sh':
    content => inline_epp(
      "<% \$hosts.each |\$host| { -%>\nexport NODE_<%= \$host.upcase %>=<%= join([\$host, 'example.org'], '.') %>\n<% } -%>\n",
      { 'hosts' => $hosts },
    ),
  }

  file_line { 'umask':
    path  => '/etc/profile',
    line  => 'umask 027',
    match => '^umask',
  }

  concat { '/etc/cluster.conf':
    ensure => present,
    mode   => '0644',
  }
  $hosts.each |Integer $index, String $host| {
    concat::fragment { "cluster-${host}":
      target  => '/etc/cluster.conf',
      order   => sprintf('%03d', $index),
      content => "${index} ${host} ${sha1($host)[0, 8]}\n",
    }
  }
}
