# HAProxy in front of the back ends that the data names.
class profile::lb (
  Hash[String, Struct[{ port => Integer, servers => Array[String] }]] $backends = {},
) {
  class { 'haproxy':
    global_options   => {
      'log'     => "${facts['networking']['ip']} local0",
      'chroot'  => '/var/lib/haproxy',
      'maxconn' => '4000',
      'user'    => 'haproxy',
      'group'   => 'haproxy',
      'daemon'  => '',
    },
    defaults_options => {
      'log'     => 'global',
      'option'  => ['redispatch'],
      'retries' => '3',
      'timeout' => ['http-request 10s', 'queue 1m', 'connect 10s', 'client 1m', 'server 1m'],
      'maxconn' => '8000',
    },
  }
  $backends.each |$name, $backend| {
    haproxy::listen { $name:
      collect_exported => false,
      ipaddress        => '0.0.0.0',
      ports            => String($backend['port']),
      mode             => 'http',
      options          => { 'option' => ['httpchk GET /', 'httplog'], 'balance' => 'roundrobin' },
    }
    $backend['servers'].each |$index, $address| {
      haproxy::balancermember { "${name}-${index}":
        listening_service => $name,
        server_names      => "${name}-${index}",
        ipaddresses       => $address,
        ports             => '80',
        options           => 'check',
      }
    }
  }
}
