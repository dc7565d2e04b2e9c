"""Proofs over the state space of the diagrams."""
