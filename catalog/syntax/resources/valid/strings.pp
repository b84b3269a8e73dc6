$single = 'it\'s \\ \n'
$escapes = "tab\t quote\" dollar\$ unicode\u00e9\u{1F600} space\s"
$names = "${a} ${a.b} ${a[1]} ${a::b} ${class} ${1} $a::b $a.b $ $$"
$nested = "one ${"two ${"three"}"} ${ { 'a' => 1 }['a'] }"
$word = foo-bar
$first = @(ONE)
  plain $text \n
  | ONE
notice(@("TWO":json/L), @(THREE/t))
    {"a": "${b}",\
     "c": 1}
    |- TWO
three	tab\tbed
-THREE
$both = "é ${x} ü"
$quote = '''
$double = """
$pair = "${a}""
