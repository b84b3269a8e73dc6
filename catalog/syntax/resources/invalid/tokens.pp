~ 1
$x = 1é
class
/[\/]/
