# An absolute path.
type Base::Path = Pattern[/\A\/([^\n\/\0]+\/*)*\z/]
