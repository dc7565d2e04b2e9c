"""Which clause is carried by what, and which story exercises it: `banjie coverage` and the pages of the regulation."""
