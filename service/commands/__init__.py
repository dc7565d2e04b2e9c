"""One file, one thing that can be asked; the only way to change anything."""
