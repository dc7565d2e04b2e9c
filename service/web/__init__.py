"""Pages and REST API; the only package that knows Flask."""
