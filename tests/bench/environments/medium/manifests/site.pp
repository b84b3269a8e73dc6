# 556 resources out of modules as Debian ships them (puppet-module-puppetlabs-stdlib, -concat,
# -mysql, -apache, -haproxy).
node default {
  include role::everything
}
