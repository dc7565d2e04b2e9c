"""Checks of diagrams before they are deployed; one rule a file."""
