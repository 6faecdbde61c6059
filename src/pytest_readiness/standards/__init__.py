"""What specifications say, as pure functions."""
