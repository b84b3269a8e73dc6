plan site::deploy(TargetSpec $targets) {
  $result = run_command('uptime', $targets)
  apply($targets) { file { '/tmp/x': ensure => file } }
  return $result
}
