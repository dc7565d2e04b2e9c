"""What auditors ask of the whole county: questions that processes/questions.yaml declares, one kind a file."""
