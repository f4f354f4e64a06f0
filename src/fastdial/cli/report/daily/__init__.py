"""A day's compliance report: what the record says of each campaign, found without the engine."""
