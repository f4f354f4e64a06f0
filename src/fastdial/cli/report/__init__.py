"""What a shift came to: figures from the journal's events, as text, JSON and a picture."""
