define site::vhost(Integer $port = 80) { file { $title: } }
function site::double(Numeric $x, *$more) >> Numeric { $x * 2 }
type Site::Port = Integer[1, 65535]
type Site::Record = { attributes => { name => String } }
type Site::Child = Site::Record { attributes => { age => Integer } }
node 'a.example.com', b.example.com, /^c\d+$/, default { include site }
