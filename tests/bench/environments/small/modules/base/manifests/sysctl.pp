# A kernel parameter in a file of its own.
define base::sysctl (
  Variant[Integer, String] $value,
  String $dir,
) {
  file { "${dir}/${title}.conf":
    ensure  => file,
    content => "${title} = ${value}\n",
  }
}
