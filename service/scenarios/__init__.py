"""Stories of the regulation, executed against the real commands with a movable clock."""
