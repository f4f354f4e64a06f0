"""``fastdial simulate``: what a scenario comes to, over many simulated days."""
