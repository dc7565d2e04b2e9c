"""form-js schemas: read, check a submission against one, compute what a renderer needs."""
