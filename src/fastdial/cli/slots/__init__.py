"""``fastdial slots``: when a queue can call back, drawn in a terminal (rule SL-2)."""
