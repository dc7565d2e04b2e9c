"""FEEL, the expression language of DMN: parse once, evaluate many times, never reach Python."""
