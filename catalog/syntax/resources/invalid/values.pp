1 + 2
$a += 1
$0 = 1
$b::c = 1
'x' = 2
$d['x'] = 1
$e = File <| |>
$f = { a => 1, 'a' => 2 }
$Bad = 1
file { mode => '0644' }
file { 'x': mode +> 1 }
case 1 { default: { } default: { } }
$g = $x ? { default => 1, default => 2 }
@class { 'x': }
@File { mode => 1 }
User <| name > 1 |>
1.call_me()
$h(1)
if $x { class nested { } function f() { } }
$i = { -1 => 1, -1 => 2, Optional[a] => 3, Optional[a] => 4, Integer => 5, Integer => 6 }
