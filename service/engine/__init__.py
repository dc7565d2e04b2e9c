"""The only package that knows SpiffWorkflow; pure: same input, same result."""
