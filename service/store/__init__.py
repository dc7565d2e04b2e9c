"""The only package that knows tables: event log, projections, deployments."""
