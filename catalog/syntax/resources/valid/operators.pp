$precedence = 1 + 2 * 3 - -4 / 5 % 6 << 1
$compare = $a < 1 == $b >= 2 and !$c or $d in [1, *$e]
$select = $x == 1 ? { true => 'a', default => [1, 2][0] }
$plain = $x ? /re/ => 1
$numbers = [0x1F, 017, 10, 1.5e-3, -1]
[$first, $second] = [1, 2]
$division = $a / 2 / 3
$call = String($x).upcase.split(/,/).map |$y| >> Integer { $y + 1 }
$types = Variant[Hash[String, Struct[{ 'a' => Integer, Optional['b'] => Any }]], Callable[[1], 2]]
case $x {
  1, 'two', /three/: { notice(1) }
  Integer[1, 9]: { }
  default: { fail('no') }
}
file { '/a': , mode => '0644' }
$pair = A[b -> c => d, (e ~> f)]
