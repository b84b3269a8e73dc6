# MariaDB, as Nextcloud wants it, for the application servers alone.
#
# @param database the database's name
# @param user its user's name
# @param password_hash the user's password, as MariaDB keeps it
class profile::database (
  String[1] $database = 'nextcloud',
  String[1] $user = 'nextcloud',
  Sensitive[String[1]] $password_hash = lookup('site::database_password_hash'),
) {
  include site

  package { 'mariadb-server':
    ensure => installed,
  }

  file { '/etc/mysql/mariadb.conf.d/60-site.cnf':
    ensure  => file,
    mode    => '0644',
    content => epp('profile/mariadb.cnf.epp', { 'address' => $site::address }),
    # Read with every other file of its kind, as the server will.
    validate_cmd => '/usr/sbin/mariadbd --defaults-file=% --user=mysql --help --verbose',
    require => Package['mariadb-server'],
  }

  service { 'mariadb':
    ensure    => running,
    enable    => true,
    subscribe => File['/etc/mysql/mariadb.conf.d/60-site.cnf'],
  }

  mysql_database { $database:
    ensure  => present,
    charset => 'utf8mb4',
    collate => 'utf8mb4_general_ci',
    require => Service['mariadb'],
  }

  $site::application_addresses.each |$address| {
    mysql_user { "${user}@${address}":
      ensure        => present,
      password_hash => $password_hash,
      require       => Service['mariadb'],
    }

    mysql_grant { "${user}@${address}/${database}.*":
      ensure     => present,
      user       => "${user}@${address}",
      table      => "${database}.*",
      privileges => ['ALL'],
      require    => [Mysql_database[$database], Mysql_user["${user}@${address}"]],
    }
  }
}
