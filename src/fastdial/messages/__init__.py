"""The vocabulary: commands, replies and events as structs, defined once for everybody."""
