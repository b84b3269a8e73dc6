# Ports that only some addresses may reach. Everything else is left to the network's own guard.
#
# @param guarded addresses by port
class profile::firewall (
  Hash[Integer[1, 65535], Array[Pattern[/\A[0-9.]+\z/]]] $guarded,
) {
  package { 'nftables':
    ensure => installed,
  }

  file { '/etc/nftables.conf':
    ensure       => file,
    mode         => '0755',
    content      => epp('profile/nftables.conf.epp', { 'guarded' => $guarded }),
    validate_cmd => '/usr/sbin/nft --check --file %',
    require      => Package['nftables'],
  }

  service { 'nftables':
    ensure    => running,
    enable    => true,
    restart   => '/bin/systemctl reload nftables',
    subscribe => File['/etc/nftables.conf'],
  }
}
