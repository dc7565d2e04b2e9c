"""Pure helpers of law: legal periods, working days, clauses, settings."""
