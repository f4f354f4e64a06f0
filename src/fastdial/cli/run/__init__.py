"""``fastdial run``: a server, a network and agents as processes, and one shift of work."""
