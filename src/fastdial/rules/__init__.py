"""Numbers, days and retries: pure functions over values, without state."""
