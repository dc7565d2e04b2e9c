"""The console script `banjie`."""
