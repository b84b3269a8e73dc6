# What every server of the site has.
#
# @param operators the people who look after it, with their user numbers
class base (
  Hash[String[1], Integer[1000]] $operators,
) {
  group { 'operators':
    ensure => present,
    gid    => 2000,
  }

  $operators.each |$name, $uid| {
    user { $name:
      ensure     => present,
      uid        => $uid,
      gid        => 'operators',
      home       => "/home/${name}",
      managehome => true,
      shell      => '/bin/bash',
      require    => Group['operators'],
    }
  }

  file { '/etc/motd':
    ensure  => file,
    mode    => '0644',
    content => @("MOTD"),
      ${facts['networking']['hostname']} is kept by Ficelle: edits by hand do not last.
      | MOTD
  }

  file { '/usr/local/sbin/report-disk':
    ensure  => file,
    mode    => '0755',
    content => "#!/bin/sh\nexec df -h / >/run/report-disk\n",
  }

  exec { '/usr/local/sbin/report-disk':
    creates => '/run/report-disk',
    require => File['/usr/local/sbin/report-disk'],
  }
}
