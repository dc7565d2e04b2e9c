"""Names of notices that acts of people give; those of diagrams have theirs from the diagram."""

URGED = "urged"
