"""Caps, exclusion and abandonment: pure functions over values, and presets as data."""
