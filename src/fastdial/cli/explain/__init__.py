"""``fastdial explain``: why a contact is dialed or is not, now and in the past (rule CO-9)."""
