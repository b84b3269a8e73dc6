# The site of the demonstration and of the smoke test: a web server and a cache.

$greeting = 'Hello from one line of site.pp'

node /^web\d+$/ {
  include base
  class { 'web': greeting => $greeting }
}

node /^db\d+$/ {
  include base
  include cache
}

node default {
  notify { "nothing is said of ${trusted['certname']}": }
}
