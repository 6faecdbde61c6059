"""What answers hold: HTML, error pages, health, and what should not be public."""
