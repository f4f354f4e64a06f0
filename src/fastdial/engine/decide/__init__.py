"""Decide: what a command or a due timer leads to. Emits events; changes nothing itself."""
