$octal = 089
$hex = 0xfg
$float = 1.2e
$name = Foo::bar
$float = 12.3x
$a = é
