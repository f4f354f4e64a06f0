"""Those who carry out dial, bridge and hang-up requests."""
