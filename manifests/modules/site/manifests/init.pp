# What all servers of the site agree on.
#
# @param nodes the servers, by certname, and their private addresses
# @param domain the name under which people reach the site
class site (
  Hash[Pattern[/\A[a-z0-9.-]+\z/], Pattern[/\A[0-9.]+\z/]] $nodes,
  String[1] $domain,
) {
  $applications = $nodes.filter |$name, $address| { $name =~ /\Aapp\d+(\.|\z)/ }
  $application_addresses = $applications.values.sort

  $certname = $trusted['certname']
  unless $certname in $nodes {
    fail("${certname} is not in site::nodes (data/common.yaml)")
  }
  $address = $nodes[$certname]
}
