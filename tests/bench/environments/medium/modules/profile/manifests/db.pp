# MySQL with the databases that the data names.
class profile::db (
  String $root_password,
  Hash[String, Hash] $databases = {},
) {
  class { 'mysql::server':
    root_password           => $root_password,
    remove_default_accounts => true,
    restart                 => true,
    override_options        => {
      'mysqld' => {
        'max_connections'         => 512,
        'bind-address'            => '127.0.0.1',
        'innodb_buffer_pool_size' => '256M',
      },
    },
  }
  $databases.each |String $name, Hash $database| {
    mysql::db { $name: * => $database }
  }
  include mysql::client
}
