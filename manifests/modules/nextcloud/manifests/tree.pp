# The program: each archive is unpacked once, into a folder of its own, and a link names the one
# that is served. An older one stays until it is removed by hand, so the way back is the old data.
class nextcloud::tree {
  $short = $nextcloud::archive_sha256[0, 12]
  $archive = "${nextcloud::root}/releases/${short}-${nextcloud::archive_url.split('/')[-1]}"
  $release = "${nextcloud::root}/releases/${short}"

  package { 'bzip2':
    ensure => installed,
  }

  file { [$nextcloud::root, "${nextcloud::root}/releases"]:
    ensure => directory,
    mode   => '0755',
  }

  archive { $archive:
    ensure        => present,
    source        => $nextcloud::archive_url,
    checksum      => $nextcloud::archive_sha256,
    checksum_type => 'sha256',
    creates       => $release,
    cleanup       => false,
    require       => File["${nextcloud::root}/releases"],
  }

  # Renamed when it is whole: a folder of that name is never half a release.
  $unpack = [
    "rm -rf ${release}.new",
    "mkdir ${release}.new",
    "tar --no-same-owner -C ${release}.new -xf ${archive}",
    "test -e ${release}.new/nextcloud/version.php",
    "mv -T ${release}.new ${release}",
    "rm -f ${archive}",
  ]

  exec { "unpack Nextcloud ${short}":
    command => $unpack.join(' && '),
    path    => ['/usr/bin', '/bin'],
    creates => $release,
    timeout => 900,
    provider => shell,
    require => [Archive[$archive], Package['bzip2']],
  }

  file { $nextcloud::current:
    ensure  => link,
    target  => "${release}/nextcloud",
    require => Exec["unpack Nextcloud ${short}"],
  }
}
