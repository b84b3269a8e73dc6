# 32 resources: class parameters from Hiera, EPP, a define, collectors, a virtual resource.
node default {
  include base
}
