"""One file, one question; read only."""
