"""The record: canonical events, hashes, proofs."""
