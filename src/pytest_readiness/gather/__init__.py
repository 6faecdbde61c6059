"""Plans which evidence a run needs, and gathers it side by side."""
