"""DMN decision models: read, check, evaluate. Cells and expressions are FEEL."""
