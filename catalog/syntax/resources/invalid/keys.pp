$a = Optional[Array ~> [Integer]]
$b = A[b { c: }, d]
