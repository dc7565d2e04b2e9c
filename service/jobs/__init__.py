"""What happens without a person: due timers, outgoing messages."""
