class one {
  file { '/tmp/x': ensure = present }
  $ok = 1
  notice(1 2)
}
class two {
  $late = ]
  package { 'x': ensure => present }
}
$unclosed = "abc ${def
