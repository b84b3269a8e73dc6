class x { }
file { 'x': }
plan p() { File['a'] -> File['b'] }
