# A class with everything a class has.
class ntp::server (
  Boolean $enabled = true,
  Array[String[1], 1] $pools = ['0.pool', '1.pool'],
  Optional[Integer[0, 65535]] $port = undef,
) inherits ntp::params {
  $options = { 'iburst' => true, prefer => false, }
  if $enabled and $port =~ Integer {
    package { 'ntp': ensure => installed }
    -> file { '/etc/ntp.conf':
      ensure  => file,
      mode    => '0644',
      content => epp('ntp/ntp.conf.epp', { 'pools' => $pools }),
    }
    ~> service { 'ntp': ensure => running; 'ntpdate': ensure => stopped, * => $options }
  } elsif $port {
    include ntp::client, ntp::other
  } else {
    notice "nothing for ${facts['os']['family']} on $::hostname"
  }
  unless $pools.empty { $pools.each |Integer $index, String $pool| { notice($index, $pool) } }
  File <| tag == 'ntp' and title != 'x' |> { owner => root, require +> Package['ntp'] }
  @@nagios::check { "ntp-${facts[fqdn]}": }
  File { backup => false }
  File['/etc/ntp.conf'] { group => 'root' }
  class inner { }
}
