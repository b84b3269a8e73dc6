# Nextcloud on this server, one of several that share database, cache and files.
#
# @param archive_url where its archive is
# @param archive_sha256 what the archive must be
# @param domain the name under which people reach it
# @param proxies addresses whose word on the visitor's address is taken
# @param database_host where the database is
# @param redis_host where sessions, locks and the distributed cache are
# @param data_directory the files, the same on every server
# @param database its name
# @param database_user its user
# @param admin_user the first account
# @param database_password the database user's password
# @param redis_password what Redis asks for
# @param admin_password the first account's password
# @param instance_id the same on every server, like the two below
# @param password_salt mixed into old password hashes
# @param secret encrypts what Nextcloud keeps encrypted
class nextcloud (
  String[1] $archive_url,
  Pattern[/\A[0-9a-f]{64}\z/] $archive_sha256,
  String[1] $domain,
  Array[String[1]] $proxies,
  String[1] $database_host,
  String[1] $redis_host,
  String[1] $data_directory,
  String[1] $database = 'nextcloud',
  String[1] $database_user = 'nextcloud',
  String[1] $admin_user = 'admin',
  Sensitive[String[1]] $database_password = lookup('site::database_password'),
  Sensitive[String[1]] $redis_password = lookup('site::redis_password'),
  Sensitive[String[1]] $admin_password = lookup('site::admin_password'),
  String[1] $instance_id = lookup('site::instance_id'),
  Sensitive[String[1]] $password_salt = lookup('site::password_salt'),
  Sensitive[String[1]] $secret = lookup('site::secret'),
) {
  $root = '/srv/nextcloud'
  $current = "${root}/current"

  contain nextcloud::tree
  contain nextcloud::php
  contain nextcloud::web
  contain nextcloud::site

  Class['nextcloud::tree'] -> Class['nextcloud::web']
  Class['nextcloud::php'] -> Class['nextcloud::web']
  Class['nextcloud::php'] -> Class['nextcloud::site']
  Class['nextcloud::tree'] -> Class['nextcloud::site']
}
