'local6',
'local7'
]
