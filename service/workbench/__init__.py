"""What is looked at before a draft is released: difference, lint, proof, coverage, every story."""
