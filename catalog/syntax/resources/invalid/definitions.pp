class Upper { }
class a-b { }
class integer { }
class c($name, $a, $a, *$rest, $1) { 'idle' }
define d($x = $y = 1) { }
define e($x = [$y = 1]) { $z }
function f($a, $a) >> Integer { type A = String }
type lower = Integer
node 'a b', "x${y}" inherits default { }
type B = [1]
type C { }
foo() |*$a, $b| { }
